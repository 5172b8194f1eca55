/**
 * One shard of a tracker: holds the presences of its topics and stays in sync with the same shard on other nodes. It
 * has no timers: the tracker calls `tick`, and the time is passed in.
 */
import { emit } from "../telemetry.ts";
import { appendClock, filterReplicas } from "./clock.ts";
import type { Clocks, ReplicaClocks } from "./clock.ts";
import { splitDelta, weighEntry } from "./delta.ts";
import type { Delta, Entry, Meta } from "./delta.ts";
import { Generations } from "./generations.ts";
import { combine } from "./log.ts";
import type { Changes } from "./log.ts";
import { decode, encode } from "./message.ts";
import type { ShardMessage } from "./message.ts";
import { isFromFuture, nameOf, Replicas } from "./replica.ts";
import type { ReplicaChange } from "./replica.ts";
import { State } from "./state.ts";

export interface ShardOptions {
  /** Milliseconds between two ticks. */
  readonly broadcastPeriod: number;
  readonly maxSilentPeriods: number;
  readonly downPeriod: number;
  readonly permdownPeriod: number;
  readonly clockSamplePeriods: number;
  readonly maxDeltaSizes: readonly number[];
  readonly maxNodes: number;
}

/** How a shard sends to the same shard on other nodes, and to its own node. */
export interface ShardOutlet {
  /** Sends to all other nodes. May throw: then it is retried. */
  broadcast(message: object): void;
  direct(nodeName: string, message: object): void;
  /** Presences have changed. Replaced entries are in both lists. */
  changed(changes: Changes): void;
}

/** Approximate size of a message to other nodes, in characters of JSON: below every engine's limit. */
const MESSAGE_LENGTH = 100_000;

/** By how many changes a node may seem ahead of its own account: messages of two nodes may cross. */
const MAX_AHEAD = 1_000_000;

const NO_DELTA: Delta = new Map();

export class Shard {
  /** For telemetry. */
  readonly name: string;
  readonly #options: ShardOptions;
  readonly #outlet: ShardOutlet;
  readonly #state: State;
  readonly #replicas: Replicas;
  readonly #generations: Generations;
  /** Clocks received from other replicas since transfers were last considered. */
  #pending: readonly ReplicaClocks[] = [];
  /** Replicas of other nodes of which more is known here than they report themselves, and since when. */
  readonly #ahead = new Map<string, number>();
  /** When a node was last rejected because there are too many. */
  #refusedAt = -Infinity;
  /** Own entries that cannot be sent to other nodes: they are visible on this node only. */
  readonly #untellable = new WeakSet<Entry>();
  #silentPeriods: number;
  #samplePeriods: number;
  #tickedAt: number | undefined = undefined;

  constructor(name: string, ref: string, options: ShardOptions, outlet: ShardOutlet) {
    this.name = name;
    this.#options = options;
    this.#outlet = outlet;
    this.#state = new State(ref);
    this.#replicas = new Replicas(options.downPeriod, options.permdownPeriod, options.maxNodes);
    this.#generations = new Generations(options.maxDeltaSizes);
    this.#silentPeriods = options.maxSilentPeriods;
    this.#samplePeriods = options.clockSamplePeriods;
  }

  /** The entries visible to readers. */
  get view(): State["view"] {
    return this.#state.view;
  }

  /** The names of the other nodes that are up. */
  get nodes(): string[] {
    return this.#replicas.names;
  }

  get silentNodes(): string[] {
    return this.#replicas.silent;
  }

  find(pid: number, topic: string, key: string): Entry | undefined {
    return this.#state.find(pid, topic, key);
  }

  track(pid: number, topic: string, key: string, meta: Meta): void {
    this.#changed({ joins: [this.#state.join(pid, topic, key, meta)], leaves: [] });
  }

  replace(old: Entry, pid: number, meta: Meta): void {
    this.#changed({ joins: [this.#state.replace(old, pid, meta)], leaves: [old] });
  }

  untrack(entries: readonly Entry[]): void {
    this.#state.leave(entries);
    this.#changed({ joins: [], leaves: entries });
  }

  /** The entries of a pid of this node. */
  of(pid: number): readonly Entry[] {
    return this.#state.of(pid);
  }

  /** Sends local changes to the other nodes. False when there are none. Throws whatever the outlet throws. */
  flush(): boolean {
    const { delta } = this.#state;
    if (delta === undefined) return false;
    for (const piece of this.#split(delta)) this.#tell(piece);
    this.#state.resetDelta();
    this.#generations.push(delta);
    this.#silentPeriods = 0;
    return true;
  }

  /** A period has passed. Throws whatever the outlet throws; the next tick makes up for it. */
  tick(now: number): void {
    this.#checkReplicas(now);
    this.#beat();
    this.#sample();
  }

  /**
   * Handles a message of another node's shard. A message under this node's own name is from an earlier run: it is
   * ignored.
   */
  receive(data: unknown, now: number): void {
    const bad = (message: unknown): void => emit("tracker.bad_message", { shard: this.name, message });
    const message = decode(data, bad);
    if (message === undefined || isFromFuture(message.from, Date.now())) bad(data);
    else if (nameOf(message.from) !== nameOf(this.#state.self)) this.#handle(message, now);
  }

  /** Tells the other nodes that this one is stopping. */
  leave(): void {
    this.#outlet.broadcast(encode({ kind: "permdown", from: this.#state.self }));
  }

  #handle(message: ShardMessage, now: number): void {
    switch (message.kind) {
      case "heartbeat":
        return this.#heard(message.from, message.clocks, message.delta, now);
      case "transfer_req":
        return this.#transfer(message.from, message.clocks, now);
      case "transfer_ack":
        return this.#transferred(message.delta, message.isSnapshot);
      case "permdown":
        return this.#changed(this.#follow(this.#replicas.left(message.from, now)));
    }
  }

  #heard(from: string, clocks: Clocks, delta: Delta, now: number): void {
    if (this.#replicas.isFullFor(from)) return this.#refuse(from, now);
    const changes = this.#replicas.heard(from, now);
    if (changes === undefined) return;
    const followed = this.#follow(changes);
    // A new node must not wait for the next heartbeat to learn about us.
    if (changes.length > 0) this.#direct(from, this.#heartbeat(NO_DELTA));
    const merged = this.#mergeRecent(delta);
    const corrected = this.#correct(from, clocks.get(from) ?? 0, now);
    const known = filterReplicas(clocks, (replica) => this.#state.isKnown(replica));
    this.#pending = appendClock(this.#pending, { replica: from, clocks: known });
    // In one diff: somebody who was on a node before and after its restart has not been away.
    this.#changed(combine(combine(followed, merged), corrected));
  }

  /** There are too many nodes. Reported once per period, however many there are. */
  #refuse(from: string, now: number): void {
    const { broadcastPeriod, maxNodes } = this.#options;
    if (now - this.#refusedAt < broadcastPeriod) return;
    this.#refusedAt = now;
    emit("tracker.node_refused", { shard: this.name, node: nameOf(from), limit: maxNodes });
  }

  /**
   * A node knows best how many changes it has made. When more are known here, its message may have crossed with that of
   * a third node; if the difference persists, somebody has forged changes, and the node's next changes would be taken
   * for old ones. So its own account is trusted, and its state requested again.
   */
  #correct(from: string, told: number, now: number): Changes {
    const isAheadBy = this.#state.clockOf(from) - told;
    if (isAheadBy <= 0) {
      this.#ahead.delete(from);
      return this.#state.confirm(from, told);
    }
    const since = this.#ahead.get(from) ?? now;
    this.#ahead.set(from, since);
    if (isAheadBy < MAX_AHEAD && now - since < this.#options.broadcastPeriod) return NO_CHANGES;
    this.#ahead.delete(from);
    this.#generations.remove(from);
    emit("tracker.corrected", { shard: this.name, node: nameOf(from), isAheadBy });
    return this.#state.rewind(from, told);
  }

  /** Answers known replicas only, and no more often than they have reason to ask. */
  #transfer(to: string, clocks: Clocks, now: number): void {
    if (!this.#replicas.mayServe(to, now, this.#options.broadcastPeriod / 2)) return;
    const recent = this.#generations.extract(clocks, this.#state.toldClocks);
    const pieces = this.#split(recent ?? this.#state.extract(clocks));
    emit("tracker.transfer_sent", { shard: this.name, node: nameOf(to), isSnapshot: !recent, messages: pieces.length });
    for (const delta of pieces) {
      this.#direct(to, { kind: "transfer_ack", from: this.#state.self, isSnapshot: !recent, delta });
    }
  }

  #transferred(delta: Delta, isSnapshot: boolean): void {
    if (!isSnapshot) return this.#changed(this.#mergeRecent(delta));
    const changes = this.#merge(delta);
    for (const replica of delta.keys()) this.#generations.remove(replica);
    this.#changed(changes);
  }

  /** Merges a delta that may be passed on to others. */
  #mergeRecent(delta: Delta): Changes {
    const admitted = this.#state.admitted(delta);
    const changes = this.#merge(admitted);
    this.#generations.push(admitted);
    return changes;
  }

  #merge(delta: Delta): Changes {
    if (delta.size === 0) return NO_CHANGES;
    const startedAt = performance.now();
    const changes = this.#state.merge(delta);
    emit("tracker.merged", {
      shard: this.name,
      joins: changes.joins.length,
      leaves: changes.leaves.length,
      duration: performance.now() - startedAt,
    });
    return changes;
  }

  /** Checks for silent nodes. When this node itself was suspended, messages of others may be received but unread. */
  #checkReplicas(now: number): void {
    const { broadcastPeriod } = this.#options;
    const late = this.#tickedAt === undefined ? 0 : now - this.#tickedAt - broadcastPeriod;
    this.#tickedAt = now;
    if (late > broadcastPeriod) this.#replicas.excuse(late, now);
    this.#changed(this.#follow(this.#replicas.check(now)));
  }

  #follow(changes: readonly ReplicaChange[]): Changes {
    const joins: Entry[] = [];
    const leaves: Entry[] = [];
    for (const { ref, is } of changes) {
      const followed = this.#stateOf(ref, is);
      if (is === "gone") this.#forget(ref);
      joins.push(...followed.joins);
      leaves.push(...followed.leaves);
      const { name } = this;
      const count = followed.joins.length + followed.leaves.length;
      emit("tracker.node_changed", { shard: name, node: nameOf(ref), replica: ref, is, presences: count });
    }
    return { joins, leaves };
  }

  #forget(ref: string): void {
    this.#generations.remove(ref);
    this.#ahead.delete(ref);
  }

  #stateOf(ref: string, is: ReplicaChange["is"]): Changes {
    if (is === "up") return this.#state.replicaUp(ref);
    return is === "down" ? this.#state.replicaDown(ref) : this.#state.replicaGone(ref);
  }

  #beat(): void {
    if (this.flush()) return;
    if (this.#silentPeriods < this.#options.maxSilentPeriods) {
      this.#silentPeriods++;
      return;
    }
    this.#broadcastHeartbeat(NO_DELTA);
    this.#silentPeriods = 0;
  }

  /** Every few ticks requests transfers from nodes that know more. A few are enough: see `appendClock`. */
  #sample(): void {
    if (--this.#samplePeriods > 0) return;
    this.#samplePeriods = this.#options.clockSamplePeriods;
    const { self, clocks } = this.#state;
    const asked = appendClock(this.#pending, { replica: self, clocks });
    this.#pending = [];
    for (const { replica } of asked) {
      if (replica === self) continue;
      emit("tracker.transfer_requested", { shard: this.name, node: nameOf(replica) });
      this.#direct(replica, { kind: "transfer_req", from: self, clocks });
    }
  }

  #heartbeat(delta: Delta): ShardMessage {
    const { self, clocks, toldClocks } = this.#state;
    return { kind: "heartbeat", from: self, clocks: delta.size === 0 ? toldClocks : clocks, delta };
  }

  #split(delta: Delta): Delta[] {
    return splitDelta(delta, MESSAGE_LENGTH, (entry) => {
      if (this.#untellable.has(entry)) return undefined;
      try {
        return weighEntry(entry);
      } catch (error) {
        return this.#leaveOut(entry, error);
      }
    });
  }

  /**
   * Sends one change set to the others. If the outlet rejects it while accepting others, it is resent in smaller
   * pieces, without the entry that causes the failure. Throws when the outlet accepts nothing.
   */
  #tell(piece: Delta): void {
    try {
      return this.#broadcastHeartbeat(piece);
    } catch (error) {
      this.#broadcastHeartbeat(NO_DELTA);
      const entries = [...piece.values()].flatMap((part) => [...part.entries.values()]);
      if (entries.length === 0) throw error;
      if (entries.length === 1) this.#leaveOut(entries[0] as Entry, error);
    }
    // A limit of 0 sends each entry separately. A piece without an entry still advances the clock.
    for (const smaller of splitDelta(piece, 0, (entry) => (this.#untellable.has(entry) ? undefined : 1))) {
      this.#tell(smaller);
    }
  }

  #leaveOut(entry: Entry, error: unknown): undefined {
    this.#untellable.add(entry);
    emit("tracker.entry_refused", { shard: this.name, topic: entry.topic, key: entry.key, error });
  }

  #broadcastHeartbeat(delta: Delta): void {
    this.#outlet.broadcast(encode(this.#heartbeat(delta)));
  }

  #direct(ref: string, message: ShardMessage): void {
    this.#outlet.direct(nameOf(ref), encode(message));
  }

  #changed(changes: Changes): void {
    if (changes.joins.length > 0 || changes.leaves.length > 0) this.#outlet.changed(changes);
  }
}

const NO_CHANGES: Changes = { joins: [], leaves: [] };
