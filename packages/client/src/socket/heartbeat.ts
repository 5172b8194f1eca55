/** Asks the server for a sign of life, and tells when none came. */
export interface HeartbeatHost {
  /** Sends a heartbeat and gives its ref. */
  beat(): string;
  /** There was no answer in time: the connection is dead. */
  timedOut(): void;
}

export class Heartbeat {
  readonly #host: HeartbeatHost;
  readonly #intervalMs: number;
  readonly #answerMs: number;
  #pendingRef: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the next heartbeat goes out, or should have gone; 0 when there is none, or one that must be answered soon. */
  #due = 0;

  /** An answer may take a whole interval; after a sleep no longer than that of a push, `answerMs`. */
  constructor(host: HeartbeatHost, intervalMs: number, answerMs: number) {
    this.#host = host;
    this.#intervalMs = intervalMs;
    this.#answerMs = Math.min(answerMs, intervalMs);
  }

  /** The first heartbeat goes out after an interval; the next one an interval after each answer. */
  start(): void {
    this.stop();
    this.#due = Date.now() + this.#intervalMs;
    this.#timer = setTimeout(() => this.#beat(), this.#intervalMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#pendingRef = undefined;
    this.#due = 0;
  }

  /** The page is seen again, or the network is back: asks at once. */
  wake(): void {
    if (!this.#due) return;
    this.stop();
    this.#beat();
  }

  /** A message came; one with the ref of the heartbeat is its answer. */
  received(ref: unknown): void {
    if (ref && ref === this.#pendingRef) this.start();
  }

  /** Timers stand still in a machine that sleeps, and its connection has most likely ended meanwhile. The clock goes on. */
  #beat(): void {
    this.#pendingRef = this.#host.beat();
    this.#timer = setTimeout(
      () => {
        this.stop();
        this.#host.timedOut();
      },
      Date.now() - this.#due > this.#answerMs ? this.#answerMs : this.#intervalMs,
    );
  }
}
