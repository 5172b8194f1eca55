import { trace, SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { afterEach, describe, expect, it } from "vitest";
import { traceTelemetry } from "./opentelemetry.ts";
import type { Tracer } from "./opentelemetry.ts";
import { emit } from "./telemetry.ts";

interface Recorded {
  name: string;
  kind: number;
  attributes: object;
  startTime: number;
  ended: boolean;
  status?: object;
  exception?: unknown;
}

const endpoint = {};
const socket = { endpoint, path: "/socket", transport: "websocket", id: "user:7" };
const channel = { ...socket, topic: "room:1", pattern: "room:{id}" };
const socketAttributes = { "url.path": "/socket", "network.protocol.name": "websocket" };
const channelAttributes = {
  ...socketAttributes,
  "wingbeat.socket.id": "user:7",
  "messaging.system": "wingbeat",
  "messaging.operation.type": "process",
  "messaging.destination.name": "room:1",
  "messaging.destination.template": "room:{id}",
};

const stops: (() => void)[] = [];
afterEach(() => stops.splice(0).forEach((stop) => stop()));

function record(): Recorded[] {
  const spans: Recorded[] = [];
  const tracer: Tracer = {
    startSpan(name, options) {
      const span: Recorded = { name, ...options, ended: false };
      spans.push(span);
      return {
        setStatus: (status) => (span.status = status),
        recordException: (exception) => (span.exception = exception),
        end: () => (span.ended = true),
      };
    },
  };
  stops.push(traceTelemetry(tracer, endpoint));
  return spans;
}

describe("traceTelemetry", () => {
  it("makes a span of each connect, join and message, which began when the work did", () => {
    const spans = record();
    const before = Date.now();
    emit("socket.connected", { ...socket, vsn: "2.0.0", params: { token: "x" }, duration: 1_000 });
    emit("channel.joined", { ...channel, result: "ok", params: {}, log: "info", duration: 2_000 });
    const handled = { ...channel, payload: {}, outcome: "ok", log: "debug", duration: 3_000 } as const;
    emit("channel.handled_in", { ...handled, event: "shout", handler: "shout" });
    emit("channel.handled_in", { ...handled, event: "made up", handler: undefined });
    const after = Date.now();
    expect(spans).toMatchObject([
      {
        name: "CONNECT /socket",
        attributes: { ...socketAttributes, "wingbeat.socket.id": "user:7", "wingbeat.vsn": "2.0.0" },
      },
      {
        name: "JOIN room:{id}",
        attributes: { ...channelAttributes, "messaging.operation.name": "phx_join", "wingbeat.outcome": "ok" },
      },
      {
        name: "shout room:{id}",
        attributes: { ...channelAttributes, "messaging.operation.name": "shout", "wingbeat.outcome": "ok" },
      },
      { name: "other room:{id}", attributes: { "messaging.operation.name": "made up" } },
    ]);
    for (const [index, { ended, kind, startTime, status }] of spans.entries()) {
      expect([ended, kind, status]).toEqual([true, SpanKind.SERVER, undefined]);
      const duration = Math.min(index + 1, 3) * 1_000;
      expect(startTime).toBeGreaterThanOrEqual(before - duration);
      expect(startTime).toBeLessThanOrEqual(after - duration);
    }
    expect(JSON.stringify(spans)).not.toContain("token");
  });

  it("records errors: refused connections and crashes", () => {
    const spans = record();
    const error = new RangeError("boom");
    const { id: _, ...source } = socket;
    emit("socket.refused", { ...source, stage: "origin", status: 403, reason: "x" });
    emit("socket.refused", { ...source, stage: "connect crashed", status: 500, error });
    emit("channel.joined", { ...channel, result: "crashed", params: {}, log: "info", duration: 1 });
    emit("channel.crashed", { ...channel, callback: "handleIn", event: "shout", error });
    emit("channel.crashed", { ...channel, callback: "terminate", event: undefined, error: "text" });
    expect(spans).toMatchObject([
      {
        attributes: { "error.type": "origin", "http.response.status_code": 403 },
        status: { message: "refused: origin" },
      },
      { attributes: { "error.type": "connect crashed" }, exception: error },
      { name: "JOIN room:{id}", status: { message: "join crashed" } },
      { name: "CRASH room:{id}", attributes: { "error.type": "RangeError" }, exception: error },
      { attributes: { "error.type": "string", "messaging.operation.name": "terminate" }, exception: "text" },
    ]);
    expect(
      spans.every(({ ended, status }) => ended && (status as { code: number }).code === SpanStatusCode.ERROR),
    ).toBe(true);
    expect(spans[0]?.exception).toBeUndefined();
  });

  it("keeps to its own endpoint, ends when it is told to, and takes a tracer of the API", () => {
    const spans = record();
    emit("socket.connected", { ...socket, endpoint: {}, vsn: "2.0.0", params: {}, duration: 1 });
    for (const stop of stops.splice(0)) stop();
    emit("socket.connected", { ...socket, vsn: "2.0.0", params: {}, duration: 1 });
    expect(spans).toEqual([]);
    stops.push(traceTelemetry(trace.getTracer("wingbeat"), endpoint));
    emit("socket.connected", { ...socket, vsn: "2.0.0", params: {}, duration: 1 });
  });
});
