/** Numbered pushes in a real PostgreSQL. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { postgresHistory } from "wingbeat/pubsub/postgres";
import { KEPT_REPLIES } from "../../src/pubsub/pushes/store.ts";
import { PATIENCE, postgresAvailability, postgresEngine, START_TIME } from "../pubsub/engines.ts";
import type { TestEngine } from "../pubsub/engines.ts";
import { clientAt, newNamespace, run } from "../history/postgres-database.ts";
import { claimOf, PushNode, WINDOW } from "./postgres-node.ts";
import { pushStoreSuite } from "./store-suite.ts";

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
  const sweep = async (most = 100, once: number | null = WINDOW): Promise<unknown> =>
    (await query(`SELECT "${namespace}_sweep_pushes"($1, $2) AS swept`, [most, once]))[0]!["swept"];

  async function started(): Promise<PushNode> {
    const node = await PushNode.start({ connect, namespace });
    nodes.push(node);
    return node;
  }

  const update = (table: string, change: string) => (record: string) =>
    query(`UPDATE "${namespace}_${table}" SET ${change} WHERE record = $1`, [record]);
  const remove = (table: string) => (record: string) =>
    query(`DELETE FROM "${namespace}_${table}" WHERE record = $1`, [record]);

  pushStoreSuite({
    name: "PostgreSQL",
    severalNodes: true,
    stores(most) {
      return Array.from({ length: most }, () => postgresHistory({ connect, namespace }));
    },
    pass: (ms) =>
      query(
        `UPDATE "${namespace}_line" SET until = until - $1 * interval '1 ms', sweep_at = sweep_at - $1 * interval '1 ms'`,
        [ms],
      ),
    replace: () => query(`UPDATE "${namespace}_line" SET timeline = 'of a standby that was promoted'`),
    vandalism: {
      "the line is gone": remove("line"),
      "all is gone": async (record) => [await remove("line")(record), await remove("push")(record)],
      "its pushes are gone": remove("push"),
      "it has no epoch": update("line", "epoch = '', earlier = '{}'"),
      "the last number is higher": update("line", "last = 1000"),
      "a number is held by nobody": update("push", "token = ''"),
      "a number is held and settled": update("push", "is_settled = true"),
      "replies are gone": update("push", "reply = NULL"),
      "numbers are there that are none": update("push", "n = -n"),
    },
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
    const { epoch } = await node.pushes.open("rows", 1, WINDOW);
    for (let n = 1; n <= 3 * KEPT_REPLIES; n++) await node.push("rows", epoch, n);
    const rows = await query(`SELECT count(*) FROM "${namespace}_push" WHERE record = 'rows'`);
    expect(rows).toEqual([{ count: String(KEPT_REPLIES) }]);
  });

  it("forgets lines whose time is over, and waits for nobody who uses one", async () => {
    const node = await started();
    const left = async (table: string) =>
      (await query(`SELECT record FROM "${namespace}_${table}" WHERE record LIKE 'sweep %' ORDER BY record`)).map(
        ({ record }) => (record as string).slice("sweep ".length),
      );
    for (const record of ["sweep new", "sweep old", "sweep used"]) {
      await node.push(record, (await node.pushes.open(record, 1, WINDOW)).epoch, 1);
    }
    await query(`UPDATE "${namespace}_line" SET sweep_at = now() WHERE record IN ('sweep old', 'sweep used')`);
    const client = connect();
    await client.connect();
    await client.query("BEGIN");
    await client.query(`SELECT FROM "${namespace}_line" WHERE record = 'sweep used' FOR UPDATE`);
    // A node may be sweeping at this moment.
    const untilLeft = (count: number) =>
      vi.waitUntil(async () => (await sweep(), (await left("line")).length === count), { timeout: PATIENCE });
    await untilLeft(2);
    expect(await left("line")).toEqual(["new", "used"]);
    await client.end();
    await untilLeft(1);
    expect(await left("push")).toEqual(["new"]);
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
