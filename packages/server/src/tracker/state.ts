/**
 * The set of all presences: a replicated set without a leader. Each replica changes only its own entries, and sends
 * deltas to the others; replicas that have merged the same deltas, in any order, hold the same set. Pure.
 */
import type { Clocks } from "./clock.ts";
import { Part } from "./delta.ts";
import type { Delta, Entry, Meta } from "./delta.ts";
import { ReplicaLog } from "./log.ts";
import type { Changes } from "./log.ts";
import { View } from "./view.ts";

export class State {
  /** The ref of the own replica. */
  readonly self: string;
  readonly view = new View();
  readonly #own = new ReplicaLog();
  /** Known replicas. Entries of unknown ones are not accepted: they may be of dead replicas. */
  readonly #logs: Map<string, ReplicaLog>;
  /** Replicas whose entries are visible. */
  readonly #up: Set<string>;
  /** The own entries, by pid. */
  readonly #pids = new Map<number, Set<Entry>>();
  /** What has not been sent to the other replicas yet; its range ends at the own clock. */
  #delta = new Part(0, 0);

  constructor(self: string) {
    this.self = self;
    this.#logs = new Map([[self, this.#own]]);
    this.#up = new Set([self]);
  }

  /** The own entry of a pid, if there is one. */
  find(pid: number, topic: string, key: string): Entry | undefined {
    return this.view.entries(topic, key).find((entry) => entry.replica === this.self && entry.pid === pid);
  }

  /** The own entries of a pid. */
  of(pid: number): readonly Entry[] {
    return [...(this.#pids.get(pid) ?? [])];
  }

  /** Adds an own entry. */
  join(pid: number, topic: string, key: string, meta: Meta): Entry {
    const entry: Entry = { replica: this.self, clock: this.#own.advance(), pid, topic, key, meta };
    this.#own.add(entry);
    this.#delta.entries.set(entry.clock, entry);
    this.#delta.end = entry.clock;
    const entries = this.#pids.get(pid);
    if (entries === undefined) this.#pids.set(pid, new Set([entry]));
    else entries.add(entry);
    this.view.put(entry);
    return entry;
  }

  /** Removes own entries. A removal counts as a change, too: a replica that missed it can tell by the clock. */
  leave(entries: readonly Entry[]): void {
    if (entries.length === 0) return;
    for (const entry of entries) this.#drop(entry);
    this.#delta.end = this.#own.advance();
    for (const entry of entries) this.view.remove(entry);
  }

  /**
   * Replaces an own entry by a new one, of the same pid or another. The removal counts as a separate change: if the new
   * entry is removed later, a replica that missed both must be able to tell them apart.
   */
  replace(old: Entry, pid: number, meta: Meta): Entry {
    this.#drop(old);
    this.#own.advance();
    const entry = this.join(pid, old.topic, old.key, meta);
    this.view.remove(old);
    return entry;
  }

  /** The changes since {@link resetDelta}. Undefined: none. */
  get delta(): Delta | undefined {
    return this.#delta.end === this.#delta.start ? undefined : new Map([[this.self, this.#delta]]);
  }

  resetDelta(): void {
    this.#delta = new Part(this.#own.clock, this.#own.clock);
  }

  /** The parts of a delta to merge: not those about unknown replicas, about the own one, or far out of order. */
  admitted(delta: Delta): Delta {
    return new Map(
      [...delta].filter(([replica, part]) => replica !== this.self && this.#logs.get(replica)?.admits(part) === true),
    );
  }

  /** Merges what other replicas know, as far as {@link admitted}. */
  merge(delta: Delta): Changes {
    const joins: Entry[] = [];
    const leaves: Entry[] = [];
    for (const [replica, part] of this.admitted(delta)) {
      const log = this.#logs.get(replica) as ReplicaLog;
      const changes = log.merge(part);
      if (!this.#up.has(replica)) continue;
      const shown = this.#show(log, changes);
      joins.push(...shown.joins);
      leaves.push(...shown.leaves);
    }
    return { joins, leaves };
  }

  /** How much is known of a replica, whether it is up or not. */
  clockOf(replica: string): number {
    return this.#logs.get(replica)?.clock ?? 0;
  }

  /** Trusts that another replica is at `clock` and no further. Its changes up to there are requested again. */
  rewind(replica: string, clock: number): Changes {
    return this.#dropped(replica, (log) => log.rewind(clock));
  }

  /** Another replica says that it is at `clock`: after {@link rewind}, what it cannot have is removed. */
  confirm(replica: string, clock: number): Changes {
    return this.#dropped(replica, (log) => log.confirm(clock));
  }

  #dropped(replica: string, drop: (log: ReplicaLog) => Entry[]): Changes {
    const log = replica === this.self ? undefined : this.#logs.get(replica);
    const leaves = log === undefined ? [] : drop(log);
    if (log === undefined || leaves.length === 0 || !this.#up.has(replica)) return { joins: [], leaves: [] };
    return this.#show(log, { joins: [], leaves });
  }

  isKnown(replica: string): boolean {
    return this.#logs.has(replica);
  }

  /** How much is known of the replicas that are up. */
  get clocks(): Clocks {
    return new Map([...this.#up].map((replica) => [replica, this.#logs.get(replica)?.clock ?? 0]));
  }

  /** The same, without what the own {@link delta} has not sent yet. */
  get toldClocks(): Clocks {
    return new Map(this.clocks).set(this.self, this.#delta.start);
  }

  /** Everything known of the replicas in `clocks` that goes beyond them. */
  extract(clocks: Clocks): Delta {
    const delta = new Map<string, Part>();
    for (const [replica, clock] of clocks) {
      const log = this.#logs.get(replica);
      if (log?.isAheadOf(clock) === true) delta.set(replica, log.snapshot());
    }
    return delta;
  }

  /** A replica is up, for the first time or again: its entries become visible. Returns them. */
  replicaUp(replica: string): Changes {
    let log = this.#logs.get(replica);
    if (log === undefined) this.#logs.set(replica, (log = new ReplicaLog()));
    if (this.#up.has(replica)) return { joins: [], leaves: [] };
    this.#up.add(replica);
    return this.#show(log, { joins: [...log.entries], leaves: [] });
  }

  /** A replica is silent: its entries are kept, but hidden. */
  replicaDown(replica: string): Changes {
    const log = this.#logs.get(replica);
    if (log === undefined || replica === this.self || !this.#up.delete(replica)) return { joins: [], leaves: [] };
    return this.#show(log, { joins: [], leaves: [...log.entries] });
  }

  /** A replica will not come back: everything about it is dropped. */
  replicaGone(replica: string): Changes {
    const changes = this.replicaDown(replica);
    if (replica !== this.self) this.#logs.delete(replica);
    return changes;
  }

  /**
   * Makes changes visible to readers. Of two entries with the same pid, topic and key the older one was removed, but
   * the removal was lost: it is removed now. Returns the visible changes.
   */
  #show(log: ReplicaLog, { joins, leaves }: Changes): Changes {
    const gone = new Set(leaves);
    const outdated = new Set<Entry>();
    for (const entry of joins) {
      const older = this.view.put(entry);
      if (older === undefined || gone.has(older)) continue;
      log.remove(older);
      outdated.add(older);
    }
    for (const entry of leaves) this.view.remove(entry);
    if (outdated.size === 0) return { joins, leaves };
    const isNew = new Set(joins);
    return {
      joins: joins.filter((entry) => !outdated.has(entry)),
      leaves: [...leaves, ...[...outdated].filter((entry) => !isNew.has(entry))],
    };
  }

  #drop(entry: Entry): void {
    this.#own.remove(entry);
    this.#delta.entries.delete(entry.clock);
    if (!this.#delta.inRange(entry.clock)) this.#delta.dots.add(entry.clock);
    const entries = this.#pids.get(entry.pid);
    entries?.delete(entry);
    if (entries?.size === 0) this.#pids.delete(entry.pid);
  }
}
