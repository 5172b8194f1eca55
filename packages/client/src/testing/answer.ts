/** What a fake server answers: the same words as in `wingbeat`. */
import type { ReplyContract } from "@wingbeat/protocol";
import type { Refusal } from "../contract.ts";

/** A reply: `ok(…)`, `refuse(…)` or `reply(…)`. */
export interface Answer<Status extends string = string, Response = unknown> extends ReplyContract {
  readonly status: Status;
  readonly response: Response;
}

type Empty = Record<never, never>;

/** Accepts a connection or a join, or answers a message with status `ok`. */
export function ok(): Answer<"ok", Empty>;
export function ok<Response>(response: Response): Answer<"ok", Response>;
export function ok(response: unknown = {}): Answer {
  return { status: "ok", response };
}

/** Refuses a connection or a join, or answers a message with status `error`. */
export function refuse(): Answer<"error", Empty>;
export function refuse<Reason>(reason: Reason): Answer<"error", Reason>;
export function refuse(reason: unknown = {}): Answer {
  return { status: "error", response: reason };
}

/** Answers a message with any status. */
export function reply<Status extends string>(status: Status): Answer<Status, Empty>;
export function reply<Status extends string, Response>(status: Status, response: Response): Answer<Status, Response>;
export function reply(status: string, response: unknown = {}): Answer {
  return { status, response };
}

/** The answers to a message: those that the server declares, and a refusal of the server itself, such as a rate limit. */
export type AnswerTo<Replies extends ReplyContract> = Replies | Answer<"error", Refusal>;

/** Throws for anything else that a handler returns. */
export function checkAnswer(answer: unknown, handler: string): Answer {
  const { status } = (answer ?? {}) as { readonly status?: unknown };
  if (typeof status === "string") return answer as Answer;
  throw new Error(`${handler} returned ${shown(answer)}: return ok(…), refuse(…) or reply(…)`);
}

/** A value in an error message. */
export function shown(value: unknown): string {
  try {
    const json = JSON.stringify(value) ?? String(value);
    return json.length > 100 ? `${json.slice(0, 100)}…` : json;
  } catch {
    return `a ${typeof value}`;
  }
}
