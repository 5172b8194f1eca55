/**
 * The history of topics on one node: what is broadcast on a topic whose channel declares a history goes into a log first,
 * and from the log to everybody, in one order. It knows no channels: they give it their rules, and what they subscribed to.
 *
 * `history/store.ts` is the contract of what keeps the logs; `publisher.ts` brings broadcasts into them, `follower.ts`
 * delivers them here.
 */
import { randomBytes } from "node:crypto";
import { describeThrown, PublishError, WingbeatError } from "../errors.ts";
import type { PublishFailure } from "../errors.ts";
import { emit, isObserved } from "../telemetry.ts";
import { Checks } from "./history/checks.ts";
import { systemClock } from "./history/clock.ts";
import type { Clock } from "./history/clock.ts";
import { Follower } from "./history/follower.ts";
import type { FollowerHost, Move } from "./history/follower.ts";
import { isOnPath, positionOf, tagOf } from "./history/position.ts";
import type { Head, Mark, Position } from "./history/position.ts";
import { CONFIRM_TIMEOUT, Pending, Publisher, sizeOf } from "./history/publisher.ts";
import type { PublisherHost, Recordable } from "./history/publisher.ts";
import { Reads } from "./history/reads.ts";
import { Revived } from "./history/revived.ts";
import { Reloads } from "./history/reloads.ts";
import type { TopicRule } from "./history/rule.ts";
import type {
  Appended,
  Batch,
  DatabaseTransaction,
  HistoryStore,
  OutboxEntry,
  Range,
  Slice,
  Stored,
} from "./history/store.ts";

export { systemClock } from "./history/clock.ts";
export type { Clock } from "./history/clock.ts";
export { Follower } from "./history/follower.ts";
export type { GapReason, Move } from "./history/follower.ts";
export { MEMORY_HISTORY_LIMITS, MemoryHistory, memoryHistory } from "./history/memory.ts";
export type { MemoryHistoryOptions } from "./history/memory.ts";
export { isOnPath, markOf } from "./history/position.ts";
export type { Head, Mark } from "./history/position.ts";
export { Pending } from "./history/publisher.ts";
export type { Recordable, Recorded } from "./history/publisher.ts";
export type { TopicRule } from "./history/rule.ts";
export type { DatabaseTransaction, HistoryStore, Stored, StoreStatus } from "./history/store.ts";

/** Limits of one node, as docs/reference/limits.md lists them. */
export const HISTORY_LIMITS = { maxQueuedBytes: 16 * 1024 * 1024, cacheBytes: 64 * 1024 * 1024 } as const;

/** What the user of a history provides. */
export interface HistoryOptions {
  readonly store: HistoryStore;
  /** The rule of a topic; undefined: it has no history. */
  readonly ruleOf: (topic: string) => TopicRule | undefined;
  /** Makes a message for subscribers of what was stored. Throws for what is none. */
  readonly revive: (entry: Stored) => Recordable;
  readonly clock?: Clock;
}

/** What a history needs of PubSub. */
export interface HistoryPubSub {
  /** Passes a message to the subscribers of its topic here, without those of `from`. */
  deliver(from: unknown, message: Recordable): void;
  /** Tells the subscribers of a topic here. */
  moved(move: Move): void;
  /** Sends an entry to the other nodes. Throws like `broadcast`. */
  sendToOthers(entry: Stored): void;
  /** How many subscriptions a topic has here. */
  count(topic: string): number;
}

/** Who broadcasts. */
export interface Sender {
  /** Whose subscriptions on this node do not get it. */
  readonly owner?: unknown;
  /** Names the sender for other nodes, and for those who come later: see `Stored.from`. */
  readonly from?: string;
  /** The idempotency key. */
  readonly id?: string | undefined;
}

const NO_SENDER: Sender = {};

/** Entries read for an application, newest last unless `reverse`. */
export interface HistoryPage {
  readonly head: Head;
  /** Everything after the asked position is there. Else there are no entries. */
  readonly isComplete: boolean;
  readonly entries: readonly Stored[];
}

/** What an application asks for. */
export interface PageRange {
  readonly since: Mark | undefined;
  readonly limit: number;
  readonly reverse: boolean;
}

/** Milliseconds for which a topic without subscribers is followed: they may come back. */
const LINGER = 60_000;
/** How many topics without subscribers are followed. Beyond it the oldest is not any more. */
const MOST_LINGERING = 10_000;
/** Milliseconds for which a history that ends waits for its store. */
const STOP_TIMEOUT = 1_000;
/** How many heads are asked for at once. */
const HEADS = 500;
/** How many publishers of topics are kept although nothing waits in them. */
const MOST_IDLE_PUBLISHERS = 1_000;

const NOBODY = Symbol("nobody");

export class History implements FollowerHost, PublisherHost {
  readonly store: HistoryStore;
  readonly clock: Clock;
  /** The clients of this node that load their state again. */
  readonly reloads: Reloads;
  readonly #ruleOf: HistoryOptions["ruleOf"];
  readonly #revive: HistoryOptions["revive"];
  readonly #pubsub: HistoryPubSub;
  /** Names this run of this process. */
  readonly #node = randomBytes(9).toString("base64url");
  #producers = 0;
  readonly #followers = new Map<string, Follower>();
  readonly #publishers = new Map<string, Publisher>();
  /** The topics without subscribers that are still followed, oldest first. */
  readonly #lingering = new Map<string, { cancel(): void }>();
  readonly #reads = new Reads();
  readonly #revived: Revived;
  #queuedBytes = 0;
  #flushed: (() => void)[] = [];
  #lost = 0;
  #cachedBytes = 0;
  readonly #checks: Checks;
  #isStopped = false;

  constructor({ store, ruleOf, revive, clock = systemClock }: HistoryOptions, pubsub: HistoryPubSub) {
    this.store = store;
    this.clock = clock;
    this.reloads = new Reloads(clock);
    this.#ruleOf = ruleOf;
    this.#revive = revive;
    this.#revived = new Revived(revive, clock);
    this.#pubsub = pubsub;
    this.#checks = new Checks(clock, () => this.#check());
  }

  /** Broadcasts that were not recorded, or of which nobody knows whether they were. */
  get lost(): number {
    return this.#lost;
  }

  /** Rejects for what the operator must mend. */
  async start(): Promise<void> {
    const down = (reason: string): void => emit("history.store_down", { store: this.store.status().store, reason });
    try {
      await this.store.start({
        entry: (entry) => this.arrive(entry),
        maybeMissed: () => void this.#checks.run(),
        moved: (topic, to) => this.#followers.get(topic)?.reach(to),
        up: () => this.#up(),
        down,
      });
    } catch (error) {
      down(describeThrown(error)); // whoever attaches the endpoint to a server does not see the rejection
      throw error;
    }
    if (this.store.isLocal !== true && !this.#isStopped) this.#checks.start(this.store.fansOut);
  }

  /** Waits until everything that was broadcast so far is stored, or refused; for `ms` milliseconds at the most. */
  async flush(ms: number): Promise<void> {
    if (this.#queuedBytes === 0) return;
    await new Promise<void>((resolve) => {
      const timer = this.clock.after(ms, resolve);
      this.#flushed.push(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  /** Stores what waits, for a second at the most, and disconnects. */
  async stop(): Promise<void> {
    await this.flush(STOP_TIMEOUT);
    this.#isStopped = true;
    this.#checks.stop();
    for (const publisher of this.#publishers.values()) publisher.stop();
    for (const timer of this.#lingering.values()) timer.cancel();
    for (const follower of this.#followers.values()) follower.stop();
    this.#revived.forget();
    await this.store.stop();
  }

  /** The rule by which broadcasts of this event on a topic are recorded; undefined: they are not. */
  ruleFor(topic: string, event: string): TopicRule | undefined {
    const rule = this.#followers.get(topic)?.rule ?? this.#ruleOf(topic);
    return rule?.records(event) === true ? rule : undefined;
  }

  /** The log of a topic with subscribers here. Undefined: it has no history, or no subscribers. */
  followerOf(topic: string): Follower | undefined {
    return this.#followers.get(topic);
  }

  /** The logs that are followed here, for the inspector. */
  followers(): Iterable<Follower> {
    return this.#followers.values();
  }

  /** A topic has its first subscriber here. */
  opened(topic: string): void {
    const lingering = this.#lingering.get(topic);
    if (lingering !== undefined) {
      lingering.cancel();
      this.#lingering.delete(topic);
      return;
    }
    const rule = this.#ruleOf(topic);
    if (rule === undefined || this.#isStopped) return;
    const follower = new Follower(topic, rule, this);
    this.#followers.set(topic, follower);
    follower.open();
  }

  /** Its last subscriber is gone. */
  closed(topic: string): void {
    if (!this.#followers.has(topic)) return;
    // A store in this process is as near as what would be kept.
    if (this.store.isLocal === true || this.#isStopped) return this.#forget(topic);
    const oldest = this.#lingering.keys().next();
    if (this.#lingering.size >= MOST_LINGERING && oldest.done === false) this.#forget(oldest.value);
    this.#lingering.set(
      topic,
      this.clock.after(LINGER, () => this.#forget(topic)),
    );
  }

  /**
   * Records a broadcast and delivers it to everybody. Returns it with its outcome; without one, the store has not answered
   * yet. Throws a {@link PublishError} when it is too large, or too much waits for the store.
   */
  publish(rule: TopicRule, message: Recordable, { owner = NOBODY, from = "", id }: Sender = NO_SENDER): Pending {
    return this.#enqueue(rule, new Pending(message, owner, from, id));
  }

  /** Records a broadcast. Resolves when it is stored, and delivered here. Rejects with a {@link PublishError}. */
  publishNow(rule: TopicRule, message: Recordable, sender: Sender = NO_SENDER): Promise<Position> {
    return new Promise((resolve, reject) => {
      const pending = this.publish(rule, message, sender);
      if (pending.outcome instanceof PublishError) return reject(pending.outcome);
      if (pending.outcome !== undefined) return resolve(pending.outcome);
      const publisher = this.#publishers.get(message.topic);
      const timer = this.clock.after(CONFIRM_TIMEOUT, () => publisher?.giveUp(pending));
      pending.onSettled = (outcome) => {
        timer.cancel();
        if (outcome instanceof PublishError) reject(outcome);
        else resolve(outcome);
      };
    });
  }

  /**
   * Records a broadcast when a transaction of the application commits, and not at all when it rolls back. Rejects with a
   * {@link PublishError}, with the error of the database, and with `WB_OPTION` for a store without transactions.
   */
  async publishIn(transaction: DatabaseTransaction, rule: TopicRule, message: Recordable, id?: string): Promise<void> {
    const { topic, event, body } = message;
    if (this.store.outbox === undefined) {
      throw new WingbeatError(
        "WB_OPTION",
        `the history is kept in ${this.store.status().store}, which has no transactions: pass history: postgresHistory({ connect }) ` +
          "to createEndpoint.",
      );
    }
    this.#refuseUnfit(rule, { topic, event, body, id });
    await this.store.outbox(transaction, { topic, rule, event, body, id });
  }

  /** Reads for an application. Throws `WB_OPTION` for a topic without a history; rejects when the store cannot be reached. */
  async page(topic: string, { since, limit, reverse }: PageRange): Promise<HistoryPage> {
    const rule = this.requireRule(topic);
    const range: Range = { after: since?.offset, limit, reverse: reverse && since === undefined };
    const { head, oldest, entries } = await this.#reads.run(() => this.store.read(topic, rule, range));
    const isComplete = since === undefined || (isOnPath(head, since) && oldest <= since.offset + 1);
    return { head, isComplete, entries: isComplete || since === undefined ? entries : [] };
  }

  /** Where the log of a topic stands. As {@link page}. */
  async position(topic: string): Promise<Position> {
    const { head } = await this.page(topic, { since: undefined, limit: 0, reverse: false });
    return positionOf(head, head.top);
  }

  /** Removes what is kept of a topic. Whoever is on it is told (`epoch`). */
  async clear(topic: string): Promise<void> {
    this.requireRule(topic);
    await this.store.clear(topic);
    this.#followers.get(topic)?.check(undefined);
  }

  /** Throws `WB_OPTION`. */
  requireRule(topic: string): TopicRule {
    const rule = this.#ruleOf(topic);
    if (rule !== undefined) return rule;
    throw new WingbeatError("WB_OPTION", `topic "${topic}" has no history: declare .history() on its channel.`);
  }

  /** What was stored, as subscribers get it: one object for all that ask at about the same time. Throws for what is none. */
  messageOf(entry: Stored): Recordable {
    return this.#revived.of(entry);
  }

  /** An entry was stored, here or elsewhere. */
  arrive(entry: Stored): void {
    this.#followers.get(entry.topic)?.arrive(entry);
  }

  // What followers need

  deliver(follower: Follower, entry: Stored): void {
    const { topic } = follower;
    const publisher = this.#publishers.get(topic);
    const pending = publisher?.sentAs(entry.producer, entry.seq);
    const position = positionOf(follower.head as Head, entry.offset);
    try {
      if (pending !== undefined || this.#pubsub.count(topic) > 0) {
        const message = pending?.message ?? this.#revive(entry);
        message.recorded = { position, from: entry.from };
        this.#pubsub.deliver(pending?.owner ?? NOBODY, message);
      }
    } catch (error) {
      emit("pubsub.delivery_failed", { topic, event: entry.event, error });
    }
    if (pending !== undefined) publisher?.settle(pending, position);
    publisher?.reached(follower.head as Head, entry.offset);
  }

  moved(move: Move): void {
    this.#pubsub.moved(move);
    const publisher = this.#publishers.get(move.topic);
    const { head, cursor } = this.#followers.get(move.topic) ?? {};
    if (head !== undefined) publisher?.reached(head, cursor ?? 0);
    if (move.reason === undefined) publisher?.opened();
  }

  read({ topic, rule }: Follower, range: Range): Slice | Promise<Slice> {
    if (isObserved("history.read")) emit("history.read", { topic });
    if (this.store.isLocal === true) return this.store.read(topic, rule, range);
    return this.#reads.run(() => this.store.read(topic, rule, range));
  }

  ringChanged(follower: Follower, bytes: number): void {
    this.#cachedBytes += bytes;
    if (bytes <= 0 || this.#cachedBytes <= HISTORY_LIMITS.cacheBytes) return;
    for (const other of this.#followers.values()) {
      if (other !== follower) other.dropRing();
      if (this.#cachedBytes <= HISTORY_LIMITS.cacheBytes / 2) return;
    }
  }

  // What publishers need

  known(topic: string): Mark | undefined {
    return this.#followers.get(topic)?.mark;
  }

  isOpening(topic: string): boolean {
    return this.#followers.get(topic)?.isOpen === false;
  }

  stored(publisher: Publisher, batch: Batch, pending: readonly Pending[], { head, at, offsets }: Appended): void {
    const { topic, producer } = publisher;
    const follower = this.#followers.get(topic);
    const { lineage } = head;
    const tag = tagOf(head);
    const firstNew = firstOfBatch(batch, head.top, offsets);
    pending.forEach((one, index) => {
      const offset = offsets[index] as number;
      const { event, body, from, seq, id } = one;
      // What was known by its key is in the log, and perhaps not the same.
      if (!this.store.fansOut && (id === undefined || offset >= firstNew)) {
        this.#spread({ topic, lineage, tag, offset, at, event, body, from, producer, seq });
      }
      publisher.await(one, { lineage, tag, offset });
    });
    if (follower?.head === undefined) return publisher.unfollowed();
    publisher.reached(follower.head, follower.cursor);
    follower.check(head);
  }

  sent(bytes: number): void {
    this.#queuedBytes -= bytes;
    if (this.#queuedBytes > 0) return;
    for (const flushed of this.#flushed.splice(0)) flushed();
  }

  failed(): void {
    this.#lost++;
  }

  idle(publisher: Publisher): void {
    if (this.#publishers.size > MOST_IDLE_PUBLISHERS) this.#publishers.delete(publisher.topic);
  }

  #spread(entry: Stored): void {
    this.arrive(entry);
    if (this.store.isLocal === true) return;
    try {
      this.#pubsub.sendToOthers(entry);
    } catch (error) {
      emit("pubsub.delivery_failed", { topic: entry.topic, event: entry.event, error });
    }
  }

  /** Throws a {@link PublishError}. */
  #enqueue(rule: TopicRule, pending: Pending): Pending {
    const { topic, event, body } = pending.message;
    this.#refuseUnfit(rule, { topic, event, body, id: pending.id });
    const size = sizeOf(pending);
    const { maxQueuedBytes } = HISTORY_LIMITS;
    if (this.#queuedBytes + size > maxQueuedBytes) {
      this.#refuse(
        "refused",
        pending.message,
        `${maxQueuedBytes} bytes wait for the history store already: it is down, or too slow`,
      );
    }
    this.#queuedBytes += size;
    this.#publisherOf(topic, rule).publish(pending);
    return pending;
  }

  /** Throws a {@link PublishError} for what is never stored. */
  #refuseUnfit({ maxEntryBytes }: TopicRule, message: Omit<OutboxEntry, "rule">): void {
    const { body, id } = message;
    if (body.length > maxEntryBytes) {
      const why = `it has ${body.length} bytes, the limit is ${maxEntryBytes} (maxEntryBytes of .history)`;
      this.#refuse("too_large", message, why);
    }
    if (id !== undefined && (id === "" || Buffer.byteLength(id) > 128)) {
      this.#refuse("refused", message, "its id must have 1 to 128 bytes");
    }
    if (this.#isStopped) this.#refuse("refused", message, "the endpoint is closed");
  }

  #refuse(reason: PublishFailure, { topic, event }: Pick<Recordable, "topic" | "event">, why: string): never {
    const error = new PublishError(reason, topic, new Error(why));
    emit("history.publish_failed", { topic, event, reason, error });
    throw error;
  }

  #publisherOf(topic: string, rule: TopicRule): Publisher {
    let publisher = this.#publishers.get(topic);
    if (publisher === undefined) {
      publisher = new Publisher(topic, rule, `${this.#node}-${++this.#producers}`, this);
      this.#publishers.set(topic, publisher);
    }
    return publisher;
  }

  #forget(topic: string): void {
    this.#lingering.get(topic)?.cancel();
    this.#lingering.delete(topic);
    this.#followers.get(topic)?.stop();
    this.#followers.delete(topic);
    this.#publishers.get(topic)?.unfollowed();
  }

  #up(): void {
    emit("history.store_up", { store: this.store.status().store });
    for (const publisher of this.#publishers.values()) publisher.retryNow();
    void this.#checks.run();
  }

  /** Compares where all logs stand with what was delivered here. */
  async #check(): Promise<void> {
    const topics = [...this.#followers.keys()];
    for (let start = 0; start < topics.length; start += HEADS) {
      const some = topics.slice(start, start + HEADS);
      const heads = await this.store.heads(some);
      some.forEach((topic, index) => this.#followers.get(topic)?.check(heads[index]));
    }
  }
}

/**
 * From which offset on the entries of a batch are its own, and not others' with the same keys: they follow each other, up to the
 * top. Of a repeat nobody knows.
 */
function firstOfBatch({ isRepeat }: Batch, top: number, offsets: readonly number[]): number {
  if (isRepeat) return Infinity;
  let first = top + 1;
  for (let index = offsets.length - 1; index >= 0; index--) if (offsets[index] === first - 1) first--;
  return first;
}
