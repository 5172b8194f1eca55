/** One node is asked, and says what all know: three nodes on a bus in memory. */
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createBroadcaster } from "../../src/index.ts";
import type { DeliverLocally } from "../../src/index.ts";
import { Bus } from "../presence/bus.ts";
import { replyTo, startNode, until } from "./nodes.ts";
import type { TestNode } from "./nodes.ts";

const NOTHING = {} as Record<string, never>;
/** An adapter's message of an inspector. */
const mail = (message: unknown) => ({ topic: "wingbeat:inspector", dispatcher: "inspector", message });

async function three(bus: Bus, deadline = 30_000): Promise<readonly [TestNode, TestNode, TestNode]> {
  const start = (name: string): Promise<TestNode> => startNode({ adapter: bus.adapter(name), deadline });
  return [await start("a"), await start("b"), await start("c")];
}

describe("inspectors of three nodes", () => {
  it("add up what all have, wherever one looks", async () => {
    const [a, b, c] = await three(new Bus());
    const stops = [a, b, c].map(({ inspection }) => inspection.watch());
    const clients = [
      await a.client("ada", "room:1"),
      await b.client("bob", "room:1", "room:2"),
      await c.client("cid", "room:1"),
      await c.client("dan", "room:3"),
    ];
    for (const client of clients.slice(0, 3)) {
      for (let n = 0; n < 5; n++) {
        client.send("1", `s${n}`, "room:1", "say", { n });
        await replyTo(client, `s${n}`);
      }
    }
    for (const { inspection, name } of [a, b, c]) {
      const { data, nodes, silent } = await until(
        () => inspection.ask("overview", NOTHING),
        (answer) => expect(answer.data.connections).toBe(4),
      );
      expect([nodes[0], nodes.toSorted(), silent]).toEqual([name, ["a", "b", "c"], []]);
      expect(data.channels).toBe(5);
      expect(data.nodes.map((row) => [row.name, row.connections]).sort()).toEqual([
        ["a", 1],
        ["b", 1],
        ["c", 2],
      ]);
      const topics = await inspection.ask("topics", {});
      expect(topics.data.rows.map((row) => [row.topic, row.subscribers, row.nodes.toSorted()])).toEqual([
        ["room:1", 3, ["a", "b", "c"]],
        ["room:2", 1, ["b"]],
        ["room:3", 1, ["c"]],
      ]);
      const topic = await inspection.ask("topic", { topic: "room:1" });
      expect(topic.data.connections.map(({ node, id }) => `${node} ${id}`).sort()).toEqual([
        "a user:ada",
        "b user:bob",
        "c user:cid",
      ]);
      const { data: events } = await until(
        () => inspection.ask("events", NOTHING),
        (answer) => expect(answer.data.rows[0]?.count).toBe(15),
      );
      expect(events.rows).toMatchObject([{ event: "say", outcomes: { ok: 15 } }]);
    }
    stops.forEach((stop) => stop());
  });

  it("name those that do not answer, and forget those that have ended", async () => {
    const bus = new Bus();
    const [a, b, c] = await three(bus, 300);
    expect((await a.inspection.ask("overview", NOTHING)).nodes.toSorted()).toEqual(["a", "b", "c"]);
    bus.part(["a", "b"], ["c"]);
    const { data } = await until(
      () => a.inspection.ask("overview", NOTHING),
      (answer) => expect([answer.nodes, answer.silent]).toEqual([["a", "b"], ["c"]]),
    );
    expect(data.nodes.map(({ name }) => name)).toEqual(["a", "b"]);
    bus.heal();
    await Promise.all(
      [b, c].map(({ inspection, endpoint }) => {
        inspection.stop();
        return endpoint.close();
      }),
    );
    await until(
      () => a.inspection.ask("overview", NOTHING),
      (answer) => expect([answer.nodes, answer.silent]).toEqual([["a"], []]),
    );
  });

  it("ask one node alone when only that one knows", async () => {
    const [a, , c] = await three(new Bus());
    const cid = await c.client("cid", "room:1");
    const { data, nodes } = await a.inspection.ask("connections", { node: "c" });
    expect([nodes, data.total]).toEqual([["c"], 1]);
    const connection = { node: "c", key: data.rows[0]!.key };
    expect((await a.inspection.ask("connection", connection)).data?.topics).toMatchObject([{ topic: "room:1" }]);
    expect(await a.inspection.act({ action: "disconnect", connection })).toBe(true);
    expect((await cid.closed).code).toBe(1_001);
    expect(await a.inspection.act({ action: "disconnect", connection })).toBe(false);
  });

  it("disconnect an id on all nodes", async () => {
    const [a, b, c] = await three(new Bus());
    await a.inspection.ask("overview", NOTHING);
    const clients = [await b.client("eve"), await c.client("eve")];
    const other = await b.client("bob");
    expect(await a.inspection.act({ action: "disconnect_id", id: "user:eve" })).toBe(true);
    expect((await Promise.all(clients.map(({ closed }) => closed))).map(({ code }) => code)).toEqual([1_001, 1_001]);
    await other.settled();
    expect(await a.inspection.act({ action: "disconnect_id", id: "user:nobody" })).toBe(false);
  });

  it("sum up topics that are too many to be named", async () => {
    const bus = new Bus();
    const [a, b, c] = await three(bus);
    // Room 0 is the largest of all, and on no node among the 500 largest.
    for (const [index, node] of [a, b, c].entries()) {
      for (let n = 1; n <= 600; n++) {
        for (const _ of [1, 2]) node.endpoint.subscribeUnchecked(`room:${index}-${n}`, () => {});
      }
      node.endpoint.subscribeUnchecked("room:0", () => {});
      for (const _ of [1, 2, 3]) a.endpoint.subscribeUnchecked("room:0", () => {});
    }
    const { data } = await a.inspection.ask("topics", {});
    expect(data.total).toBe(601);
    expect(data.rows).toHaveLength(200);
    expect(data.rows[0]).toMatchObject({
      topic: "room:0",
      subscribers: 12,
      nodes: expect.arrayContaining(["a", "b", "c"]),
    });
  });

  it("do not take a broadcaster for a node", async () => {
    const bus = new Bus();
    const [a] = await three(bus);
    const broadcaster = createBroadcaster({ pubsub: bus.adapter("job"), logger: false });
    await broadcaster.ready();
    expect((await a.inspection.ask("overview", NOTHING)).nodes.toSorted()).toEqual(["a", "b", "c"]);
    await broadcaster.close();
  });

  it("leave a node without an inspector in peace", async () => {
    const bus = new Bus();
    const a = await startNode({ adapter: bus.adapter("a"), deadline: 120_000 });
    await startNode({ adapter: bus.adapter("quiet"), isInspected: false });
    expect((await a.inspection.ask("overview", NOTHING)).nodes).toEqual(["a"]);
  });

  it("share an answer among all that ask at about the same time", async () => {
    const bus = new Bus();
    const [a] = await three(bus);
    await a.inspection.ask("overview", NOTHING);
    await sleep(1_000);
    const before = bus.sent;
    const answers = await Promise.all(Array.from({ length: 10 }, () => a.inspection.ask("overview", NOTHING)));
    expect(new Set(answers).size).toBe(1);
    // One question to two nodes, and their answers; presences and heartbeats may come between.
    expect(bus.sent - before).toBeLessThan(20);
  });

  it("take no harm from garbage, forged answers and other versions", async () => {
    const bus = new Bus();
    const [a] = await three(bus, 2_000);
    const forger = bus.adapter("forger");
    const heard: { kind?: string; id?: string }[] = [];
    const deliver: DeliverLocally = ({ message }) => void heard.push(message as { kind?: string; id?: string });
    void forger.start(deliver);
    const answerWith = (data: unknown, from: string, form: unknown = 1): void => {
      const { id } = heard.findLast(({ kind }) => kind === "ask") ?? {};
      forger.directBroadcast("a", mail({ form, kind: "answer", id, from, data }));
    };
    for (const message of GARBAGE) {
      forger.broadcast(mail(message));
      forger.directBroadcast("a", mail(message));
    }
    const asked = a.inspection.ask("overview", NOTHING);
    await until(
      async () => heard,
      () => expect(heard.some(({ kind }) => kind === "ask")).toBe(true),
    );
    answerWith({ row: { name: "forged" }, latency: [1, "x"] }, "liar");
    answerWith(null, "liar2");
    answerWith({ row: null }, "newer", 2);
    const { nodes, silent, data } = await asked;
    expect(nodes.toSorted()).toEqual(["a", "b", "c"]);
    expect(silent).toEqual(expect.arrayContaining(["liar", "liar2"]));
    expect(silent).not.toContain("newer");
    expect(data.nodes.map(({ name }) => name).sort()).toEqual(["a", "b", "c"]);
  });
});

const deep: unknown = JSON.parse(`${"[".repeat(900)}${"]".repeat(900)}`);

/** What a broken or hostile node may send. */
const GARBAGE: readonly unknown[] = [
  null,
  1,
  "text",
  [],
  {},
  deep,
  { form: 1 },
  { form: 1, kind: "constructor", from: "x" },
  { form: 1, kind: "ask", from: "x", id: "1", question: "toString", query: {} },
  { form: 1, kind: "ask", from: "x", id: "1", question: "topics", query: { topic: 1 } },
  { form: 1, kind: "ask", from: "x", id: "1", question: "topics", query: null },
  { form: 1, kind: "ask", from: "x", id: "1", question: "counts", query: { topics: "all" } },
  { form: 1, kind: "ask", from: "x", id: "1", question: "act", query: { action: "format" } },
  { form: 1, kind: "ask", from: "x".repeat(1_000), id: "1", question: "overview", query: {} },
  { form: 1, kind: "answer", from: "x", id: "1", data: deep },
  { form: 1, kind: "frames", from: "x", id: "1", frames: "all", dropped: 1, isGone: false },
  { form: 1, kind: "frames", from: "x", id: "1", frames: [{ at: 1 }], dropped: 1, isGone: false },
  { form: 1, kind: "tap", from: "x", id: "1", target: {}, reveal: true },
  { form: 1, kind: "tap", from: "x", id: "1", target: { topic: 7 }, reveal: true },
  { form: 1, kind: "untap", from: "x", id: {} },
  { form: 2, kind: "watch", from: "x" },
  { form: 1, kind: "bye", from: 7 },
];
