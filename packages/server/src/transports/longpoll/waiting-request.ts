/** A request that waits for its client: first until that is known to exist, then for messages or confirmation. */
import type { Exchange } from "../../hosts/host.ts";
import type { LongPollClient } from "./client.ts";

/** How long requests wait, in ms. */
export interface Timeouts {
  /** For messages, or for a batch to be accepted. */
  readonly window: number;
  /** For another node to confirm that it has the client. */
  readonly pubsubTimeout: number;
  /** For a body to arrive, and for an answer to be read. */
  readonly bodyTimeout: number;
}

export abstract class WaitingRequest {
  protected readonly exchange: Exchange;
  protected readonly client: LongPollClient;
  protected readonly timeouts: Timeouts;
  readonly #noClient: () => void;
  #timer: NodeJS.Timeout | undefined = undefined;
  #isThere = false;
  #isOver = false;
  #stopWatching: (() => void) | undefined = undefined;

  /** `noClient` answers the request when there is no such client. */
  constructor(exchange: Exchange, client: LongPollClient, timeouts: Timeouts, noClient: () => void) {
    this.exchange = exchange;
    this.client = client;
    this.timeouts = timeouts;
    this.#noClient = noClient;
  }

  /** Asks the client, and waits if it does not answer at once. */
  start(): void {
    this.ask();
    if (this.#isOver) return;
    if (!this.#isThere) this.#wait(this.timeouts.pubsubTimeout);
    this.#stopWatching = this.exchange.onGone(() => this.over());
  }

  waiting(): void {
    if (this.#isOver || this.#isThere) return;
    this.#isThere = true;
    this.#wait(this.timeouts.window);
  }

  gone(): void {
    if (this.over()) this.#noClient();
  }

  protected abstract ask(): void;
  /** The client exists but had no messages for the whole window. */
  protected abstract late(): void;

  /** Ends the waiting, once: true when this call did. */
  protected over(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.client.forget(this);
    this.#stopWatching?.();
    return true;
  }

  /**
   * Asks again. The window must not end between question and answer: what has been taken and does not arrive is lost, so
   * that the client must not go on as if there had been nothing.
   */
  protected askAgain(): void {
    if (this.#isOver) return;
    this.#isThere = false;
    this.ask();
    if (!this.#isOver) this.#wait(this.timeouts.pubsubTimeout);
  }

  #wait(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(expire, ms, this);
  }

  /** For the timer. When the process was suspended, pending input is read first. */
  expired(): void {
    const timer = this.#timer;
    setImmediate(() => {
      if (timer !== this.#timer || this.#isOver) return;
      if (this.#isThere) this.late();
      else this.gone();
    });
  }
}

const expire = (request: WaitingRequest): void => request.expired();
