/** Frames whose topic, event and refs are of any JSON type: answered as Phoenix answers them, whatever is logged. */
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { defineSocket, ok, Telemetry } from "../../src/index.ts";
import type { EndpointOptions } from "../../src/index.ts";
import { FrameClient } from "./frame-client.ts";
import { roomChannel, userSocket } from "./room.ts";
import { serve } from "./serve.ts";
import { wires } from "./wires.ts";

const ODD: readonly unknown[] = [
  { toString: 1 },
  { toString: 1, valueOf: 1, toJSON: 1 },
  { constructor: { name: 1 } },
  [],
  [[]],
  [{ toString: null }],
  null,
  7,
  true,
  "",
  "\u001b[2J\n",
];

const unmatched = { status: "error", response: { reason: "unmatched topic" } };
const levels = ["debug", "info", "warn", "error"] as const;
const loggers = levels.flatMap((level) => [[level, "text"] as const, [level, "structured"] as const]);

/** A logger whose lines are kept. */
function logger(level: (typeof levels)[number], kind: "text" | "structured") {
  const lines: unknown[][] = [];
  const log = (...line: unknown[]): void => void lines.push(line);
  const sink = { debug: log, info: log, warn: log, error: log };
  const option: EndpointOptions["logger"] = kind === "text" ? { level, sink } : { level, structured: sink };
  return { lines, option };
}

describe.each(wires)("over $name", ({ open }) => {
  it.each(loggers)("odd topics, events and refs are answered, with a log from %s on, %s", async (level, kind) => {
    const { lines, option } = logger(level, kind);
    const served = await serve({ "/socket": { socket: userSocket(), longpoll: true } }, { logger: option });
    const failures: unknown[] = [];
    onTestFinished(Telemetry.attach("telemetry.listener_failed", (data) => void failures.push(data)));
    const client = await open(served);
    for (const odd of ODD) {
      client.send("1", odd, odd, "event", odd);
      expect(await client.next()).toEqual([null, odd, odd, "phx_reply", unmatched]);
      client.send(odd, "2", odd, "phx_join", {});
      expect(await client.next()).toEqual([null, "2", odd, "phx_reply", unmatched]);
      client.send(odd, "3", odd, "phx_leave", {});
      expect(await client.next()).toEqual([odd, "3", odd, "phx_reply", { status: "ok", response: {} }]);
      client.send(null, odd, "phoenix", "heartbeat", odd);
      expect(await client.next()).toEqual([null, odd, "phoenix", "phx_reply", { status: "ok", response: {} }]);
      client.send(null, "4", "phoenix", odd, odd);
      expect(await client.next()).toEqual([null, "4", "phoenix", "phx_reply", unmatched]);
    }
    await client.join("room:1");
    for (const odd of ODD) {
      client.send("1", odd, "room:1", odd, odd);
      const unknown = { status: "error", response: { reason: "unknown event" } };
      expect(await client.next()).toEqual(["1", odd, "room:1", "phx_reply", unknown]);
    }
    expect(failures).toEqual([]);
    if (level !== "error") expect(lines.length).toBeGreaterThanOrEqual(ODD.length);
    for (const line of lines) expect(line.filter((part) => typeof part === "string").join("")).not.toMatch(/\p{Cc}/u);
  });

  it.each([
    [[1, { a: [null] }], "[]"],
    [{ b: 1, c: [2] }, "{}"],
  ])("a join_ref %j is compared by value", async (joinRef, other) => {
    const client = await open(await serve({ "/socket": { socket: userSocket(), longpoll: true } }));
    client.send(joinRef, "1", "room:1", "phx_join", {});
    expect(await client.next()).toMatchObject([joinRef, "1", "room:1", "phx_reply", { status: "ok" }]);
    client.send(JSON.parse(other), "2", "room:1", "echo", { stale: true });
    client.send(structuredClone(joinRef), "3", "room:1", "echo", { n: 1 });
    expect(await client.next()).toEqual([joinRef, "3", "room:1", "phx_reply", { status: "ok", response: { n: 1 } }]);
  });
});

it("maxDepth of a socket says how deep a payload may be nested", async () => {
  const socket = defineSocket({ connect: () => ok({ name: "ada" }), channels: [roomChannel()], maxDepth: 2 });
  const client = await FrameClient.open((await serve({ "/socket": socket })).url());
  await client.join("room:1");
  client.send("1", "2", "room:1", "echo", { a: [1] });
  expect(await client.next()).toEqual(["1", "2", "room:1", "phx_reply", { status: "ok", response: { a: [1] } }]);
  client.send("1", "3", "room:1", "echo", { a: [[1]] });
  expect(await client.closed).toEqual({ code: 1011, reason: "frame is nested more than 2 levels deep" });
});

it("on V1, odd fields are answered, too", async () => {
  const { option } = logger("debug", "text");
  const served = await serve({ "/socket": userSocket() }, { logger: option });
  const client = await FrameClient.open(served.url("/socket/websocket", { vsn: "1.0.0" }));
  for (const odd of ODD) {
    client.write(JSON.stringify({ topic: odd, event: odd, ref: odd, join_ref: odd, payload: odd }));
    expect(await client.next()).toEqual({ topic: odd, event: "phx_reply", ref: odd, payload: unmatched });
  }
});

it("with the default logger, on the console, too", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const served = await serve({ "/socket": userSocket() }, { logger: true });
  const client = await FrameClient.open(served.url());
  client.write('["1","1",{"toString":1},"x",{}]');
  expect(await client.next()).toEqual([null, "1", { toString: 1 }, "phx_reply", unmatched]);
  expect(warn.mock.calls).toEqual([['UNMATCHED x on {"toString":1} from anonymous']]);
});
