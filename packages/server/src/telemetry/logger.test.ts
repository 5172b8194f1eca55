import { inspect } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { WingbeatError } from "../errors.ts";
import { emit, isObserved } from "../telemetry.ts";
import type { TelemetryEvent, TelemetryEvents } from "../telemetry.ts";
import { startLogger } from "./logger.ts";
import type { LogLevel, LogSink } from "./logger.ts";

const endpoint = {};
const error = new Error("boom");
const levels: readonly LogLevel[] = ["debug", "info", "warn", "error"];
const source = { endpoint, path: "/socket", transport: "websocket" };
const connection = { ...source, id: "user:1" };
const channel = { ...connection, topic: "room:1", pattern: "room:{id}" };
const joined = { ...channel, params: {}, log: "info", duration: 2 } as const;
const handled = {
  ...channel,
  event: "shout",
  handler: "shout",
  payload: {},
  outcome: "ok",
  log: "debug",
  duration: 1,
} as const;

const stops: (() => void)[] = [];
afterEach(() => stops.splice(0).forEach((stop) => stop()));

/** What a logger prints: level, line, and the error when there is one. */
function logged(level?: LogLevel, of: object = endpoint): unknown[][] {
  const lines: unknown[][] = [];
  const log =
    (name: LogLevel) =>
    (...line: unknown[]): void =>
      void lines.push([name, ...line]);
  const sink: LogSink = { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") };
  stops.push(startLogger(of, { sink, ...(level === undefined ? {} : { level }) }));
  return lines;
}

type Case = { [Event in TelemetryEvent]: readonly [Event, TelemetryEvents[Event], ...unknown[]] }[TelemetryEvent];

const viewer = { endpoint, user: "ada", address: "192.0.2.1" };

const cases: readonly Case[] = [
  [
    "inspector.mounted",
    { endpoint, path: "/inspector", isLocal: true },
    "debug",
    "INSPECTOR at /inspector, for this machine only",
  ],
  [
    "inspector.mounted",
    { endpoint, path: "/inspector", isLocal: false },
    "debug",
    "INSPECTOR at /inspector, for those whom authorize lets in",
  ],
  [
    "inspector.refused",
    { endpoint, address: "192.0.2.1", reason: "ticket" },
    "warn",
    "REFUSED INSPECTOR to 192.0.2.1: ticket",
  ],
  [
    "inspector.refused",
    { endpoint, address: "192.0.2.1", reason: "crashed", error },
    "error",
    "REFUSED INSPECTOR to 192.0.2.1: crashed",
    error,
  ],
  ["inspector.opened", { ...viewer, user: null }, "info", "INSPECTOR opened by anonymous from 192.0.2.1"],
  [
    "inspector.tapped",
    { ...viewer, target: "topic room:1", reveal: true },
    "info",
    "INSPECTOR shows payloads of topic room:1 to ada from 192.0.2.1",
  ],
  [
    "inspector.tapped",
    { ...viewer, target: "id user:1", reveal: false },
    "info",
    "INSPECTOR taps id user:1 for ada from 192.0.2.1",
  ],
  [
    "inspector.action",
    { ...viewer, action: "disconnect_id", target: "id user:1", outcome: "done" },
    "warn",
    "INSPECTOR disconnect_id id user:1 by ada from 192.0.2.1: done",
  ],
  [
    "history.publish_failed",
    { topic: "room:1", event: "new_msg", reason: "refused", error },
    "warn",
    "NOT RECORDED: new_msg on room:1: refused",
    error,
  ],
  [
    "history.joined",
    { ...channel, recovered: true, reason: undefined, count: 3 },
    "debug",
    "RECOVERED room:1 for user:1: 3 messages",
  ],
  [
    "history.joined",
    { ...channel, recovered: false, reason: "trimmed", count: 0 },
    "debug",
    "NOT RECOVERED room:1 for user:1: trimmed",
  ],
  [
    "history.gap",
    { topic: "room:1", reason: "lost", clients: 7 },
    "warn",
    "GAP on room:1: 7 clients are told to load again (lost)",
  ],
  [
    "history.generation",
    { topic: "room:1", boundary: 40, lost: 2 },
    "warn",
    "GENERATION of room:1 begins at 40: the history store has lost 2 messages that were delivered here",
  ],
  [
    "history.generation",
    { topic: "room:1", boundary: 40, lost: 0 },
    "debug",
    "GENERATION of room:1 begins at 40: the history store has lost 0 messages that were delivered here",
  ],
  [
    "history.bypassed",
    { topic: "room:1", event: "new_msg" },
    "warn",
    "NOT RECORDED: new_msg on room:1 came from a process that does not declare its history",
  ],
  [
    "history.trimmed_early",
    { topic: "room:1", maxBytes: 100 },
    "warn",
    "HISTORY of room:1 is dropped: all together are larger than 100 bytes (maxBytes of memoryHistory)",
  ],
  [
    "history.store_down",
    { store: "redis", reason: "no answer" },
    "warn",
    "DISCONNECTED from the history store redis: no answer; topics with a history wait for it",
  ],
  [
    "socket.connected",
    { ...connection, vsn: "2.0.0", params: {}, duration: 1.26 },
    "info",
    "CONNECTED /socket as user:1 (vsn 2.0.0) in 1.3ms",
  ],
  [
    "socket.connected",
    { ...connection, id: null, vsn: "1.0.0", params: {}, duration: 0.0123 },
    "info",
    "CONNECTED /socket as anonymous (vsn 1.0.0) in 12µs",
  ],
  [
    "socket.refused",
    { ...source, stage: "origin", status: 403, reason: "http://evil.com" },
    "info",
    "REFUSED /socket by origin with 403: http://evil.com",
  ],
  [
    "socket.refused",
    { ...source, stage: "connect", status: 429, reason: { why: "busy" } },
    "info",
    'REFUSED /socket by connect with 429: {"why":"busy"}',
  ],
  [
    "socket.refused",
    { ...source, stage: "connect crashed", status: 500, error },
    "error",
    "REFUSED /socket by connect crashed with 500",
    error,
  ],
  ["socket.closed", { ...connection, code: 1001, reason: "bye" }, "debug", "CLOSED /socket of user:1 with 1001 bye"],
  ["socket.closed", { ...connection, code: 1000, reason: "" }, "debug", "CLOSED /socket of user:1 with 1000"],
  [
    "socket.bad_frame",
    { ...connection, reason: "no JSON", closing: true },
    "warn",
    "BAD FRAME on /socket from user:1: no JSON",
  ],
  [
    "socket.slow_consumer",
    { ...connection, bufferedBytes: 9, limit: 8 },
    "warn",
    "SLOW CONSUMER user:1 on /socket: 9 bytes buffered, the limit is 8; closing",
  ],
  [
    "socket.paused",
    { ...channel, limit: "maxMailboxMessages", waiting: 7 },
    "debug",
    "PAUSED reading from user:1: 7 messages wait on room:1",
  ],
  [
    "socket.throttled",
    { ...connection, bytesPerSecond: 1_000, waitMs: 20 },
    "debug",
    "THROTTLED user:1 on /socket: bytesPerSecond is 1000, paused for 20ms",
  ],
  ["channel.joined", { ...joined, result: "ok" }, "info", "JOINED room:1 by user:1 in 2.0ms"],
  [
    "channel.joined",
    { ...joined, result: "invalid payload" },
    "info",
    "JOIN INVALID PAYLOAD room:1 by user:1 in 2.0ms",
  ],
  ["channel.unmatched", { ...channel, event: "shout" }, "warn", "UNMATCHED shout on room:1 from user:1"],
  ["channel.too_many", { ...channel, limit: 100 }, "warn", "TOO MANY CHANNELS: user:1 has 100, refused room:1"],
  ["channel.handled_in", handled, "debug", "HANDLED shout on room:1: ok in 1.0ms"],
  [
    "endpoint.draining",
    { endpoint, count: 2, total: 5, round: 1, rounds: 3, interval: 100 },
    "info",
    "DRAINING 2 of 5 connections, batch 1 of 3",
  ],
  [
    "channel.crashed",
    { ...channel, callback: "handleIn", event: "shout", error },
    "error",
    'CRASHED room:1 of user:1 in handleIn("shout")',
    error,
  ],
  [
    "channel.crashed",
    { ...channel, callback: "join", event: undefined, error },
    "error",
    "CRASHED room:1 of user:1 in join",
    error,
  ],
  ["pubsub.delivery_failed", { topic: "room:1", error }, "error", "DELIVERY FAILED on room:1", error],
];

describe("the logger", () => {
  it.each([...cases])("prints %s", (event, data, ...line) => {
    const lines = logged("debug");
    emit(event as TelemetryEvent, data as never);
    expect(lines).toEqual([line]);
  });

  it.each(levels)("prints from level %s on", (level) => {
    const lines = logged(level);
    for (const [event, data] of cases) emit(event, data as never);
    const expected = cases
      .map(([, , ...line]) => line)
      .filter(([of]) => levels.indexOf(of as LogLevel) >= levels.indexOf(level));
    expect(lines).toEqual(expected);
  });

  it("begins at info", () => {
    const [byDefault, info] = [logged(), logged("info")];
    for (const [event, data] of cases) emit(event, data as never);
    expect(byDefault).toEqual(info);
  });

  it("prints its own endpoint's events only, and none after its stop", () => {
    const [own, other] = [logged("debug"), logged("debug", {})];
    emit("socket.bad_frame", { ...connection, reason: "first", closing: true });
    expect([own.length, other.length]).toEqual([1, 0]);
    for (const stop of stops.splice(0)) stop();
    emit("socket.bad_frame", { ...connection, reason: "second", closing: true });
    expect(own).toHaveLength(1);
  });

  it("does not make the runtime measure handlers unless it prints them", () => {
    logged("info");
    expect(isObserved("channel.handled_in")).toBe(false);
    logged("debug");
    expect(isObserved("channel.handled_in")).toBe(true);
  });

  it("prints joins and messages at the level of their channel, or not at all", () => {
    const [info, debug] = [logged("info"), logged("debug")];
    const loud: unknown[][] = [];
    const sink = { debug() {}, info: (line: string) => loud.push([line]), warn() {}, error() {} };
    stops.push(startLogger(endpoint, { sink }, ["debug", "info"]));
    emit("channel.joined", { ...joined, result: "ok", log: false });
    emit("channel.joined", { ...joined, result: "ok", log: "debug" });
    emit("channel.handled_in", { ...handled, log: "info" });
    expect(info).toEqual([]);
    expect(debug.map(([level]) => level)).toEqual(["debug", "info"]);
    expect(loud).toEqual([["HANDLED shout on room:1: ok in 1.0ms"]]);
  });

  it("prints parameters and payloads at debug only, filtered and cut", () => {
    const [info, debug] = [logged("info"), logged("debug")];
    const params = {
      room: 1,
      accessToken: "a",
      nested: [{ Password: "b", url: "/x?token=c" }],
      bytes: new Uint8Array(3),
    };
    emit("channel.joined", { ...joined, result: "ok", params });
    emit("channel.handled_in", { ...handled, payload: { text: "x".repeat(2_000) } });
    expect(info.map(([, line]) => line)).toEqual(["JOINED room:1 by user:1 in 2.0ms"]);
    const [first, second] = debug.map(([, line]) => String(line));
    const shown = `{"room":1,"accessToken":"[FILTERED]","nested":[{"Password":"[FILTERED]","url":"[FILTERED]"}],"bytes":"[3 bytes]"}`;
    expect(first).toBe(`JOINED room:1 by user:1 in 2.0ms ${shown}`);
    expect(second).toHaveLength("HANDLED shout on room:1: ok in 1.0ms ".length + 1_001);
  });

  it("cuts parts and lines that are too long", () => {
    const lines = logged("debug");
    const long = "x".repeat(5_000);
    emit("channel.unmatched", { ...channel, topic: long, event: "shout" });
    emit("channel.handled_in", {
      ...handled,
      id: long,
      topic: long,
      event: long,
      handler: long,
      payload: { a: long, b: [long, long] },
    });
    const [unmatched, all] = lines.map(([, line]) => String(line));
    expect(unmatched).toBe(`UNMATCHED shout on ${"x".repeat(256)}… from user:1`);
    expect(all?.length).toBeGreaterThan(1_000);
    expect(all?.length).toBeLessThanOrEqual(2_001);
    expect(all?.at(-1)).toBe("…");
  });

  it("gives objects to a structured sink, with the error as err", () => {
    const entries: unknown[][] = [];
    const log =
      (level: LogLevel) =>
      (...entry: unknown[]): void =>
        void entries.push([level, ...entry]);
    const structured = { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") };
    stops.push(startLogger(endpoint, { level: "debug", structured, filterParameters: { keep: ["room"] } }));
    emit("channel.joined", { ...joined, result: "ok", params: { room: 1, name: "eve", in: { room: { a: 1 }, b: 2 } } });
    emit("channel.crashed", { ...channel, callback: "handleIn", event: "shout", error });
    const source = { path: "/socket", transport: "websocket", id: "user:1", topic: "room:1", pattern: "room:{id}" };
    expect(entries).toEqual([
      [
        "info",
        {
          wingbeat: "channel.joined",
          ...source,
          result: "ok",
          duration: 2,
          params: { room: 1, name: "[FILTERED]", in: { room: { a: 1 }, b: "[FILTERED]" } },
        },
        "JOINED room:1 by user:1 in 2.0ms",
      ],
      [
        "error",
        { wingbeat: "channel.crashed", ...source, callback: "handleIn", event: "shout", err: error },
        'CRASHED room:1 of user:1 in handleIn("shout")',
      ],
    ]);
  });

  it("prints where an error of ours is explained", () => {
    const lines = logged("info");
    emit("channel.crashed", {
      ...channel,
      callback: "join",
      event: undefined,
      error: new WingbeatError("WB_NOT_JOINED", "no"),
    });
    expect(inspect(lines[0]?.[2])).toContain("reference/errors#wb_not_joined");
  });

  it("listens to nothing when it is off", () => {
    stops.push(startLogger(endpoint, false));
    expect(cases.some(([event]) => isObserved(event))).toBe(false);
  });
});
