/** The history in PostgreSQL when something is wrong: with the database, the network, or the operator's work. */
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { postgresHistory } from "wingbeat/pubsub/postgres";
import type { PostgresHistoryOptions } from "wingbeat/pubsub/postgres";
import { isOnPath } from "../../src/pubsub/history/position.ts";
import { attach } from "../../src/telemetry/attach.ts";
import {
  PASSWORD,
  PATIENCE,
  postgresAvailability,
  postgresEngine,
  postgresStandby,
  START_TIME,
  TEST_TIME,
} from "../pubsub/engines.ts";
import type { TestEngine } from "../pubsub/engines.ts";
import { StallingProxy } from "../pubsub/stalling-proxy.ts";
import { clientAt, newNamespace, run } from "./postgres-database.ts";
import { markOf, RULE, StoreNode } from "./store-node.ts";

const { isMissing, note } = postgresAvailability;
const TOPIC = "room:1";

describe.skipIf(isMissing)(`failures of PostgreSQL${note}`, { timeout: TEST_TIME }, () => {
  let engine: TestEngine;
  let namespace = "";
  const nodes: StoreNode[] = [];
  const ends: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    engine = await postgresEngine();
    await engine.start();
  }, START_TIME);
  afterEach(async () => {
    await Promise.all(nodes.splice(0).map(({ store }) => store.stop()));
    for (const end of ends.splice(0)) await end();
  });
  afterAll(() => engine.end());

  function node(options: Partial<PostgresHistoryOptions> = {}): StoreNode {
    const made = new StoreNode(postgresHistory({ connect: () => clientAt(engine.port), namespace, ...options }));
    nodes.push(made);
    return made;
  }

  async function started(options: Partial<PostgresHistoryOptions> = {}): Promise<StoreNode> {
    const made = node(options);
    await made.store.start(made);
    expect(made.store.status()).toMatchObject({ state: "up" });
    return made;
  }

  const upAgain = ({ store, told }: StoreNode, ups: number): Promise<unknown> =>
    vi.waitUntil(() => store.status().state === "up" && told.filter((what) => what === "up").length >= ups, {
      timeout: PATIENCE,
    });
  const query = (sql: string, values: unknown[] = []) => run(engine.port, sql, values);

  describe("what the operator must mend", () => {
    it("rejects the start without tables, and says the command", async () => {
      namespace = "nothing-here";
      const made = node();
      await expect(made.store.start(made)).rejects.toThrow(
        'no tables for the history of the namespace "nothing-here". Create them: npx wingbeat history:sql --namespace nothing-here | psql',
      );
      expect(made.store.status()).toMatchObject({ state: "down" });
    });

    it("rejects the start with tables of another version", async () => {
      namespace = await newNamespace(engine.port);
      await query(`CREATE OR REPLACE FUNCTION "${namespace}_version"() RETURNS integer LANGUAGE sql AS 'SELECT 99'`);
      const made = node();
      await expect(made.store.start(made)).rejects.toThrow("are of version 99, this server needs 2");
    });

    it("runs as a plain role with the rights that it names, on tables and nothing else", async () => {
      namespace = await newNamespace(engine.port);
      const role = `role-${namespace}`;
      await query(`CREATE ROLE "${role}" LOGIN PASSWORD '${PASSWORD}'`);
      const connect = () => clientAt(engine.port, role);
      const made = node({ connect });
      const refused = (await made.store.start(made)?.then(
        () => undefined,
        (error: Error) => error.message,
      )) as string;
      expect(refused).toContain(`The role "${role}" may not use the tables of the history: GRANT SELECT, INSERT`);
      await query(refused.slice(refused.indexOf("GRANT")));
      const plain = await started({ connect });
      await plain.publish(TOPIC, "a", "b");
      await plain.untilHeard(TOPIC, 2);
      await plain.store.clear(TOPIC);
      const client = connect();
      await client.connect();
      ends.push(() => client.end());
      await plain.store.outbox!(client, { topic: "room:2", rule: RULE, event: "e", body: "c", id: "id" });
      await plain.untilHeard("room:2", 1);
      expect((await client.query(`SELECT "${namespace}_sweep"(10)`)).rows).toHaveLength(1);
      // Who only publishes needs less.
      await query(`CREATE ROLE "app-${namespace}" LOGIN PASSWORD '${PASSWORD}';
        GRANT INSERT ON "${namespace}_outbox" TO "app-${namespace}"`);
      const app = clientAt(engine.port, `app-${namespace}`);
      await app.connect();
      ends.push(() => app.end());
      await app.query(`SELECT "${namespace}_publish"('room:2', 'e', '{}')`);
      await plain.untilHeard("room:2", 2);
      await expect(app.query(`SELECT * FROM "${namespace}_entry"`)).rejects.toThrow("permission denied");
    });

    it("works whatever the defaults of the role are", async () => {
      namespace = await newNamespace(engine.port);
      const role = `odd-${namespace}`;
      await query(`CREATE ROLE "${role}" LOGIN SUPERUSER PASSWORD '${PASSWORD}';
        ALTER ROLE "${role}" SET default_transaction_isolation = 'serializable';
        ALTER ROLE "${role}" SET synchronous_commit = off;
        ALTER ROLE "${role}" SET DateStyle = 'SQL, DMY';
        ALTER ROLE "${role}" SET IntervalStyle = 'iso_8601';
        ALTER ROLE "${role}" SET bytea_output = 'escape';
        ALTER ROLE "${role}" SET TimeZone = 'Asia/Kathmandu'`);
      const connect = () => clientAt(engine.port, role);
      const both = [await started({ connect }), await started({ connect })];
      await Promise.all(both.flatMap((each) => Array.from({ length: 50 }, (_, i) => each.publish(`${i % 3}`, "a"))));
      for (const each of both) for (const topic of ["0", "1", "2"]) await each.untilHeard(topic, 32);
      const heads = await both[0]!.store.heads(["0", "1", "2"]);
      expect(heads.map((head) => head?.top)).toEqual([34, 34, 32]);
    });
  });

  describe("outages", () => {
    it("starts without the server, says so, and is up when it comes", async () => {
      const own = await postgresEngine();
      ends.push(() => own.end());
      await own.start();
      namespace = await newNamespace(own.port);
      await own.stop();
      const made = node({ connect: () => clientAt(own.port) });
      await made.store.start(made);
      expect(made.store.status()).toMatchObject({ state: "down" });
      await expect((async () => made.publish(TOPIC, "a"))()).rejects.toMatchObject({ name: "NotStored" });
      await own.start();
      await upAgain(made, 1);
      expect(made.told).toEqual([expect.stringMatching(/^down: /) as string, "up"]);
      await made.publish(TOPIC, "a");
      await made.untilHeard(TOPIC, 1);
    });

    for (const [act, isClean] of [
      ["a restart", true],
      ["kill -9", false],
    ] as const) {
      it(`R-9: ${act} of the server loses nothing, and every position holds`, async () => {
        const own = await postgresEngine(["fsync=on"]);
        ends.push(() => own.end());
        await own.start();
        namespace = await newNamespace(own.port);
        const a = await started({ connect: () => clientAt(own.port) });
        const b = await started({ connect: () => clientAt(own.port) });
        const before = await a.publish(TOPIC, "1", "2");
        await b.untilHeard(TOPIC, 2);
        await (isClean ? own.stop() : own.kill());
        await vi.waitUntil(() => b.store.status().state === "down", { timeout: PATIENCE });
        await own.start();
        await upAgain(a, 2);
        await upAgain(b, 2);
        expect(b.alarms).toBe(1);
        const head = (await b.head(TOPIC))!;
        expect(head).toMatchObject({ lineage: before.head.lineage, top: 2 });
        expect(head.chain.map(({ boundary }) => boundary)).toEqual([0, 2]);
        expect(isOnPath(head, markOf(before.head))).toBe(true);
        expect((await a.publish(TOPIC, "3")).offsets).toEqual([3]);
        await b.untilHeard(TOPIC, 3);
        expect(await b.bodies(TOPIC)).toEqual(["1", "2", "3"]);
      });
    }

    it("R6: kill -9 of another backend loses nothing that was confirmed, although synchronous_commit is off", async () => {
      const own = await postgresEngine(["fsync=on", "synchronous_commit=off", "wal_writer_delay=10s"]);
      ends.push(() => own.end());
      await own.start();
      namespace = await newNamespace(own.port);
      const made = await started({ connect: () => clientAt(own.port) });
      const victim = clientAt(own.port);
      victim.on("error", () => {});
      await victim.connect();
      const { pid } = (await victim.query<{ pid: number }>("SELECT pg_backend_pid() AS pid")).rows[0]!;
      await victim.query("CREATE TABLE unconfirmed (n integer)");
      for (let number = 1; number <= 41; number++) {
        expect((await made.publish(TOPIC, `${number}`)).offsets).toEqual([number]);
      }
      process.kill(pid, "SIGKILL");
      await vi.waitUntil(() => made.store.status().state === "down", { timeout: PATIENCE });
      await upAgain(made, 2);
      expect((await made.head(TOPIC))!.top).toBe(41);
      expect((await made.publish(TOPIC, "42")).offsets).toEqual([42]);
    });

    it("R-8: a promoted standby that lacks the newest entries says up to where positions hold", async () => {
      const primary = await postgresEngine();
      ends.push(() => primary.end());
      await primary.start();
      namespace = await newNamespace(primary.port);
      let { port } = primary;
      const made = await started({ connect: () => clientAt(port) });
      const kept = await made.publish(TOPIC, "1", "2", "3");
      const standby = await postgresStandby(primary.port);
      ends.push(() => standby.end());
      const lost = await made.publish(TOPIC, "lost 4", "lost 5");
      await primary.kill();
      await standby.start();
      port = standby.port;
      // Not before it is promoted: a standby answers, and takes nothing.
      await vi.waitUntil(() => made.told.some((what) => what.includes("standby")), { timeout: PATIENCE });
      await run(standby.port, "SELECT pg_promote()");
      await upAgain(made, 2);
      const head = (await made.head(TOPIC))!;
      expect(head).toMatchObject({ lineage: kept.head.lineage, top: 3 });
      expect(isOnPath(head, markOf(kept.head))).toBe(true);
      expect(isOnPath(head, markOf(lost.head))).toBe(false);
      expect((await made.publish(TOPIC, "4")).offsets).toEqual([4]);
      expect(isOnPath((await made.head(TOPIC))!, markOf(lost.head, 4))).toBe(false);
    });

    it("unlogged tables are empty after a crash: the log is another one", async () => {
      const own = await postgresEngine();
      ends.push(() => own.end());
      await own.start();
      namespace = await newNamespace(own.port, true);
      const made = await started({ connect: () => clientAt(own.port) });
      const before = await made.publish(TOPIC, "a");
      await own.kill();
      await vi.waitUntil(() => made.store.status().state === "down", { timeout: PATIENCE });
      await own.start();
      await upAgain(made, 2);
      const { head, offsets } = await made.publish(TOPIC, "b");
      expect(offsets).toEqual([1]);
      expect(head.lineage).not.toBe(before.head.lineage);
    });

    it("R5: a first try that the network has held back is never stored after its repeat", async () => {
      namespace = await newNamespace(engine.port);
      const proxy = new StallingProxy(engine.port);
      await proxy.start();
      ends.push(() => proxy.stop());
      let connections = 0;
      // The first one listens.
      const made = await started({ connect: () => clientAt(connections++ === 0 ? engine.port : proxy.port) });
      const rule = { ...RULE, size: 2 };
      const append = (...bodies: string[]) => made.append(made.batch(TOPIC, bodies, { rule }));
      await append("1");
      proxy.stall();
      const late = made.batch(TOPIC, ["late"], { rule });
      await expect((async () => made.append(late))()).rejects.toThrow("PostgreSQL did not answer");
      proxy.recover();
      expect((await made.append({ ...late, isRepeat: true })).offsets).toEqual([2]);
      // The proof that it was stored is trimmed.
      await append("3", "4", "5");
      proxy.resume();
      await vi.waitUntil(
        async () => {
          const rows = await query("SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE $1", [
            `%${namespace}_append%`,
          ]);
          return Number(rows[0]!["count"]) === 0 && proxy.links.every(({ sockets }) => sockets !== 1);
        },
        { timeout: PATIENCE },
      );
      expect((await append("6")).offsets).toEqual([6]);
      expect(made.heardOf(TOPIC).filter(({ body }) => body === "late")).toHaveLength(1);
    });
  });

  it("opens at most maxConnections, and one that listens", async () => {
    namespace = await newNamespace(engine.port);
    let opened = 0;
    const made = await started({ connect: () => (opened++, clientAt(engine.port)), maxConnections: 2 });
    await Promise.all(
      Array.from({ length: 100 }, (_, index) => [made.publish(`${index}`, "a"), made.read(`${index}`)]).flat(),
    );
    expect(opened).toBe(3);
  });

  describe("upkeep", () => {
    const count = async (table: string): Promise<number> =>
      Number((await query(`SELECT count(*) FROM "${namespace}_${table}"`))[0]!["count"]);
    const sweep = async (): Promise<unknown> => (await query(`SELECT "${namespace}_sweep"(100) AS swept`))[0]!["swept"];

    it("drops what is older than its ttl, and waits for nobody who is using a log", async () => {
      namespace = await newNamespace(engine.port);
      const made = await started();
      const rule = { ...RULE, ttl: 1 };
      for (const topic of ["a", "b"]) await made.append(made.batch(topic, ["x", "y"], { rule }, [`id ${topic}`]));
      await made.publish("kept", "z");
      await made.append(made.batch("for ever", ["z"], { rule: { ...RULE, ttl: Infinity } }));
      const client = clientAt(engine.port);
      await client.connect();
      ends.push(() => client.end());
      await client.query("BEGIN");
      await client.query(`SELECT "${namespace}_open"('a')`);
      await vi.waitUntil(async () => (await sweep(), (await count("entry")) === 4), { timeout: PATIENCE });
      await client.query("COMMIT");
      expect(await sweep()).toBe(1);
      expect(await sweep()).toBe(0);
      expect(await count("entry")).toBe(2);
      expect(await count("key")).toBe(0);
      expect((await made.store.heads(["a", "b"])).map((head) => head?.top)).toEqual([2, 2]);
      expect((await made.append(made.batch("a", ["x"], { rule }))).offsets).toEqual([3]);
    });

    it("R10: forgets a log that nobody asks for, and none that somebody does", async () => {
      namespace = await newNamespace(engine.port);
      const made = await started();
      for (const topic of ["asked", "forgotten", "read"]) await made.publish(topic, "x");
      const age = (hours: number) =>
        query(`UPDATE "${namespace}_topic" SET touched = now() - $1 * interval '1 hour'`, [hours]);
      await age(13);
      expect(await made.head("asked")).toMatchObject({ top: 1 });
      await made.read("read");
      await query(`UPDATE "${namespace}_topic" SET touched = touched - interval '13 hours'`);
      await sweep();
      expect((await made.store.heads(["asked", "forgotten", "read"])).map((head) => head?.top)).toEqual([
        1,
        undefined,
        1,
      ]);
      expect(await count("entry")).toBe(2);
    });

    it("keeps no more than its rule in the table, with a few to spare", async () => {
      namespace = await newNamespace(engine.port);
      const made = await started();
      for (let number = 0; number < 300; number++) await made.publish(TOPIC, "x");
      expect(await count("entry")).toBeLessThanOrEqual(RULE.size + RULE.size / 8 + 1);
      const rule = { ...RULE, size: 100_000, maxBytes: 10_000 };
      for (let number = 0; number < 300; number++) await made.append(made.batch(TOPIC, ["x".repeat(100)], { rule }));
      expect(await count("entry")).toBeLessThanOrEqual(100 + 100 / 8 + 1);
    });

    it("tells when the outbox cannot be moved, and moves it when it can be", async () => {
      namespace = await newNamespace(engine.port);
      const made = await started();
      await query(`ALTER TABLE "${namespace}_entry" RENAME TO "${namespace}_away"`);
      const client = new Client(
        `postgres://wingbeat:${encodeURIComponent(PASSWORD)}@127.0.0.1:${engine.port}/postgres`,
      );
      await client.connect();
      ends.push(() => client.end());
      const failures: unknown[] = [];
      const detach = attach("history.upkeep_failed", (failure) => failures.push(failure));
      ends.push(async () => detach());
      await made.store.outbox!(client, { topic: TOPIC, rule: RULE, event: "e", body: "a", id: undefined });
      await vi.waitUntil(() => failures.length > 0, { timeout: PATIENCE });
      expect(failures[0]).toMatchObject({ store: "postgres", task: "outbox" });
      await query(`ALTER TABLE "${namespace}_away" RENAME TO "${namespace}_entry"`);
      await made.untilHeard(TOPIC, 1);
    });
  });
});
