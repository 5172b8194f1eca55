/** The outbox of the history in PostgreSQL: what transactions publish. */
import type { Client } from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { postgresHistory } from "wingbeat/pubsub/postgres";
import { PATIENCE, postgresAvailability, postgresEngine, START_TIME, TEST_TIME } from "../pubsub/engines.ts";
import type { TestEngine } from "../pubsub/engines.ts";
import { clientAt, newNamespace, run } from "./postgres-database.ts";
import { RULE, StoreNode } from "./store-node.ts";

const { isMissing, note } = postgresAvailability;
const BIG = { ...RULE, size: 10_000 };

describe.skipIf(isMissing)(`the outbox in PostgreSQL${note}`, { timeout: TEST_TIME }, () => {
  let engine: TestEngine;
  let namespace = "";
  const nodes: StoreNode[] = [];
  const clients: Client[] = [];

  beforeAll(async () => {
    engine = await postgresEngine(["max_prepared_transactions=10"]);
    await engine.start();
  }, START_TIME);
  afterEach(async () => {
    await Promise.all(nodes.splice(0).map(({ store }) => store.stop()));
    await Promise.all(clients.splice(0).map((client) => client.end()));
  });
  afterAll(() => engine.end());

  async function start(count: number): Promise<StoreNode[]> {
    namespace = await newNamespace(engine.port);
    for (let index = 0; index < count; index++) {
      const node = new StoreNode(postgresHistory({ connect: () => clientAt(engine.port), namespace }));
      await node.store.start(node);
      nodes.push(node);
    }
    return nodes;
  }

  async function connect(): Promise<Client> {
    const client = clientAt(engine.port);
    client.on("error", () => {});
    await client.connect();
    clients.push(client);
    return client;
  }

  const publish = ({ store }: StoreNode, client: Client, topic: string, body: string, id?: string): Promise<void> =>
    store.outbox!(client, { topic, rule: BIG, event: "new_msg", body, id });
  const bodiesOf = async ({ store }: StoreNode, topic: string) =>
    (await store.read(topic, BIG, { after: undefined, limit: 10_000 })).entries.map(({ body }) => body as string);
  const waiting = async (): Promise<number> =>
    Number((await run(engine.port, `SELECT count(*) FROM "${namespace}_outbox"`))[0]!["count"]);

  it("R-15: nothing of a transaction that is rolled back; what commits comes within 100 ms where it was published", async () => {
    const [a, b] = (await start(2)) as [StoreNode, StoreNode];
    const client = await connect();
    await client.query("BEGIN");
    await publish(a, client, "room:1", "rolled back");
    await client.query("ROLLBACK");
    const times: number[] = [];
    for (let index = 1; index <= 20; index++) {
      await client.query("BEGIN");
      await publish(a, client, "room:1", `${index}`);
      expect(b.heardOf("room:1")).toHaveLength(index - 1);
      const before = performance.now();
      await client.query("COMMIT");
      await b.untilHeard("room:1", index);
      times.push(performance.now() - before);
    }
    expect(b.heardOf("room:1").map(({ body }) => body)).toEqual(Array.from(times, (_, index) => `${index + 1}`));
    expect(await bodiesOf(a, "room:1")).toEqual(b.heardOf("room:1").map(({ body }) => body));
    // Without being woken it would be 500 ms on average: the median is no matter of a busy machine.
    expect(times.sort((x, y) => x - y)[10]).toBeLessThan(100);
    expect(await waiting()).toBe(0);
  });

  it("finds what others have written to the outbox, in SQL alone", async () => {
    const [node] = (await start(1)) as [StoreNode];
    const client = await connect();
    await client.query("BEGIN");
    await client.query(`SELECT "${namespace}_publish"($1, 'new_msg', '{"a":"ü\\n\\\\"}')`, ["room:\\1\n"]);
    await client.query("COMMIT");
    const [entry] = await node.untilHeard("room:\\1\n", 1);
    expect(JSON.parse(entry!.body as string)).toEqual([null, null, "room:\\1\n", "new_msg", { a: "ü\n\\" }]);
    expect(entry!.body).toMatch(/^\[null,null,"room:/);
    expect(entry).toMatchObject({ offset: 1, event: "new_msg", from: "" });
  });

  it("R16: transactions that publish can be prepared, and are sent when they are committed", async () => {
    const [node] = (await start(1)) as [StoreNode];
    const client = await connect();
    await client.query("BEGIN");
    await publish(node, client, "room:1", "in two phases");
    await client.query("PREPARE TRANSACTION 'one'");
    await client.query("BEGIN");
    await publish(node, client, "room:1", "prepared, and rolled back");
    await client.query("PREPARE TRANSACTION 'two'");
    expect(await bodiesOf(node, "room:1")).toEqual([]);
    await (await connect()).query("COMMIT PREPARED 'one'");
    await (await connect()).query("ROLLBACK PREPARED 'two'");
    await node.untilHeard("room:1", 1);
    expect(await bodiesOf(node, "room:1")).toEqual(["in two phases"]);
  });

  it("I-13: an id survives that its message moves, and is one for all who publish it", async () => {
    const [node] = (await start(1)) as [StoreNode];
    const client = await connect();
    for (const body of ["a", "b", "c"]) {
      await client.query("BEGIN");
      await publish(node, client, "room:1", body, "the same");
      await client.query("COMMIT");
      if (body === "a") await node.untilHeard("room:1", 1);
    }
    expect((await node.append(node.batch("room:1", ["d"], { rule: BIG }, ["the same"]))).offsets).toEqual([1]);
    await vi.waitUntil(async () => (await waiting()) === 0, { timeout: PATIENCE });
    expect(await bodiesOf(node, "room:1")).toEqual(["a"]);
  });

  it("R-15: 1,000 transactions at once on 10 topics: no deadlock, loss, double or disorder; a long one hides nothing", async () => {
    const started = await start(3);
    const topics = Array.from({ length: 10 }, (_, index) => `room:${index}`);
    const committed: string[][] = [];
    const long = await connect();
    await long.query("BEGIN");
    for (const topic of topics) await publish(started[0]!, long, topic, "long 0");
    let next = 0;
    const worker = async (node: StoreNode): Promise<void> => {
      const client = await connect();
      for (;;) {
        const number = next++;
        if (number >= 1_000) return;
        // Two topics in both orders, and twice the first: what deadlocks if anybody locks in the order of writing.
        const [one, other] = [topics[(number * 7) % 10]!, topics[(number * 3 + 1) % 10]!];
        const order = number % 2 === 0 ? [one, other, one] : [other, one, other];
        await client.query("BEGIN");
        for (const [index, topic] of order.entries()) await publish(node, client, topic, `${number} ${index}`);
        const isRolledBack = number % 5 === 0;
        await client.query(isRolledBack ? "ROLLBACK" : "COMMIT");
        if (!isRolledBack) committed.push(order.map((topic, index) => `${topic}/${number} ${index}`));
      }
    };
    // Others publish on the same topics all the time, each in one append.
    const appends = async (node: StoreNode): Promise<void> => {
      for (let number = 0; number < 100; number++) {
        const topic = topics[number % 10]!;
        await node.append(node.batch(topic, [`append ${node.producer} ${number}`], { rule: BIG }));
      }
    };
    await Promise.all([...started, ...started].map(worker).concat(started.map(appends)));
    expect(committed).toHaveLength(800);
    // The long one has the lowest ids and is not there yet: everything else is.
    await vi.waitUntil(
      async () => {
        const heads = await started[0]!.store.heads(topics);
        return heads.reduce((sum, head) => sum + (head?.top ?? 0), 0) === 800 * 3 + 300;
      },
      { timeout: PATIENCE },
    );
    await long.query("COMMIT");
    for (const topic of topics) {
      const expected = committed.flat().filter((item) => item.startsWith(`${topic}/`));
      const appended = started.length * 10;
      for (const node of started) await node.untilHeard(topic, expected.length + appended + 1);
      const bodies = await bodiesOf(started[1]!, topic);
      for (const node of started) expect(node.heardOf(topic).map(({ body }) => body)).toEqual(bodies);
      expect(bodies.at(-1)).toBe("long 0");
      const moved = bodies.filter((body) => /^\d/.test(body));
      expect(moved.map((body) => `${topic}/${body}`).sort()).toEqual(expected.sort());
      // In the order of its transaction.
      const places = new Map(moved.map((body, place) => [body, place]));
      for (const [body, place] of places) {
        const [number, index] = body.split(" ").map(Number) as [number, number];
        for (let earlier = 0; earlier < index; earlier++) {
          expect(places.get(`${number} ${earlier}`) ?? -1).toBeLessThan(place);
        }
      }
    }
    expect(await waiting()).toBe(0);
  });
});
