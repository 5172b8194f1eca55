/**
 * Stores the broadcasts of one topic that this process makes: in order, one batch at a time. A batch whose answer was lost
 * is sent again, marked as a repeat, before any later one: the store finds out whether it is there already.
 */
import { isPromise, settle } from "../../awaitable.ts";
import { PublishError } from "../../errors.ts";
import type { PublishFailure } from "../../errors.ts";
import { emit, isObserved } from "../../telemetry.ts";
import type { Clock } from "./clock.ts";
import { holdsUpTo, positionAt, tagOf } from "./position.ts";
import type { Head, Mark, Position } from "./position.ts";
import type { TopicRule } from "./rule.ts";
import { NotStored } from "./store.ts";
import type { Appended, Batch, Body, HistoryStore, NewEntry } from "./store.ts";

/** A broadcast that is recorded. */
export interface Recordable {
  readonly topic: string;
  readonly event: string;
  /** As it is stored. */
  readonly body: Body;
  /** Set before it is delivered. */
  recorded: Recorded | undefined;
}

/** What its receivers need to know of a recorded broadcast. */
export interface Recorded {
  readonly position: Position;
  /** Names the sender that must not get it: see {@link NewEntry.from}. */
  readonly from: string;
}

/** Called once: where a broadcast was stored, or why it was not. */
export type Settle = (outcome: Position | PublishError) => void;

/** A broadcast on its way into the log. */
export class Pending implements NewEntry {
  readonly message: Recordable;
  /** Whose subscriptions on this node do not get it. */
  readonly owner: unknown;
  readonly from: string;
  readonly id: string | undefined;
  seq = 0;
  /** Where it was stored, or why it was not. */
  outcome: Position | PublishError | undefined = undefined;
  onSettled: Settle | undefined = undefined;

  constructor(message: Recordable, owner: unknown, from: string, id: string | undefined) {
    this.message = message;
    this.owner = owner;
    this.from = from;
    this.id = id;
  }

  get event(): string {
    return this.message.event;
  }

  get body(): Body {
    return this.message.body;
  }

  settle(outcome: Position | PublishError): void {
    if (this.outcome !== undefined) return;
    this.outcome = outcome;
    this.onSettled?.(outcome);
    this.onSettled = undefined;
  }
}

/** What a publisher needs of its node. */
export interface PublisherHost {
  readonly store: HistoryStore;
  readonly clock: Clock;
  /** The store has taken entries: those that stand at these offsets now. */
  stored(publisher: Publisher, batch: Batch, pending: readonly Pending[], appended: Appended): void;
  /** The newest known place in the log. */
  known(topic: string): Mark | undefined;
  /** Somebody here has subscribed, and the log is not open yet: what is stored now would not be delivered here. */
  isOpening(topic: string): boolean;
  /** So many bytes wait no more. */
  sent(bytes: number): void;
  /** One was not stored, or nobody knows. */
  failed(): void;
  /** Nothing waits any more. */
  idle(publisher: Publisher): void;
}

/** How much is stored together. */
const MOST_ENTRIES = 500;
const MOST_BYTES = 1_048_576;
/** Milliseconds before a batch is tried again: doubled each time, up to the maximum. */
const FIRST_DELAY = 50;
const LONGEST_DELAY = 1_000;
/** Milliseconds after which a caller is told that it is not known whether its message is stored. */
export const CONFIRM_TIMEOUT = 10_000;

/** What the store is being asked to take. */
interface UnderWay {
  batch: Batch;
  readonly pending: readonly Pending[];
}

export class Publisher {
  readonly topic: string;
  readonly rule: TopicRule;
  readonly #producer: string;
  readonly #host: PublisherHost;
  #queue: Pending[] = [];
  #sequence = 0;
  /** Entries that were sent to the store, until they are stored and delivered here. By seq. */
  readonly #sent = new Map<number, Pending>();
  /** Entries that are stored, and not delivered here yet. */
  readonly #awaited: { readonly pending: Pending; readonly mark: Mark; readonly since: number }[] = [];
  #underWay: UnderWay | undefined = undefined;
  /** Where the log stood after the last batch. */
  #last: Mark | undefined = undefined;
  #failures = 0;
  #retry: { cancel(): void } | undefined = undefined;

  constructor(topic: string, rule: TopicRule, producer: string, host: PublisherHost) {
    this.topic = topic;
    this.rule = rule;
    this.#producer = producer;
    this.#host = host;
  }

  get producer(): string {
    return this.#producer;
  }

  /** Whether nothing waits, neither for the store nor for its delivery. */
  get isIdle(): boolean {
    return this.#underWay === undefined && this.#queue.length === 0 && this.#sent.size === 0;
  }

  publish(pending: Pending): void {
    pending.seq = ++this.#sequence;
    this.#queue.push(pending);
    if (this.#underWay === undefined) this.#sendNext();
  }

  /** The broadcast that was stored as this entry of the log, if it is one of this publisher's. */
  sentAs(producer: string, seq: number): Pending | undefined {
    return producer === this.#producer ? this.#sent.get(seq) : undefined;
  }

  /** An entry is stored at a mark, and will be delivered here. */
  await(pending: Pending, mark: Mark): void {
    this.#awaited.push({ pending, mark, since: this.#host.clock.now() });
  }

  /**
   * Everything up to a place in the log was delivered here. What stands before it, in the order of storing, or will not come any
   * more, is settled.
   */
  reached(head: Head, cursor: number): void {
    if (this.#awaited.length === 0) return;
    const late = this.#host.clock.now() - CONFIRM_TIMEOUT;
    const next = this.#awaited.findIndex(
      ({ mark, since }) =>
        since > late && !(mark.offset <= cursor && holdsUpTo(head, mark.lineage, mark.tag) !== undefined),
    );
    this.#settleAwaited(next === -1 ? this.#awaited.length : next);
  }

  /** Nothing is delivered here any more. */
  unfollowed(): void {
    this.#settleAwaited(this.#awaited.length);
  }

  #settleAwaited(count: number): void {
    for (const { pending, mark } of this.#awaited.splice(0, count)) this.settle(pending, positionAt(mark));
  }

  /** An entry was delivered here. */
  settle(pending: Pending, position: Position): void {
    this.#sent.delete(pending.seq);
    pending.settle(position);
    if (this.isIdle) this.#host.idle(this);
  }

  /**
   * The caller waits no longer. What the store was not sent is taken back: it is certain then that nobody gets it. Of what was
   * sent nobody knows, and it is sent again, unless the store has answered.
   */
  giveUp(pending: Pending): void {
    const at = this.#queue.indexOf(pending);
    if (at !== -1) {
      this.#queue.splice(at, 1);
      this.#host.sent(sizeOf(pending));
      return this.#fail(pending, "refused", new Error(`the store did not take it within ${CONFIRM_TIMEOUT} ms`));
    }
    const stored = this.#awaited.find((awaited) => awaited.pending === pending);
    if (stored === undefined) this.#tell(pending, "unknown", new Error("no answer from the store"));
    else pending.settle(positionAt(stored.mark));
  }

  /** The log is open: what waited for that is sent. */
  opened(): void {
    this.#sendNext();
  }

  /** The store can be reached again. */
  retryNow(): void {
    if (this.#retry === undefined) return;
    this.#retry.cancel();
    this.#retry = undefined;
    this.#again();
  }

  /** The node ends: whoever waits is told. */
  stop(): void {
    this.#retry?.cancel();
    this.#retry = undefined;
    const error = new Error("the endpoint was closed");
    for (const pending of [...this.#sent.values()]) this.#fail(pending, "unknown", error);
    for (const pending of this.#queue.splice(0)) this.#fail(pending, "refused", error);
    this.#sent.clear();
  }

  #sendNext(): void {
    while (this.#underWay === undefined && this.#queue.length > 0 && !this.#host.isOpening(this.topic)) {
      const pending = this.#take();
      const batch: Batch = {
        topic: this.topic,
        rule: this.rule,
        producer: this.#producer,
        entries: pending,
        known: this.#host.store.isLocal === true ? undefined : (this.#host.known(this.topic) ?? this.#last),
        isRepeat: false,
      };
      this.#underWay = { batch, pending };
      this.#append(batch);
    }
  }

  #take(): Pending[] {
    let bytes = 0;
    let count = 0;
    for (const pending of this.#queue) {
      bytes += sizeOf(pending);
      if (count === MOST_ENTRIES || (count > 0 && bytes > MOST_BYTES)) break;
      count++;
    }
    const taken = this.#queue.splice(0, count);
    for (const pending of taken) this.#sent.set(pending.seq, pending);
    return taken;
  }

  /** Appends at once where the store answers at once. */
  #append(batch: Batch): void {
    const startedAt = isObserved("history.published") ? performance.now() : 0;
    let answer: Appended | "unknown" | PromiseLike<Appended | "unknown">;
    try {
      answer = this.#host.store.append(batch);
    } catch (error) {
      return this.#failed(batch, error);
    }
    if (!isPromise(answer)) return this.#answered(answer, startedAt);
    settle(
      answer,
      (appended) => {
        this.#answered(appended, startedAt);
        this.#sendNext();
      },
      (error) => this.#failed(batch, error),
    );
  }

  #answered(answer: Appended | "unknown", startedAt: number): void {
    const { batch, pending } = this.#underWay as UnderWay;
    this.#failures = 0;
    if (answer === "unknown") {
      for (const one of pending) this.#fail(one, "unknown", new Error("the answer of the store was lost"));
    } else {
      this.#last = { lineage: answer.head.lineage, tag: tagOf(answer.head), offset: answer.head.top };
      this.#host.stored(this, batch, pending, answer);
      if (isObserved("history.published")) {
        const duration = performance.now() - startedAt;
        emit("history.published", { topic: this.topic, duration, batch: pending.length });
      }
    }
    this.#underWay = undefined;
    this.#host.sent(pending.reduce((sum, one) => sum + sizeOf(one), 0));
    if (this.isIdle) this.#host.idle(this);
  }

  /**
   * A batch that was certainly not stored now is tried again as it is; of another one the store has to find out. What was not
   * stored now may have been before, when it is a repeat.
   */
  #failed(batch: Batch, error: unknown): void {
    const { store, clock } = this.#host;
    const underWay = this.#underWay as UnderWay;
    const { pending } = underWay;
    if (error instanceof NotStored && !batch.isRepeat && store.status().state === "up") {
      for (const one of pending) this.#fail(one, "refused", error);
      this.#underWay = undefined;
      this.#host.sent(pending.reduce((sum, one) => sum + sizeOf(one), 0));
      return this.#sendNext();
    }
    if (!(error instanceof NotStored)) underWay.batch = { ...batch, isRepeat: true };
    this.#failures++;
    this.#retry = clock.after(Math.min(FIRST_DELAY * 2 ** this.#failures, LONGEST_DELAY), () => {
      this.#retry = undefined;
      this.#again();
    });
  }

  #again(): void {
    if (this.#underWay === undefined) return;
    this.#append(this.#underWay.batch);
    this.#sendNext();
  }

  #fail(pending: Pending, reason: PublishFailure, error: Error): void {
    this.#sent.delete(pending.seq);
    this.#tell(pending, reason, error);
  }

  #tell(pending: Pending, reason: PublishFailure, error: Error): void {
    const { topic } = this;
    const { event } = pending;
    if (pending.outcome === undefined) {
      this.#host.failed();
      emit("history.publish_failed", { topic, event, reason, error });
    }
    pending.settle(new PublishError(reason, topic, error));
  }
}

/** What an entry counts beside its body. */
const ENTRY_BYTES = 64;

export const sizeOf = ({ body }: { readonly body: Body }): number => ENTRY_BYTES + body.length;
