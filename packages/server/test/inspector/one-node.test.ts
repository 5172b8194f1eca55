/** What an inspector says of one node, beside what is true. */
import { describe, expect, it } from "vitest";
import { replyTo, startNode, until } from "./nodes.ts";

const NOTHING = {} as Record<string, never>;

describe("the inspector of one node", () => {
  it("lists its connections, channels and topics", async () => {
    const node = await startNode();
    const { inspection, name } = node;
    const before = Date.now();
    const ada = await node.client("ada", "room:1", "room:2");
    await node.client("bob", "room:1");
    await node.client("eve");

    const { data, nodes, silent } = await inspection.ask("overview", NOTHING);
    expect({ nodes, silent }).toEqual({ nodes: [name], silent: [] });
    expect(data).toMatchObject({ connections: 3, channels: 3, bufferedBytes: 0 });
    expect(data.nodes).toMatchObject([
      { name, pid: process.pid, runtime: process.version, status: "ok", topics: 2, subscriptions: 3 },
    ]);

    const { data: connections } = await inspection.ask("connections", {});
    expect(connections.total).toBe(3);
    expect(connections.rows.map(({ id, channels }) => [id, channels])).toEqual([
      ["user:eve", 0],
      ["user:bob", 1],
      ["user:ada", 2],
    ]);
    const row = connections.rows[2]!;
    expect(row).toMatchObject({ node: name, path: "/socket", transport: "websocket", vsn: "2.0.0", paused: false });
    expect(row.connectedAt).toBeGreaterThanOrEqual(before);
    expect(row.connectedAt).toBeLessThanOrEqual(Date.now());
    const some = await inspection.ask("connections", { id: "user:b", sort: "channels" });
    expect(some.data).toMatchObject({ total: 1, rows: [{ id: "user:bob" }] });

    const { data: detail } = await inspection.ask("connection", { node: name, key: row.key });
    expect(detail).toMatchObject({ id: "user:ada", key: row.key });
    expect(detail?.topics.map(({ topic, pattern, state, running }) => [topic, pattern, state, running])).toEqual([
      ["room:1", "room:*", "joined", null],
      ["room:2", "room:*", "joined", null],
    ]);
    expect(detail?.topics[0]?.assigns).toEqual(["name"]);
    expect((await inspection.ask("connection", { node: name, key: 4_711 })).data).toBeNull();

    const { data: topics } = await inspection.ask("topics", {});
    expect(topics).toEqual({
      total: 2,
      rows: [
        { topic: "room:1", subscribers: 2, rate: 0, nodes: [name] },
        { topic: "room:2", subscribers: 1, rate: 0, nodes: [name] },
      ],
    });
    const { data: topic } = await inspection.ask("topic", { topic: "room:1" });
    expect(topic).toMatchObject({
      subscribers: 2,
      byNode: [{ node: name, subscribers: 2 }],
      presences: [{ name: "people", keys: 2, metas: 2 }],
      history: null,
    });
    expect(topic.connections.map(({ id }) => id)).toEqual(["user:ada", "user:bob"]);

    ada.drop();
    await until(
      () => inspection.ask("overview", NOTHING),
      (answer) => expect(answer.data).toMatchObject({ connections: 2, channels: 1 }),
    );
  });

  it("counts while somebody looks: events by pattern, refusals and closes", async () => {
    const node = await startNode();
    const { inspection } = node;
    const unwatch = inspection.watch();
    const ada = await node.client("ada", "room:1");
    for (let n = 0; n < 20; n++) {
      ada.send("1", `s${n}`, "room:1", "say", { n });
      await replyTo(ada, `s${n}`);
    }
    ada.send("1", "u", "room:1", "unknown", {});
    await replyTo(ada, "u");
    await expect(node.client("nobody")).rejects.toThrow("403");
    const bob = await node.client("bob", "room:1");
    bob.socket.close(4_000, "enough");
    await bob.closed;

    const { data: events } = await until(
      () => inspection.ask("events", NOTHING),
      (answer) => expect(answer.data.rows).toHaveLength(2),
    );
    expect(events.rows).toMatchObject([
      { pattern: "room:*", event: "say", count: 20, outcomes: { ok: 20 } },
      { pattern: "room:*", event: "(no handler)", count: 1, outcomes: { error: 1 } },
    ]);
    expect(events.rows[0]?.p50).toBeGreaterThan(0);
    const { data: doors } = await until(
      () => inspection.ask("doors", NOTHING),
      (answer) => expect(answer.data.closes).toHaveLength(1),
    );
    expect(doors.refusals).toMatchObject([{ stage: "connect", reason: "nobody", count: 1 }]);
    expect(doors.closes).toMatchObject([{ code: 4_000, reason: "enough", count: 1 }]);
    const { data: overview } = await inspection.ask("overview", NOTHING);
    expect(overview.rates.messagesIn).toBeGreaterThan(0);
    expect(overview.rates.deliveries).toBeGreaterThan(0);
    unwatch();
  });

  it("keeps crashes by their stack, and what went wrong, while nobody looks", async () => {
    const node = await startNode();
    for (const n of [1, 2, 3]) {
      const client = await node.client(`c${n}`, "room:1");
      client.send("1", "x", "room:1", "crash", { n });
      for (;;) if (((await client.next()) as unknown[])[3] === "phx_error") break;
      client.send(null, "y", "nowhere", "say", {});
      await replyTo(client, "y");
    }
    const { data } = await node.inspection.ask("errors", NOTHING);
    expect(data.crashes).toHaveLength(1);
    expect(data.crashes[0]).toMatchObject({
      nodes: [node.name],
      pattern: "room:*",
      callback: "handleIn",
      event: "crash",
      count: 3,
      topic: "room:1",
      id: "user:c3",
      frames: [],
    });
    expect(data.crashes[0]?.error).toContain("cannot take");
    expect(data.crashes[0]?.stack).toContain("room.ts");
    expect(data.warnings).toMatchObject([
      { event: "channel.unmatched", count: 3, last: expect.stringContaining("nowhere") },
    ]);
  });

  it("says which callback is running, and what waits behind it", async () => {
    const node = await startNode();
    const ada = await node.client("ada", "room:1");
    for (const ref of ["1", "2", "3"]) ada.send("1", ref, "room:1", "wait", {});
    await ada.settled();
    const { data } = await node.inspection.ask("pressure", NOTHING);
    expect(data.busy).toMatchObject([
      {
        node: node.name,
        id: "user:ada",
        channel: { topic: "room:1", waiting: 2, running: { callback: "handleIn", event: "wait" } },
      },
    ]);
    expect(data.busy[0]?.channel.running?.for).toBeGreaterThan(0);
    node.waiting.release();
    await replyTo(ada, "3");
    const { data: detail } = await node.inspection.ask("connection", { node: node.name, key: data.busy[0]!.key });
    expect(detail?.topics[0]).toMatchObject({ waiting: 0, running: null });
  });

  it("disconnects a connection, and all of an id", async () => {
    const node = await startNode();
    const [ada, bob, bob2] = [await node.client("ada"), await node.client("bob"), await node.client("bob")];
    const { data } = await node.inspection.ask("connections", { id: "user:ada" });
    const { key } = data.rows[0]!;
    expect(await node.inspection.act({ action: "disconnect", connection: { node: node.name, key } })).toBe(true);
    expect((await ada.closed).code).toBe(1_001);
    expect(await node.inspection.act({ action: "disconnect", connection: { node: node.name, key } })).toBe(false);
    expect(await node.inspection.act({ action: "disconnect_id", id: "user:bob" })).toBe(true);
    expect([(await bob.closed).code, (await bob2.closed).code]).toEqual([1_001, 1_001]);
    expect(await node.inspection.act({ action: "disconnect_id", id: "user:bob" })).toBe(false);
  });
});
