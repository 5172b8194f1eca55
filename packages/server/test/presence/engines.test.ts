/** Presence over each engine, in real time: news, a late node, a node that stops, and an engine that was away. */
import { randomUUID } from "node:crypto";
import { connect as connectNats } from "@nats-io/transport-node";
import { Redis } from "ioredis";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { natsAdapter } from "wingbeat/pubsub/nats";
import { postgresAdapter } from "wingbeat/pubsub/postgres";
import { redisAdapter } from "wingbeat/pubsub/redis";
import type { PubSubAdapter } from "../../src/index.ts";
import {
  natsAvailability,
  natsEngine,
  PASSWORD,
  postgresAvailability,
  postgresEngine,
  redisAvailability,
  redisEngine,
  START_TIME,
} from "../pubsub/engines.ts";
import type { Availability, TestEngine } from "../pubsub/engines.ts";
import { SOON, startNode, TOPIC } from "./room.ts";
import type { Node } from "./room.ts";

type Adapter = (port: number, namespace: string) => PubSubAdapter;

const engines: readonly [name: string, Availability, () => Promise<TestEngine>, Adapter][] = [
  [
    "Redis",
    redisAvailability,
    redisEngine,
    (port, namespace) => redisAdapter({ namespace, connect: () => new Redis(port, { password: PASSWORD }) }),
  ],
  [
    "NATS",
    natsAvailability,
    natsEngine,
    (port, namespace) =>
      natsAdapter({
        namespace,
        connect: () => connectNats({ servers: `127.0.0.1:${port}`, user: "wingbeat", pass: PASSWORD }),
      }),
  ],
  [
    "PostgreSQL",
    postgresAvailability,
    postgresEngine,
    (port, namespace) =>
      postgresAdapter({
        namespace,
        connect: () =>
          new pg.Client({ host: "127.0.0.1", port, user: "wingbeat", password: PASSWORD, database: "postgres" }),
      }),
  ],
];

const LONG = { device: "x".repeat(1_000) };
/** Heartbeats that are quick enough for a test. */
const OPTIONS = { broadcastPeriod: 200, maxSilentPeriods: 2, deltaPeriod: 20, downPeriod: 5_000 };

const count = ({ presence, endpoint }: Node): number => presence.count(endpoint, TOPIC);

function trackMany(node: Node, from: number, to: number): void {
  for (let n = from; n < to; n++) node.presence.track(node.endpoint, TOPIC, `user ${n}`, LONG);
}

for (const [name, { isMissing, note }, start, adapter] of engines) {
  describe.skipIf(isMissing)(`presence over ${name}${note}`, () => {
    let engine: TestEngine;
    beforeAll(async () => {
      engine = await start();
      await engine.start();
    }, START_TIME);
    afterAll(() => engine.end());

    it("is the same on all nodes", async () => {
      const namespace = `n${randomUUID().replaceAll("-", "")}`;
      const node = (): Promise<Node> => startNode(OPTIONS, adapter(engine.port, namespace));
      const [a, b] = [await node(), await node()];
      trackMany(a, 0, 300);
      await vi.waitFor(() => expect(count(b)).toBe(300), SOON);
      const late = await node();
      await vi.waitFor(() => expect(count(late)).toBe(300), SOON);
      await vi.waitFor(() => expect(late.endpoint.nodes()).toHaveLength(3), SOON);

      await engine.stop();
      trackMany(b, 300, 310);
      a.presence.untrack(a.endpoint, TOPIC, "user 0");
      await engine.start();
      for (const one of [a, b, late]) await vi.waitFor(() => expect(count(one)).toBe(309), SOON);

      await a.endpoint.close();
      for (const one of [b, late]) await vi.waitFor(() => expect(count(one)).toBe(10), SOON);
    });
  });
}
