/** One HTTP request of a long poll. The server's HTTP status says nothing: its answer is in the body. */
import { Timer } from "../timer.ts";

export interface Answer {
  /** As in the body; 500 when there was no answer that could be read. */
  readonly status: number | "timeout";
  /** Of the session. */
  readonly token: string | undefined;
  /** Encoded messages, oldest first. */
  readonly messages: readonly string[];
}

/** Always fulfilled. `timeout` in milliseconds, 0 for none; to end the request early is up to the init's signal. */
export async function request(url: string, init: RequestInit, timeout: number): Promise<Answer> {
  const timer = new Timer();
  const timedOut = new Promise<Answer>((resolve) => timer.start(timeout || Infinity, () => resolve(failed("timeout"))));
  const answer = await Promise.race([fetchAnswer(url, init), timedOut]);
  timer.stop();
  return answer;
}

/** Error pages, redirects to somewhere else and other things that are no answer count as status 500. */
async function fetchAnswer(url: string, init: RequestInit): Promise<Answer> {
  try {
    const response = await fetch(url, init);
    return answerOf(await response.json());
  } catch {
    return failed(500);
  }
}

const failed = (status: Answer["status"]): Answer => ({ status, token: undefined, messages: [] });

function answerOf(body: unknown): Answer {
  const { status, token, messages = [] } = (body ?? {}) as { readonly [Name in keyof Answer]?: unknown };
  const isReadable = Array.isArray(messages) && messages.every((message) => typeof message === "string");
  if (typeof status !== "number" || !isReadable) return failed(500);
  return { status, token: typeof token === "string" ? token : undefined, messages: messages as string[] };
}
