/** What becomes of logs and nodes when something happens to Redis. */
import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterEach, describe, expect, it, vi } from "vitest";
import { redisHistory } from "wingbeat/pubsub/redis";
import type { RedisClient, RedisHistoryOptions } from "wingbeat/pubsub/redis";
import { isOnPath } from "../../src/pubsub/history/position.ts";
import { NotStored } from "../../src/pubsub/history/store.ts";
import { PASSWORD, PATIENCE, redisAvailability, redisEngine, TEST_TIME } from "../pubsub/engines.ts";
import type { TestEngine } from "../pubsub/engines.ts";
import { StallingProxy } from "../pubsub/stalling-proxy.ts";
import { markOf, RULE, StoreNode } from "./store-node.ts";

const { isMissing, note } = redisAvailability;
const TOPIC = "room:1";
const DURABLE = ["--requirepass", PASSWORD, "--appendonly", "yes", "--appendfsync", "always"];

const libraries: Record<string, (port: number) => RedisClient> = {
  ioredis: (port) => new Redis({ port, password: PASSWORD }),
  "node-redis": (port) => createClient({ password: PASSWORD, socket: { host: "127.0.0.1", port } }),
};

describe.skipIf(isMissing)(`faults of Redis under a history${note}`, () => {
  const endings: (() => unknown)[] = [];
  afterEach(async () => {
    const all = endings.splice(0).toReversed();
    for (const end of all) await end();
  });

  async function engineOf(settings?: readonly string[]): Promise<TestEngine> {
    const engine = await redisEngine(settings);
    endings.push(() => engine.end());
    await engine.start();
    return engine;
  }

  function adminOf({ port }: TestEngine): Redis {
    const admin = new Redis({ port, password: PASSWORD });
    admin.on("error", () => {});
    endings.push(() => admin.disconnect());
    return admin;
  }

  async function nodesOf(count: number, options: RedisHistoryOptions): Promise<StoreNode[]> {
    const namespace = randomUUID();
    const nodes = Array.from({ length: count }, () => new StoreNode(redisHistory({ namespace, ...options })));
    for (const node of nodes) {
      await node.store.start(node);
      endings.push(() => node.store.stop());
    }
    return nodes;
  }

  for (const [library, client] of Object.entries(libraries)) {
    describe(library, () => {
      it("R-9: a restart of Redis loses nothing, and nobody's position", { timeout: TEST_TIME }, async () => {
        const engine = await engineOf(DURABLE);
        const [a, b] = (await nodesOf(2, { connect: () => client(engine.port) })) as [StoreNode, StoreNode];
        const before = await a.publish(TOPIC, "1", "2", "3");
        await b.untilHeard(TOPIC, 3);

        const down = Promise.all([a.untilTold("down"), b.untilTold("down")]);
        await engine.kill();
        await down;
        await expect(a.publish(TOPIC, "never")).rejects.toThrow(NotStored);
        await expect(a.read(TOPIC)).rejects.toThrow("Redis cannot be reached");
        const up = Promise.all([a.untilTold("maybeMissed"), b.untilTold("maybeMissed")]);
        await engine.start();
        await up;
        expect(a.told.slice(-2)).toEqual(["up", "maybeMissed"]);

        const slice = await b.read(TOPIC, 0);
        expect(slice.entries.map(({ body }) => body)).toEqual(["1", "2", "3"]);
        expect(slice.head).toMatchObject({ lineage: before.head.lineage, top: 3 });
        expect(slice.head.chain).toEqual([...before.head.chain, { tag: markOf(slice.head).tag, boundary: 3 }]);
        expect(isOnPath(slice.head, markOf(before.head))).toBe(true);
        const after = await a.publish(TOPIC, "4");
        expect(after.offsets).toEqual([4]);
        expect(isOnPath(after.head, markOf(before.head))).toBe(true);
        expect((await b.untilHeard(TOPIC, 4))[3]).toMatchObject({ offset: 4, tag: markOf(slice.head).tag });
      });

      it("R5: killed again and again, everything is in the log once and in order", { timeout: TEST_TIME }, async () => {
        const engine = await engineOf(DURABLE);
        const nodes = await nodesOf(3, { connect: () => client(engine.port) });
        const rule = { ...RULE, size: 10_000 };
        let isOver = false;
        const publishing = nodes.map(async (node) => {
          let number = 0;
          while (!isOver) {
            const bodies = Array.from({ length: 5 }, () => `${node.producer} ${number++}`);
            await node.surely(node.batch(TOPIC, bodies, { rule }));
          }
          return number;
        });
        for (let round = 0; round < 4; round++) {
          const top = (await nodes[0]!.head(TOPIC))?.top ?? 0;
          await nodes[0]!.untilHeard(TOPIC, 1);
          await vi.waitUntil(async () => ((await nodes[0]!.head(TOPIC))?.top ?? 0) > top + 100, { timeout: PATIENCE });
          const up = Promise.all(nodes.map((node) => node.untilTold("up")));
          await engine.kill();
          await engine.start();
          await up;
        }
        isOver = true;
        const counts = await Promise.all(publishing);
        const { entries, head, oldest } = await nodes[0]!.read(TOPIC, 0, 10_000, rule);
        expect(oldest).toBe(1);
        expect(entries).toHaveLength(counts.reduce((sum, count) => sum + count));
        expect(head.chain).toHaveLength(5);
        for (const [index, { producer }] of nodes.entries()) {
          const own = entries.filter((entry) => entry.producer === producer).map(({ body }) => body);
          expect(own).toEqual(Array.from({ length: counts[index]! }, (_, number) => `${producer} ${number}`));
        }
      });

      it(
        "R-8: a promoted replica that lacks entries: only what they were the end of is off the path",
        { timeout: TEST_TIME },
        async () => {
          const [primary, replica] = [await engineOf(), await engineOf([...DURABLE, "--masterauth", PASSWORD])];
          const proxy = new StallingProxy(primary.port);
          await proxy.start();
          endings.push(() => proxy.stop());
          const [first, second] = [adminOf(primary), adminOf(replica)];
          await second.replicaof("127.0.0.1", proxy.port);
          let port = primary.port;
          const [a, b] = (await nodesOf(2, { connect: () => client(port) })) as [StoreNode, StoreNode];

          const kept = await a.publish(TOPIC, "1", "2", "3");
          await vi.waitUntil(async () => (await first.wait(1, 0)) === 1, { timeout: PATIENCE });
          proxy.stall();
          const lost = await a.publish(TOPIC, "4 lost", "5 lost");
          const unanswered = a.batch(TOPIC, ["6 lost"]);
          await a.append(unanswered);
          await b.untilHeard(TOPIC, 6);

          await second.replicaof("NO", "ONE");
          port = replica.port;
          const up = Promise.all([a.untilTold("up"), b.untilTold("up")]);
          await primary.kill();
          await up;

          const { head, entries } = await b.read(TOPIC, 0);
          expect(head).toMatchObject({ lineage: kept.head.lineage, top: 3 });
          expect(entries.map(({ body }) => body)).toEqual(["1", "2", "3"]);
          expect([1, 2, 3, 4, 5].map((offset) => isOnPath(head, markOf(lost.head, offset)))).toEqual([
            true,
            true,
            true,
            false,
            false,
          ]);
          // Whether it was stored before the failover, and lost with it, nobody can know.
          expect(await a.store.append({ ...unanswered, isRepeat: true })).toBe("unknown");

          const next = await b.publish(TOPIC, "4");
          expect(next.offsets).toEqual([4]);
          expect(isOnPath(next.head, markOf(lost.head, 4))).toBe(false);
          expect(isOnPath(next.head, markOf(kept.head))).toBe(true);
          expect((await a.untilHeard(TOPIC, 7))[6]).toMatchObject({ offset: 4, body: "4", tag: markOf(next.head).tag });
        },
      );

      it("R-7: after FLUSHALL the nodes ask again, and find another log", { timeout: TEST_TIME }, async () => {
        const engine = await engineOf();
        const [a, b] = (await nodesOf(2, { connect: () => client(engine.port) })) as [StoreNode, StoreNode];
        const before = await a.publish(TOPIC, "1", "2");
        const asked = Promise.all([a.untilTold("maybeMissed"), b.untilTold("maybeMissed")]);
        await adminOf(engine).flushall();
        await asked;
        expect(await b.head(TOPIC)).toBeUndefined();
        const after = await a.publish(TOPIC, "3");
        expect(after.offsets).toEqual([1]);
        expect(after.head.lineage).not.toBe(before.head.lineage);
        expect(isOnPath(after.head, markOf(before.head, 1))).toBe(false);
        expect(b.store.status().state).toBe("up");
      });

      it("R15: without a right nothing starts, and it says which", { timeout: TEST_TIME }, async () => {
        const engine = await engineOf();
        const admin = adminOf(engine);
        const user = ["resetkeys", "resetchannels", "nocommands", "on", ">pass", "~mine:h:*", "&mine:h:*"];
        const rights =
          "+evalsha +eval +info +hello +client +subscribe +publish +hmget +hget +hset +hincrby +hdel +exists +del " +
          "+rpush +lpop +lindex +llen +lrange +pexpire +pttl +get +set +time";
        const setUser = (...changes: string[]) =>
          admin.call("ACL", "SETUSER", "narrow", ...user, ...rights.split(" "), ...changes);
        const connect = (): RedisClient =>
          library === "ioredis"
            ? new Redis({ port: engine.port, username: "narrow", password: "pass" })
            : createClient({ url: `redis://narrow:pass@127.0.0.1:${engine.port}` });
        const make = (): StoreNode => new StoreNode(redisHistory({ connect, namespace: "mine" }));

        await setUser();
        const node = make();
        await node.store.start(node);
        endings.push(() => node.store.stop());
        await node.append(node.batch(TOPIC, ["1"], {}, ["id"]));
        await node.publish(TOPIC, ...Array.from({ length: RULE.size }, () => "x"));
        expect((await node.read(TOPIC)).entries).toHaveLength(RULE.size);
        expect((await node.head(TOPIC))?.top).toBe(RULE.size + 1);
        await node.store.clear(TOPIC);
        await node.publish(TOPIC, "1", "2");

        for (const missing of ["-info", "-evalsha", "-set", "-publish", "-subscribe"]) {
          await setUser(missing);
          const other = make();
          const starting = other.store.start(other);
          await expect(starting, missing).rejects.toThrow(/the history store may not use Redis: .*(NOPERM|can't run)/);
          expect(other.store.status()).toMatchObject({ state: "down" });
          await other.store.stop();
        }
      });

      it(
        "R15: what is stored but cannot be sent is answered as stored, and heard later",
        { timeout: TEST_TIME },
        async () => {
          const engine = await engineOf();
          const admin = adminOf(engine);
          const setUser = (...changes: string[]) =>
            admin.call("ACL", "SETUSER", "sender", "on", ">pass", "allcommands", "allkeys", "allchannels", ...changes);
          await setUser();
          let made = 0;
          // Redis would close the connection of a subscriber that loses its channel.
          const connect = (): RedisClient => {
            if (made++ % 2 === 1) return client(engine.port);
            return library === "ioredis"
              ? new Redis({ port: engine.port, username: "sender", password: "pass" })
              : createClient({ url: `redis://sender:pass@127.0.0.1:${engine.port}` });
          };
          const [node] = (await nodesOf(1, { connect })) as [StoreNode];
          await node.publish(TOPIC, "1");
          const down = node.untilTold("down: ");
          await setUser("resetchannels");
          expect((await node.publish(TOPIC, "2")).offsets).toEqual([2]);
          await down;
          const up = node.untilTold("maybeMissed");
          await setUser();
          await up;
          expect(await node.bodies(TOPIC)).toEqual(["1", "2"]);
          await node.publish(TOPIC, "3");
          expect((await node.untilHeard(TOPIC, 2)).map(({ body }) => body)).toEqual(["1", "3"]);
        },
      );

      it(
        "R15: nothing is stored, and nobody hears anything, while the memory of Redis is full",
        { timeout: TEST_TIME },
        async () => {
          const engine = await engineOf();
          const admin = adminOf(engine);
          const [node] = (await nodesOf(1, { connect: () => client(engine.port) })) as [StoreNode];
          await node.publish(TOPIC, "1");
          await admin.config("SET", "maxmemory", "1");
          await expect(node.publish(TOPIC, "never")).rejects.toThrow(NotStored);
          await expect(node.publish("new topic", "never")).rejects.toThrow(NotStored);
          await admin.config("SET", "maxmemory", "0");
          await node.publish(TOPIC, "2");
          expect(await node.bodies(TOPIC)).toEqual(["1", "2"]);
          expect((await node.untilHeard(TOPIC, 2)).map(({ body }) => body)).toEqual(["1", "2"]);
          expect(node.store.status().state).toBe("up");
        },
      );

      it("an unreachable Redis is no reason not to start", { timeout: TEST_TIME }, async () => {
        const engine = await engineOf();
        const node = new StoreNode(redisHistory({ connect: () => client(engine.port) }));
        endings.push(() => node.store.stop());
        await engine.stop();
        await node.store.start(node);
        expect(node.store.status()).toMatchObject({
          state: "down",
          reason: expect.stringMatching(/ECONNREFUSED/) as string,
        });
        await expect(node.publish(TOPIC, "1")).rejects.toThrow(NotStored);
        const up = node.untilTold("up");
        await engine.start();
        await up;
        expect((await node.publish(TOPIC, "1")).offsets).toEqual([1]);
      });

      it("notices that Redis answers no more, and connects again", { timeout: TEST_TIME }, async () => {
        const engine = await engineOf();
        const proxy = new StallingProxy(engine.port);
        await proxy.start();
        endings.push(() => proxy.stop());
        const [node] = (await nodesOf(1, { connect: () => client(proxy.port) })) as [StoreNode];
        await node.publish(TOPIC, "1");
        const down = node.untilTold("down");
        proxy.stall();
        const lost = node.batch(TOPIC, ["2"]);
        const publishing = node.append(lost).catch((error: unknown) => error);
        await down;
        expect(await publishing).toMatchObject({ message: expect.stringContaining("delivers nothing") as string });
        const up = node.untilTold("up");
        proxy.recover();
        await up;
        expect((await node.append({ ...lost, isRepeat: true })).offsets).toEqual([2]);
      });
    });
  }
});
