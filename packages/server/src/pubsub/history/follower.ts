/**
 * Follows the log of one topic on this node: everybody here gets each entry from it, in the order of offsets, each once.
 *
 * Entries arrive from the store as they are stored, and may be lost, late, doubled or of another generation. The follower
 * delivers what follows its cursor, holds back what does not, and reads the log where something is missing. When the log
 * is not what it was (a failover, a flush), it finds out up to where what it has delivered still holds.
 */
import { isPromise } from "../../awaitable.ts";
import { emit } from "../../telemetry.ts";
import type { Clock } from "./clock.ts";
import { holdsUpTo, positionOf, tagOf } from "./position.ts";
import type { Head, Mark, Position } from "./position.ts";
import { Ring } from "./ring.ts";
import type { TopicRule } from "./rule.ts";
import type { HistoryStore, Range, Slice, Stored } from "./store.ts";

/** Why somebody was not sent all that was missed. */
export type GapReason = "epoch" | "lost" | "trimmed" | "limit" | "denied" | "unavailable";

/** The log is not what it was, or a part of it could not be delivered. */
export interface Move {
  readonly topic: string;
  /** Why positions no longer hold. Undefined: the log was opened only now, after somebody had joined without a position. */
  readonly reason: GapReason | undefined;
  /** Up to where positions hold. Those beyond it are told to load again. */
  readonly holdsUpTo: number;
  /** Where the follower stood. */
  readonly from: number;
  /** Where it stands: the position of those that are told. */
  readonly position: Position;
  /** A new epoch: those whose position holds are told only that. */
  readonly isNewEpoch: boolean;
}

/** What a follower needs of its node. */
export interface FollowerHost {
  readonly store: HistoryStore;
  readonly clock: Clock;
  /** Passes an entry to the subscribers here. Never throws. */
  deliver(follower: Follower, entry: Stored): void;
  /** Tells the subscribers here. Never throws. */
  moved(move: Move): void;
  /** Reads from the store, when it is this topic's turn. */
  read(follower: Follower, range: Range): Slice | Promise<Slice>;
  /** The ring takes so many bytes more, or fewer. */
  ringChanged(follower: Follower, bytes: number): void;
}

/** How much may be held back while the log is read. Beyond it nothing is, and it is read again. */
const MOST_HELD = 1_000;
const MOST_HELD_BYTES = 4 * 1024 * 1024;
/** Milliseconds to wait for an entry that may only be late, before the log is read. */
const GRACE = 100;
/** Milliseconds before a read is tried again: doubled each time, up to the maximum. */
const FIRST_DELAY = 100;
const LONGEST_DELAY = 1_000;

export class Follower {
  readonly topic: string;
  readonly rule: TopicRule;
  readonly #host: FollowerHost;
  #head: Head | undefined = undefined;
  /** The newest offset that was delivered here. */
  #cursor = 0;
  /** Undefined for a store in this process, which is as near. */
  readonly #ring: Ring | undefined;
  #held: Stored[] = [];
  #heldBytes = 0;
  /** The read that is under way. */
  #reading: Promise<void> | undefined = undefined;
  /** There is something that no read has taken into account, not even the one under way. */
  #mustRead = false;
  /** The log has, or had, entries up to this offset. */
  #expected = 0;
  /** The one after it. */
  #nextRead: Promise<void> | undefined = undefined;
  #failures = 0;
  #timer: { cancel(): void } | undefined = undefined;
  #filling: Promise<unknown> | undefined = undefined;
  #opening: Promise<void> | undefined = undefined;
  #opened: (() => void) | undefined = undefined;
  #opensWithEntries = false;
  #isStopped = false;
  /** As far as the store has said: the oldest offset that it still had. */
  #oldest = 1;

  constructor(topic: string, rule: TopicRule, host: FollowerHost) {
    this.topic = topic;
    this.rule = rule;
    this.#host = host;
    this.#ring = host.store.isLocal === true ? undefined : new Ring(rule);
  }

  /** Finds out where the log stands. */
  open(): void {
    if (this.#ring === undefined) return void this.#read();
    this.#opening = new Promise((resolve) => (this.#opened = resolve));
    // Whoever joins says in this turn whether entries are needed, too.
    queueMicrotask(() => void this.#read());
  }

  /** What is kept will be needed: one read is enough for both. */
  openWithEntries(): void {
    this.#opensWithEntries = true;
  }

  /** Resolves when it is open. Undefined: it is. */
  get opening(): Promise<void> | undefined {
    return this.#opening;
  }

  get isOpen(): boolean {
    return this.#head !== undefined;
  }

  /** The newest offset that was delivered here. */
  get cursor(): number {
    return this.#cursor;
  }

  /** Where the log stands, as far as is known here. Undefined until it is open. */
  get head(): Head | undefined {
    return this.#head;
  }

  /** The position of whoever has everything that was delivered here. */
  get position(): Position | undefined {
    return this.#head && positionOf(this.#head, this.#cursor);
  }

  get mark(): Mark | undefined {
    return this.#head && { lineage: this.#head.lineage, tag: tagOf(this.#head), offset: this.#cursor };
  }

  /** Where the log stands here, and how many entries are kept in memory, for the inspector. Undefined: it is not open. */
  look(): { readonly position: Position; readonly kept: number } | undefined {
    if (this.#head === undefined) return undefined;
    const kept = this.#ring?.length ?? this.#cursor - this.oldest() + 1;
    return { position: positionOf(this.#head, this.#cursor), kept };
  }

  /** An entry was stored. */
  arrive(entry: Stored): void {
    if (this.#isStopped) return;
    const head = this.#head;
    if (head === undefined) return this.#hold(entry);
    if (entry.lineage === head.lineage && entry.tag === tagOf(head)) this.#follow(entry);
    else if (!isOlder(head, entry.lineage, entry.tag)) {
      this.#hold(entry);
      void this.#read();
    }
  }

  /** The log goes up to here, with entries that do not arrive by themselves. Undefined: it is gone. */
  reach(to: Mark | undefined): void {
    const own = this.mark;
    if (own === undefined) return;
    if (to !== undefined && to.lineage === own.lineage && to.tag === own.tag && to.offset <= own.offset) return;
    void this.#read();
  }

  /** Compares with where the log stands: what does not arrive in a moment is read. Undefined: there is no log. */
  check(head: Head | undefined): void {
    const own = this.#head;
    if (own === undefined) return;
    const isSame = head !== undefined && head.lineage === own.lineage && tagOf(head) === tagOf(own);
    // Less than was delivered here: the entries are lost, and only a read begins a new generation.
    if (!isSame || head.top < this.#cursor) this.#mustRead = true;
    else if (head.top > this.#cursor) this.#expected = Math.max(this.#expected, head.top);
    else return;
    this.#readSoon();
  }

  /** Whether {@link entriesAfter} can answer for what comes after an offset. */
  covers(offset: number): boolean {
    if (offset >= this.#cursor) return true;
    if (this.#ring === undefined) return this.oldest() <= offset + 1;
    const oldest = this.#ring.oldest(this.#host.clock.now());
    return oldest !== undefined && oldest <= offset + 1;
  }

  /**
   * Makes sure that everything is here that the log still has after an offset. Undefined: it is, or some of it is gone. All
   * that ask at once share one read. Rejects when the store cannot be reached.
   */
  fill(offset: number): Promise<unknown> | undefined {
    if (this.covers(offset) || this.isTrimmed(offset)) return undefined;
    this.#filling ??= this.#fill().finally(() => (this.#filling = undefined));
    return this.#filling;
  }

  /**
   * Reads the log again, because a client seems to know more of it than this node. A read that is under way may have begun
   * before that was so: all that ask meanwhile share the next one. Undefined: this node knows everything. Rejects when the
   * store cannot be reached.
   */
  refresh(): Promise<void> | undefined {
    if (this.#ring === undefined) return undefined;
    if (this.#reading === undefined) return this.#read();
    this.#nextRead ??= this.#reading.then(() => this.#read()).finally(() => (this.#nextRead = undefined));
    return this.#nextRead;
  }

  /** Whether some of what comes after an offset is gone for ever. */
  isTrimmed(offset: number): boolean {
    return offset < this.#cursor && offset + 1 < this.oldest();
  }

  /** The oldest offset that the log still has, as far as is known here. Without any: the one after the cursor. */
  oldest(): number {
    if (this.#ring === undefined) {
      return (this.#host.store.read(this.topic, this.rule, { after: this.#cursor, limit: 0 }) as Slice).oldest;
    }
    return Math.max(this.#oldest, this.#cursor - this.rule.size + 1);
  }

  /** Up to `limit` entries after an offset, up to the cursor. Whoever asks has checked {@link oldest}. */
  entriesAfter(offset: number, limit: number): readonly Stored[] {
    if (this.#ring !== undefined) return this.#ring.after(offset, limit, this.#host.clock.now());
    const range = { after: offset, limit: Math.min(limit, this.#cursor - offset) };
    return (this.#host.store.read(this.topic, this.rule, range) as Slice).entries;
  }

  /** Drops what is kept here: the store has it. */
  dropRing(): void {
    this.#changeRing((ring) => ring.clear());
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.dropRing();
    this.#opened?.();
  }

  /** An entry of the present generation. */
  #follow(entry: Stored): void {
    if (entry.offset <= this.#cursor) return;
    if (entry.offset === this.#cursor + 1) {
      this.#accept(entry);
      if (this.#held.length > 0) this.#offerHeld();
    } else {
      this.#hold(entry);
      this.#readSoon();
    }
  }

  #accept(entry: Stored): void {
    this.#cursor = entry.offset;
    this.#changeRing((ring) => ring.push(entry));
    this.#host.deliver(this, entry);
  }

  #hold(entry: Stored): void {
    this.#held.push(entry);
    this.#heldBytes += entry.body.length;
    if (this.#held.length <= MOST_HELD && this.#heldBytes <= MOST_HELD_BYTES) return;
    this.#dropHeld();
    this.#mustRead = true;
  }

  #dropHeld(): void {
    this.#held = [];
    this.#heldBytes = 0;
  }

  /** Tries again what was held back. */
  #offerHeld(): void {
    const held = this.#held.sort((a, b) => a.offset - b.offset);
    this.#dropHeld();
    for (const entry of held) this.arrive(entry);
  }

  /** Reads in a moment, if by then something is still missing. */
  #readSoon(): void {
    if (this.#reading === undefined) {
      this.#plan(GRACE, () => {
        if (this.#mustRead || this.#held.length > 0 || this.#expected > this.#cursor) this.#read();
      });
    }
  }

  #plan(ms: number, run: () => void): void {
    if (this.#timer !== undefined || this.#isStopped) return;
    this.#timer = this.#host.clock.after(ms, () => {
      this.#timer = undefined;
      run();
    });
  }

  /** Reads what follows the cursor, unless a read is under way. Rejects, handled, when the store cannot be reached. */
  #read(): Promise<void> | undefined {
    if (this.#isStopped) return undefined;
    if (this.#reading !== undefined) {
      this.#mustRead = true;
      return this.#reading;
    }
    this.#timer?.cancel();
    this.#timer = undefined;
    const { size } = this.rule;
    const last = { after: undefined, limit: this.#opensWithEntries ? size : 0 };
    const range = this.#head === undefined ? last : { after: this.#cursor, limit: size };
    this.#mustRead = false;
    let slice: Slice | Promise<Slice>;
    try {
      slice = this.#host.read(this, range);
    } catch (error) {
      slice = Promise.reject(error as Error);
    }
    if (!isPromise(slice)) {
      this.#take(slice);
      return undefined;
    }
    this.#reading = this.#await(slice);
    this.#reading.catch(() => {});
    return this.#reading;
  }

  async #await(reading: PromiseLike<Slice>): Promise<void> {
    let slice: Slice;
    try {
      slice = await reading;
    } catch (error) {
      this.#reading = undefined;
      this.#plan(Math.min(FIRST_DELAY * 2 ** this.#failures++, LONGEST_DELAY), () => this.#read());
      throw error;
    }
    this.#reading = undefined;
    this.#failures = 0;
    if (!this.#isStopped) await this.#take(slice);
  }

  /** Takes what was read. Returns a promise when more of it has to be read before it is of use. */
  #take(slice: Slice): Promise<void> | undefined {
    const before = this.#head;
    const { lineage } = slice.head;
    const tag = tagOf(slice.head);
    if (before === undefined) this.#open(slice);
    else if (isOlder(before, lineage, tag)) return this.#takeOlder();
    else if (lineage !== before.lineage || tag !== tagOf(before)) {
      if (!this.#change(before, slice)) return this.#read(); // what was read begins behind the boundary
    } else {
      this.#head = slice.head;
      this.#oldest = Math.max(this.#oldest, slice.oldest);
    }
    this.#catchUp(slice);
    this.#takeHeld(slice.head);
    this.#expected = Math.max(this.#expected, slice.head.top);
    if (this.#mustRead) void this.#read();
    else if (this.#expected > this.#cursor) this.#readSoon();
    return undefined;
  }

  /** The answer is of a server that is not the primary any more: it says nothing. */
  #takeOlder(): undefined {
    this.#mustRead = true;
    this.#readSoon();
  }

  /**
   * Tries again what was held back. What is of another log or generation is dropped: it would make this node read for ever, if
   * it is old. If it is new, it is in the log when that is read again.
   */
  #takeHeld(head: Head): void {
    const own = this.#held.filter(({ lineage, tag }) => lineage === head.lineage && tag === tagOf(head));
    if (own.length < this.#held.length) this.#mustRead = true;
    this.#held = own;
    this.#offerHeld();
  }

  #open({ head, oldest, entries }: Slice): void {
    this.#head = head;
    this.#cursor = head.top;
    this.#oldest = oldest;
    this.#changeRing((ring) => ring.replace(entries));
    this.#opened?.();
    this.#opening = undefined;
    this.#opened = undefined;
    const { topic } = this;
    const position = positionOf(head, head.top);
    this.#host.moved({ topic, reason: undefined, holdsUpTo: -1, from: head.top, position, isNewEpoch: true });
  }

  /** Another generation, or another log. Returns false when more of it has to be read first. */
  #change(before: Head, slice: Slice): boolean {
    const { head } = slice;
    const from = this.#cursor;
    const limit = holdsUpTo(head, before.lineage, tagOf(before));
    const isLost = limit === undefined || limit < from;
    this.#head = head;
    this.#oldest = slice.oldest;
    this.#expected = head.top;
    // Of another log, nothing was delivered here: it goes on with the first entry that has arrived.
    this.#cursor = limit === undefined ? Math.min(head.top, this.#firstHeld(head) - 1) : Math.min(from, limit);
    this.#changeRing((ring) => (limit === undefined ? ring.clear() : ring.cut(this.#cursor)));
    const reason = head.lineage === before.lineage ? "lost" : "epoch";
    const { topic } = this;
    emit("history.generation", { topic, boundary: this.#cursor, lost: from - Math.min(from, this.#cursor) });
    this.#host.moved({
      topic,
      reason,
      holdsUpTo: limit ?? -1,
      from,
      position: positionOf(head, this.#cursor),
      isNewEpoch: true,
    });
    return !isLost || this.#cursor >= head.top;
  }

  #firstHeld(head: Head): number {
    let first = Infinity;
    for (const { lineage, tag, offset } of this.#held) {
      if (lineage === head.lineage && tag === tagOf(head)) first = Math.min(first, offset);
    }
    return first;
  }

  /** Delivers the entries that follow the cursor. */
  #catchUp({ oldest, entries, head }: Slice): void {
    if (head.top <= this.#cursor) return;
    if (oldest > this.#cursor + 1) {
      const from = this.#cursor;
      this.#cursor = oldest - 1;
      this.#changeRing((ring) => ring.clear());
      const { topic } = this;
      const position = positionOf(head, this.#cursor);
      this.#host.moved({ topic, reason: "trimmed", holdsUpTo: -1, from, position, isNewEpoch: false });
    }
    let count = 0;
    for (const entry of entries) {
      if (entry.offset !== this.#cursor + 1) continue;
      count++;
      this.#accept(entry);
    }
    if (count > 0) emit("history.repaired", { topic: this.topic, count });
  }

  /** Reads everything that is kept. */
  async #fill(): Promise<void> {
    const { head: read, oldest, entries } = await this.#host.read(this, { after: undefined, limit: this.rule.size });
    const head = this.#head;
    if (this.#isStopped || head === undefined) return;
    if (read.lineage !== head.lineage || tagOf(read) !== tagOf(head)) return void (await this.refresh());
    this.#oldest = Math.max(this.#oldest, oldest);
    const kept = entries.filter(({ offset }) => offset <= this.#cursor);
    const newest = kept.at(-1)?.offset ?? this.#cursor;
    const newer = this.#ring?.after(newest, Infinity, this.#host.clock.now()) ?? [];
    // The ring may have been dropped meanwhile.
    if (newest + newer.length === this.#cursor) this.#changeRing((ring) => ring.replace([...kept, ...newer]));
  }

  #changeRing(change: (ring: Ring) => void): void {
    const ring = this.#ring;
    if (ring === undefined) return;
    const before = ring.bytes;
    change(ring);
    this.#host.ringChanged(this, ring.bytes - before);
  }
}

/** Whether something is of a generation that has ended already. */
const isOlder = (head: Head, lineage: string, tag: string): boolean =>
  lineage === head.lineage && tag !== tagOf(head) && head.chain.some((generation) => generation.tag === tag);
