/** How requests reach a session: it may be on this node or on another one. */
import type { FrameData } from "@wingbeat/protocol";

/** Who polls: waits for the messages of a session. One of `messages` and `gone` is called, at most once. */
export interface Poller {
  /** The session is there and has nothing yet. */
  waiting(): void;
  /** Messages have come: poll again, if they are still wanted. */
  available(): void;
  /** JSON strings of frames, oldest first. None: the session has ended meanwhile. */
  messages(literals: readonly string[]): void;
  /** There is no such session. */
  gone(): void;
}

/**
 * What became of a batch: handed to the session to its last frame; or the session ended before that; or so much waits
 * already for its busy channels that none of it was taken.
 */
export type Delivery = "delivered" | "unread" | "full";

/** Who delivers a batch. One of `delivered` and `gone` is called, at most once. */
export interface Deliverer {
  /** The session is there and will take the batch later. */
  waiting(): void;
  settled(delivery: Delivery): void;
  /** There is no such session. */
  gone(): void;
}

/** One session, as one request sees it. */
export interface Reach {
  /** The token to answer. */
  readonly token: string;
  poll(poller: Poller): void;
  deliver(frames: readonly FrameData[], deliverer: Deliverer): void;
  /** The request is over: nothing more has to be told. */
  forget(request: object): void;
}
