/** What the stand-in knows. It looks for a word in the prompt; else it says what it is. */
export function answerTo(prompt: string): string {
  const count = /\bcount\s+to\s+(\d{1,4})\b/i.exec(prompt)?.[1];
  if (count !== undefined) return Array.from({ length: Number(count) }, (_, index) => index + 1).join(" ");
  return ANSWERS.find(([words]) => words.test(prompt))?.[1] ?? introduction(prompt);
}

const STREAMS = `A stream is **resumable** when its reader may go away at any moment and come back, from anywhere, to exactly the piece that it has not read yet.

### What goes wrong without it

Most answers of language models travel over one HTTP response. The response *is* the stream, so both end together:

- Reload the page, and the answer is gone, although it was paid for.
- A train goes through a tunnel, and the text stops in the middle of a sentence.
- Open the conversation on a phone, and it shows nothing until the laptop has finished.

### What it takes

1. **The run belongs to the server.** It goes on whether anybody listens or not.
2. **Each piece is written to a log** and gets a number there.
3. **A reader remembers the number of the last piece that it has shown.** When it comes back, it says so, and gets what follows: in order, once.
4. **When the log is gone, the reader is told.** A gap that nobody mentions is worse than an error.

\`\`\`ts
const channel = socket.channel(\`run:\${id}\`);
channel.on("delta", ({ text }) => append(text));
channel.on("done", () => channel.leave());
await channel.join({ since: "earliest" });
\`\`\`

That is all of it on the page. Try it now: reload while I write, or open this address in a second window. Both will end with the same last word, which is *here*.`;

const CODE = `Here is a function that waits longer after each failure, with some chance in it, so that a thousand clients do not come back in the same moment:

\`\`\`ts
/** Delays in ms: 500, 1,000, 2,000 … up to a minute, each shortened by up to a half. */
export function* delays(first = 500, longest = 60_000): Generator<number, never> {
  for (let delay = first; ; delay = Math.min(delay * 2, longest)) {
    yield delay * (1 - Math.random() / 2);
  }
}

export async function retry<Result>(attempt: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
  for (const delay of delays()) {
    try {
      return await attempt();
    } catch (error) {
      if (signal?.aborted) throw error;
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
  }
  throw new Error("not reached");
}
\`\`\`

Three things to note:

- \`delays\` never ends, so it has nothing to return. Its type says so: \`never\`.
- The chance matters more than the doubling. Without it, clients that lost the **same** server come back to the next one as one wave.
- The caller decides when to give up, through the \`signal\`.

> Retry what may be repeated. A payment needs an id that makes the second attempt the same as the first.`;

const POEM = `The tunnel takes the signal, not the thread:
the line goes quiet, and the words go on,
each with a number, waiting to be read
by whoever returns, and from whatever dawn.

No one repeats what you already know.
No one pretends that nothing was let fall.
You say the last small number, and the flow
begins again behind it. That is all.`;

const ANSWERS: readonly (readonly [words: RegExp, answer: string])[] = [
  [/poem|haiku|verse/i, POEM],
  [/\b(code|function|typescript|retry)\b/i, CODE],
  [/stream|resum|recover|reconnect|offline/i, STREAMS],
];

function introduction(prompt: string): string {
  const quoted = prompt.slice(0, 300).replaceAll(/^/gm, "> ");
  return `You wrote:

${quoted}

I would like to say something clever about that, but I am a **stand-in**: a few prepared texts that are sent at the speed of a language model, so that this page works without a network, without a key, and for free. I can

- explain how a *resumable stream* works,
- show a function in TypeScript,
- write a short poem,
- count: "Count to 300" makes it easy to see that no piece is lost and none comes twice.

For real answers, start the server with the address of a model. With Ollama on this machine:

\`\`\`sh
OPENAI_BASE_URL=http://localhost:11434/v1 OPENAI_MODEL=llama3.2 npm start
\`\`\`

Everything else stays as it is: the run goes on when you close this page, and the page catches up when you are back.`;
}
