import type { PushFailure } from "../errors.ts";
import type { Push } from "../push.ts";

/** A push that waits for its reply: an element of `channel.pendingPushes`. */
export interface PendingPush {
  /** Unique, also among those of earlier pages. */
  readonly id: string;
  readonly event: string;
  readonly payload: unknown;
  /** When it was pushed, in milliseconds as of `Date.now()`, with a fraction: no two of a page are equal. */
  readonly at: number;
  /** `sent`: it was sent, or is about to be, and cannot be withdrawn any more. */
  readonly state: "waiting" | "sent";
  /** Withdraws a push that waits: it fails with `aborted`. False, without effect, if it was sent. */
  cancel(): boolean;
}

/** How a push has ended that was to be retried: the argument of `channel.onPushSettled`. */
export interface SettledPush {
  readonly event: string;
  readonly payload: unknown;
  /** The status of the reply: `ok`, `error` or another one of the handler. Undefined without a reply of the handler. */
  readonly status: string | undefined;
  readonly response: unknown;
  /** Why it has failed. Undefined when it was replied to with `ok`. */
  readonly reason: PushFailure | undefined;
}

/** A push as a channel hands it to the outbox. */
export interface Posted {
  readonly topic: string;
  readonly event: string;
  /** As a V2 frame without refs: a copy of the payload. Bytes cannot be numbered. */
  readonly frame: string | Uint8Array;
  readonly at: number;
  readonly resend: boolean;
  /** Undefined once nobody waits for it any more; and of a push from an earlier page. */
  push: Push | undefined;
}

/** A push in the outbox. */
export interface Item extends Omit<Posted, "frame"> {
  readonly id: string;
  readonly payload: unknown;
  /** The payload as JSON. */
  readonly body: string;
  /** Of its line; of a push without a number, that of the page which has made it. */
  session: string;
  /** Of this page: it counts against the limits. */
  readonly isOwn: boolean;
  /** Given when it is sent for the first time, and kept for ever. */
  n?: number | undefined;
  /** Under which it is sent. Undefined: under the next one. */
  epoch?: string | undefined;
  /** On its way: a reply to it will come, unless the channel ends. */
  isFlying: boolean;
  /** It was sent, and nobody knows what became of that. */
  isUnsure: boolean;
  /** How often it was sent at the head of its line, one time after the other, without any answer. */
  tries: number;
  isSettled: boolean;
}

/** How a push ends. */
export interface Outcome {
  readonly reason?: PushFailure | undefined;
  readonly status?: string | undefined;
  readonly response?: unknown;
  readonly cause?: unknown;
}

/** A reply, with its key `push` (PROTOCOL.md, section 17.2). A server may send anything. */
export interface Answer {
  readonly status: string;
  readonly response: unknown;
  readonly push: unknown;
}

/** A push that was not sent by this page yet. */
export const UNSENT = { isFlying: false, isUnsure: false, tries: 0, isSettled: false };

/** What the outbox needs from a channel. */
export interface OutboxChannel {
  readonly topic: string;
  /** The reply to its join had `pushes`. */
  readonly takesNumbers: boolean;
  isJoined(): boolean;
  canPush(): boolean;
  /** Sends, and calls back with the reply: without one when the channel has ended before. */
  ask(event: string, payload: unknown, extension: unknown, answered: (answer?: Answer) => void): void;
  /** Tells the application that the pending pushes are others, or how one has ended. */
  tellOfPushes(settled?: SettledPush): void;
}
