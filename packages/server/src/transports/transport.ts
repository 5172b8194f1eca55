/** What a transport and a session know of each other. A transport knows no sockets, a session no network. */
import type { FrameData } from "@wingbeat/protocol";

/** One encoded message on its way out. All receivers of a broadcast share one. */
export class Frame {
  readonly data: FrameData;
  /** The data as a WebSocket is sent it, made at the first send and then shared. */
  wire: Uint8Array | undefined = undefined;
  /** The data as a poll is answered with it, likewise. */
  literal: string | undefined = undefined;

  constructor(data: FrameData) {
    this.data = data;
  }
}

/** What a transport gives: one connected client. */
export interface Connection {
  /** `websocket` or `longpoll`. */
  readonly transport: string;
  /** Bytes that wait to be sent. */
  readonly bufferedBytes: number;
  /** Sends after everything sent before. Does nothing once the connection is closing. */
  send(frame: Frame): void;
  /** Sends what waits, then closes. */
  close(code: number, reason: string): void;
  /** Stops reading from the client (a mailbox is full). */
  pause(): void;
  resume(): void;
}

/** What a transport gets for each connection. */
export interface ConnectionHandler {
  /** A frame came: text as a string, binary as bytes. Never throws. */
  receive(data: FrameData): void;
  /** The client reads too slowly and is about to be closed: more than `limit` bytes wait for it. */
  tooSlow(bufferedBytes: number, limit: number): void;
  /** The connection is gone, or being closed by either side; called once. Nothing is sent or received after it. */
  closed(code: number, reason: string): void;
}

/**
 * Looks at idle deadlines every `interval` ms: calls `sweep` with the ms that have passed since the last time, and with
 * the time. Give what it returns to `clearInterval` to end it; it keeps no process alive.
 *
 * A process that was away (busy, stopped, suspended) has heard nobody, which is not to say that nobody spoke: what has
 * come meanwhile is read before the call, and of the time away at most two intervals count.
 */
export function sweepEvery(interval: number, sweep: (passed: number, now: number) => void): NodeJS.Timeout {
  let sweptAt = performance.now();
  const look = (): void => {
    const now = performance.now();
    sweep(Math.min(now - sweptAt, 2 * interval), now);
    sweptAt = now;
  };
  return setInterval(() => setImmediate(look), interval).unref();
}
