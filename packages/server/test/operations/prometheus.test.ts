/** Metrics of a real endpoint, as prom-client writes them and as a Prometheus server reads them. */
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import * as client from "prom-client";
import { describe, expect, it, onTestFinished } from "vitest";
import { collectMetrics } from "wingbeat/prometheus";
import { freePort } from "../../../../tools/test/free-port.ts";
import { createEndpoint } from "../../src/index.ts";
import type { Endpoint } from "../../src/index.ts";
import { FrameClient, refusal } from "../integration/frame-client.ts";
import { userSocket } from "../integration/room.ts";
import { serve, urlOf } from "../integration/serve.ts";
import { findProgram, Program, temporaryFolder } from "../pubsub/program.ts";

/** Metrics without comments and zeros, `name{labels} value` in order. */
async function scrape(register: client.Registry): Promise<string[]> {
  const lines = (await register.metrics()).split("\n");
  return lines.filter((line) => line !== "" && !line.startsWith("#") && !line.endsWith(" 0")).toSorted();
}

/** Two clients join, push, crash, broadcast and leave; one is refused. */
async function use(port: number): Promise<void> {
  const [first, second] = [await FrameClient.open(urlOf(port)), await FrameClient.open(urlOf(port))];
  for (const room of [first, second]) await room.join("room:1");
  await first.join("room:closed", {}, "2");
  await first.call("room:1", "echo");
  await first.call("room:1", "made up by a client");
  first.send("1", "9", "room:1", "shout", {});
  for (const room of [first, second]) await room.next();
  first.send("1", "10", "room:1", "crash", {});
  await first.next();
  await second.call("room:1", "phx_leave");
  expect((await refusal(urlOf(port), { headers: { origin: "http://evil.example" } })).status).toBe(403);
  second.socket.close(4321);
  await second.closed;
}

describe("collectMetrics", () => {
  const measured = async (): Promise<{
    endpoint: Endpoint;
    register: client.Registry;
    port: number;
    stop: () => void;
  }> => {
    const register = new client.Registry();
    const { endpoint, port } = await serve({ "/socket": userSocket() });
    const stop = collectMetrics(client, endpoint, { register });
    onTestFinished(stop);
    return { endpoint, register, port, stop };
  };

  it("counts connections, joins, events by outcome, crashes and broadcasts, by labels of few values", async () => {
    const { port, register } = await measured();
    await use(port);
    const lines = await scrape(register);
    expect(lines.filter((line) => !/_bucket|_sum/.test(line))).toEqual([
      "wingbeat_broadcast_deliveries_total 2",
      "wingbeat_broadcast_subscribers_count 1",
      'wingbeat_broadcasts_total{from="here"} 1',
      'wingbeat_closes_total{path="/socket",transport="websocket",code="4xxx"} 1',
      'wingbeat_connect_duration_seconds_count{path="/socket",transport="websocket"} 2',
      "wingbeat_connections 1",
      'wingbeat_connects_total{path="/socket",transport="websocket",outcome="ok"} 2',
      'wingbeat_connects_total{path="/socket",transport="websocket",outcome="origin"} 1',
      'wingbeat_crashes_total{channel="room:{id}",callback="handleIn"} 1',
      'wingbeat_event_duration_seconds_count{channel="room:{id}",event="echo"} 1',
      'wingbeat_event_duration_seconds_count{channel="room:{id}",event="other"} 1',
      'wingbeat_event_duration_seconds_count{channel="room:{id}",event="phx_leave"} 1',
      'wingbeat_event_duration_seconds_count{channel="room:{id}",event="shout"} 1',
      'wingbeat_events_total{channel="room:{id}",event="echo",outcome="ok"} 1',
      'wingbeat_events_total{channel="room:{id}",event="other",outcome="error"} 1',
      'wingbeat_events_total{channel="room:{id}",event="phx_leave",outcome="stop"} 1',
      'wingbeat_events_total{channel="room:{id}",event="shout",outcome="noreply"} 1',
      "wingbeat_history_up 1",
      'wingbeat_join_duration_seconds_count{channel="room:{id}"} 3',
      'wingbeat_joins_total{channel="room:{id}",outcome="ok"} 2',
      'wingbeat_joins_total{channel="room:{id}",outcome="refused"} 1',
      "wingbeat_pubsub_up 1",
    ]);
  });

  it("says what the endpoint is like at each scrape", async () => {
    const { port, register, endpoint } = await measured();
    const room = await FrameClient.open(urlOf(port));
    await room.join("room:1");
    expect(await scrape(register)).toEqual(expect.arrayContaining(["wingbeat_channels 1", "wingbeat_connections 1"]));
    await endpoint.drain();
    const after = (await scrape(register)).filter((line) => /^wingbeat_(channels|connections|draining)/.test(line));
    expect(after).toEqual(["wingbeat_draining 1"]);
  });

  it("measures its own endpoint, under its own names, until it is stopped", async () => {
    const { register, stop } = await measured();
    const other = await serve({ "/socket": userSocket() });
    onTestFinished(collectMetrics(client, other.endpoint, { register, prefix: "other_", durationBuckets: [1] }));
    await use(other.port);
    const lines = await scrape(register);
    expect(lines.filter((line) => line.startsWith("wingbeat_"))).toEqual([
      "wingbeat_history_up 1",
      "wingbeat_pubsub_up 1",
    ]);
    expect(lines).toContain('other_connects_total{path="/socket",transport="websocket",outcome="ok"} 2');
    expect(lines).toContain('other_connect_duration_seconds_bucket{le="1",path="/socket",transport="websocket"} 2');
    stop();
    expect(await register.metrics()).not.toContain("wingbeat_");
  });

  it("refuses misspelt options", async () => {
    const { endpoint } = await serve({ "/socket": userSocket() });
    const collect = (): unknown => collectMetrics(client, endpoint, { registry: client.register } as never);
    expect(collect).toThrow(expect.objectContaining({ code: "WB_OPTION" }));
  });
});

const program = findProgram("prometheus");
const isMissing = program === undefined && process.env["CI"] === undefined;

describe.skipIf(isMissing)(`a Prometheus server${isMissing ? " (install Debian's prometheus)" : ""}`, () => {
  it("scrapes them", async () => {
    const register = new client.Registry();
    const server = createServer((_request, response) => {
      void register.metrics().then((text) => response.setHeader("content-type", register.contentType).end(text));
    });
    const endpoint = createEndpoint({ sockets: { "/socket": userSocket() }, logger: false });
    onTestFinished(() => endpoint.close({ drain: false }));
    endpoint.attach(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    onTestFinished(() => server.closeAllConnections());
    const { port } = server.address() as AddressInfo;
    onTestFinished(collectMetrics(client, endpoint, { register }));
    await use(port);

    const [folder, prometheusPort] = [temporaryFolder(), await freePort()];
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const config = join(folder, "prometheus.yml");
    writeFileSync(
      config,
      `scrape_configs:\n  - job_name: wingbeat\n    scrape_interval: 250ms\n    scrape_timeout: 250ms\n` +
        `    static_configs:\n      - targets: ["127.0.0.1:${port}"]\n`,
    );
    const prometheus = new Program({
      command: program as string,
      args: [
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(folder, "data")}`,
        `--web.listen-address=127.0.0.1:${prometheusPort}`,
      ],
      ready: "Server is ready to receive web requests",
    });
    await prometheus.start();
    onTestFinished(() => prometheus.stop("SIGKILL"));
    const query = async (expression: string): Promise<string | undefined> => {
      const url = `http://127.0.0.1:${prometheusPort}/api/v1/query?query=${encodeURIComponent(expression)}`;
      const answer = (await (await fetch(url)).json()) as { data: { result: { value: [number, string] }[] } };
      return answer.data.result[0]?.value[1];
    };
    /** The server looks in its own time. */
    const queried = async (expression: string): Promise<string> => {
      for (;;) {
        const value = await query(expression);
        if (value !== undefined) return value;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    expect(await queried('wingbeat_events_total{channel="room:{id}",outcome="ok"}')).toBe("1");
    expect(await queried("sum(wingbeat_joins_total)")).toBe("3");
    expect(await queried("histogram_quantile(0.99, sum by (le) (wingbeat_broadcast_subscribers_bucket))")).toMatch(
      /^\d/,
    );
    expect(await queried("wingbeat_connections")).toBe("1");
  });
});
