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
  /** A frame of so many bytes came: text as a string, binary as bytes. Never throws. */
  receive(data: FrameData, bytes: number): void;
  /** So many bytes came that are not a frame for {@link receive}: they count against the client's rate. */
  spend(bytes: number): void;
  /** The client reads too slowly and is about to be closed: more than `limit` bytes wait for it. */
  tooSlow(bufferedBytes: number, limit: number): void;
  /** The connection is gone, or being closed by either side; called once. Nothing is sent or received after it. */
  closed(code: number, reason: string): void;
}

/** The longest time that a timer of Node can wait; it fires at once for anything longer. */
const MAX_DELAY = 2 ** 31 - 1;

/** `setTimeout`, where Infinity means never. */
export function startTimeout(run: () => void, ms: number): NodeJS.Timeout | undefined {
  return ms === Infinity ? undefined : setTimeout(run, ms);
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
  return setInterval(() => setImmediate(look), Math.min(interval, MAX_DELAY)).unref();
}

/** A client that is behind is closed at once when so many times its buffer limit waits for it. */
const HEADROOM = 4;

let turn = 0;
let isTurnCounted = false;

/** A number for this turn of the event loop. Asked only while a client is behind. */
function thisTurn(): number {
  if (!isTurnCounted) {
    isTurnCounted = true;
    setImmediate(() => {
      isTurnCounted = false;
      turn++;
    });
  }
  return turn;
}

/**
 * A client for which more waits than its buffer limit. What one turn of the event loop sends is not held against a
 * client that had caught up before: however much that is, it had no chance to read it. Then it has a time to catch up,
 * and may fall behind a little more, because other clients may send much just then; but not without end.
 */
export class Lag {
  readonly #since = performance.now();
  readonly #turn = thisTurn();
  /** The most that waited in the turn in which it fell behind. */
  #peak = 0;

  /** Whether the client is to be closed, with so many bytes waiting for it. */
  isTooMuch(buffered: number, bufferLimit: number, bufferTimeout: number): boolean {
    if (this.#turn === thisTurn()) {
      this.#peak = buffered;
      return false;
    }
    return buffered > this.#peak + (HEADROOM - 1) * bufferLimit || this.isTooLong(bufferTimeout);
  }

  isTooLong(bufferTimeout: number): boolean {
    return performance.now() - this.#since > bufferTimeout;
  }
}
