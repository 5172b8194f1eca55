/**
 * `wingbeat/opentelemetry`: a span for each connect, join and message of an endpoint. Spans are created from telemetry
 * once the work is done, with its original start time; spans started in handlers are not their children.
 *
 * @example
 * import { trace } from "@opentelemetry/api";
 * traceTelemetry(trace.getTracer("wingbeat"), endpoint);
 */
import { attach } from "./telemetry/attach.ts";
import type { TelemetryEvent, TelemetryEvents } from "./telemetry.ts";
import { describeThrown } from "./errors.ts";

type Attributes = Record<string, string | number | boolean>;

export interface TraceSpan {
  setStatus(status: { code: number; message?: string }): unknown;
  recordException(exception: Error | string, time?: number): void;
  /** In ms since 1970. */
  end(endTime?: number): void;
}

/** The part of a tracer of @opentelemetry/api that is used. */
export interface Tracer {
  startSpan(name: string, options: { kind: number; startTime: number; attributes: Attributes }): TraceSpan;
}

/** `SpanKind.SERVER` and `SpanStatusCode.ERROR` of the API. */
const SERVER = 1;
const ERROR = 2;
/** The maximum length of a thrown value that is not an Error, in characters. */
const MAX_EXCEPTION = 1_000;

/** Records spans until the returned function is called. */
export function traceTelemetry(tracer: Tracer, endpoint: object): () => void {
  const spans = new Spans(tracer, endpoint);
  const detach = [
    spans.on("socket.connected", ({ path, transport, id, vsn, duration }) => {
      const attributes = { ...socketOf(path, transport, id), "wingbeat.vsn": vsn };
      spans.add(`CONNECT ${path}`, attributes, duration);
    }),
    spans.on("socket.refused", ({ path, transport, stage, status, error }) => {
      const attributes = { ...socketOf(path, transport, null), "http.response.status_code": status };
      const span = spans.start(`CONNECT ${path}`, { ...attributes, "error.type": stage }, 0);
      spans.fail(span, error, `refused: ${stage}`);
    }),
    spans.on("channel.joined", (data) => {
      const { pattern, result, duration } = data;
      const span = spans.start(
        `JOIN ${pattern}`,
        { ...channelOf(data, "phx_join"), "wingbeat.outcome": result },
        duration,
      );
      if (result === "crashed") span.setStatus({ code: ERROR, message: "join crashed" });
      span.end();
    }),
    spans.on("channel.handled_in", (data) => {
      const { pattern, event, handler, outcome, duration } = data;
      const name = `${handler ?? (event === "phx_leave" ? event : "other")} ${pattern}`;
      spans.add(name, { ...channelOf(data, event), "wingbeat.outcome": outcome }, duration);
    }),
    spans.on("channel.crashed", (data) => {
      const { pattern, callback, event, error } = data;
      const attributes = { ...channelOf(data, event ?? callback), "wingbeat.callback": callback };
      const type = error instanceof Error ? error.name : typeof error;
      const span = spans.start(`CRASH ${pattern}`, { ...attributes, "error.type": type }, 0);
      spans.fail(span, error, `${callback} crashed`);
    }),
  ];
  return () => {
    for (const stop of detach) stop();
  };
}

class Spans {
  readonly #tracer: Tracer;
  readonly #endpoint: object;

  constructor(tracer: Tracer, endpoint: object) {
    this.#tracer = tracer;
    this.#endpoint = endpoint;
  }

  on<Event extends TelemetryEvent>(event: Event, listener: (data: TelemetryEvents[Event]) => void): () => void {
    return attach(event, (data) => {
      if ("endpoint" in data && data.endpoint === this.#endpoint) listener(data);
    });
  }

  /** Starts a span that began `duration` ms ago. */
  start(name: string, attributes: Attributes, duration: number): TraceSpan {
    return this.#tracer.startSpan(name, { kind: SERVER, startTime: Date.now() - duration, attributes });
  }

  add(name: string, attributes: Attributes, duration: number): void {
    this.start(name, attributes, duration).end();
  }

  fail(span: TraceSpan, error: unknown, message: string): void {
    if (error !== undefined)
      span.recordException(error instanceof Error ? error : describeThrown(error).slice(0, MAX_EXCEPTION));
    span.setStatus({ code: ERROR, message });
    span.end();
  }
}

function socketOf(path: string, transport: string, id: string | null): Attributes {
  const anonymous = { "url.path": path, "network.protocol.name": transport };
  return id === null ? anonymous : { ...anonymous, "wingbeat.socket.id": id };
}

function channelOf(
  source: { path: string; transport: string; id: string | null; topic: string; pattern: string },
  event: unknown,
): Attributes {
  return {
    ...socketOf(source.path, source.transport, source.id),
    "messaging.system": "wingbeat",
    "messaging.operation.name": typeof event === "string" ? event : "other",
    "messaging.operation.type": "process",
    "messaging.destination.name": source.topic,
    "messaging.destination.template": source.pattern,
  };
}
