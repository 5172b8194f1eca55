/** clients that ask for nonsense, for very much, or read very slowly. With the logger on. */
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { defineChannel, defineSocket, ok, refuse } from "../../src/index.ts";
import type { LogSink } from "../../src/index.ts";
import { attach } from "../../src/telemetry/attach.ts";
import type { TelemetryEvent } from "../../src/telemetry.ts";
import { FrameClient } from "../integration/frame-client.ts";
import { serve } from "../integration/serve.ts";
import { PATIENCE } from "../pubsub/engines.ts";

const SESSION = "k1ZrT0pW4u9bQm3cYx7hNg";

/** What must never happen, as it happens. */
function troubles(): unknown[] {
  const seen: unknown[] = [];
  const events: TelemetryEvent[] = ["channel.crashed", "pubsub.delivery_failed", "telemetry.listener_failed"];
  for (const event of events) onTestFinished(attach(event, (data) => seen.push([event, data])));
  return seen;
}

/** All lines of the default logger. */
function logged(): { readonly sink: LogSink; readonly lines: string[] } {
  const lines: string[] = [];
  const log = (line: string): void => void lines.push(line);
  return { lines, sink: { debug: log, info: log, warn: log, error: log } };
}

const room = defineChannel("room:{id}")
  .history({ size: 100, maxBytes: 20_000_000, maxEntryBytes: 2_000_000 })
  .join((ctx) => {
    if (ctx.params.id.startsWith("refused")) return refuse({ reason: "unauthorized" });
    return ok({ since: ctx.since === undefined ? "nothing" : "something" });
  });
const socket = defineSocket({
  connect: () => ok(),
  joinsPerSecond: Infinity,
  eventsPerSecond: Infinity,
  bytesPerSecond: Infinity,
  channels: [room],
});

describe("R-21: element 6 of a join", () => {
  const nothing: unknown[] = [
    null,
    0,
    1,
    true,
    "",
    "v",
    [],
    [1],
    {},
    [[]],
    { v: 0 },
    { v: 2, session: SESSION },
    { v: "1", session: SESSION },
    { v: 1 },
    { v: 1, session: 7 },
    { v: 1, session: "" },
    { v: 1, session: "x".repeat(900_000) },
    { v: 1, session: `${SESSION}\n` },
    { v: 1, session: [SESSION] },
    { v: 1, session: { length: 22 } },
    { v: 1, session: SESSION, since: null },
    { v: 1, session: SESSION, since: 7 },
    { v: 1, session: SESSION, since: [] },
    { v: 1, session: SESSION, since: ["a.b"] },
    { v: 1, session: SESSION, since: ["a.b", 1, 2] },
    { v: 1, session: SESSION, since: [1, "a.b"] },
    { v: 1, session: SESSION, since: { epoch: "a.b", offset: 1 } },
    { v: 1, session: SESSION, since: "latest" },
    { v: 1, session: SESSION, rewind: 0 },
    { v: 1, session: SESSION, rewind: -1 },
    { v: 1, session: SESSION, rewind: 1.5 },
    { v: 1, session: SESSION, rewind: "5" },
    { v: 1, session: SESSION, rewind: 1e300 },
    { v: 1, session: SESSION, rewind: [3] },
    JSON.parse('{"__proto__":{"v":1,"session":"k1ZrT0pW4u9bQm3cYx7hNg"}}'),
    JSON.parse(`${'{"v":'.repeat(50)}1${"}".repeat(50)}`),
  ];
  const reports: unknown[] = [
    ["", 0],
    [".", 0],
    ["a.b", -1],
    ["a.b", 1.5],
    ["a.b", 1e308],
    ["a.b", 2 ** 53],
    ["__proto__.constructor", 1],
    ["x".repeat(900_000), 1],
    ["constructor", 0],
    ["a.b\u0000", 3],
  ];

  it("that is nonsense is ignored, or answered with a report; nothing crashes, and the log has its lines", async () => {
    const trouble = troubles();
    const { sink, lines } = logged();
    const { endpoint, url } = await serve({ "/socket": socket }, { logger: { level: "debug", sink } });
    endpoint.broadcastUnchecked("room:1", "said", { secret: 1 });
    const client = await FrameClient.open(url());
    let ref = 0;
    const join = async (element: unknown): Promise<unknown> => {
      const joinRef = String(++ref);
      client.write(JSON.stringify([joinRef, joinRef, "room:1", "phx_join", {}, element]));
      for (;;) {
        const frame = (await client.next()) as unknown[];
        if (frame[3] === "phx_reply" && frame[1] === joinRef) return frame[4];
      }
    };
    for (const element of nothing) {
      expect([element, await join(element)]).toEqual([element, { status: "ok", response: { since: "nothing" } }]);
    }
    for (const since of reports) {
      expect([since, await join({ v: 1, session: SESSION, since })]).toMatchObject([
        since,
        { status: "ok", response: { since: "something" }, recovery: { offset: 1, recovered: false, reason: "epoch" } },
      ]);
    }
    expect(await join({ v: 1, session: SESSION, rewind: Number.MAX_SAFE_INTEGER })).toMatchObject({
      recovery: { recovered: true, count: 1 },
    });
    expect(trouble).toEqual([]);
    expect(lines.every((line) => line.length <= 2_000)).toBe(true);
    expect(lines.filter((line) => line.startsWith("NOT RECOVERED"))).not.toEqual([]);
  });

  it("that is deeper than a payload may be closes the connection, like one", async () => {
    const { url } = await serve({ "/socket": socket });
    const client = await FrameClient.open(url());
    client.write(`["1","1","room:1","phx_join",{},${"[".repeat(100)}${"]".repeat(100)}]`);
    expect(await client.closed).toMatchObject({ code: 1011 });
  });

  it(
    "of 10,000 joins with random positions of random topics leaves nothing behind",
    { timeout: PATIENCE },
    async () => {
      const trouble = troubles();
      const { endpoint, url } = await serve({ "/socket": socket }, { logger: { sink: logged().sink } });
      const client = await FrameClient.open(url());
      const random = (): string => Math.random().toString(36).slice(2);
      for (let n = 0; n < 10_000; n += 100) {
        for (let one = n; one < n + 100; one++) {
          const topic = one % 2 === 0 ? `room:refused-${random()}` : `room:${random()}`;
          const since = one % 3 === 0 ? "earliest" : [`${random()}.${random()}`, Math.floor(Math.random() * 1e6)];
          client.send(`${one}`, `${one}`, topic, "phx_join", {}, { v: 1, session: SESSION, since });
          client.send(`${one}`, `leave ${one}`, topic, "phx_leave", {});
        }
        for (let answers = 0; answers < 100;) {
          const frame = (await client.next()) as unknown[];
          if (String(frame[1]).startsWith("leave")) answers++;
          if ((frame[4] as { status?: unknown }).status === "error") expect(frame[4]).not.toHaveProperty("recovery");
        }
      }
      expect(endpoint.pubsub.size).toEqual({ topics: 0, subscriptions: 0 });
      expect(trouble).toEqual([]);
    },
  );
});

describe("R-18, R-19: a client that reads slowly", () => {
  it("recovers 10 MB in entries of 1 MB, and is not closed", { timeout: PATIENCE }, async () => {
    const trouble = troubles();
    const limits = { maxBufferedBytes: 65_536, bufferTimeout: 100 };
    const { endpoint, url } = await serve({ "/socket": { socket, websocket: limits } });
    for (let n = 0; n < 10; n++) {
      endpoint.broadcastUnchecked(
        "room:ü{1}",
        "said",
        n % 2 === 0 ? { n, text: "x".repeat(1e6) } : Buffer.alloc(1e6, n),
      );
    }
    const slow = new WebSocket(url(), { perMessageDeflate: false });
    onTestFinished(() => slow.terminate());
    const offsets: number[] = [];
    const done = new Promise<void>((resolve, reject) => {
      slow.on("close", (code) => reject(new Error(`closed with ${code} after ${offsets.length}`)));
      slow.on("message", (data: Buffer, isBinary) => {
        if (isBinary) offsets.push(Number(data.readBigUInt64BE(3)));
        else {
          const [, , , event, , extension] = JSON.parse(data.toString()) as [0, 0, 0, string, unknown, { o: number }?];
          if (event === "said") offsets.push(extension!.o);
          if (event === "phx_recovery") return resolve();
        }
        slow.pause();
        void sleep(300).then(() => slow.resume()); // three times as long as may be waited for a slow consumer
      });
    });
    slow.on("open", () => {
      slow.send(JSON.stringify(["1", "1", "room:ü{1}", "phx_join", {}, { v: 1, session: SESSION, since: "earliest" }]));
    });
    await done;
    expect(offsets).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(trouble).toEqual([]);
  });
});
