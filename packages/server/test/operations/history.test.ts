/** What operators see of histories: metrics, health, and a logger that is no dearer for them. */
import * as client from "prom-client";
import { describe, expect, it, onTestFinished } from "vitest";
import { collectMetrics } from "wingbeat/prometheus";
import { defineChannel, defineSocket, memoryHistory, ok } from "../../src/index.ts";
import type { EndpointOptions, HistoryStore } from "../../src/index.ts";
import { isObserved } from "../../src/telemetry.ts";
import { FrameClient } from "../integration/frame-client.ts";
import { serve } from "../integration/serve.ts";

const SESSION = "k1ZrT0pW4u9bQm3cYx7hNg";
const room = defineChannel("room:{id}")
  .history({ size: 2, maxEntryBytes: 1_000 })
  .join(() => ok());
const socket = defineSocket({ connect: () => ok(), channels: [room] });

const served = (options: Partial<EndpointOptions> = {}) => serve({ "/socket": socket }, options);

/** A memory store that somebody has unplugged. */
const unplugged = (): HistoryStore => {
  const store = memoryHistory();
  store.status = () => ({ store: "redis", state: "down", since: 7, reason: "unplugged" });
  return store;
};

describe("the metrics of histories", () => {
  it("count recoveries, what was replayed, gaps, and what could not be recorded, without topics", async () => {
    const { endpoint, url } = await served();
    const register = new client.Registry();
    onTestFinished(collectMetrics(client, endpoint, { register }));
    const join = async (topic: string, since?: unknown): Promise<void> => {
      const one = await FrameClient.open(url());
      one.write(JSON.stringify(["1", "1", topic, "phx_join", {}, { v: 1, session: SESSION, since }]));
      await one.next();
    };
    await join("room:1");
    const { epoch } = await endpoint.position("room:1");
    for (let n = 0; n < 3; n++) endpoint.broadcast("room:1", "new_msg", { n });
    await join("room:1", [epoch, 1]);
    await join("room:1", [epoch, 0]);
    await join("room:1", ["forged by.somebody", 0]);
    expect(() => endpoint.broadcast("room:1", "new_msg", { text: "x".repeat(1_000) })).toThrow("too_large");
    await endpoint.clearHistory("room:1");
    endpoint.broadcast("room:1", "new_msg", {});
    const lines = (await register.metrics()).split("\n").filter((line) => /^wingbeat_(reco|repl|hist|publ)/.test(line));
    expect(lines.filter((line) => !/_bucket|_sum|history_reads/.test(line)).toSorted()).toEqual([
      'wingbeat_history_gaps_total{reason="epoch"} 4',
      "wingbeat_history_up 1",
      'wingbeat_publish_failures_total{reason="too_large"} 1',
      "wingbeat_publish_seconds_count 4",
      'wingbeat_recoveries_total{recovered="false",reason="epoch"} 1',
      'wingbeat_recoveries_total{recovered="false",reason="trimmed"} 1',
      'wingbeat_recoveries_total{recovered="true",reason=""} 1',
      "wingbeat_replayed_messages_total 2",
    ]);
    expect(lines.find((line) => line.startsWith("wingbeat_history_reads"))).toMatch(/^\S+ [1-9]/);
  });

  it("say whether the store is there; so does the health, which is degraded when it is not", async () => {
    const up = await served();
    expect(up.endpoint.health()).toMatchObject({ status: "ok", history: { store: "memory", state: "up" } });
    const { endpoint } = await served({ history: unplugged() });
    expect(endpoint.health()).toMatchObject({
      status: "degraded",
      history: { store: "redis", state: "down", since: 7, reason: "unplugged" },
    });
    const register = new client.Registry();
    onTestFinished(collectMetrics(client, endpoint, { register }));
    expect(await register.metrics()).toContain("\nwingbeat_history_up 0\n");
  });
});

describe("the logger", () => {
  it("does not listen to each recorded message unless it prints them", async () => {
    await served({ logger: true });
    expect(isObserved("history.gap")).toBe(true);
    expect(isObserved("history.published")).toBe(false);
    await served({ logger: { level: "debug", sink: { debug() {}, info() {}, warn() {}, error() {} } } });
    expect(isObserved("history.published")).toBe(true);
  });
});
