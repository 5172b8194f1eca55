/** What waits while a callback of a channel is under way. Made when something first has to wait. */
import { WingbeatError } from "../errors.ts";
import type { ChannelHost } from "./host.ts";

export class Backlog<Item> {
  readonly #topic: string;
  readonly #host: ChannelHost;
  #items: Item[] = [];
  /** How many of them are broadcasts and own messages: stopping to read the client does not hold these up. */
  #foreign = 0;
  #paused = false;
  readonly #isOfClient: (item: Item) => boolean;

  constructor(topic: string, host: ChannelHost, isOfClient: (item: Item) => boolean) {
    this.#topic = topic;
    this.#host = host;
    this.#isOfClient = isOfClient;
  }

  /**
   * Adds an item at the end. When `mailboxLimit` messages of the client wait, the connection is read no more; when more
   * than so many others wait, `WB_MAILBOX_OVERFLOW` is thrown.
   */
  add(item: Item): void {
    const { mailboxLimit } = this.#host;
    this.#items.push(item);
    if (!this.#isOfClient(item)) {
      if (++this.#foreign > mailboxLimit) throw overflow(this.#topic, mailboxLimit);
    } else if (!this.#paused && this.#items.length - this.#foreign >= mailboxLimit) {
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
    if (item !== undefined && !this.#isOfClient(item)) this.#foreign--;
    if (this.#paused && this.#items.length <= this.#host.mailboxLimit / 2) this.#resume();
    return item;
  }

  /** Takes everything. */
  takeAll(): readonly Item[] {
    const items = this.#items;
    this.#items = [];
    this.#foreign = 0;
    if (this.#paused) this.#resume();
    return items;
  }

  #resume(): void {
    this.#paused = false;
    this.#host.resume(this.#topic, this.#items.length);
  }
}

function overflow(topic: string, limit: number): WingbeatError {
  return new WingbeatError(
    "WB_MAILBOX_OVERFLOW",
    `channel "${topic}" has more than ${limit} broadcasts and own messages waiting: a callback takes too long. ` +
      "Await less in it, intercept fewer events, or raise mailboxLimit of the socket.",
  );
}
