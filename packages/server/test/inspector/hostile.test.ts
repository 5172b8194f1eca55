/** What clients and applications may do to an inspector: it goes on, and stays small. */
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { defineChannel, defineSocket, ok, refuse } from "../../src/index.ts";
import { inspect } from "../../src/inspector/inspect.ts";
import type { TapFrame } from "../../src/inspector/model.ts";
import { NodeConnections } from "../../src/inspector/node/connections.ts";
import { MAX_PAYLOAD, MAX_ROWS } from "../../src/inspector/model.ts";
import { fitting, MAX_REPORT } from "../../src/inspector/peers/mail.ts";
import { attach } from "../../src/telemetry/attach.ts";
import { DEFAULT_FILTER, filterOf } from "../../src/telemetry/filter.ts";
import { emit } from "../../src/telemetry.ts";
import { FrameClient } from "../integration/frame-client.ts";
import { serve } from "../integration/serve.ts";
import { Bus } from "../presence/bus.ts";
import { replyTo, startNode, until } from "./nodes.ts";
import type { TestNode } from "./nodes.ts";
import { hostileErrors } from "./room.ts";

const NOTHING = {} as Record<string, never>;
const VIEWS = ["overview", "doors", "events", "errors", "pressure", "presence", "history", "cluster"] as const;

/** Fails the test when a listener throws. */
function watchListeners(): unknown[] {
  const failures: unknown[] = [];
  onTestFinished(attach("telemetry.listener_failed", (data) => void failures.push(data)));
  return failures;
}

async function askAll({ inspection, name }: TestNode, topic: string): Promise<string> {
  const answers: unknown[] = await Promise.all(VIEWS.map((view) => inspection.ask(view, NOTHING)));
  answers.push(await inspection.ask("connections", {}), await inspection.ask("topics", { sort: "rate" }));
  answers.push(await inspection.ask("topic", { topic }), await inspection.ask("connection", { node: name, key: 1 }));
  return JSON.stringify(answers);
}

describe("an inspector", () => {
  it("shows topics, events and ids as clients have sent them", async () => {
    const failures = watchListeners();
    const node = await startNode();
    const stop = node.inspection.watch();
    const topics = [
      "__proto__",
      "constructor",
      "<script>alert(1)</script>",
      "a\u202eb\u0000\n",
      "😀".repeat(200),
      "room:1",
    ];
    const client = await node.client("<b>", ...topics);
    for (const topic of topics) {
      for (const event of ["__proto__", "toString", "a\nb", "x".repeat(500)]) {
        client.send("1", "r", topic, event, { __proto__: null });
        await replyTo(client, "r");
      }
    }
    const { data } = await node.inspection.ask("topics", {});
    expect(data.rows.map(({ topic }) => topic).sort()).toEqual(topics.toSorted());
    for (const topic of topics) {
      const answer = await node.inspection.ask("topic", { topic });
      expect(answer.data).toMatchObject({ topic, subscribers: 1, connections: [{ id: "user:<b>" }] });
    }
    await askAll(node, "__proto__");
    expect(failures).toEqual([]);
    stop();
  });

  it("groups what resists being looked at", async () => {
    const failures = watchListeners();
    const node = await startNode();
    for (let n = 0; n < hostileErrors.length; n++) {
      const client = await node.client(`c${n}`, "room:1");
      client.send("1", "x", "room:1", "throw", { n });
      for (;;) if (((await client.next()) as unknown[])[3] === "phx_error") break;
    }
    const { data } = await node.inspection.ask("errors", NOTHING);
    expect(data.crashes.reduce((sum, { count }) => sum + count, 0)).toBe(hostileErrors.length);
    for (const { error, stack } of data.crashes) {
      expect(error.length).toBeLessThan(600);
      expect(stack.length).toBeLessThanOrEqual(4_000);
    }
    expect(failures).toEqual([]);
  });

  it("keeps 50 different crashes, 100 warnings and 100 refusals", async () => {
    const node = await startNode();
    const client = await node.client("ada");
    for (let n = 0; n < 60; n++) {
      client.send("1", "1", `t${n}`, "phx_join", {});
      await replyTo(client, "1");
      client.send("1", "x", `t${n}`, "throw", { n: 1 });
      for (;;) if (((await client.next()) as unknown[])[3] === "phx_error") break;
    }
    expect((await node.inspection.ask("errors", NOTHING)).data.crashes).toMatchObject([{ count: 60 }]);
    const { Crashes, MAX_CRASHES } = await import("../../src/inspector/incidents/crashes.ts");
    const crashes = new Crashes("n", () => []);
    const source = { endpoint: {}, path: "/", id: null, transport: "t", topic: "t", callback: "join" as const };
    for (let n = 0; n < 500; n++) {
      crashes.add({ ...source, pattern: `p${n}`, event: undefined, error: new Error("x") });
    }
    expect(crashes.list()).toHaveLength(MAX_CRASHES);
    expect(crashes.list()[0]?.pattern).toBe("p499");
    const { Refusals, MAX_REFUSALS } = await import("../../src/inspector/incidents/refusals.ts");
    const filter = filterOf(DEFAULT_FILTER);
    const refusals = new Refusals(filter);
    const { MAX_WARNINGS, Warnings } = await import("../../src/inspector/incidents/warnings.ts");
    const endpoint = {};
    const warnings = new Warnings({ endpoint, node: "n", filter });
    for (let n = 0; n < 500; n++) {
      refusals.add({ endpoint, path: "/", transport: "t", stage: "connect", status: 403, reason: { n } });
      emit("history.bypassed", { topic: "t", event: `e${n}` });
    }
    warnings.stop();
    expect([refusals.list().length, warnings.list().length]).toEqual([MAX_REFUSALS, MAX_WARNINGS]);
    expect([refusals.list()[0]?.reason, warnings.list()[0]?.what]).toEqual(['{"n":499}', "e499"]);
  });

  it("cuts what a huge payload shows, and does not write it whole", async () => {
    const node = await startNode();
    const ada = await node.client("ada", "room:1");
    const frames: TapFrame[] = [];
    onTestFinished(
      node.inspection.tap(
        { id: "user:ada" },
        true,
        (batch) => void frames.push(...batch.frames),
        () => {},
      ),
    );
    const payload = { text: "x".repeat(400_000), list: Array.from({ length: 50_000 }, (_, n) => n) };
    ada.send("1", "7", "room:1", "say", payload);
    await replyTo(ada, "7");
    await until(
      async () => frames.map(({ event }) => event),
      (events) => expect(events).toEqual(expect.arrayContaining(["say", "said", "phx_reply"])),
    );
    for (const { payload: shown } of frames) expect(shown.length).toBeLessThanOrEqual(MAX_PAYLOAD);
    const said = frames.find(({ event }) => event === "said");
    expect(said).toMatchObject({ topic: "room:1", payload: `${said?.bytes} bytes` });
    expect(said?.bytes).toBeGreaterThan(600_000);
  });

  it("hides what the endpoint's logger hides, also in reasons and warnings", async () => {
    const socket = defineSocket({
      connect: () => refuse({ card: "4111", code: 7 }),
      channels: [defineChannel("room:*").join(() => ok())],
    });
    const quiet = (): void => {};
    const sink = { debug: quiet, info: quiet, warn: quiet, error: quiet };
    const { endpoint, url } = await serve({ "/socket": socket }, { logger: { sink, filterParameters: ["card"] } });
    const inspection = inspect(endpoint);
    onTestFinished(() => inspection.stop());
    await expect(FrameClient.open(url())).rejects.toThrow("403");
    emit("pubsub.adapter_down", {
      adapter: "test",
      reason: { card: "4111" },
      nodeName: endpoint.pubsub.nodeName,
    } as never);
    const answers = [await inspection.ask("doors", NOTHING), await inspection.ask("errors", NOTHING)];
    expect(JSON.stringify(answers)).not.toContain("4111");
    expect(JSON.stringify(answers)).toContain("[FILTERED]");
  });

  it("answers, without this node, when what it looks at throws", async () => {
    const node = await startNode();
    node.endpoint.pubsub.status = () => {
      throw new Error("no status");
    };
    const answer = await node.inspection.ask("overview", NOTHING);
    expect(answer).toMatchObject({ nodes: [], silent: [node.name], data: { nodes: [], connections: 0 } });
    for (const view of VIEWS) await node.inspection.ask(view, NOTHING);
    expect((await node.inspection.ask("topics", {})).data).toEqual({ total: 0, rows: [] });
  });

  it("looks for a tapped connection once, however long it is tapped", async () => {
    const node = await startNode();
    const ada = await node.client("ada", "room:1");
    const [row] = (await node.inspection.ask("connections", {})).data.rows;
    const byKey = vi.spyOn(NodeConnections.prototype, "byKey");
    onTestFinished(() => byKey.mockRestore());
    const frames: TapFrame[] = [];
    const reasons: string[] = [];
    onTestFinished(
      node.inspection.tap(
        { connection: { node: node.name, key: row!.key } },
        false,
        (batch) => void frames.push(...batch.frames),
        (reason) => void reasons.push(reason),
      ),
    );
    for (let n = 0; n < 3; n++) {
      ada.send("1", `r${n}`, "room:1", "say", {});
      await expect.poll(() => frames.filter(({ event }) => event === "say").length).toBe(n + 1);
    }
    expect(byKey).toHaveBeenCalledTimes(1);
    node.endpoint.disconnect("user:ada");
    await expect.poll(() => reasons).toEqual(["gone"]);
  });

  it("survives payloads and assigns that throw when they are looked at", async () => {
    const failures = watchListeners();
    const refuse = (): never => {
      throw new Error("no");
    };
    const hostile = new Proxy({}, { get: refuse, ownKeys: refuse, has: refuse, getPrototypeOf: refuse });
    const schema = {
      "~standard": { version: 1 as const, vendor: "test", validate: (value: unknown) => ({ value: value as object }) },
    };
    const channel = defineChannel("room:*")
      .assigns<{ trap?: object }>()
      .join((ctx) => {
        ctx.assign({ trap: hostile });
        return ok();
      })
      .handleIn("say", schema, (_ctx, payload) => {
        Object.defineProperty(payload, "trap", { get: refuse, enumerable: true });
        return ok();
      });
    const socket = defineSocket({ connect: () => ok({}), channels: [channel] });
    const { endpoint, url } = await serve({ "/socket": socket });
    const inspection = inspect(endpoint);
    onTestFinished(() => inspection.stop());
    const frames: TapFrame[] = [];
    const take = (batch: { readonly frames: readonly TapFrame[] }): void => void frames.push(...batch.frames);
    onTestFinished(inspection.tap({ topic: "room:1" }, true, take, () => {}));
    const stop = inspection.watch();
    const client = await FrameClient.open(url());
    await client.join("room:1");
    await client.call("room:1", "say", { body: "hi" });
    const { rows } = (await inspection.ask("connections", {})).data;
    const { data } = await inspection.ask("connection", { node: endpoint.pubsub.nodeName, key: rows[0]!.key });
    expect(data?.topics[0]?.assigns).toEqual(["trap"]);
    await until(
      async () => frames.map(({ event }) => event),
      (events) => expect(events).toContain("say"),
    );
    expect(failures).toEqual([]);
    stop();
  });

  it("answers for 50,000 topics with at most 200 rows, and counts the busiest in bounded memory", async () => {
    const bus = new Bus();
    const [a, b] = [
      await startNode({ adapter: bus.adapter("a"), deadline: 30_000 }),
      await startNode({ adapter: bus.adapter("b") }),
    ];
    const stop = a.inspection.watch();
    await a.inspection.ask("overview", NOTHING);
    const long = "x".repeat(900);
    for (let n = 0; n < 50_000; n++) {
      b.endpoint.subscribeUnchecked(`${long}${n}`, () => {});
      b.endpoint.pubsub.localBroadcast(`${long}${n}`, {});
    }
    const before = bus.sent;
    const { data } = await until(
      () => a.inspection.ask("topics", { sort: "rate" }),
      (answer) => expect(answer.data.total).toBe(50_000),
    );
    // As many of these as fit in one report.
    expect(data.rows.length).toBeGreaterThan(150);
    expect(data.rows.length).toBeLessThanOrEqual(MAX_ROWS);
    expect(bus.sent - before).toBeLessThan(200);
    const { data: overview } = await until(
      () => b.inspection.ask("overview", NOTHING),
      (answer) => expect(answer.data.nodes).toHaveLength(2),
    );
    expect(overview.nodes.find(({ name }) => name === "b")).toMatchObject({ topics: 50_000, subscriptions: 50_000 });
    stop();
  });

  it("sends reports that fit every engine", () => {
    const rows = Array.from({ length: 500 }, (_, n) => ({ topic: `${"😀".repeat(500)}${n}`, subscribers: 1, rate: 0 }));
    const fit = fitting({ total: 500, isCut: false, rows });
    expect(JSON.stringify(fit).length).toBeLessThanOrEqual(MAX_REPORT);
    expect(fit).toMatchObject({ total: 500, isCut: true });
    expect(fit.rows[0]).toEqual(rows[0]);
    expect(fit.rows.length).toBeGreaterThan(50);
    expect(fitting({ total: 1, isCut: false, rows: rows.slice(0, 1) })).toMatchObject({ isCut: false });
  });
});
