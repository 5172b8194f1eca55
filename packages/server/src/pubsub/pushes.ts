/**
 * Numbered pushes on one node (PROTOCOL.md, section 17): claims a number before its handler runs, and stores the reply before
 * it is sent. `pushes/store.ts` is the contract of what remembers them. It knows no channels.
 *
 * There are no leases: a try that another node holds is waited for, and after that counts as cut off. Tries of this node are
 * known: whether they run, or were never started because the store's answer came too late.
 */
import { randomBytes } from "node:crypto";
import { isPromise } from "../awaitable.ts";
import type { Clock } from "./history/clock.ts";
import { Running } from "./pushes/running.ts";
import type { Claim, Claimed, Holder, Line, PushStore } from "./pushes/store.ts";

export { MEMORY_PUSHES_LIMITS, MemoryPushes } from "./pushes/memory.ts";
export { KEPT_REPLIES } from "./pushes/store.ts";
export type { Claim, Claimed, Line, PushStore, Settlement } from "./pushes/store.ts";

/** What happens to a number whose try was cut off: nobody runs it again, or this node does. */
export type UnknownPolicy = "refuse" | "run";

/** Which number is asked for, and how its channel wants it. */
export interface Ask {
  /** Names the line's record. */
  readonly record: string;
  readonly n: number;
  readonly epoch: string;
  readonly acked: number;
  readonly window: number;
  readonly unknown: UnknownPolicy;
}

/** Why a number is not run. */
export type Answer =
  | { readonly state: "settled"; readonly reply: string }
  | { readonly state: "expired" }
  | { readonly state: "unknown" }
  | { readonly state: "epoch" }
  | { readonly state: "order"; readonly next: number }
  /** Not now. */
  | { readonly state: "later"; readonly reason: "unavailable" | "still running"; readonly retryAfter: number };

/** Milliseconds that a claim waits for the store, and for a try that holds the number. */
const STORE_TIMEOUT = 5_000;
const HOLDER_TIMEOUT = 10_000;
/** Milliseconds between two questions: from the first, doubled up to the last. */
const FIRST_PAUSE = 50;
const LAST_PAUSE = 1_000;
/** What is told to a client that may try again later, in milliseconds. */
const RETRY_AFTER = 1_000;
/** Stored as the reply of a number of which nobody knows the outcome. A frame begins differently. */
const UNKNOWN = "?";

/** A number that this node has claimed: its handler is run, and then it is settled. */
export class Attempt {
  /** Counts the tries of this number, from 1. */
  readonly attempt: number;
  readonly #pushes: Pushes;
  readonly #ask: Ask;
  readonly #token: string;

  constructor(pushes: Pushes, ask: Ask, token: string, attempt: number) {
    this.#pushes = pushes;
    this.#ask = ask;
    this.#token = token;
    this.attempt = attempt;
  }

  /**
   * Stores the reply; undefined: it is not kept. Repeats it until the store answers. False: the number is not this one's any
   * more, and somebody else answers it.
   */
  settle(reply: string | undefined): boolean | Promise<boolean> {
    return this.#pushes.settle(this.#ask, this.#token, reply);
  }

  /** The handler will not be run: the next try may run it. */
  abandon(): void {
    this.#pushes.abandon(this.#token);
  }
}

export class Pushes {
  readonly #store: PushStore;
  readonly #clock: Clock;
  /** Names this run of this process. */
  readonly #node = randomBytes(9).toString("base64url");
  #tries = 0;
  readonly #running = new Running();

  constructor(store: PushStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Begins a line, or goes on with it: see {@link PushStore.open}. Rejects when the store does not answer. */
  open(record: string, next: number, window: number): Line | Promise<Line> {
    const line = this.#store.open(record, next, window);
    return isPromise(line) ? this.#within(STORE_TIMEOUT, line) : line;
  }

  /** Claims a number for this node, or says what becomes of it. Never rejects. */
  claim(ask: Ask): Attempt | Answer | Promise<Attempt | Answer> {
    const token = this.#newToken();
    let claimed: Claimed | Promise<Claimed>;
    try {
      claimed = this.#store.claim(ask.record, claimOf(ask, token, 1));
    } catch {
      return this.#unavailable(token);
    }
    if (isPromise(claimed)) return this.#insist(ask, token, 1, claimed);
    return this.#read(ask, token, 1, claimed);
  }

  settle(ask: Ask, token: string, reply: string | undefined): boolean | Promise<boolean> {
    const { record, n, window } = ask;
    let settled: boolean | Promise<boolean>;
    try {
      settled = this.#store.settle(record, { n, token, reply, window });
    } catch (error) {
      settled = Promise.reject(error as Error);
    }
    if (isPromise(settled)) return this.#settleAtLast(ask, token, reply, settled);
    this.#running.ended(token);
    return settled;
  }

  abandon(token: string): void {
    this.#running.abandoned(token);
  }

  /** Asks again, under the same token, while the store does not answer: its claim may have been made. */
  async #insist(
    ask: Ask,
    token: string,
    attempt: number,
    first: Promise<Claimed>,
    over?: Holder,
  ): Promise<Attempt | Answer> {
    const end = this.#clock.now() + STORE_TIMEOUT;
    let claiming = first;
    for (let pause = FIRST_PAUSE; ; pause = longer(pause)) {
      try {
        return await this.#read(
          ask,
          token,
          attempt,
          await this.#within(Math.max(end - this.#clock.now(), 1), claiming),
        );
      } catch {
        if (this.#clock.now() + pause >= end) return this.#unavailable(token);
        await this.#wait(pause);
        claiming = this.#claim(ask, token, attempt, over);
      }
    }
  }

  async #claim(ask: Ask, token: string, attempt: number, over: Holder | undefined): Promise<Claimed> {
    return this.#store.claim(ask.record, claimOf(ask, token, attempt, over));
  }

  #read(ask: Ask, token: string, attempt: number, claimed: Claimed): Attempt | Answer | Promise<Attempt | Answer> {
    if (claimed.state === "claimed") {
      this.#running.began(token);
      return new Attempt(this, ask, token, attempt);
    }
    if (claimed.state === "running") return this.#waitFor(ask, claimed.holder);
    if (claimed.state !== "settled") return claimed;
    const { reply } = claimed;
    if (reply === undefined) return { state: "expired" };
    return reply === UNKNOWN ? { state: "unknown" } : { state: "settled", reply };
  }

  /** Another try holds the number. */
  async #waitFor(ask: Ask, holder: Holder): Promise<Attempt | Answer> {
    const { token } = holder;
    if (this.#running.isAbandoned(token)) return this.#takeOver(ask, holder, holder.attempt);
    if (this.#running.has(token)) {
      const isOver = await this.#running.waitFor(token, (done) => this.#clock.after(HOLDER_TIMEOUT, done));
      if (!isOver) return { state: "later", reason: "still running", retryAfter: RETRY_AFTER };
      return this.claim(ask);
    }
    const end = this.#clock.now() + HOLDER_TIMEOUT;
    for (let pause = FIRST_PAUSE; this.#clock.now() < end; pause = longer(pause)) {
      await this.#wait(pause);
      // Of this node after all, whose claim was not answered yet.
      if (this.#running.knows(token)) return this.#waitFor(ask, holder);
      const answer = await this.#look(ask, token);
      if (answer !== undefined) return answer;
    }
    return ask.unknown === "run" ? this.#takeOver(ask, holder, holder.attempt + 1) : this.#giveUp(ask, holder);
  }

  /** Undefined: the same try still holds the number, or the store does not answer. */
  async #look(ask: Ask, token: string): Promise<Attempt | Answer | undefined> {
    const own = this.#newToken();
    try {
      const claimed = await this.#within(STORE_TIMEOUT, this.#claim(ask, own, 1, undefined));
      const isSame = claimed.state === "running" && claimed.holder.token === token;
      return isSame ? undefined : await this.#read(ask, own, 1, claimed);
    } catch {
      this.#running.abandoned(own);
      return undefined;
    }
  }

  /** Runs what another try has left. */
  #takeOver(ask: Ask, holder: Holder, attempt: number): Promise<Attempt | Answer> {
    const token = this.#newToken();
    return this.#insist(ask, token, attempt, this.#claim(ask, token, attempt, holder), holder);
  }

  /** Nobody runs what another try has left. It may have come to an end after all. */
  async #giveUp(ask: Ask, holder: Holder): Promise<Attempt | Answer> {
    const { record, n, window } = ask;
    try {
      const settlement = { n, token: holder.token, reply: UNKNOWN, window };
      await this.#within(STORE_TIMEOUT, Promise.resolve(this.#store.settle(record, settlement)));
    } catch {
      return { state: "later", reason: "unavailable", retryAfter: RETRY_AFTER };
    }
    return this.claim(ask);
  }

  async #settleAtLast(ask: Ask, token: string, reply: string | undefined, first: Promise<boolean>): Promise<boolean> {
    const { record, n, window } = ask;
    const end = this.#clock.now() + window;
    let settling = first;
    for (let pause = FIRST_PAUSE; ; pause = longer(pause)) {
      try {
        const settled = await this.#within(STORE_TIMEOUT, settling);
        this.#running.ended(token);
        return settled;
      } catch {
        if (this.#clock.now() >= end) {
          this.#running.ended(token);
          return false;
        }
        await this.#wait(pause);
        settling = Promise.resolve().then(() => this.#store.settle(record, { n, token, reply, window }));
      }
    }
  }

  /** The claim of this token may be made yet: nobody will run it. */
  #unavailable(token: string): Answer {
    this.#running.abandoned(token);
    return { state: "later", reason: "unavailable", retryAfter: RETRY_AFTER };
  }

  #newToken(): string {
    return `${this.#node}.${(this.#tries++).toString(36)}`;
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#clock.after(ms, resolve));
  }

  #within<T>(ms: number, promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = this.#clock.after(ms, () => reject(new Error(`no answer from the store within ${ms} ms`)));
      promise.then(resolve, reject).finally(() => timer.cancel());
    });
  }
}

const longer = (pause: number): number => Math.min(2 * pause, LAST_PAUSE);

function claimOf({ n, epoch, acked, window }: Ask, token: string, attempt: number, over?: Holder): Claim {
  return { n, epoch, acked, window, token, attempt, over };
}
