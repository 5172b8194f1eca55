/** Asks the server for a sign of life, and tells when none came. */
export interface HeartbeatHost {
  /** Sends a heartbeat and gives its ref. */
  beat(): string;
  /** No answer for a whole interval: the connection is dead. */
  timedOut(): void;
}

export class Heartbeat {
  readonly #host: HeartbeatHost;
  readonly #intervalMs: number;
  #pendingRef: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: HeartbeatHost, intervalMs: number) {
    this.#host = host;
    this.#intervalMs = intervalMs;
  }

  /** The first heartbeat goes out after an interval; the next one an interval after each answer. */
  start(): void {
    this.stop();
    this.#timer = setTimeout(() => this.#beat(), this.#intervalMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#pendingRef = undefined;
  }

  /** A message came; one with the ref of the heartbeat is its answer. */
  received(ref: unknown): void {
    if (this.#pendingRef !== undefined && ref === this.#pendingRef) this.start();
  }

  #beat(): void {
    this.#pendingRef = this.#host.beat();
    this.#timer = setTimeout(() => {
      this.stop();
      this.#host.timedOut();
    }, this.#intervalMs);
  }
}
