/**
 * A request that waits for its session: first until the session is known to exist, then for messages or confirmation.
 */
import type { ServerResponse } from "node:http";
import type { Reach } from "./reach.ts";

/** How long requests wait, in ms. */
export interface Patience {
  /** For messages, or for a batch to be accepted. */
  readonly window: number;
  /** For another node to confirm that it has the session. */
  readonly pubsubTimeout: number;
  /** For a body to arrive, and for an answer to be read. */
  readonly bodyTimeout: number;
}

export abstract class WaitingRequest {
  protected readonly response: ServerResponse;
  protected readonly reach: Reach;
  protected readonly patience: Patience;
  readonly #onGone: () => void;
  #timer: NodeJS.Timeout | undefined = undefined;
  #isThere = false;
  #isOver = false;

  /** `onGone` answers the request when there is no such session. */
  constructor(response: ServerResponse, reach: Reach, patience: Patience, onGone: () => void) {
    this.response = response;
    this.reach = reach;
    this.patience = patience;
    this.#onGone = onGone;
  }

  /** Asks the session, and waits if it does not answer at once. */
  start(): void {
    this.ask();
    if (this.#isOver) return;
    if (!this.#isThere) this.#wait(this.patience.pubsubTimeout);
    this.response.once("close", () => this.over());
  }

  waiting(): void {
    if (this.#isOver || this.#isThere) return;
    this.#isThere = true;
    this.#wait(this.patience.window);
  }

  gone(): void {
    if (this.over()) this.#onGone();
  }

  protected abstract ask(): void;
  /** The session exists but had no messages for the whole window. */
  protected abstract late(): void;

  /** Ends the waiting, once: true when this call did. */
  protected over(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.reach.forget(this);
    return true;
  }

  /** Asks again. The window must not end between question and answer. */
  protected askAgain(): void {
    if (this.#isOver) return;
    this.ask();
    if (!this.#isOver) this.#wait(this.patience.pubsubTimeout);
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
