import { describe, expect, it } from "vitest";
import { createEndpoint, defineChannel, defineSocket, localAdapter, memoryHistory, ok } from "../index.ts";
import type { EndpointOptions } from "../index.ts";
import { clusterAdapter } from "../pubsub/adapters/cluster.ts";
import { natsAdapter } from "../pubsub/adapters/nats.ts";
import { postgresHistory } from "../pubsub/adapters/postgres.ts";

const never = (): never => {
  throw new Error("nobody connects here");
};

const endpoint = (options: Pick<EndpointOptions, "pubsub" | "history">, hasHistory = true): unknown => {
  const channel = defineChannel("room:{id}").join(() => ok());
  const channels = [hasHistory ? channel.history() : channel];
  return createEndpoint({ sockets: { "/socket": defineSocket({ connect: () => ok(), channels }) }, ...options });
};

describe("what keeps a history", () => {
  it("is missing with an adapter that keeps none: the error says which, and what to pass", () => {
    const pubsub = natsAdapter({ connect: never });
    expect(() => endpoint({ pubsub })).toThrow(
      /channel "room:\{id\}" declares .history or .dedupe, and the PubSub adapter "nats" keeps nothing: pass history: redisHistory/,
    );
    expect(() => endpoint({ pubsub }, false)).not.toThrow();
    expect(() => endpoint({ pubsub, history: postgresHistory({ connect: never }) })).not.toThrow();
  });

  it("cannot be the memory of one process where there are several", () => {
    const history = memoryHistory();
    expect(() => endpoint({ pubsub: natsAdapter({ connect: never }), history })).toThrow(/for a single process/);
    expect(() => endpoint({ history })).not.toThrow();
    expect(() => endpoint({ pubsub: localAdapter(), history })).not.toThrow();
  });

  it("cannot leave it to an adapter to bring entries to other nodes when there is none", () => {
    const history = postgresHistory({ connect: never, fanOut: "adapter" });
    expect(() => endpoint({ history })).toThrow(/leaves it to the PubSub adapter/);
    expect(() => endpoint({ pubsub: clusterAdapter(), history })).not.toThrow();
  });

  it("comes with the adapter of node:cluster, also in a process that is no worker", () => {
    expect(() => endpoint({ pubsub: clusterAdapter() })).not.toThrow();
  });
});
