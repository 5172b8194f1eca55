/** What waits while a callback of a channel is under way. Made when something first has to wait. */
import { WingbeatError } from "../errors.ts";
import type { ChannelHost } from "./host.ts";
import { weigh } from "./weight.ts";

/**
 * Broadcasts that wait may take so many times `mailboxBytes`. They are shared with all other receivers, and what others
 * send must not end a channel early.
 */
const FOREIGN_FACTOR = 8;

export class Backlog<Item extends object> {
  readonly #topic: string;
  readonly #host: ChannelHost;
  #items: Item[] = [];
  /** What each item weighs, in bytes of memory. */
  #weights: number[] = [];
  /** How many of them are broadcasts and own messages: stopping to read the client does not hold these up. */
  #foreign = 0;
  #foreignBytes = 0;
  #paused = false;
  readonly #isOfClient: (item: Item) => boolean;

  constructor(topic: string, host: ChannelHost, isOfClient: (item: Item) => boolean) {
    this.#topic = topic;
    this.#host = host;
    this.#isOfClient = isOfClient;
  }

  /**
   * Adds an item at the end. When `mailboxLimit` messages of the client wait, or `mailboxBytes` of them on all channels
   * of the connection, reading stops; when more than so many others wait, `WB_MAILBOX_OVERFLOW` is thrown.
   */
  add(item: Item): void {
    const { mailboxLimit, mailboxBytes } = this.#host;
    const weight = weigh("payload" in item ? item.payload : undefined, mailboxBytes);
    this.#items.push(item);
    this.#weights.push(weight);
    if (!this.#isOfClient(item)) {
      const isFull = this.#foreignBytes >= FOREIGN_FACTOR * mailboxBytes;
      this.#foreignBytes += weight;
      if (++this.#foreign > mailboxLimit || isFull) throw overflow(this.#topic, this.#foreign - 1);
      return;
    }
    this.#host.waits(this.#topic, weight);
    if (!this.#paused && this.#items.length - this.#foreign >= mailboxLimit) {
      this.#paused = true;
      this.#host.pause(this.#topic, this.#items.length);
    }
  }

  get length(): number {
    return this.#items.length;
  }

  /** Puts items that were taken before to the front. */
  addFirst(items: readonly Item[]): void {
    this.#items.unshift(...items);
    this.#foreign += items.length;
  }

  /** Takes the first item. At half of the limit the connection is read again. */
  take(): Item | undefined {
    const item = this.#items.shift();
    if (item === undefined) return undefined;
    const weight = this.#weights.shift() as number;
    if (this.#isOfClient(item)) this.#host.waits(this.#topic, -weight);
    else {
      this.#foreign--;
      this.#foreignBytes -= weight;
    }
    if (this.#paused && this.#items.length <= this.#host.mailboxLimit / 2) this.#resume();
    return item;
  }

  /** Takes everything. */
  takeAll(): readonly Item[] {
    const items = this.#items;
    const weight = this.#weights.reduce((sum, each) => sum + each, 0);
    this.#host.waits(this.#topic, this.#foreignBytes - weight);
    this.#items = [];
    this.#weights = [];
    this.#foreign = 0;
    this.#foreignBytes = 0;
    if (this.#paused) this.#resume();
    return items;
  }

  #resume(): void {
    this.#paused = false;
    this.#host.resume(this.#topic, this.#items.length);
  }
}

function overflow(topic: string, waiting: number): WingbeatError {
  return new WingbeatError(
    "WB_MAILBOX_OVERFLOW",
    `channel "${topic}" has ${waiting} broadcasts and own messages waiting and takes no more: a callback takes too ` +
      "long. Await less in it, intercept fewer events, or raise mailboxLimit or mailboxBytes of the socket.",
  );
}
