/**
 * `wingbeat/pubsub/redis`: nodes connected through Redis or Valkey, with ioredis or node-redis.
 *
 * All nodes subscribe to one channel for broadcasts, `<namespace>:all`, and each to its own, `<namespace>:node:<name>`.
 * Redis pub/sub ignores database numbers: applications that share a server need different namespaces.
 *
 * Redis Cluster copies messages of a plain channel to each of its nodes. `shards` uses sharded channels instead,
 * `<namespace>:all:<number>`, which stay on the shard of their name, and spreads the topics over them.
 *
 * @example
 * redisAdapter({ connect: () => new Redis("redis://127.0.0.1") }) // ioredis
 * redisAdapter({ connect: () => createClient({ url: "redis://127.0.0.1" }) }) // node-redis
 */
import { WingbeatError } from "../../errors.ts";
import { checkKeys, checkCount } from "../../options.ts";
import type { PubSubAdapter } from "../adapter.ts";
import type { HistoryStore } from "../history/store.ts";
import type { Engine, EngineConnection, EngineEvents, Parcel } from "../remote/engine.ts";
import { ENGINE_OPTIONS, engineAdapter, namespaceOf } from "../remote/engine-adapter.ts";
import type { EngineOptions } from "../remote/engine-adapter.ts";
import { redisDrivers } from "./redis/driver.ts";
import type { RedisClient } from "./redis/driver.ts";
import { redisHistoryOf } from "./redis/history.ts";

export type { EngineOptions } from "../remote/engine-adapter.ts";
export type { HistoryStore } from "../history/store.ts";
export type { IoRedisClient, NodeRedisClient, RedisClient } from "./redis/driver.ts";
export { redisHistory } from "./redis/history.ts";
export type { RedisHistoryOptions } from "./redis/history.ts";

export interface RedisAdapterOptions extends EngineOptions {
  /**
   * Creates a client. Called twice each time the adapter connects, because a subscribed connection can do little else.
   * The adapter closes the clients. A cluster client of ioredis needs `shardedSubscribers: true` for `shards`.
   */
  readonly connect: () => RedisClient;
  /**
   * Redis 7 and later: how many sharded channels the topics are spread over. For Redis Cluster, use a few times the
   * number of its shards. Must be the same on all nodes. Messages of one node are then in order within each topic, but
   * not across topics. Default: plain channels.
   */
  readonly shards?: number;
}

/** The adapter, and what keeps history in the same Redis: same namespace, `shards` and `secret`. */
export interface RedisAdapter extends PubSubAdapter {
  history(): HistoryStore;
}

/** Adapter over Redis. Throws `WB_OPTION`. */
export function redisAdapter(options: RedisAdapterOptions): RedisAdapter {
  checkKeys("redisAdapter", options, [...ENGINE_OPTIONS, "connect", "shards"]);
  checkCount("redisAdapter.shards", options.shards);
  if (typeof options.connect !== "function") {
    throw new WingbeatError("WB_OPTION", "redisAdapter.connect must be a function: connect: () => new Redis(url).");
  }
  const namespace = namespaceOf("redisAdapter", options);
  const adapter = engineAdapter("redisAdapter", redisEngine(namespace, options.connect, options.shards), options);
  let store: HistoryStore | undefined = undefined;
  return Object.assign(adapter, {
    history: () => (store ??= redisHistoryOf("redisAdapter", options, adapter.nodeName)),
  });
}

function redisEngine(namespace: string, connect: () => RedisClient, shards: number | undefined): Engine {
  const streams = shards ?? 1;
  const toAll = Array.from({ length: streams }, (_, stream) =>
    shards === undefined ? `${namespace}:all` : `${namespace}:all:${stream}`,
  );
  const toNode = (nodeName: string): string => `${namespace}:node:${nodeName}`;
  const channelOf = ({ node, stream }: Parcel): string =>
    node === undefined ? (toAll[stream] as string) : toNode(node);
  const isSharded = shards !== undefined;

  return {
    name: "redis",
    advice: `check that its user may publish and subscribe to "${namespace}:*"`,
    streams,
    parallel: 8,
    connect: (nodeName: string, events: EngineEvents): EngineConnection => {
      const [publisher, subscriber] = redisDrivers(connect, events.lost);
      const channels = [...toAll, toNode(nodeName)];
      return {
        ready: Promise.all([publisher.open(), subscriber.subscribe(channels, events.receive, isSharded)]),
        maxBytes: Infinity,
        send: (parcels) =>
          Promise.all(parcels.map((parcel) => publisher.publish(channelOf(parcel), parcel.bytes, isSharded))),
        close: () => Promise.allSettled([publisher, subscriber].map(async (driver) => driver.close())),
      };
    },
  };
}
