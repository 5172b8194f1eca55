/**
 * `definePresence`: who is on a topic, on all nodes, with some data about each. Clients get it as `presence_state` when
 * the channel pushes it, and then as `presence_diff` automatically. Built on `tracker.ts`.
 */
import { WingbeatError } from "./errors.ts";
import { readPresenceOptions } from "./presence/config.ts";
import type { FetchOption, PresenceConfig, PresenceOptions } from "./presence/config.ts";
import type { PresenceEndpoint } from "./presence/endpoint.ts";
import type { Fetch } from "./presence/fetcher.ts";
import { copyMeta } from "./presence/meta.ts";
import { PresenceNode } from "./presence/node.ts";
import { Owner } from "./presence/owner.ts";
import { metaOf } from "./presence/payload.ts";
import type { PresenceEvents, PresenceEntry, PresenceMeta, PresenceState } from "./presence/payload.ts";
import { newRef } from "./tracker.ts";
import type { Meta as AnyMeta } from "./tracker.ts";

export type { PresenceOptions } from "./presence/config.ts";
export type { PresenceEndpoint } from "./presence/endpoint.ts";
export type { PresenceDiff, PresenceEvents, PresenceEntry, PresenceMeta, PresenceState } from "./presence/payload.ts";

/** What a presence needs of a channel's `ctx`. */
export interface PresenceContext {
  readonly topic: string;
  readonly endpoint: object;
  afterJoin(task: () => void): void;
  onEnd(task: (reason: string) => void): void;
  /** Counts bytes that others are sent against the client's `bytesPerSecond`. */
  spend?(bytes: number): void;
}

/** A `ctx` whose channel pushes `presence_state`, if it declares its pushes. */
export interface PresencePushContext<State> extends PresenceContext {
  readonly push: (event: "presence_state", payload: State) => void;
}

/** A channel's `ctx`, or an endpoint for code outside of channels. */
export type PresenceSource = PresenceContext | PresenceEndpoint;

type Key = string | number;

/** A presence: created by {@link definePresence}, passed to `createEndpoint({ presence: [...] })`, used in channels. */
export class Presence<Meta extends object, Fields extends object = object, Listed = PresenceState<Meta, Fields>> {
  /** The events sent to clients, for `.pushes({ ...presence.events })`. Types only: the object is empty. */
  readonly events = {} as PresenceEvents<Meta, Fields>;
  readonly #config: PresenceConfig;
  readonly #nodes = new WeakMap<object, PresenceNode>();
  readonly #owners = new WeakMap<object, Owner>();

  /** @internal */
  constructor(config: PresenceConfig) {
    this.#config = config;
  }

  /** Binds this presence to an endpoint. Called by `createEndpoint`; binding twice has no effect. */
  bind(endpoint: PresenceEndpoint): PresenceNode {
    let node = this.#nodes.get(endpoint);
    if (node === undefined) this.#nodes.set(endpoint, (node = new PresenceNode(endpoint, this.#config)));
    return node;
  }

  /**
   * Adds a presence on the channel's topic, or on another one, which lasts until `untrack` or the end of the channel.
   * Returns its `phx_ref`. In `join` it takes effect when the join is accepted, right after the reply. A presence
   * tracked by an endpoint lasts until `untrack`.
   *
   * Throws `WB_ALREADY_TRACKED` when this channel has one with this key, and `WB_PRESENCE_LIMIT`.
   */
  track(ctx: PresenceContext, key: Key, meta: Meta): string;
  track(source: PresenceSource, topic: string, key: Key, meta: Meta): string;
  track(source: PresenceSource, ...given: readonly unknown[]): string {
    const [topic, key, meta] = (given.length > 2 ? given : [topicOf(source), ...given]) as [string, Key, unknown];
    const { node, owner, run } = this.#ownerOf(source);
    const copy = copyMeta(meta, this.#config.maxMetaSize, owner.spend);
    owner.claim(topic, String(key));
    const ref = newRef();
    run(() => node.track(owner, topic, String(key), copy, ref));
    return ref;
  }

  /**
   * Replaces the meta of a presence of this channel by another one, or by the result of a function. Clients get one
   * diff with the old meta in `leaves` and the new one in `joins`. Returns the new `phx_ref`.
   *
   * Throws `WB_NOT_TRACKED` when this channel has no presence with this key, and `WB_PRESENCE_LIMIT`.
   */
  update(ctx: PresenceContext, key: Key, meta: Meta | ((meta: PresenceMeta<Meta>) => Meta)): string;
  update(source: PresenceSource, topic: string, key: Key, meta: Meta | ((meta: PresenceMeta<Meta>) => Meta)): string;
  update(source: PresenceSource, ...given: readonly unknown[]): string {
    const [topic, key, update] = (given.length > 2 ? given : [topicOf(source), ...given]) as [string, Key, AnyMeta];
    const { node, owner, run } = this.#ownerOf(source);
    owner.check(topic, String(key));
    const ref = newRef();
    run(() => node.update(owner, topic, String(key), update, ref));
    return ref;
  }

  /** Removes presences of this channel: all, or those with a key. Unknown ones are not an error. */
  untrack(ctx: PresenceContext, key?: Key): void;
  untrack(source: PresenceSource, topic: string, key: Key): void;
  untrack(source: PresenceSource, ...given: readonly (Key | undefined)[]): void {
    const { node, owner, run } = this.#ownerOf(source);
    if (given[0] === undefined) {
      owner.releaseAll();
      run(() => node.untrackAll(owner));
      return;
    }
    const [topic, key] = (given.length > 1 ? given : [topicOf(source), ...given]) as [string, Key];
    owner.release(topic, String(key));
    run(() => node.untrack(owner, topic, String(key)));
  }

  /**
   * The presences of the channel's topic or another one on all nodes, by key. With a `fetch` it is a promise, which
   * rejects as `fetch` does.
   */
  list(ctx: PresenceContext): Listed;
  list(source: PresenceSource, topic: string): Listed;
  list(source: PresenceSource, topic = topicOf(source)): Listed {
    return this.#nodeOf(source).list(topic) as Listed;
  }

  /** The presences of one key, without the fields of `fetch`. Undefined when there are none. */
  getByKey(ctx: PresenceContext, key: Key): PresenceEntry<Meta> | undefined;
  getByKey(source: PresenceSource, topic: string, key: Key): PresenceEntry<Meta> | undefined;
  getByKey(source: PresenceSource, ...given: readonly Key[]): PresenceEntry<Meta> | undefined {
    const [topic, key] = (given.length > 1 ? given : [topicOf(source), ...given]) as [string, Key];
    const entries = this.#nodeOf(source).entries(topic, String(key));
    return entries.length === 0 ? undefined : { metas: entries.map(metaOf) as PresenceMeta<Meta>[] };
  }

  /** The number of keys that are present. */
  count(ctx: PresenceContext): number;
  count(source: PresenceSource, topic: string): number;
  count(source: PresenceSource, topic = topicOf(source)): number {
    return this.#nodeOf(source).count(topic);
  }

  /** The names of the nodes on which a key is present. */
  nodesOf(ctx: PresenceContext, key: Key): readonly string[];
  nodesOf(source: PresenceSource, topic: string, key: Key): readonly string[];
  nodesOf(source: PresenceSource, ...given: readonly Key[]): readonly string[] {
    const [topic, key] = (given.length > 1 ? given : [topicOf(source), ...given]) as [string, Key];
    return this.#nodeOf(source).nodesOf(topic, String(key));
  }

  /**
   * Pushes `presence_state` to this client: all presences of its topic, with the fields of `fetch`. Later diffs apply
   * to it. In `join` it is pushed right after the reply.
   */
  pushState(ctx: PresencePushContext<PresenceState<Meta, Fields>>): void {
    const node = this.#nodeOf(ctx);
    const push = ctx.push.bind(ctx) as (event: string, payload: object) => void;
    ctx.afterJoin(() => node.pushState(ctx.topic, push));
  }

  #nodeOf(source: PresenceSource): PresenceNode {
    const endpoint = "pubsub" in source ? source : source.endpoint;
    const node = this.#nodes.get(endpoint);
    if (node !== undefined) return node;
    const { name } = this.#config;
    throw new WingbeatError(
      "WB_OPTION",
      `the endpoint does not know presence "${name}": write createEndpoint({ …, presence: [${name}] }).`,
    );
  }

  /** The owner, and how its changes are applied: at once, or by a channel once its join is done. */
  #ownerOf(source: PresenceSource): { node: PresenceNode; owner: Owner; run: (change: () => void) => void } {
    const node = this.#nodeOf(source);
    if ("pubsub" in source) return { node, owner: node.server, run: (change) => change() };
    let owner = this.#owners.get(source);
    if (owner === undefined) {
      const added = new Owner(this.#config.maxPresences, (bytes) => source.spend?.(bytes));
      this.#owners.set(source, (owner = added));
      source.onEnd((reason) => node.ended(added, reason));
    }
    return { node, owner, run: (change) => source.afterJoin(change) };
  }
}

function topicOf(source: PresenceSource): string {
  if ("topic" in source) return source.topic;
  throw new WingbeatError("WB_OPTION", "an endpoint has no topic of its own: pass one before the key.");
}

/**
 * Defines a presence. The first type parameter is that of metas; pass the presence to `createEndpoint({ presence: [...]
 * })` and use it in channels. The second is that of the fields that `fetch` adds to each key.
 *
 * @example
 * export const presence = definePresence<{ device: string }>();
 * // in a channel
 * .join((ctx) => {
 *   presence.track(ctx, ctx.assigns.user.id, { device: "phone" });
 *   presence.pushState(ctx);
 *   return ok();
 * })
 */
export function definePresence<Meta extends object>(
  options?: PresenceOptions<Meta> & { readonly fetch?: undefined },
): Presence<Meta>;
/**
 * With `fetch`, which gets the presences of a topic before clients do, and adds data to each key, such as rows of a
 * database, in one query. It must return all keys with their metas.
 */
export function definePresence<Meta extends object, Fields extends object = object>(
  options: PresenceOptions<Meta, Fields> & { readonly fetch: FetchOption<Meta, Fields> },
): Presence<Meta, Fields, Promise<PresenceState<Meta, Fields>>>;
export function definePresence(options: object = {}): unknown {
  return new Presence(readPresenceOptions(options as PresenceOptions & { readonly fetch?: Fetch }));
}
