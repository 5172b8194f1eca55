/** One engine carries messages between nodes, and another one keeps the history: real engines, two endpoints. */
import { connect as connectNats } from "@nats-io/transport-node";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { createEndpoint, defineChannel, defineSocket, ok } from "wingbeat";
import type { Endpoint, HistoryStore, PubSubAdapter } from "wingbeat";
import { natsAdapter } from "wingbeat/pubsub/nats";
import { postgresHistory } from "wingbeat/pubsub/postgres";
import { redisAdapter, redisHistory } from "wingbeat/pubsub/redis";
import type { PubSubMessage } from "../../src/pubsub.ts";
import {
  natsAvailability,
  natsEngine,
  PASSWORD,
  PATIENCE,
  postgresAvailability,
  postgresEngine,
  redisAvailability,
  redisEngine,
  START_TIME,
  TEST_TIME,
} from "../pubsub/engines.ts";
import type { TestEngine } from "../pubsub/engines.ts";
import { clientAt, newNamespace } from "./postgres-database.ts";
import { RecoveringClient } from "./recovering-client.ts";
import { RULE, StoreNode } from "./store-node.ts";

const TIME = { timeout: TEST_TIME };
const TOPIC = "room:1";
const isMissing = [natsAvailability, postgresAvailability, redisAvailability].some((engine) => engine.isMissing);

const room = defineChannel("room:{id}")
  .history({ size: RULE.size, ttl: RULE.ttl, maxBytes: RULE.maxBytes, events: ["said", "bytes"] })
  .join(() => ok());

/** Loses what it is told to lose on its way to other nodes. */
class LossyAdapter {
  isLosing = false;
  lost = 0;
  readonly adapter: PubSubAdapter;

  constructor(adapter: PubSubAdapter) {
    const broadcast = adapter.broadcast.bind(adapter);
    adapter.broadcast = (message: PubSubMessage) => {
      if (!this.isLosing) return broadcast(message);
      this.lost++;
    };
    this.adapter = adapter;
  }
}

interface Node {
  readonly endpoint: Endpoint;
  readonly adapter: LossyAdapter;
  readonly url: string;
}

describe.skipIf(isMissing)("a history that another engine carries", () => {
  let nats: TestEngine;
  let redis: TestEngine;
  let postgres: TestEngine;
  let namespace = "";

  beforeAll(async () => {
    [nats, redis, postgres] = await Promise.all([natsEngine(), redisEngine(), postgresEngine()]);
    await Promise.all([nats.start(), redis.start(), postgres.start()]);
  }, START_TIME);
  afterAll(async () => {
    await Promise.all([nats, redis, postgres].map((engine) => engine.end()));
  });

  const toRedis = (): Redis => new Redis({ port: redis.port, password: PASSWORD });
  const overNats = (): PubSubAdapter =>
    natsAdapter({
      namespace,
      connect: () => connectNats({ servers: `127.0.0.1:${nats.port}`, user: "wingbeat", pass: PASSWORD }),
    });
  const overRedis = (): PubSubAdapter => redisAdapter({ namespace, connect: toRedis });
  const inRedis = (): HistoryStore => redisHistory({ namespace, connect: toRedis });
  const inPostgres = (): HistoryStore =>
    postgresHistory({ namespace, connect: () => clientAt(postgres.port), fanOut: "adapter" });

  async function startNode(carried: () => PubSubAdapter, kept: () => HistoryStore): Promise<Node> {
    const adapter = new LossyAdapter(carried());
    const endpoint = createEndpoint({
      sockets: { "/socket": defineSocket({ connect: () => ok(), channels: [room] }) },
      pubsub: adapter.adapter,
      history: kept(),
      drain: { deadline: 100 },
      logger: false,
    });
    const { port } = await endpoint.listen(0, "127.0.0.1");
    onTestFinished(() => endpoint.close());
    return { endpoint, adapter, url: `ws://127.0.0.1:${port}/socket` };
  }

  async function clientOf(...urls: [string, ...string[]]): Promise<RecoveringClient> {
    let connections = 0;
    const client = await RecoveringClient.join(() => urls[Math.min(connections++, urls.length - 1)] as string, TOPIC);
    onTestFinished(() => client.end());
    return client;
  }

  const cases: readonly [string, () => PubSubAdapter, () => HistoryStore][] = [
    ["NATS carries, Redis keeps", overNats, inRedis],
    ["NATS carries, PostgreSQL keeps", overNats, inPostgres],
    ["Redis carries, PostgreSQL keeps", overRedis, inPostgres],
  ];

  describe.each(cases)("%s", (title, carried, kept) => {
    const twoNodes = async (): Promise<[Node, Node]> => {
      namespace = await newNamespace(postgres.port);
      return [await startNode(carried, kept), await startNode(carried, kept)];
    };

    it(
      "R-5: what either node publishes comes to clients of both in one order, and back on the other node",
      TIME,
      async () => {
        const [a, b] = await twoNodes();
        const stays = await clientOf(a.url);
        const moves = await clientOf(b.url, a.url);
        await a.endpoint.publishUnchecked(TOPIC, "said", { n: 1 });
        await b.endpoint.publishUnchecked(TOPIC, "said", { n: 2 });
        await b.endpoint.publishUnchecked(TOPIC, "bytes", new Uint8Array([0, 255, 3]));
        for (const client of [stays, moves]) {
          expect([await client.next(), await client.next()]).toEqual([
            { offset: 1, payload: { n: 1 } },
            { offset: 2, payload: { n: 2 } },
          ]);
          const { offset, payload } = await client.next();
          expect({ offset, bytes: [...new Uint8Array(payload as ArrayBuffer)] }).toEqual({
            offset: 3,
            bytes: [0, 255, 3],
          });
        }
        moves.cut();
        for (let n = 4; n <= 6; n++) await b.endpoint.publishUnchecked(TOPIC, "said", { n });
        await moves.until(() => moves.offsets.at(-1) === 6);
        await stays.until(() => stays.offsets.at(-1) === 6);
        expect(moves.offsets).toEqual([1, 2, 3, 4, 5, 6]);
        expect(stays.offsets).toEqual([1, 2, 3, 4, 5, 6]);
        expect(moves.recoveries).toMatchObject([{ recovered: true }]);
      },
    );

    it("unrecorded events come beside the recorded ones", TIME, async () => {
      const [a, b] = await twoNodes();
      const client = await clientOf(b.url);
      const typing = new Promise((resolve) => client.channel.on("typing", resolve));
      await vi.waitUntil(() => a.endpoint.pubsub.status().state === "up", PATIENCE);
      a.endpoint.broadcastUnchecked(TOPIC, "typing", { who: "a" });
      expect(await typing).toEqual({ who: "a" });
      await a.endpoint.publishUnchecked(TOPIC, "said", { n: 1 });
      expect(await client.next()).toEqual({ offset: 1, payload: { n: 1 } });
    });

    it("R-10: what the carrier loses is read from the log when the next message shows it", TIME, async () => {
      const [a, b] = await twoNodes();
      const client = await clientOf(b.url);
      await a.endpoint.publishUnchecked(TOPIC, "said", { n: 1 });
      expect(await client.next()).toMatchObject({ offset: 1 });
      a.adapter.isLosing = true;
      await a.endpoint.publishUnchecked(TOPIC, "said", { n: 2 });
      await a.endpoint.publishUnchecked(TOPIC, "said", { n: 3 });
      a.adapter.isLosing = false;
      await a.endpoint.publishUnchecked(TOPIC, "said", { n: 4 });
      const payloads = [await client.next(), await client.next(), await client.next()];
      expect(payloads).toEqual([2, 3, 4].map((n) => ({ offset: n, payload: { n } })));
    });

    // A log in PostgreSQL is looked at every 10 s: waiting for that once is enough.
    if (title.startsWith("Redis")) return;
    it(
      "R-10: the last message of a node that dies before it is carried is found without another one",
      TIME,
      async () => {
        const [a, b] = await twoNodes();
        const client = await clientOf(b.url);
        await a.endpoint.publishUnchecked(TOPIC, "said", { n: 1 });
        const first = await client.next();
        expect(first).toMatchObject({ offset: 1 });
        // A node that stores an entry, and sends nothing any more.
        const dying = new StoreNode(kept());
        await dying.store.start(dying);
        const { entries } = await dying.read(TOPIC);
        const { event, body } = entries[0]!;
        const batch = dying.batch(TOPIC, [String(body).replace('"n":1', '"n":2')]);
        const entry = { event, body: batch.entries[0]!.body, from: "", seq: 1, id: undefined };
        await dying.append({ ...batch, entries: [entry] });
        await dying.store.stop();
        expect(await client.next()).toEqual({ offset: 2, payload: { n: 2 } });
      },
    );
  });
});
