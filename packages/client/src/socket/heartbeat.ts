/** Sends heartbeats, and detects a dead connection. */
import { Timer } from "../timer.ts";

export interface HeartbeatHost {
  /** Sends a heartbeat and returns its ref. */
  beat(): string;
  /** Whether anything was received, or sent out, since the last call. */
  hasMoved(): boolean;
  /** Bytes of this connection that have left the send buffer. */
  sentBytes(): number;
  /** The connection is dead: there was no reply in time, nor any other traffic. */
  timedOut(): void;
}

/** The slowest connection that we wait for, in bytes per millisecond. */
const SLOWEST = 32;

export class Heartbeat {
  readonly #host: HeartbeatHost;
  readonly #intervalMs: number;
  readonly #answerMs: number;
  readonly #timer = new Timer();
  #pendingRef: string | undefined;
  /** Bytes sent before the heartbeat, and those confirmed by its last reply. */
  #sentBefore = 0;
  #confirmed = 0;
  /** When the next heartbeat is due, or was due; 0 when there is none, or when a reply is due soon. */
  #due = 0;

  /** A reply may take a whole interval; after a sleep only as long as that of a push, `answerMs`. */
  constructor(host: HeartbeatHost, intervalMs: number, answerMs: number) {
    this.#host = host;
    this.#intervalMs = intervalMs;
    this.#answerMs = Math.min(answerMs, intervalMs);
  }

  /** A new connection. */
  start(): void {
    this.#confirmed = 0;
    this.#start();
  }

  /** The first heartbeat is sent after an interval, the next one an interval after each reply. */
  #start(): void {
    this.stop();
    this.#due = Date.now() + this.#intervalMs;
    this.#timer.start(this.#intervalMs, () => this.#beat());
  }

  stop(): void {
    this.#timer.stop();
    this.#pendingRef = undefined;
    this.#due = 0;
  }

  /** The page is visible again, or the network is back: sends a heartbeat at once. */
  wake(): void {
    if (!this.#due) return;
    this.stop();
    this.#beat();
  }

  /** A message arrived; one with the ref of the heartbeat is its reply. */
  received(ref: unknown): void {
    if (!ref || ref !== this.#pendingRef) return;
    this.#confirmed = this.#sentBefore;
    this.#start();
  }

  /** Timers do not run while a machine sleeps, and its connection has most likely ended. The clock does run. */
  #beat(): void {
    const wasLate = Date.now() - this.#due > this.#answerMs;
    this.#host.hasMoved();
    this.#pendingRef = this.#host.beat();
    this.#sentBefore = this.#host.sentBytes();
    this.#wait(wasLate ? this.#answerMs : this.#intervalMs);
  }

  /**
   * On a slow connection the reply arrives behind other messages, or the heartbeat waits behind them: while there is
   * any traffic, the connection is alive. Bytes that have left may be in the system's buffers, and get the time that a
   * slow connection needs. A timer that fires much too late (the machine slept, the page's timers are throttled) may
   * fire before a pending reply is read, so it gets one more chance.
   */
  #wait(ms: number, mayBeLate = true): void {
    const time = Math.max(ms, (this.#host.sentBytes() - this.#confirmed) / SLOWEST);
    const end = Date.now() + time;
    this.#timer.start(time, () => {
      if (this.#host.hasMoved()) return this.#wait(ms);
      if (mayBeLate && Date.now() - end > this.#answerMs) return this.#wait(this.#answerMs, false);
      this.stop();
      this.#host.timedOut();
    });
  }
}
