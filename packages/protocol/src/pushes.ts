/**
 * Numbered pushes (PROTOCOL.md, section 17): a client that does not know whether its push was handled sends it again under
 * the same number.
 */
import { toJson } from "./codec.ts";
import type { FrameData } from "./codec.ts";

/** The sixth element of a push that has a number. */
export interface NumberedPush {
  /** Its number in the line of its session on the topic: 1, 2, 3 … */
  readonly n: number;
  /** The epoch of the line, as the server has told it. */
  readonly e: string;
  /** The session: 22 characters of base64url, random and secret. */
  readonly s: string;
  /** The client has the replies to all pushes up to this number, or has given them up: it asks for none of them again. */
  readonly a: number;
}

/** The key `pushes` of the reply to a join: the channel takes numbered pushes. */
export interface JoinPushes {
  /** Milliseconds for which the server remembers a line after its last push. */
  readonly window: number;
}

/**
 * The key `push` of a reply to a numbered push that is not the answer of the handler. Not run, and to be sent again under
 * its number: `later` (after `retry_after_ms`), `order` (`next` comes first). `epoch`: not run this time, and the line is
 * another one. Final: `expired` (it was handled, the reply is not kept any more), `unknown` (nobody knows whether it was
 * handled, or how far).
 */
export type PushState = "later" | "order" | "epoch" | "expired" | "unknown";

/** The V2 reply to a join with `pushes` beside status and response. A binary reply has no place for it. */
export function withPushes(frame: FrameData, pushes: JoinPushes): FrameData {
  return typeof frame === "string" ? `${frame.slice(0, -2)},"pushes":${toJson(pushes, "pushes")}}]` : frame;
}

/** The V2 reply to a numbered push with `push` beside status and response. Only for replies with a JSON payload. */
export function withPushState(frame: FrameData, state: PushState): FrameData {
  return typeof frame === "string" ? `${frame.slice(0, -2)},"push":"${state}"}]` : frame;
}
