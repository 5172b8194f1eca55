/**
 * What waits for a channel while `join` or another callback is under way, in order of arrival. A channel has a mailbox
 * only while something waits in it.
 */
import type { ClientMessage } from "@wingbeat/protocol";
import { WingbeatError } from "../errors.ts";
import { emit } from "../telemetry.ts";
import { OutgoingBroadcast } from "./broadcast.ts";
import { Command } from "./command.ts";
import type { ChannelHost, ChannelSource } from "./host.ts";
import { fromOf, isOfClient } from "./item.ts";
import type { From, Item, Task } from "./item.ts";
import { weigh } from "./weight.ts";

/**
 * Broadcasts that wait may take so many times `maxMailboxBytes`, and so may what the channel sends itself. Broadcasts are
 * shared with all other receivers.
 */
const FACTOR = 8;

/** The channel that a mailbox belongs to. */
export interface MailboxOwner {
  readonly topic: string;
  readonly host: Pick<ChannelHost, "maxMailboxMessages" | "maxMailboxBytes" | "waits" | "pause" | "resume">;
  readonly joining: boolean;
  /** Where something happened, for telemetry. */
  source(): ChannelSource;
}

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

export class Mailbox {
  readonly #owner: MailboxOwner;
  #items: Item[] = [];
  /** What each item weighs, in bytes of memory. */
  #weights: number[] = [];
  readonly #shares: Readonly<Record<From, Share>> = { client: new Share(), others: new Share(), itself: new Share() };
  /** How many of the items, at the front, are tasks that wait for the join. */
  #tasks = 0;
  #isPaused = false;
  #dropped = 0;
  #joinFailure: { readonly error: unknown } | undefined = undefined;

  constructor(owner: MailboxOwner) {
    this.#owner = owner;
  }

  get length(): number {
    return this.#items.length;
  }

  /** Why the join cannot be accepted, whatever its callback returned: see {@link failJoin}. */
  get joinFailure(): { readonly error: unknown } | undefined {
    return this.#joinFailure;
  }

  /** More was sent during the join than may wait. From now on only messages of the client are kept: they get an answer. */
  failJoin(error: unknown): void {
    this.#joinFailure ??= { error };
  }

  /**
   * Adds an item at the end. Returns false when it was dropped. Each sender has limits of its own, so that none fills the
   * mailbox for the others:
   *
   * - Messages of the client are always taken, but it is not read any more when `maxMailboxMessages` of them wait, or
   *   `maxMailboxBytes` on all channels of its connection.
   * - What others send beyond the limit is dropped: the channel cannot stop them, and must not end for what they do. During
   *   a join `WB_MAILBOX_OVERFLOW` is thrown instead.
   * - For messages of the channel to itself `WB_MAILBOX_OVERFLOW` is thrown.
   */
  add(item: Item): boolean {
    const from = fromOf(item);
    if (from === "client") this.#addOfClient(item);
    else if (this.#joinFailure !== undefined) return false;
    else if (!this.#isFull(from)) this.#push(item, from);
    else if (from === "itself") throw overflow(this.#owner.topic, this.#shares.itself.count, "messages of its own");
    else if (this.#owner.joining) throw overflow(this.#owner.topic, this.#shares.others.count, "broadcasts");
    else {
      this.dropped(nameOf(item));
      return false;
    }
    return true;
  }

  /** Adds something to do when the client has joined: before everything else, and in the order of the calls. */
  addTask(task: Task): void {
    this.#items.splice(this.#tasks, 0, task);
    this.#weights.splice(this.#tasks, 0, 0);
    this.#shares.itself.add(0);
    this.#tasks++;
  }

  /** Takes the first item. At half of the limit the connection is read again. */
  take(): Item | undefined {
    const item = this.#items.shift();
    if (item === undefined) return undefined;
    if (this.#tasks > 0) this.#tasks--;
    const weight = this.#weights.shift() as number;
    const from = fromOf(item);
    this.#shares[from].remove(weight);
    const { host, topic } = this.#owner;
    if (from === "client") host.waits(topic, -weight);
    if (this.#isPaused && this.#items.length <= host.maxMailboxMessages / 2) this.#resume();
    return item;
  }

  /** Takes the messages of the client, and leaves the others. */
  takeOfClient(): readonly ClientMessage[] {
    const tasks = this.#tasks;
    const all = this.takeAll();
    for (const item of all) if (!isOfClient(item)) this.#push(item, fromOf(item));
    this.#tasks = tasks;
    return all.filter(isOfClient);
  }

  /** Takes everything. The connection is read again. */
  takeAll(): readonly Item[] {
    const items = this.#items;
    const { client, others, itself } = this.#shares;
    this.#owner.host.waits(this.#owner.topic, -client.bytes);
    this.#items = [];
    this.#weights = [];
    this.#tasks = 0;
    for (const share of [client, others, itself]) share.count = share.bytes = 0;
    if (this.#isPaused) this.#resume();
    return items;
  }

  /** A message of others was dropped. The first is reported at once, further ones as a sum by {@link close}. */
  dropped(event: string | undefined): void {
    if (this.#dropped++ === 0) this.#reportDropped(event, 1);
  }

  /** Nothing waits any more, or the channel has ended. */
  close(): void {
    if (this.#dropped > 1) this.#reportDropped(undefined, this.#dropped - 1);
  }

  #reportDropped(event: string | undefined, count: number): void {
    emit("channel.dropped", { ...this.#owner.source(), event, count });
  }

  #isFull(from: From): boolean {
    const { count, bytes } = this.#shares[from];
    const { maxMailboxMessages, maxMailboxBytes } = this.#owner.host;
    return count >= maxMailboxMessages || bytes >= FACTOR * maxMailboxBytes;
  }

  #addOfClient(item: Item): void {
    const { host, topic } = this.#owner;
    host.waits(topic, this.#push(item, "client"));
    if (this.#isPaused || this.#shares.client.count < host.maxMailboxMessages) return;
    this.#isPaused = true;
    host.pause(topic, this.#items.length);
  }

  /** Returns what the item weighs. */
  #push(item: Item, from: From): number {
    const weight = weighItem(item, this.#owner.host.maxMailboxBytes);
    this.#items.push(item);
    this.#weights.push(weight);
    this.#shares[from].add(weight);
    return weight;
  }

  #resume(): void {
    this.#isPaused = false;
    this.#owner.host.resume(this.#owner.topic, this.#items.length);
  }
}

/** A client may put as much into the sixth element of a frame as into its payload. */
function weighItem(item: Item, enough: number): number {
  const weight = weigh("payload" in item ? item.payload : item.message, enough);
  const extension = "extension" in item ? item.extension : undefined;
  return extension === undefined ? weight : weight + weigh(extension, enough);
}

/** The event or command of an item, for telemetry. */
const nameOf = (item: Item): string | undefined =>
  item instanceof OutgoingBroadcast ? item.event : item instanceof Command ? item.command : undefined;

function overflow(topic: string, waiting: number, what: string): WingbeatError {
  return new WingbeatError(
    "WB_MAILBOX_OVERFLOW",
    `channel "${topic}" has ${waiting} ${what} waiting and takes no more: a callback takes too long. ` +
      "Await less in it, send fewer, or raise maxMailboxMessages or maxMailboxBytes of the socket.",
  );
}
