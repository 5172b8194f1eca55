/** A long-poll client as its requests see it: it may be on this node or on another one. */
import type { FrameData } from "@wingbeat/protocol";

/** A poller: waits for the messages of a client. One of `messages` and `gone` is called, at most once. */
export interface Poller {
  /** The client exists and has no messages yet. */
  waiting(): void;
  /** Messages have arrived: poll again to get them. */
  available(): void;
  /** JSON strings of frames, oldest first. None: its connection has ended meanwhile. */
  messages(literals: readonly string[]): void;
  /** There is no such client. */
  gone(): void;
}

/**
 * The outcome of a batch: handled to its last frame, or the connection ended before that, or so much is already waiting
 * for its busy channels that none of it was accepted.
 */
export type Delivery = "delivered" | "unread" | "full";

/** Delivers a batch. One of `delivered` and `gone` is called, at most once. */
export interface Deliverer {
  /** The client exists, and the batch will be read later. */
  waiting(): void;
  settled(delivery: Delivery): void;
  /** There is no such client. */
  gone(): void;
}

/** One client, as one request sees it. */
export interface LongPollClient {
  /** The token to answer. */
  readonly token: string;
  poll(poller: Poller): void;
  deliver(frames: readonly FrameData[], deliverer: Deliverer): void;
  /** The request is over: no further calls. */
  forget(request: object): void;
}
