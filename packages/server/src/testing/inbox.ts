/** Messages that have arrived and were not asserted yet, and the assertions that wait for more. */
import { WingbeatError } from "../errors.ts";
import { checkTimeout } from "../options.ts";

// Captured before a test can replace them with fake timers.
const { setTimeout, clearTimeout, setImmediate } = globalThis;

/**
 * An assertion waits in this many parts: a process that was held up for longer than the timeout still gets so many turns of
 * the event loop to deliver what is on its way.
 */
const SLICES = 10;

/** How an assertion is worded when it fails. */
export interface Wording<Item> {
  /** `assertPush("new_msg") on "room:1"` */
  readonly assertion: string;
  /** One line. */
  readonly expected: string;
  /** How an item arrived, in one or more lines. */
  describe(item: Item): string;
}

interface Waiter<Item> {
  accepts(item: Item): boolean;
  settle(item: Item): void;
  fail(): void;
}

export class Inbox<Item> {
  #items: Item[] = [];
  readonly #waiters = new Set<Waiter<Item>>();
  readonly #state: () => string | undefined;
  #crash: { readonly error: unknown } | undefined = undefined;

  /** `state` adds what else is known to a failure, for example that the channel has ended. */
  constructor(state: () => string | undefined) {
    this.#state = state;
  }

  /** Adds an item; it goes to the assertion that has waited longest for it. */
  add(item: Item): void {
    for (const waiter of this.#waiters) {
      if (!waiter.accepts(item)) continue;
      waiter.settle(item);
      return;
    }
    this.#items.push(item);
  }

  /**
   * A callback has crashed: waiting assertions fail with the error as `cause`, unless what the crash itself sends
   * satisfies them. So do assertions that start later, until {@link pardon}.
   */
  crashed(error: unknown): void {
    this.#crash = { error };
    setImmediate(() => this.#failAll());
  }

  /** The test has asserted the crash and continues. */
  pardon(): void {
    this.#crash = undefined;
  }

  /** Waits for an item and takes it out. Rejects with `WB_ASSERTION` after `timeout` ms. */
  async take(accepts: (item: Item) => boolean, timeout: number, wording: Wording<Item>): Promise<Item> {
    const index = this.#items.findIndex(accepts);
    if (index !== -1) return this.#items.splice(index, 1)[0] as Item;
    const item = await this.#wait(accepts, timeout);
    if (item !== undefined) return item.value;
    throw this.#failure(
      `${wording.assertion}: ${this.#crash === undefined ? `nothing that matches arrived within ${timeout} ms` : "the channel crashed"}.`,
      wording,
      this.#items,
    );
  }

  /** Waits `timeout` ms. Rejects with `WB_ASSERTION` as soon as an item is there; it stays in the inbox. */
  async refute(accepts: (item: Item) => boolean, timeout: number, wording: Wording<Item>): Promise<void> {
    let unwanted = this.#items.find(accepts);
    if (unwanted === undefined) {
      const item = await this.#wait(accepts, timeout);
      if (item === undefined && this.#crash === undefined) return;
      if (item === undefined) throw this.#failure(`${wording.assertion}: the channel crashed.`, wording, this.#items);
      unwanted = item.value;
      this.#items.push(unwanted);
    }
    throw this.#failure(`${wording.assertion}: it arrived.`, wording, [unwanted]);
  }

  #wait(accepts: (item: Item) => boolean, timeout: number): Promise<{ readonly value: Item } | undefined> {
    if (timeout !== 0) checkTimeout("timeout", timeout);
    return new Promise((resolve) => {
      const end = (result: { readonly value: Item } | undefined): void => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
        resolve(result);
      };
      const waiter: Waiter<Item> = { accepts, settle: (value) => end({ value }), fail: () => end(undefined) };
      let slices = SLICES;
      const wait = (): NodeJS.Timeout =>
        setTimeout(() => (--slices === 0 ? waiter.fail() : (timer = wait())), timeout / SLICES);
      let timer = timeout < Infinity ? wait() : undefined;
      this.#waiters.add(waiter);
      if (this.#crash !== undefined) setImmediate(() => this.#failAll());
    });
  }

  #failAll(): void {
    if (this.#crash === undefined) return;
    for (const waiter of [...this.#waiters]) waiter.fail();
  }

  #failure(headline: string, wording: Wording<Item>, arrived: readonly Item[]): WingbeatError {
    const state = this.#state();
    const lines = [
      headline,
      `  expected  ${wording.expected}`,
      ...(arrived.length === 0
        ? ["  arrived   nothing"]
        : arrived.map((item) => `  arrived   ${wording.describe(item)}`)),
      ...(state === undefined ? [] : [`  note      ${state}`]),
    ];
    const options = this.#crash === undefined ? {} : { cause: this.#crash.error };
    return new WingbeatError("WB_ASSERTION", lines.join("\n"), options);
  }
}
