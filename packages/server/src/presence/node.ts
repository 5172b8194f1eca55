/** A presence on one endpoint: its tracker, and the messages to its clients. */
import { describe, onRejection } from "../awaitable.ts";
import { WingbeatError } from "../errors.ts";
import { Broadcast } from "../pubsub.ts";
import { emit } from "../telemetry.ts";
import { nodeOf, Tracker } from "../tracker.ts";
import type { Changes, Entry, Meta } from "../tracker.ts";
import type { PresenceConfig } from "./config.ts";
import { Counts } from "./counts.ts";
import type { PresenceEndpoint } from "./endpoint.ts";
import { Fetcher } from "./fetcher.ts";
import { Grace } from "./grace.ts";
import { copyMeta } from "./meta.ts";
import { Owner } from "./owner.ts";
import { diffsOf, stateOf } from "./payload.ts";
import type { PresenceDiff, PresenceState } from "./payload.ts";

/** Reasons of a lost connection, which may end many channels and occur in great numbers. */
const OF_CONNECTION: ReadonlySet<string> = new Set(["closed", "disconnected", "shutdown"]);

type Update = Meta | ((meta: Meta) => unknown);

/** How many are on a topic. */
export interface PresenceSize {
  readonly topic: string;
  readonly keys: number;
  readonly metas: number;
}

function sizeOf(topic: string, entries: ReadonlyMap<string, readonly Entry[]>): PresenceSize {
  let metas = 0;
  for (const of of entries.values()) metas += of.length;
  return { topic, keys: entries.size, metas };
}

export class PresenceNode {
  readonly #endpoint: PresenceEndpoint;
  readonly #config: PresenceConfig;
  readonly #tracker: Tracker;
  readonly #fetcher: Fetcher;
  readonly #grace: Grace;
  readonly #counts: Counts;
  /** The owner of presences that the application tracks without a channel. */
  readonly server = new Owner(Infinity, () => {});
  /** Owners whose connections ended in this turn. */
  #ended: Owner[] = [];

  constructor(endpoint: PresenceEndpoint, config: PresenceConfig) {
    const { name, fetch, fetchTimeout, gracePeriod, timing } = config;
    this.#endpoint = endpoint;
    this.#config = config;
    this.#tracker = new Tracker(endpoint.pubsub, config.tracker, (changes) => this.#changed(changes));
    this.#fetcher = new Fetcher(name, fetch, timing, fetchTimeout);
    this.#grace = new Grace(timing, gracePeriod);
    this.#counts = new Counts(timing, (topic) => this.#tellCount(topic));
  }

  /** The names of the nodes that are up, this one first. */
  get nodes(): readonly string[] {
    return this.#tracker.nodes;
  }

  /** For the inspector, as what follows. */
  get name(): string {
    return this.#config.name;
  }

  /** The names of the nodes that are silent, but may come back. */
  get silentNodes(): readonly string[] {
    return this.#tracker.silentNodes;
  }

  /** Each topic with presences, and how many keys and metas it has on all nodes. */
  *sizes(): Iterable<PresenceSize> {
    this.#settleEnded();
    for (const [topic, keys] of this.#tracker.topics()) yield sizeOf(topic, keys);
  }

  sizeOf(topic: string): PresenceSize {
    this.#settleEnded();
    return sizeOf(topic, this.#tracker.list(topic));
  }

  /** Starts exchanging messages with other nodes. Called by the endpoint when PubSub is connected. */
  start(): void {
    this.#tracker.start();
  }

  /** Tells other nodes that the presences of this one are gone. Called by the endpoint when it closes. */
  stop(): void {
    this.#tracker.stop();
    this.#grace.stop();
    this.#counts.stop();
  }

  track(owner: Owner, topic: string, key: string, meta: Meta, ref: string): void {
    this.#settleEnded();
    const away = this.#grace.take(topic, key);
    const entry = away && this.#tracker.find(away, topic, key);
    if (entry === undefined) this.#tracker.track(owner, topic, key, meta, ref);
    else this.#tracker.takeOver(entry, owner, meta, ref);
  }

  update(owner: Owner, topic: string, key: string, update: Update, ref: string): void {
    const { maxMetaSize } = this.#config;
    const next = (meta: Meta): Meta =>
      copyMeta(typeof update === "function" ? update(meta) : update, maxMetaSize, owner.spend);
    this.#tracker.update(owner, topic, key, next, ref);
  }

  untrack(owner: Owner, topic: string, key: string): void {
    this.#tracker.untrack(owner, topic, key);
  }

  untrackAll(owner: Owner): void {
    this.#tracker.untrackAll([owner]);
  }

  /**
   * A channel has ended. Its presences are removed at once, so that a channel that replaces it does not see them. When
   * a connection has ended, they are removed together with those of all connections that end in this turn, in one diff,
   * or before the next read.
   */
  ended(owner: Owner, reason: string): void {
    if (this.#grace.keep(owner, reason, () => this.untrackAll(owner))) return;
    if (!OF_CONNECTION.has(reason)) this.untrackAll(owner);
    else if (this.#ended.push(owner) === 1) queueMicrotask(() => this.#settleEnded());
  }

  #settleEnded(): void {
    if (this.#ended.length === 0) return;
    const ended = this.#ended;
    this.#ended = [];
    this.#tracker.untrackAll(ended);
  }

  state(topic: string): PresenceState {
    this.#settleEnded();
    return stateOf(this.#tracker.list(topic));
  }

  list(topic: string): PresenceState | Promise<PresenceState> {
    const state = this.state(topic);
    return this.#config.fetch === undefined ? state : this.#fetcher.fetch(topic, state);
  }

  count(topic: string): number {
    this.#settleEnded();
    return this.#tracker.list(topic).size;
  }

  entries(topic: string, key: string): readonly Entry[] {
    this.#settleEnded();
    return this.#tracker.getByKey(topic, key);
  }

  nodesOf(topic: string, key: string): readonly string[] {
    return [...new Set(this.entries(topic, key).map(nodeOf))];
  }

  /** Passes the state of a topic to `push`, in order with the diffs broadcast on it. */
  pushState(topic: string, push: (event: string, payload: object) => void): void {
    if (this.#isCounted(topic)) push("presence_count", { count: this.count(topic) });
    else this.#fetcher.inOrder(topic, [this.state(topic)], ([state]) => push("presence_state", state as PresenceState));
  }

  #changed(changes: Changes): void {
    for (const [topic, diff] of diffsOf(changes)) {
      if (this.#isCounted(topic)) {
        this.#counts.changed(topic);
        this.#callHandleMetas(topic, diff);
      } else {
        this.#fetcher.inOrder(topic, [diff.joins, diff.leaves], ([joins = {}, leaves = {}]) => {
          this.#tell(topic, "presence_diff", { joins, leaves });
          this.#callHandleMetas(topic, { joins, leaves });
        });
      }
    }
  }

  /** The result of `countOnly`. When it fails, the topic is treated as an ordinary one. */
  #isCounted(topic: string): boolean {
    try {
      const said: unknown = this.#config.countOnly(topic);
      if (typeof said === "boolean") return said;
      throw new WingbeatError("WB_BAD_RETURN", `countOnly returned ${describe(said)}: it must return true or false.`);
    } catch (error) {
      emit("presence.callback_failed", { name: this.#config.name, topic, error });
      return false;
    }
  }

  #tellCount(topic: string): void {
    this.#tell(topic, "presence_count", { count: this.count(topic) });
  }

  /** A channel that changed presences in a callback gets the diff after the callback's reply, as in Phoenix. */
  #tell(topic: string, event: string, payload: object): void {
    this.#endpoint.pubsub.localBroadcast(topic, new Broadcast(topic, event, payload), "news");
  }

  #callHandleMetas(topic: string, diff: PresenceDiff): void {
    const { name, handleMetas } = this.#config;
    if (handleMetas === undefined) return;
    const failed = (error: unknown): void => emit("presence.callback_failed", { name, topic, error });
    try {
      onRejection(handleMetas(topic, diff, this.state(topic), this.#endpoint), failed);
    } catch (error) {
      failed(error);
    }
  }
}
