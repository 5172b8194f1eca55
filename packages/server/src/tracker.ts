/**
 * Tracks who is present on which topic, on all nodes, without a leader or a store: each node keeps the presences of all
 * nodes, sends its own to the others over PubSub, and drops those of a node that has gone silent. `presence.ts`, the
 * API for applications, is built on it.
 */
import { randomBytes } from "node:crypto";
import { WingbeatError } from "./errors.ts";
import type { PubSub, Subscription } from "./pubsub.ts";
import { topicHash } from "./pubsub/topic-hash.ts";
import { emit } from "./telemetry.ts";
import type { Entry, Meta } from "./tracker/delta.ts";
import type { Changes } from "./tracker/log.ts";
import { readTrackerOptions } from "./tracker/options.ts";
import type { TrackerConfig, TrackerOptions } from "./tracker/options.ts";
import { nameOf, refOf } from "./tracker/replica.ts";
import { Shard } from "./tracker/shard.ts";

export { freezeMeta, MAX_META_DEPTH } from "./tracker/delta.ts";
export type { Entry, Meta } from "./tracker/delta.ts";
export type { Changes } from "./tracker/log.ts";
export { TRACKER_KEYS } from "./tracker/options.ts";
export type { TrackerOptions } from "./tracker/options.ts";
export { systemTiming } from "./tracker/timing.ts";
export type { Timing } from "./tracker/timing.ts";

/** What `update` takes: a new meta, or a function that derives it from the current one. */
export type MetaUpdate = Meta | ((meta: Meta) => Meta);

export class Tracker {
  readonly #pubsub: PubSub;
  readonly #config: TrackerConfig;
  readonly #changed: (changes: Changes) => void;
  readonly #shards: readonly Shard[];
  readonly #subscriptions: readonly Subscription[];
  /** Numbers for owners: small, and meaningless on other nodes. */
  readonly #pids = new WeakMap<object, number>();
  #lastPid = 0;
  #stopTicks: (() => void) | undefined = undefined;
  #stopFlush: (() => void) | undefined = undefined;
  #state: "new" | "running" | "stopped" = "new";

  /** `changed` is called for all changes, on this node and others. It must not throw. */
  constructor(pubsub: PubSub, options: TrackerOptions, changed: (changes: Changes) => void = () => {}) {
    this.#pubsub = pubsub;
    this.#config = readTrackerOptions("Tracker", options);
    takeName(pubsub, this.#config.name);
    this.#changed = changed;
    const ref = refOf(pubsub.nodeName, nextVsn());
    const names = Array.from({ length: this.#config.poolSize }, (_, n) => `${this.#config.name}_shard${n}`);
    this.#shards = names.map((name) => this.#shard(name, ref));
    this.#subscriptions = this.#shards.map((shard) => ({
      topic: topicOf(shard.name),
      owner: shard,
      receive: (message) => shard.receive(message, this.#config.timing.now()),
    }));
  }

  /** The names of all nodes that are up, this one first. */
  get nodes(): string[] {
    const others = new Set(this.#shards.flatMap((shard) => shard.nodes));
    return [this.#pubsub.nodeName, ...[...others].sort()];
  }

  /** Starts exchanging messages with the other nodes. Until then, presences are visible on this node only. */
  start(): void {
    if (this.#state !== "new") return;
    this.#state = "running";
    for (const subscription of this.#subscriptions) this.#pubsub.subscribe(subscription);
    const { timing, broadcastPeriod } = this.#config;
    // Jitter, so that nodes started together do not tick together.
    this.#stopTicks = timing.after(timing.random() * 0.25 * broadcastPeriod, () => this.#tick());
    this.#flushSoon();
  }

  /**
   * Stops permanently, and tells the other nodes at once that the presences of this one are gone: a graceful permdown.
   */
  stop(): void {
    if (this.#state !== "stopped") names.get(this.#pubsub)?.delete(this.#config.name);
    const wasRunning = this.#state === "running";
    this.#state = "stopped";
    if (!wasRunning) return;
    this.#stopTicks?.();
    this.#stopFlush?.();
    for (const subscription of this.#subscriptions) this.#pubsub.unsubscribe(subscription);
    for (const shard of this.#shards) this.#try(shard, () => shard.leave());
  }

  /**
   * Adds a presence of `owner`, which is any object: a channel, a connection. Returns its ref, which is also in the
   * meta as `phx_ref`. Throws `WB_ALREADY_TRACKED` when the owner has one with this topic and key.
   */
  track(owner: object, topic: string, key: string, meta: Meta, ref = newRef()): string {
    const shard = this.#shardOf(topic);
    const pid = this.#pidOf(owner);
    if (shard.find(pid, topic, key) !== undefined) throw alreadyTracked(topic, key);
    shard.track(pid, topic, key, Object.freeze({ ...meta, phx_ref: ref }));
    this.#flushSoon();
    return ref;
  }

  /** Replaces the current meta. Returns its ref. Throws `WB_NOT_TRACKED` when there is none. */
  update(owner: object, topic: string, key: string, update: MetaUpdate, ref = newRef()): string {
    const entry = this.#shardOf(topic).find(this.#pidOf(owner), topic, key);
    if (entry === undefined) throw notTracked(topic, key);
    this.takeOver(entry, owner, typeof update === "function" ? update(entry.meta) : update, ref);
    return ref;
  }

  /** Replaces a presence of this node by one of `owner`, atomically. */
  takeOver(entry: Entry, owner: object, meta: Meta, ref = newRef()): void {
    const previous = entry.meta["phx_ref"];
    const shard = this.#shardOf(entry.topic);
    const next = Object.freeze({ ...meta, phx_ref: ref, phx_ref_prev: previous });
    shard.replace(entry, this.#pidOf(owner), next);
    this.#flushSoon();
  }

  /** Removes a presence. An unknown one is not an error. */
  untrack(owner: object, topic: string, key: string): void {
    const entry = this.find(owner, topic, key);
    if (entry === undefined) return;
    this.#shardOf(topic).untrack([entry]);
    this.#flushSoon();
  }

  /** Removes all presences of some owners at once. */
  untrackAll(owners: Iterable<object>): void {
    const pids = [...owners].flatMap((owner) => this.#pids.get(owner) ?? []);
    for (const shard of this.#shards) {
      const entries = pids.flatMap((pid) => shard.of(pid));
      if (entries.length > 0) shard.untrack(entries);
    }
    this.#flushSoon();
  }

  /** An owner's presence. */
  find(owner: object, topic: string, key: string): Entry | undefined {
    const pid = this.#pids.get(owner);
    return pid === undefined ? undefined : this.#shardOf(topic).find(pid, topic, key);
  }

  /** The presences of a topic on all nodes, by key. A live view, not a copy. */
  list(topic: string): ReadonlyMap<string, readonly Entry[]> {
    return this.#shardOf(topic).view.of(topic);
  }

  /** The presences of a key on a topic, on all nodes. */
  getByKey(topic: string, key: string): readonly Entry[] {
    return this.#shardOf(topic).view.entries(topic, key);
  }

  /** The topics with presences on any node, with these by key. For the inspector. */
  *topics(): Iterable<readonly [topic: string, keys: ReadonlyMap<string, readonly Entry[]>]> {
    for (const { view } of this.#shards) yield* view.entriesByTopic;
  }

  /** The names of the other nodes that are silent, but may come back. */
  get silentNodes(): string[] {
    return [...new Set(this.#shards.flatMap((shard) => shard.silentNodes))];
  }

  #shard(name: string, ref: string): Shard {
    const topic = topicOf(name);
    const shard: Shard = new Shard(name, ref, this.#config, {
      broadcast: (message) => this.#pubsub.broadcastFrom(shard, topic, message),
      direct: (node, message) => this.#try(shard, () => this.#pubsub.directBroadcast(node, topic, message)),
      changed: (changes) => this.#changed(changes),
    });
    return shard;
  }

  #tick(): void {
    const { timing, broadcastPeriod } = this.#config;
    this.#stopTicks = timing.after(broadcastPeriod, () => this.#tick());
    const now = timing.now();
    for (const shard of this.#shards) this.#try(shard, () => shard.tick(now));
  }

  #flushSoon(): void {
    if (this.#state !== "running") return;
    this.#stopFlush ??= this.#config.timing.after(this.#config.deltaPeriod, () => {
      this.#stopFlush = undefined;
      for (const shard of this.#shards) this.#try(shard, () => shard.flush());
    });
  }

  /** Anything that could not be sent is sent at the next tick, or requested. */
  #try(shard: Shard, send: () => void): void {
    try {
      send();
    } catch (error) {
      emit("tracker.broadcast_failed", { shard: shard.name, error });
    }
  }

  #pidOf(owner: object): number {
    let pid = this.#pids.get(owner);
    if (pid === undefined) this.#pids.set(owner, (pid = ++this.#lastPid));
    return pid;
  }

  #shardOf(topic: string): Shard {
    const { poolSize } = this.#config;
    return this.#shards[poolSize === 1 ? 0 : topicHash(topic) % poolSize] as Shard;
  }
}

const topicOf = (shardName: string): string => `phx_presence:${shardName}`;

/** The names in use. Other nodes would take two trackers with one name for the same node before and after a restart. */
const names = new WeakMap<PubSub, Set<string>>();

function takeName(pubsub: PubSub, name: string): void {
  const taken = names.get(pubsub) ?? new Set();
  names.set(pubsub, taken);
  if (taken.has(name)) throw new WingbeatError("WB_OPTION", `two trackers are named "${name}": rename one.`);
  taken.add(name);
}

let lastVsn = 0;

/** Higher than that of any earlier tracker of this node: the time, in microseconds. */
function nextVsn(): number {
  lastVsn = Math.max(Date.now() * 1_000, lastVsn + 1);
  return lastVsn;
}

const refPrefix = randomBytes(8);
let refCount = 0;

/** A unique id of a presence across all nodes: 16 characters. */
export function newRef(): string {
  const bytes = Buffer.allocUnsafe(12);
  refPrefix.copy(bytes);
  bytes.writeUInt32BE(refCount++ >>> 0, 8);
  return bytes.toString("base64url");
}

/** The name of the node that has an entry. */
export function nodeOf(entry: Entry): string {
  return nameOf(entry.replica);
}

export function alreadyTracked(topic: string, key: string): WingbeatError {
  return new WingbeatError(
    "WB_ALREADY_TRACKED",
    `"${key}" is already tracked on "${topic}" by this channel: change its meta with update.`,
  );
}

export function notTracked(topic: string, key: string): WingbeatError {
  return new WingbeatError("WB_NOT_TRACKED", `"${key}" is not tracked on "${topic}" by this channel: track it first.`);
}
