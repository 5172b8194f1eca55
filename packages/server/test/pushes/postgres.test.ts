/** What only PostgreSQL does with numbered pushes. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { postgresHistory } from "wingbeat/pubsub/postgres";
import { KEPT_REPLIES } from "../../src/pubsub/pushes/store.ts";
import { PATIENCE, postgresAvailability, postgresEngine, START_TIME } from "../pubsub/engines.ts";
import type { TestEngine } from "../pubsub/engines.ts";
import { clientAt, newNamespace, run } from "../history/postgres-database.ts";
import { claimOf, PushNode, WINDOW } from "./postgres-node.ts";

const { isMissing, note } = postgresAvailability;

describe.skipIf(isMissing)(`numbered pushes in PostgreSQL${note}`, () => {
  let engine: TestEngine;
  let namespace = "";
  const nodes: PushNode[] = [];

  beforeAll(async () => {
    engine = await postgresEngine();
    await engine.start();
    namespace = await newNamespace(engine.port);
  }, START_TIME);
  afterEach(() => Promise.all(nodes.splice(0).map(({ store }) => store.stop())));
  afterAll(() => engine.end());

  const connect = () => clientAt(engine.port);
  const query = (sql: string, values: unknown[] = []) => run(engine.port, sql, values);
  const count = async (table: string): Promise<number> =>
    Number((await query(`SELECT count(*) FROM "${namespace}_${table}"`))[0]!["count"]);
  const sweep = async (most = 100, once: number | null = WINDOW): Promise<unknown> =>
    (await query(`SELECT "${namespace}_sweep_pushes"($1, $2) AS swept`, [most, once]))[0]!["swept"];

  async function started(): Promise<PushNode> {
    const node = await PushNode.start({ connect, namespace });
    nodes.push(node);
    return node;
  }

  it("keeps replies of any text, and the reply of a try that was settled once", async () => {
    const { pushes } = await started();
    const { epoch } = await pushes.open("text", 1, WINDOW);
    const reply = '{"a":"\\"ü\\u0000\n"}\0\ud800\\u005c';
    expect(await pushes.claim("text", claimOf(1, epoch, "a"))).toEqual({ state: "claimed" });
    expect(await pushes.settle("text", { n: 1, token: "a", reply, window: WINDOW })).toBe(true);
    expect(await pushes.claim("text", claimOf(1, epoch, "b"))).toEqual({ state: "settled", reply });
    expect(await pushes.settle("text", { n: 1, token: "a", reply: "too late", window: WINDOW })).toBe(false);
    expect(await pushes.settle("text", { n: 1, token: "a", reply: undefined, window: WINDOW })).toBe(false);
    expect(await pushes.claim("text", claimOf(1, epoch, "b"))).toEqual({ state: "settled", reply });
    expect(await pushes.claim("text", claimOf(2, "\0\ud800", "b"))).toEqual({ state: "epoch" });
  });

  it("I-14: of 20 tries on 4 nodes for each of 50 numbers, one is granted, and all get its reply", async () => {
    const started4 = await Promise.all([started(), started(), started(), started()]);
    const records = ["one", "two", "three"];
    const epochs = await Promise.all(records.map((record) => started4[0]!.pushes.open(record, 1, WINDOW)));
    for (let n = 1; n <= 50; n++) {
      await Promise.all(
        records.map(async (record, index) => {
          const { epoch } = epochs[index]!;
          const granted: string[] = [];
          await Promise.all(
            Array.from({ length: 20 }, async (_, attempt) => {
              const token = `${n} ${attempt}`;
              const { pushes } = started4[attempt % 4]!;
              if ((await pushes.claim(record, claimOf(n, epoch, token))).state !== "claimed") return;
              granted.push(token);
              await pushes.settle(record, { n, token, reply: token, window: WINDOW });
            }),
          );
          expect(granted).toHaveLength(1);
          for (const { pushes } of started4) {
            expect(await pushes.claim(record, claimOf(n, epoch, "later"))).toEqual({
              state: "settled",
              reply: granted[0],
            });
          }
        }),
      );
    }
  });

  it("I-15: claims that are sent at once are granted in their order", async () => {
    const { pushes } = await started();
    const { epoch } = await pushes.open("pipelined", 1, WINDOW);
    const claims = Array.from({ length: 300 }, (_, index) =>
      pushes.claim("pipelined", claimOf(index + 1, epoch, `${index}`)),
    );
    expect(new Set((await Promise.all(claims)).map(({ state }) => state))).toEqual(new Set(["claimed"]));
  });

  it("writes a line's rows again: none is added for each push", async () => {
    const node = await started();
    const before = await count("push");
    const { epoch } = await node.pushes.open("rows", 1, WINDOW);
    for (let n = 1; n <= 3 * KEPT_REPLIES; n++) await node.push("rows", epoch, n);
    expect((await count("push")) - before).toBe(KEPT_REPLIES);
  });

  it("forgets lines whose time is over, and waits for nobody who uses one", async () => {
    const node = await started();
    for (const record of ["old", "used", "new"]) {
      await node.push(record, (await node.pushes.open(record, 1, WINDOW)).epoch, 1);
    }
    await query(`UPDATE "${namespace}_line" SET until = now() WHERE record IN ('old', 'used')`);
    const lines = await count("line");
    const client = connect();
    await client.connect();
    await client.query("BEGIN");
    await client.query(`SELECT FROM "${namespace}_line" WHERE record = 'used' FOR UPDATE`);
    // A node may be sweeping at this moment.
    await vi.waitUntil(async () => (await sweep(), (await count("line")) === lines - 1), { timeout: PATIENCE });
    await client.end();
    await vi.waitUntil(async () => (await sweep(), (await count("line")) === lines - 2), { timeout: PATIENCE });
    expect(await query(`SELECT record FROM "${namespace}_push" WHERE record IN ('old', 'used', 'new')`)).toEqual([
      { record: "new" },
    ]);
  });

  it("a line that is used is remembered, and one whose time is over begins anew", async () => {
    const node = await started();
    const first = await node.pushes.open("time", 1, WINDOW);
    await node.push("time", first.epoch, 1);
    const shorten = (ms: number) =>
      query(`UPDATE "${namespace}_line" SET until = now() + $1 * interval '1 ms' WHERE record = 'time'`, [ms]);
    const left = async (): Promise<number> => {
      const rows = await query(
        `SELECT extract(epoch FROM until - now()) * 1000 AS left FROM "${namespace}_line" WHERE record = 'time'`,
      );
      return Number(rows[0]!["left"]);
    };
    for (const use of [
      () => node.pushes.open("time", 1, WINDOW),
      () => node.pushes.claim("time", claimOf(1, first.epoch, "again")),
      () => node.pushes.settle("time", { n: 1, token: `${node.producer} 1`, reply: "reply 1", window: WINDOW }),
    ]) {
      await shorten(60_000);
      await use();
      expect(await left()).toBeGreaterThan(WINDOW * 0.9);
    }
    await shorten(0);
    expect(await node.pushes.claim("time", claimOf(2, first.epoch, "late"))).toEqual({ state: "epoch" });
    const second = await node.pushes.open("time", 2, WINDOW);
    expect(second.last).toBe(1);
    expect(second.epoch).not.toBe(first.epoch);
    expect(await node.pushes.claim("time", claimOf(1, second.epoch, "x"))).toEqual({ state: "settled" });
    expect(await node.pushes.claim("time", claimOf(2, first.epoch, "x"))).toEqual({ state: "epoch" });
    await node.push("time", second.epoch, 2);
  });

  it("remembers what was done once for its time, and drops it then", async () => {
    await query(`INSERT INTO "${namespace}_once" (key, reply, at)
      VALUES ('a', '[]', now() - interval '2 hours'), ('b', '[]', now() - interval '1 minute')`);
    await vi.waitUntil(async () => (await sweep(100, null), await sweep(100, 3_600_000)) !== null);
    expect(await query(`SELECT key FROM "${namespace}_once"`)).toEqual([{ key: "b" }]);
  });

  it("refuses a time that is none", () => {
    expect(() => postgresHistory({ connect, onceWindow: -1 })).toThrow("postgresHistory.onceWindow is -1");
    expect(() => postgresHistory({ connect, onceWindow: Infinity })).not.toThrow();
  });
});
