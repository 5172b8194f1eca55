/** Taps: messages of one connection, a topic or an id, on all nodes. */
import { describe, expect, it, onTestFinished } from "vitest";
import type { TapBatch, TapFrame, TapTarget } from "../../src/inspector/model.ts";
import { TAP_RATE } from "../../src/inspector/model.ts";
import { Bus } from "../presence/bus.ts";
import { replyTo, startNode, until } from "./nodes.ts";
import type { TestNode } from "./nodes.ts";

interface Tap {
  readonly frames: TapFrame[];
  dropped: number;
  readonly ended: string[];
  stop(): void;
  /** Waits until there is such a frame. */
  find(event: string, direction: "in" | "out"): Promise<TapFrame>;
}

function tapOn({ inspection }: TestNode, target: TapTarget, reveal = false): Tap {
  const frames: TapFrame[] = [];
  const receive = (batch: TapBatch): void => {
    frames.push(...batch.frames);
    tap.dropped += batch.dropped;
  };
  const ended: string[] = [];
  const stop = inspection.tap(target, reveal, receive, (reason) => void ended.push(reason));
  onTestFinished(stop);
  const find = async (event: string, direction: "in" | "out"): Promise<TapFrame> => {
    const found = (): TapFrame | undefined =>
      frames.find((frame) => frame.event === event && frame.direction === direction);
    await until(
      async () => found(),
      (frame) => expect(frame).toBeDefined(),
    );
    return found() as TapFrame;
  };
  const tap: Tap = { frames, dropped: 0, ended, stop, find };
  return tap;
}

const keyOf = async ({ inspection }: TestNode, id: string): Promise<number> =>
  (await inspection.ask("connections", { id })).data.rows[0]!.key;

const SECRET = { body: "hi", password: "hunter2", tags: ["a", "b", "c"] };

describe("a tap", () => {
  it("on a connection shows what it sends and gets, without what is in it", async () => {
    const node = await startNode();
    const ada = await node.client("ada", "room:1");
    const bob = await node.client("bob", "room:1");
    const key = await keyOf(node, "user:ada");
    const tap = tapOn(node, { connection: { node: node.name, key } });
    ada.send("1", "7", "room:1", "say", SECRET);
    await replyTo(ada, "7");
    bob.send("1", "8", "room:1", "say", { of: "bob" });
    await replyTo(bob, "8");

    const say = await tap.find("say", "in");
    expect(say).toMatchObject({ key, id: "user:ada", topic: "room:1", ref: "7", outcome: "ok", node: node.name });
    expect(say.payload).toBe("{ body: string, password: string, tags: [3] }");
    expect(say.duration).toBeGreaterThanOrEqual(0);
    expect(say.bytes).toBeGreaterThan(20);
    const reply = await tap.find("phx_reply", "out");
    expect(reply).toMatchObject({ key, ref: "7", payload: "{ status: string, response: { stored: boolean } }" });
    await until(
      async () => tap.frames.filter(({ event }) => event === "said"),
      (said) => expect(said).toHaveLength(2),
    );
    expect(tap.frames.filter(({ direction }) => direction === "in")).toHaveLength(1);
    expect(JSON.stringify(tap.frames)).not.toContain("hunter2");

    tap.stop();
    const count = tap.frames.length;
    ada.send("1", "9", "room:1", "say", {});
    await replyTo(ada, "9");
    expect(tap.frames).toHaveLength(count);
    expect(Object.hasOwn([...node.endpoint.inside().mounts[0]!.processes][0]!.connection, "send")).toBe(false);
  });

  it("reveals payloads as the logger does", async () => {
    const sink = { debug() {}, info() {}, warn() {}, error() {} };
    const node = await startNode({ logger: { sink, filterParameters: ["body"] } });
    const byDefault = await startNode();
    for (const [of, shown, hidden] of [
      [node, "hunter2", '"hi"'],
      [byDefault, '"hi"', "hunter2"],
    ] as const) {
      const ada = await of.client("ada", "room:1");
      const tap = tapOn(of, { id: "user:ada" }, true);
      ada.send("1", "7", "room:1", "say", SECRET);
      for (const frame of [await tap.find("say", "in"), await tap.find("said", "out")]) {
        expect(frame.payload).toContain(shown);
        expect(frame.payload).not.toContain(hidden);
      }
    }
  });

  it("ends when its connection has", async () => {
    const node = await startNode();
    const ada = await node.client("ada");
    const key = await keyOf(node, "user:ada");
    const tap = tapOn(node, { connection: { node: node.name, key } });
    const none = tapOn(node, { connection: { node: node.name, key: 4_711 } });
    ada.drop();
    await until(
      async () => [...tap.ended, ...none.ended],
      (ended) => expect(ended).toEqual(["gone", "gone"]),
    );
    const last = tapOn(node, { topic: "room:1" });
    node.inspection.stop();
    expect(last.ended).toEqual(["closing"]);
  });

  it("on a topic shows those of all nodes, and a broadcast once on each", async () => {
    const bus = new Bus();
    const [a, b] = [await startNode({ adapter: bus.adapter("a") }), await startNode({ adapter: bus.adapter("b") })];
    const tap = tapOn(a, { topic: "room:1" });
    const ada = await a.client("ada", "room:1", "room:2");
    const clients = await Promise.all(Array.from({ length: 5 }, (_, n) => b.client(`b${n}`, "room:1")));
    await until(
      async () => tap.frames.filter(({ event }) => event === "phx_join"),
      (joins) => expect(joins).toHaveLength(6),
    );
    ada.send("1", "7", "room:2", "say", { other: true });
    await replyTo(ada, "7");
    clients[0]!.send("1", "8", "room:1", "say", { n: 1 });
    await replyTo(clients[0]!, "8");
    const said = await until(
      async () => tap.frames.filter(({ event }) => event === "said"),
      (frames) => expect(frames).toHaveLength(2),
    );
    expect(said.map(({ node, key, id }) => [node, key, id]).sort()).toEqual([
      ["a", null, null],
      ["b", null, null],
    ]);
    expect(tap.frames.filter(({ topic }) => topic !== "room:1")).toEqual([]);
    expect(await tap.find("say", "in")).toMatchObject({ node: "b", id: "user:b0", outcome: "ok" });
    // The reply to a join that began under the tap.
    expect(tap.frames.filter(({ event, ref }) => event === "phx_reply" && ref === "1")).toHaveLength(6);
  });

  it("says what crashed", async () => {
    const node = await startNode();
    const ada = await node.client("ada", "room:1");
    const tap = tapOn(node, { id: "user:ada" });
    ada.send("1", "7", "room:1", "crash", { n: 1 });
    expect(await tap.find("crash", "in")).toMatchObject({ outcome: "crashed" });
    expect(await tap.find("phx_error", "out")).toMatchObject({ topic: "room:1" });
  });

  it("of a flood keeps its rate, and counts the rest", async () => {
    const node = await startNode();
    const ada = await node.client("ada", "room:1");
    const tap = tapOn(node, { id: "user:ada" });
    for (let n = 0; n < 5_000; n++) ada.send("1", `${n}`, "room:1", "say", { n });
    await replyTo(ada, "4999");
    // Of each message: it, the broadcast, the reply.
    await until(
      async () => tap.frames.length + tap.dropped,
      (total) => expect(total).toBe(15_000),
    );
    const perSecond = new Map<number, number>();
    for (const { at } of tap.frames)
      perSecond.set(Math.floor(at / 1_000), (perSecond.get(Math.floor(at / 1_000)) ?? 0) + 1);
    for (const count of perSecond.values()) expect(count).toBeLessThanOrEqual(2 * TAP_RATE);
    expect(tap.dropped).toBeGreaterThan(10_000);
  });

  it("shows the last messages of a channel with its crash, while somebody looks", async () => {
    const node = await startNode();
    const stop = node.inspection.watch();
    const ada = await node.client("ada", "room:1");
    const bob = await node.client("bob", "room:1");
    ada.send("1", "7", "room:1", "say", SECRET);
    bob.send("1", "7", "room:1", "say", { of: "bob" });
    await replyTo(bob, "7");
    ada.send("1", "8", "room:1", "crash", { n: 1 });
    const { data } = await until(
      () => node.inspection.ask("errors", {} as Record<string, never>),
      (answer) => expect(answer.data.crashes).toHaveLength(1),
    );
    expect(data.crashes[0]?.frames.map(({ event, id, payload }) => [event, id, payload])).toEqual([
      ["phx_join", "user:ada", "{}"],
      ["say", "user:ada", "{ body: string, password: string, tags: [3] }"],
      ["crash", "user:ada", "{ n: number }"],
    ]);
    stop();
  });
});
