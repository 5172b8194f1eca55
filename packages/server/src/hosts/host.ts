/**
 * The contract between a host, which receives requests (node:http, or a test without a network), and what handles them.
 */
import type { HttpAnswer } from "../admission/answer.ts";
import type { PathParams } from "../admission/path.ts";
import type { Visit } from "../admission/visit.ts";

/**
 * Why a body could not be read. `too large`, `too much` and `too slow`: the rest of it is still to come. `cut off`: the
 * client has gone.
 */
export type BodyFault = "too large" | "too much" | "too slow" | "cut off";

/** The bodies of one client that are not complete. */
export interface Unfinished {
  count: number;
  bytes: number;
}

/** An ordinary request, and its answer. */
export interface Exchange extends Visit {
  /** Whether the client has gone. */
  readonly isGone: boolean;
  /**
   * Answers, unless the client has gone or was answered before. With `readWithin` ms, the connection of a client that
   * does not read its answer in that time is closed: the answer would be kept in memory forever.
   */
  answer(answer: HttpAnswer, readWithin?: number): void;
  /**
   * Answers before the body is read. The connection closes once the client has sent its body, or after `ms`: until then
   * a client that is still sending can read the answer.
   */
  answerEarly(answer: HttpAnswer, ms: number): Promise<void>;
  /**
   * The whole body, or why it could not be read within `ms`. `maxBytes` limits the body, and together with it all others
   * of its client that are `unfinished`: those are `too much`. Never rejects.
   */
  readBody(maxBytes: number, ms: number, unfinished: Unfinished): Promise<Buffer | BodyFault>;
  /** Ends the connection without an answer. */
  destroy(): void;
}

/** A request that offers an upgrade to WebSocket. How it is accepted is up to the host and its transport. */
export interface Upgrade extends Visit {
  /** Answers without upgrading, and closes the connection. */
  answer(answer: HttpAnswer): void;
  /** Ends the connection without an answer. */
  destroy(): void;
}

/** Handles the requests of a path. */
export interface Handler {
  /** An ordinary request. Without it, such requests are answered with 400. */
  request?(exchange: Exchange, params: PathParams): void | Promise<void>;
  /** A request that offers an upgrade. Without it, such requests are answered with 400. */
  upgrade?(upgrade: Upgrade, params: PathParams): void | Promise<void>;
}

/** A handler, and the variables of the path that it was found by. */
export interface Found {
  readonly handler: Handler;
  readonly params: PathParams;
}

/** Finds the handler of a path; the path has no query. */
export type FindHandler = (path: string) => Found | undefined;
