/**
 * Conversations as they are written in the demo data, one message a line:
 *
 *     bob: The new importer is live.  {pin} {👍 alice carol}
 *     carol: Nice! (re 1) How long does it take now?
 *
 * `{pin}` pins, `{<emoji> <who> …}` reacts, `(re n)` answers the message n lines above, and `\n` begins a new line.
 */

/** A stretch of talk. */
export interface Talk {
  /** `[3, "09:12"]`: three days ago at this time of this server's day. `[0, "95"]`: so many minutes ago. */
  readonly from: readonly [days: number, time: string];
  readonly lines: string;
}

export interface Line {
  readonly username: string;
  readonly body: string;
  readonly at: Date;
  readonly isPinned: boolean;
  readonly reactions: readonly { readonly emoji: string; readonly usernames: readonly string[] }[];
  /** How many lines above the answered one is; 0: it answers none. */
  readonly repliesTo: number;
}

const MINUTE = 60_000;
/** Minutes between lines, over and over. */
const PAUSES = [1, 2, 1, 4, 1, 1, 3, 1, 6, 2];

export function readTalks(talks: readonly Talk[], now: Date): Line[] {
  return talks.flatMap((talk) => readTalk(talk, now));
}

function readTalk({ from, lines }: Talk, now: Date): Line[] {
  let time = startOf(from, now).getTime();
  return lines
    .trim()
    .split("\n")
    .map((line, index) => {
      const read = readLine(line, new Date(time));
      time += (PAUSES[index % PAUSES.length] ?? 1) * MINUTE;
      return read;
    });
}

function startOf([days, time]: Talk["from"], now: Date): Date {
  if (!time.includes(":")) return new Date(now.getTime() - Number(time) * MINUTE);
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - days, hours, minutes);
}

function readLine(line: string, at: Date): Line {
  const [, username = "", rest = ""] = /^(\w+): (.*)$/.exec(line.trim()) ?? [];
  if (username === "") throw new Error(`not a line of talk: ${line}`);
  const marks = [...rest.matchAll(/\{([^}]+)\}/g)].map(([, mark = ""]) => mark);
  const body = rest
    .replace(/\s*\{[^}]+\}/g, "")
    .replace(/\s*\(re \d+\)/, "")
    .replaceAll(String.raw`\n`, "\n");
  return {
    username,
    body: body.trim(),
    at,
    isPinned: marks.includes("pin"),
    reactions: marks
      .filter((mark) => mark !== "pin")
      .map((mark) => {
        const [emoji = "", ...usernames] = mark.split(" ");
        return { emoji, usernames };
      }),
    repliesTo: Number(/\(re (\d+)\)/.exec(rest)?.[1] ?? 0),
  };
}
