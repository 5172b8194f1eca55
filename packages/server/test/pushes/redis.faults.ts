/** What becomes of numbered pushes when something happens to Redis. */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterEach, describe, expect, it, vi } from "vitest";
import { redisHistory } from "wingbeat/pubsub/redis";
import type { RedisClient } from "wingbeat/pubsub/redis";
import type { HistoryStore } from "../../src/pubsub/history/store.ts";
import { PASSWORD, PATIENCE, redisAvailability, redisEngine, TEST_TIME } from "../pubsub/engines.ts";
import type { TestEngine } from "../pubsub/engines.ts";
import { StallingProxy } from "../pubsub/stalling-proxy.ts";
import { TestLine } from "./test-line.ts";

const { isMissing, note } = redisAvailability;
const TIME = { timeout: TEST_TIME };
const DURABLE = ["--requirepass", PASSWORD, "--appendonly", "yes", "--appendfsync", "always"];

const libraries: Record<string, (port: number, username?: string) => RedisClient> = {
  ioredis: (port, username) => new Redis({ port, password: PASSWORD, ...(username === undefined ? {} : { username }) }),
  "node-redis": (port, username) =>
    createClient({
      password: PASSWORD,
      socket: { host: "127.0.0.1", port },
      ...(username === undefined ? {} : { username }),
    }),
};

describe.skipIf(isMissing)(`faults of Redis under numbered pushes${note}`, () => {
  const endings: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of endings.splice(0).toReversed()) await end();
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

  /** A store, and a line on it. */
  async function lineOf(
    connect: () => RedisClient,
    namespace: string = randomUUID(),
  ): Promise<[TestLine, HistoryStore]> {
    const history = redisHistory({ connect, namespace });
    await history.start({ entry() {}, maybeMissed() {}, moved() {}, up() {}, down() {} });
    endings.push(() => history.stop());
    const line = new TestLine(history.pushes!);
    await line.open();
    return [line, history];
  }

  const until = (history: HistoryStore, state: "up" | "down"): Promise<unknown> =>
    vi.waitUntil(() => history.status().state === state, { timeout: PATIENCE });

  for (const [library, client] of Object.entries(libraries)) {
    describe(library, () => {
      it(
        "R-8, R20: a promoted replica that lacks the newest: under another epoch, without a number twice",
        TIME,
        async () => {
          const [primary, replica] = [await engineOf(), await engineOf([...DURABLE, "--masterauth", PASSWORD])];
          const proxy = new StallingProxy(primary.port);
          await proxy.start();
          endings.push(() => proxy.stop());
          const [first, second] = [adminOf(primary), adminOf(replica)];
          let { port } = primary;
          const [line, history] = await lineOf(() => client(port));
          const before = line.epoch;
          await line.handle(1, 2);
          await line.claim(3, "held");
          await second.replicaof("127.0.0.1", proxy.port);
          await vi.waitUntil(async () => (await first.wait(1, 0)) === 1, { timeout: PATIENCE });
          // The first replica attaches: a change of identity, too. What follows is under the epoch of now.
          await line.open();
          await vi.waitUntil(async () => (await first.wait(1, 0)) === 1, { timeout: PATIENCE });
          proxy.stall();
          await line.handle(4);
          expect(await line.claim(5, "lost")).toEqual({ state: "claimed" });

          await second.replicaof("NO", "ONE");
          ({ port } = replica);
          await primary.kill();
          await until(history, "down");
          await expect(line.claim(6, "never")).rejects.toThrow("Redis cannot be reached");
          await until(history, "up");

          expect(await line.askAll(1, 2, 3, 4, 5, 6)).toEqual([
            "reply 1",
            "reply 2",
            "running",
            "epoch",
            "epoch",
            "epoch",
          ]);
          expect(await line.settle(5, "lost", "reply 5")).toBe(false);
          expect(await line.settle(3, "held", "reply 3")).toBe(true);
          const old = new TestLine(line.store, line.record, line.epoch);
          const next = await line.open(6);
          expect([before, old.epoch]).not.toContain(next.epoch);
          expect(next.last).toBe(5);
          await line.handle(6);
          expect(await old.askAll(3, 4, 5, 6, 7)).toEqual(["reply 3", "gone", "gone", "reply 6", "epoch"]);
        },
      );

      it("a primary that became a replica claims nothing, and is left", TIME, async () => {
        const [primary, other] = [await engineOf(), await engineOf()];
        const admin = adminOf(primary);
        await admin.config("SET", "masterauth", PASSWORD);
        await adminOf(other).config("SET", "masterauth", PASSWORD);
        let { port } = primary;
        const [line, history] = await lineOf(() => client(port));
        await line.handle(1);
        ({ port } = other);
        await admin.replicaof("127.0.0.1", other.port);
        await vi.waitUntil(async () => (await line.claim(2, "a").catch(() => undefined))?.state === "epoch", {
          timeout: PATIENCE,
        });
        await until(history, "up");
        expect(await line.open(3)).toMatchObject({ last: 2 });
        await line.handle(3);
      });

      it("R-9: a restart that loses nothing: replies stay, the epoch is another one", TIME, async () => {
        const engine = await engineOf(DURABLE);
        const [line, history] = await lineOf(() => client(engine.port));
        await line.handle(1, 2);
        await line.claim(3, "a");
        await engine.kill();
        await until(history, "down");
        await engine.start();
        await until(history, "up");
        expect(await line.askAll(1, 2, 3, 4)).toEqual(["reply 1", "reply 2", "running", "epoch"]);
        expect(await line.settle(3, "a", "reply 3")).toBe(true);
        const { epoch } = line;
        expect(await line.open()).toMatchObject({ last: 3 });
        expect(line.epoch).not.toBe(epoch);
        await line.handle(4);
      });

      it("R7: an answer that never came: the same token gets it, and no other one", TIME, async () => {
        const engine = await engineOf();
        const proxy = new StallingProxy(engine.port);
        await proxy.start();
        endings.push(() => proxy.stop());
        const [line, history] = await lineOf(() => client(proxy.port));
        await line.handle(1);
        proxy.stall();
        const lost = [line.claim(2, "a"), line.settle(1, "token 1", "reply 1")];
        for (const each of lost) await expect(each).rejects.toThrow(Error);
        await until(history, "down");
        proxy.recover();
        await until(history, "up");
        expect(await line.claim(2, "a")).toEqual({ state: "claimed" });
        expect((await line.claim(2, "b")).state).toBe("running");
        expect(await line.settle(2, "a", "reply 2")).toBe(true);
      });

      it("R-7: FLUSHALL or an eviction ends all epochs", TIME, async () => {
        const engine = await engineOf();
        const admin = adminOf(engine);
        const [line] = await lineOf(() => client(engine.port));
        const losses = [() => admin.flushall(), async () => admin.del(await admin.keys("*:h:p:*"))];
        for (const lose of losses) {
          const { epoch } = line;
          await line.open();
          const { last } = await line.open();
          await line.handle(last + 1);
          await line.claim(last + 2, "a");
          await lose();
          expect(await line.askAll(last + 1, last + 2, last + 3)).toEqual(["epoch", "epoch", "epoch"]);
          expect(await line.settle(last + 2, "a", "late")).toBe(false);
          expect(await line.open(last + 3)).toMatchObject({ last: last + 2 });
          expect(line.epoch).not.toBe(epoch);
          await line.handle(last + 3);
        }
      });

      it("R15: while the memory of Redis is full nothing is claimed, and what runs is settled", TIME, async () => {
        const engine = await engineOf();
        const admin = adminOf(engine);
        const [line, history] = await lineOf(() => client(engine.port));
        await line.claim(1, "a");
        await admin.config("SET", "maxmemory", "1");
        await expect(line.claim(2, "b")).rejects.toThrow("OOM");
        await expect(new TestLine(line.store).open()).rejects.toThrow("OOM");
        expect(await line.settle(1, "a", "x".repeat(6_000))).toBe(true);
        await expect(line.claim(2, "b")).rejects.toThrow("OOM");
        await admin.config("SET", "maxmemory", "0");
        await line.handle(2);
        expect(await line.ask(1)).toBe("x".repeat(6_000));
        expect(history.status().state).toBe("up");
      });

      it("R15: the rights in docs/guide/scaling.md are enough", TIME, async () => {
        const engine = await engineOf();
        const docs = readFileSync(new URL("../../../../docs/guide/scaling.md", import.meta.url), "utf8");
        const rights = /`(~wingbeat:h:\*[^`]*)` and `(\+[^`]*)`/.exec(docs)?.slice(1).join(" ").split(/\s+/) ?? [];
        const reset = ["resetkeys", "resetchannels", "nocommands", "on", `>${PASSWORD}`];
        await adminOf(engine).call("ACL", "SETUSER", "narrow", ...reset, ...rights);
        const [line] = await lineOf(() => client(engine.port, "narrow"), "wingbeat");
        await line.handle(1, 2);
        await line.claim(3, "a", { acked: 1 });
        await line.settle(3, "a", undefined);
        await line.open(100);
        expect(await line.askAll(1, 2, 3)).toEqual(["gone", "gone", "gone"]);
        await line.handle(100);
      });
    });
  }
});
