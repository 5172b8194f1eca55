/** A channel definition as the runtime reads it: plain data, untyped handlers. `channel.ts` gives it its types. */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { WingbeatError } from "../errors.ts";
import type { TopicRule, UnknownPolicy } from "../pubsub.ts";
import type { LogLevel } from "../telemetry.ts";
import type { Context } from "./context.ts";
import type { Deliveries, Delivery } from "./delivery.ts";

/** A callback that takes a payload, with the schema that the payload must pass. */
export interface PayloadHandler {
  readonly schema: StandardSchemaV1 | undefined;
  /** The responses that it declares, for an exported contract. They are not checked at run time. */
  readonly reply: StandardSchemaV1 | undefined;
  readonly error: StandardSchemaV1 | undefined;
  readonly run: (context: Context, payload: unknown) => unknown;
}

/** At which level the logger prints joins and handled messages; false: never. */
export interface ChannelLog {
  readonly join: LogLevel | false;
  readonly handleIn: LogLevel | false;
}

/** What is declared about an event that the server sends. Payloads are not checked at run time. */
export interface PushSpec {
  readonly schema: StandardSchemaV1 | undefined;
  readonly delivery: Delivery | undefined;
}

/** What is kept of the topics of a channel. */
export interface HistorySpec extends Omit<TopicRule, "records"> {
  /** Undefined: all that are broadcast and may not be dropped. */
  readonly events: readonly string[] | undefined;
}

export interface ChannelSpec {
  readonly pattern: string;
  readonly log: ChannelLog;
  readonly join: PayloadHandler | undefined;
  /** By exact event name. */
  readonly handleIn: ReadonlyMap<string, PayloadHandler>;
  /** By event prefix (`reaction:*`), in declaration order. Asked after the exact names. */
  readonly handleInPrefixes: readonly { readonly prefix: string; readonly handler: PayloadHandler }[];
  /** Events with a schema or a delivery. Those declared only by type do not exist at run time. */
  readonly pushes: ReadonlyMap<string, PushSpec>;
  /** All events that it sends are in `pushes`, each with its schema: none are declared by type alone. */
  readonly pushesAreComplete: boolean;
  readonly deliveries: Deliveries;
  /** The events of ephemeral values, with the schema of the value. */
  readonly ephemeral: ReadonlyMap<string, StandardSchemaV1 | undefined>;
  /** The intercepted events. */
  readonly handleOut: ReadonlyMap<string, (context: Context, payload: unknown) => unknown>;
  readonly handleCommand: ReadonlyMap<string, (context: Context, payload: unknown) => unknown>;
  readonly handleInfo: ((context: Context, message: unknown) => unknown) | undefined;
  /** What is kept of its topics. Undefined: nothing. */
  readonly history: HistorySpec | undefined;
  /** How it takes numbered pushes. Undefined: it does not. */
  readonly dedupe: { readonly window: number; readonly unknown: UnknownPolicy } | undefined;
  readonly reauthorize: ((context: Context) => unknown) | undefined;
  readonly terminate: ((context: Context, reason: string, detail: unknown) => unknown) | undefined;
}

/** One for all channels without any: a broadcast compares it, and looks the event up only where it differs. */
const NONE: Deliveries = new Map();

/** The spec with these pushes declared. */
export function withPushes(spec: ChannelSpec, pushes: ReadonlyMap<string, PushSpec>, isBySchema: boolean): ChannelSpec {
  if (spec.ephemeral.size > 0) {
    throw new WingbeatError("WB_OPTION", `channel "${spec.pattern}" declares ephemeral before pushes: swap them.`);
  }
  const deliveries = new Map<string, Delivery>();
  for (const [event, { delivery }] of pushes) if (delivery !== undefined) deliveries.set(event, delivery);
  const pushesAreComplete = isBySchema && [...pushes.values()].every(({ schema }) => schema !== undefined);
  return { ...spec, pushes, pushesAreComplete, deliveries: deliveries.size === 0 ? NONE : deliveries };
}

export function emptySpec(pattern: string): ChannelSpec {
  return {
    pattern,
    log: { join: "info", handleIn: "debug" },
    join: undefined,
    handleIn: new Map(),
    handleInPrefixes: [],
    pushes: new Map(),
    pushesAreComplete: false,
    deliveries: NONE,
    ephemeral: new Map(),
    handleOut: new Map(),
    handleCommand: new Map(),
    handleInfo: undefined,
    history: undefined,
    dedupe: undefined,
    reauthorize: undefined,
    terminate: undefined,
  };
}

/** The spec with one more `handleIn`. */
export function withHandleIn(spec: ChannelSpec, event: string, handler: PayloadHandler): ChannelSpec {
  const star = event.indexOf("*");
  if (star !== -1 && star !== event.length - 1) {
    throw new WingbeatError("WB_PATTERN", `event "${event}" of "${spec.pattern}" has "*" before its end.`);
  }
  const prefix = event.slice(0, -1);
  const isTaken =
    star === -1 ? spec.handleIn.has(event) : spec.handleInPrefixes.some((entry) => entry.prefix === prefix);
  if (isTaken) throw duplicate(spec, `handleIn("${event}")`);
  if (star === -1) return { ...spec, handleIn: new Map([...spec.handleIn, [event, handler]]) };
  return { ...spec, handleInPrefixes: [...spec.handleInPrefixes, { prefix, handler }] };
}

/** The handler of an event: the exact name, else the first matching prefix, else none. */
export function handlerOf(spec: ChannelSpec, event: unknown): PayloadHandler | undefined {
  const exact = spec.handleIn.get(event as string);
  if (exact !== undefined || typeof event !== "string") return exact;
  return spec.handleInPrefixes.find(({ prefix }) => event.startsWith(prefix))?.handler;
}

/** The name under which an event is declared: its own, or a prefix pattern. Undefined when nothing takes it. */
export function declaredName(spec: ChannelSpec, event: unknown): string | undefined {
  if (typeof event !== "string") return undefined;
  if (spec.handleIn.has(event)) return event;
  const entry = spec.handleInPrefixes.find(({ prefix }) => event.startsWith(prefix));
  return entry && `${entry.prefix}*`;
}

export function duplicate(spec: ChannelSpec, what: string): WingbeatError {
  return new WingbeatError("WB_DUPLICATE_HANDLER", `channel "${spec.pattern}" has ${what} already: keep one of them.`);
}
