/**
 * The contract between a transport and a socket process. A transport knows nothing of sockets, a socket process nothing of the
 * network.
 */
import type { FrameData } from "@wingbeat/protocol";

/** One encoded outgoing message, shared by all receivers of a broadcast. */
export class Frame {
  readonly data: FrameData;
  /** The data as sent over a WebSocket, created at the first send and then shared. */
  wire: Uint8Array | undefined = undefined;
  /** The data as sent in the answer to a poll, likewise. */
  literal: string | undefined = undefined;

  constructor(data: FrameData) {
    this.data = data;
  }
}

/** What a transport provides: one connected client. */
export interface Connection {
  /** `websocket` or `longpoll`. */
  readonly transport: string;
  /** Bytes buffered for sending. */
  readonly bufferedBytes: number;
  /** Sends after everything sent before. Does nothing once the connection is closing. */
  send(frame: Frame): void;
  /** Sends what is buffered, then closes. */
  close(code: number, reason: string): void;
  /** Stops reading from the client (a mailbox is full). */
  pause(): void;
  resume(): void;
}

/** What a transport calls for each connection. */
export interface ConnectionHandler {
  /** A frame of this many bytes arrived: text as a string, binary as bytes. Never throws. */
  receive(data: FrameData, bytes: number): void;
  /** This many bytes arrived that are not a frame for {@link receive}: they count against the client's rate. */
  spend(bytes: number): void;
  /** A slow consumer is about to be closed: more than `limit` bytes are buffered for it. */
  tooSlow(bufferedBytes: number, limit: number): void;
  /** The connection is gone, or being closed by either side; called once. Nothing is sent or received afterwards. */
  closed(code: number, reason: string): void;
}

/** The longest delay of a Node timer; longer ones fire at once. */
const MAX_DELAY = 2 ** 31 - 1;

/** `setTimeout`, where Infinity means never. */
export function startTimeout(run: () => void, ms: number): NodeJS.Timeout | undefined {
  return ms === Infinity ? undefined : setTimeout(run, ms);
}

/**
 * Checks idle deadlines every `interval` ms: calls `sweep` with the ms since the last call, and with the time. Pass the
 * result to `clearInterval` to stop it; it keeps no process alive.
 *
 * A process that was busy, stopped or suspended has not read what its clients sent meanwhile. So pending input is read
 * before the call, and at most two intervals of the pause count.
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

/** A slow client is closed at once when this many times its buffer limit is buffered for it. */
const HEADROOM = 4;

let turn = 0;
let isTurnCounted = false;

/** The number of this turn of the event loop. Used only while a client is behind. */
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
 * A client with more buffered than its limit. Data sent in one turn of the event loop does not count against a client
 * that had caught up before: it had no chance to read it. It then has some time to catch up, and may fall behind a
 * little further, because other clients may send a lot meanwhile; but not without limit.
 */
export class Lag {
  readonly #since = performance.now();
  readonly #turn = thisTurn();
  /** The most that was buffered in the turn in which it fell behind. */
  #peak = 0;

  /** Whether to close the client, given this many buffered bytes. */
  isTooMuch(buffered: number, maxBufferedBytes: number, bufferTimeout: number): boolean {
    if (this.#turn === thisTurn()) {
      this.#peak = buffered;
      return false;
    }
    return buffered > this.#peak + (HEADROOM - 1) * maxBufferedBytes || this.isTooLong(bufferTimeout);
  }

  isTooLong(bufferTimeout: number): boolean {
    return performance.now() - this.#since > bufferTimeout;
  }
}
