/** Asks the server for a sign of life, and tells when none came. */
import { Timer } from "../timer.ts";

export interface HeartbeatHost {
  /** Sends a heartbeat and gives its ref. */
  beat(): string;
  /** Has anything been received, or left for the server, since the last call? */
  hasMoved(): boolean;
  /** Bytes that were sent on this connection and have left this program. */
  sentBytes(): number;
  /** The connection is dead: there was no answer in time, and nothing else moved either. */
  timedOut(): void;
}

/** The slowest line that is waited for, in bytes per millisecond. */
const SLOWEST = 32;

export class Heartbeat {
  readonly #host: HeartbeatHost;
  readonly #intervalMs: number;
  readonly #answerMs: number;
  readonly #timer = new Timer();
  #pendingRef: string | undefined;
  /** Bytes that had been sent before the heartbeat, and those that its last answer has confirmed. */
  #sentBefore = 0;
  #confirmed = 0;
  /** When the next heartbeat goes out, or should have gone; 0 when there is none, or one that must be answered soon. */
  #due = 0;

  /** An answer may take a whole interval; after a sleep no longer than that of a push, `answerMs`. */
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

  /** The first heartbeat goes out after an interval; the next one an interval after each answer. */
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

  /** The page is visible again, or the network is back: asks at once. */
  wake(): void {
    if (!this.#due) return;
    this.stop();
    this.#beat();
  }

  /** A message came; one with the ref of the heartbeat is its answer. */
  received(ref: unknown): void {
    if (!ref || ref !== this.#pendingRef) return;
    this.#confirmed = this.#sentBefore;
    this.#start();
  }

  /** Timers stand still in a machine that sleeps, and its connection has most likely ended meanwhile. The clock goes on. */
  #beat(): void {
    const wasLate = Date.now() - this.#due > this.#answerMs;
    this.#host.hasMoved();
    this.#pendingRef = this.#host.beat();
    this.#sentBefore = this.#host.sentBytes();
    this.#wait(wasLate ? this.#answerMs : this.#intervalMs);
  }

  /**
   * On a slow line the answer comes behind other messages, or the heartbeat waits behind them: while anything moves, the
   * connection lives. What has left may wait in the system's buffers, and gets the time that a slow line needs. A timer
   * that fires much too late (the machine slept, the page's timers are throttled) may have overtaken an answer that is
   * waiting to be read, so that it gets one more try.
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
