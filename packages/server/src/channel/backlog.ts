/** Messages that wait while a callback of a channel is running. Created when something first has to wait. */
import { WingbeatError } from "../errors.ts";
import type { ChannelHost } from "./host.ts";
import type { From } from "./item.ts";
import { weigh } from "./weight.ts";

/**
 * Broadcasts that wait may take so many times `maxMailboxBytes`, and so may what the channel sends itself. Broadcasts are
 * shared with all other receivers.
 */
const FACTOR = 8;

/** What waits of one sender. */
class Share {
  count = 0;
  bytes = 0;

  add(weight: number): void {
    this.count++;
    this.bytes += weight;
  }

  remove(weight: number): void {
    this.count--;
    this.bytes -= weight;
  }
}

export class Backlog<Item extends object> {
  readonly #topic: string;
  readonly #host: ChannelHost;
  #items: Item[] = [];
  /** What each item weighs, in bytes of memory. */
  #weights: number[] = [];
  readonly #shares: Readonly<Record<From, Share>> = { client: new Share(), others: new Share(), itself: new Share() };
  #paused = false;
  readonly #fromOf: (item: Item) => From;

  constructor(topic: string, host: ChannelHost, fromOf: (item: Item) => From) {
    this.#topic = topic;
    this.#host = host;
    this.#fromOf = fromOf;
  }

  /**
   * Adds an item at the end; gives false when it must be dropped. Each sender has limits of its own, so that nobody fills
   * the mailbox for somebody else. The client is not read when `maxMailboxMessages` of its messages wait, or `maxMailboxBytes` on
   * all channels of the connection. What others send beyond the limit is dropped: the channel cannot stop them, and must
   * not end for what they do. For the channel's own messages `WB_MAILBOX_OVERFLOW` is thrown.
   */
  add(item: Item): boolean {
    const { maxMailboxMessages, maxMailboxBytes } = this.#host;
    const from = this.#fromOf(item);
    const share = this.#shares[from];
    if (from !== "client" && (share.count >= maxMailboxMessages || share.bytes >= FACTOR * maxMailboxBytes)) {
      if (from === "others") return false;
      throw overflow(this.#topic, share.count, "messages of its own");
    }
    const weight = weigh("payload" in item ? item.payload : undefined, maxMailboxBytes);
    this.#items.push(item);
    this.#weights.push(weight);
    share.add(weight);
    if (from !== "client") return true;
    this.#host.waits(this.#topic, weight);
    if (!this.#paused && share.count >= maxMailboxMessages) {
      this.#paused = true;
      this.#host.pause(this.#topic, this.#items.length);
    }
    return true;
  }

  /** Why a join cannot be accepted for which more broadcasts wait than may. */
  get overflow(): WingbeatError {
    return overflow(this.#topic, this.#shares.others.count, "broadcasts");
  }

  get length(): number {
    return this.#items.length;
  }

  /** Puts items that were taken before to the front. */
  addFirst(items: readonly Item[]): void {
    this.#items.unshift(...items);
    this.#weights.unshift(...items.map(() => 0));
    for (const item of items) this.#shares[this.#fromOf(item)].add(0);
  }

  /** Takes the first item. At half of the limit the connection is read again. */
  take(): Item | undefined {
    const item = this.#items.shift();
    if (item === undefined) return undefined;
    const weight = this.#weights.shift() as number;
    const from = this.#fromOf(item);
    this.#shares[from].remove(weight);
    if (from === "client") this.#host.waits(this.#topic, -weight);
    if (this.#paused && this.#items.length <= this.#host.maxMailboxMessages / 2) this.#resume();
    return item;
  }

  /** Takes everything. */
  takeAll(): readonly Item[] {
    const items = this.#items;
    const { client, others, itself } = this.#shares;
    this.#host.waits(this.#topic, -client.bytes);
    this.#items = [];
    this.#weights = [];
    for (const share of [client, others, itself]) share.count = share.bytes = 0;
    if (this.#paused) this.#resume();
    return items;
  }

  #resume(): void {
    this.#paused = false;
    this.#host.resume(this.#topic, this.#items.length);
  }
}

function overflow(topic: string, waiting: number, what: string): WingbeatError {
  return new WingbeatError(
    "WB_MAILBOX_OVERFLOW",
    `channel "${topic}" has ${waiting} ${what} waiting and takes no more: a callback takes too long. ` +
      "Await less in it, send fewer, or raise maxMailboxMessages or maxMailboxBytes of the socket.",
  );
}
