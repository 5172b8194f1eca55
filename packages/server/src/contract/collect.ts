/** Reads the definitions of sockets into a contract. */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { ChannelSpec, PayloadHandler } from "../channel/spec.ts";
import { convert } from "./convert.ts";
import type { Converter, Direction } from "./convert.ts";
import { isObject, isOpen, OPEN_SCHEMA } from "./json-schema.ts";
import type { JsonSchema } from "./json-schema.ts";
import type { Contract, ContractChannel, ContractEvent, ContractPush, ContractSocket, OpenPart } from "./model.ts";
import { camel } from "./names.ts";
import { NamedSchemas } from "./named-schemas.ts";

/** A socket, or a socket with the options of its mount. Another copy of this package may have made it. */
export type SocketLike = SocketWithSpec | MountLike;
export interface SocketWithSpec {
  readonly spec: {
    readonly params?: StandardSchemaV1 | undefined;
    readonly routes: readonly { readonly pattern: { readonly source: string }; readonly channel: ChannelSpec }[];
  };
}
export interface MountLike {
  readonly socket: SocketWithSpec;
  readonly websocket?: boolean | { readonly path?: string };
  readonly longpoll?: boolean | { readonly path?: string };
  readonly authToken?: boolean;
}

export interface CollectOptions extends Converter {
  readonly title: string;
  readonly version: string;
  readonly allowUnknown: boolean;
}

/** Throws `WB_CONTRACT` for a schema that has no JSON Schema, unless that is allowed. */
export function collect(
  sockets: Readonly<Record<string, SocketLike>>,
  options: CollectOptions,
): { readonly contract: Contract; readonly open: readonly OpenPart[] } {
  const collector = new Collector(options);
  const { title, version } = options;
  const read = Object.entries(sockets).map(([name, socket]) => collector.socket(name, socket));
  return { contract: { title, version, sockets: read, schemas: collector.named.all }, open: collector.open };
}

/** The versions of the protocol that every socket speaks. */
const VSN: JsonSchema = { type: "string", enum: ["2.0.0", "1.0.0"] };
const NULL: JsonSchema = { type: "null" };
const NOTHING_OPEN = { schema: undefined, reply: undefined, error: undefined };

type Place = Omit<OpenPart, "what">;

class Collector {
  readonly named = new NamedSchemas();
  readonly open: OpenPart[] = [];
  readonly #options: CollectOptions;

  constructor(options: CollectOptions) {
    this.#options = options;
  }

  socket(name: string, mount: SocketLike): ContractSocket {
    const {
      socket,
      websocket = true,
      longpoll = false,
      authToken = false,
    } = "socket" in mount ? mount : { socket: mount };
    const isMounted = name.startsWith("/");
    const params = this.#schema(socket.spec.params, { socket: name, channel: undefined, event: undefined }, "params");
    return {
      name,
      websocket: isMounted ? pathOf(name, "websocket", websocket) : undefined,
      longpoll: isMounted ? pathOf(name, "longpoll", longpoll) : undefined,
      authToken,
      params: withVsn(params),
      channels: socket.spec.routes.map(({ pattern, channel }) => this.#channel(name, pattern.source, channel)),
    };
  }

  #channel(socket: string, pattern: string, spec: ChannelSpec): ContractChannel {
    const place = { socket, channel: pattern, event: undefined };
    const handlers = [
      ...spec.handleIn,
      ...spec.handleInPrefixes.map(({ prefix, handler }) => [`${prefix}*`, handler] as const),
    ];
    const ephemeral = new Map(spec.ephemeral ?? []);
    const join = this.#event({ ...place, event: "phx_join" }, spec.join ?? NOTHING_OPEN);
    const events = handlers.map(([event, handler]) =>
      ephemeral.has(event)
        ? this.#ephemeralEvent({ ...place, event }, ephemeral.get(event))
        : this.#event({ ...place, event }, handler),
    );
    const pushes = [...(spec.pushes ?? [])].map(([event, { schema, delivery }]): ContractPush => {
      const isEphemeral = ephemeral.has(event);
      const at = { ...place, event };
      const payload = isEphemeral
        ? this.#ephemeralPush(at, ephemeral.get(event))
        : this.#schema(schema, at, "payload", `${camel(event)}Push`);
      return { event, payload, delivery: delivery?.["~delivery"], isEphemeral };
    });
    const hasOpenPushes = spec.pushesAreComplete !== true;
    if (hasOpenPushes) this.open.push({ ...place, what: "pushes" });
    return { pattern, join, events, pushes, hasOpenPushes, history: historyOf(spec), dedupe: spec.dedupe };
  }

  #event(place: Place, { schema, reply, error }: Pick<PayloadHandler, "schema" | "reply" | "error">): ContractEvent {
    const name = camel(place.event ?? "");
    return {
      event: place.event ?? "",
      payload: this.#schema(schema, place, "payload", name),
      replies: {
        ok: this.#schema(reply, place, "reply", `${name}Reply`),
        error: this.#schema(error, place, "error", `${name}Error`),
      },
      isEphemeral: false,
    };
  }

  #ephemeralEvent(place: Place, schema: StandardSchemaV1 | undefined): ContractEvent {
    const value = this.#schema(schema, place, "payload", camel(place.event ?? ""));
    return {
      event: place.event ?? "",
      payload: { type: "object", properties: { value: nullable(value) } },
      replies: {},
      isEphemeral: true,
    };
  }

  /** What is sent of a value has passed its schema: its output. */
  #ephemeralPush(place: Place, schema: StandardSchemaV1 | undefined): JsonSchema {
    const value = this.#schema(schema, place, "payload", `${camel(place.event ?? "")}Value`, "output");
    const properties = { key: { type: ["string", "number"] }, value: nullable(value) };
    return { type: "object", properties, required: ["key", "value"] };
  }

  #schema(
    schema: StandardSchemaV1 | undefined,
    place: Place,
    what: OpenPart["what"],
    name = "Params",
    direction: Direction = "input",
  ): JsonSchema {
    if (schema === undefined) return this.#leaveOpen({ ...place, what });
    try {
      const json = convert(schema, placeText({ ...place, what }), direction, this.#options);
      return this.named.add(`${camel(place.channel ?? place.socket)}${name}`, json);
    } catch (error) {
      if (!this.#options.allowUnknown) throw error;
      return this.#leaveOpen({ ...place, what });
    }
  }

  #leaveOpen(part: OpenPart): JsonSchema {
    this.open.push(part);
    return OPEN_SCHEMA;
  }
}

/** A part as messages say it: `room:{id}, new_msg: reply`. */
export function placeText({ socket, channel, event, what }: OpenPart): string {
  if (channel === undefined) return `${socket}: connect params`;
  if (event === undefined) return `${channel}: ${what}`;
  return `${channel}, ${event === "phx_join" ? "join" : event}: ${what}`;
}

function pathOf(mount: string, transport: string, options: boolean | { readonly path?: string }): string | undefined {
  if (options === false) return undefined;
  const own = options === true ? undefined : options.path;
  return `${mount === "/" ? "" : mount}${own ?? `/${transport}`}`;
}

/** The params of a socket are an object; the binding of AsyncAPI wants to see that. */
function withVsn(params: JsonSchema): JsonSchema {
  if (isOpen(params)) return { ...params, type: "object", properties: { vsn: VSN } };
  const { properties, required = [], ...rest } = params;
  if (!isObject(properties)) return { type: "object", properties: { vsn: VSN }, allOf: [params] };
  return { ...rest, type: "object", properties: { ...(properties as JsonSchema["properties"]), vsn: VSN }, required };
}

const nullable = (value: JsonSchema): JsonSchema => (isOpen(value) ? value : { anyOf: [value, NULL] });

function historyOf({ history }: ChannelSpec): Readonly<Record<string, unknown>> | undefined {
  if (history === undefined) return undefined;
  // Infinity is no JSON: it is kept until it is pushed out.
  return { ...history, ttl: history.ttl === Infinity ? null : history.ttl };
}
