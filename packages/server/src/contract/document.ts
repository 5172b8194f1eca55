/** A contract as an AsyncAPI 3 document: plain JSON with sorted keys, the same for the same definitions. */
import { OPEN, sorted } from "./json-schema.ts";
import type { JsonSchema } from "./json-schema.ts";
import { REPLY_STATUSES } from "./model.ts";
import type { Contract, ContractChannel, ContractEvent, ContractPush, ContractSocket } from "./model.ts";
import { eventKey, keyOf, UniqueNames } from "./names.ts";
import { CORRELATION, HEADERS, SYSTEM_MESSAGES, SYSTEM_SCHEMAS } from "./system.ts";

type Json = Readonly<Record<string, unknown>>;

/** An AsyncAPI document: JSON, with the parts that every contract has. */
export interface AsyncApiDocument {
  readonly asyncapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly channels: Readonly<Record<string, Json>>;
  readonly operations: Readonly<Record<string, Json>>;
  readonly [part: string]: unknown;
}

export interface DocumentOptions {
  readonly asyncapi: "3.0.0" | "3.1.0";
  /** Where the server is, for the reader: `ws://localhost:4000`. */
  readonly url: URL;
}

const ref = (...path: string[]) => ({
  $ref: `#/${path.map((part) => part.replaceAll("~", "~0").replaceAll("/", "~1")).join("/")}`,
});

export function documentOf(contract: Contract, options: DocumentOptions): AsyncApiDocument {
  const writer = new Writer(contract.sockets.length > 1);
  for (const socket of contract.sockets) writer.socket(socket, options.url);
  const hasToken = contract.sockets.some(({ authToken }) => authToken);
  return sorted({
    asyncapi: options.asyncapi,
    info: { title: contract.title, version: contract.version },
    defaultContentType: "application/json",
    servers: writer.servers,
    channels: writer.channels,
    operations: writer.operations,
    components: {
      messages: SYSTEM_MESSAGES,
      schemas: { ...contract.schemas, ...SYSTEM_SCHEMAS },
      ...(hasToken ? { securitySchemes: { authToken: AUTH_TOKEN } } : {}),
    },
  });
}

const AUTH_TOKEN = {
  type: "httpApiKey",
  in: "header",
  name: "sec-websocket-protocol",
  description:
    "A token: the subprotocols `phoenix, base64url.bearer.phx.<token in base64>`. Clients have `authToken` for it.",
};

class Writer {
  readonly servers: Record<string, Json> = {};
  readonly channels: Record<string, Json> = {};
  readonly operations: Record<string, Json> = {};
  readonly #keys = new UniqueNames();
  readonly #serverKeys = new UniqueNames();
  /** With several sockets, a channel's key says which one it is on. */
  readonly #isPrefixed: boolean;

  constructor(isPrefixed: boolean) {
    this.#isPrefixed = isPrefixed;
  }

  socket(socket: ContractSocket, url: URL): void {
    const servers = this.#serversOf(socket, url);
    const key = this.#keys.take(servers[0] ?? keyOf(socket.name));
    const common = { servers: servers.map((name) => ref("servers", name)), "x-wingbeat-socket": socket.name };
    this.channels[key] = {
      ...common,
      address: "/",
      title: `The connection of ${socket.name}`,
      bindings: { ws: { method: "GET", query: socket.params } },
      messages: {
        heartbeat: ref("components", "messages", "heartbeat"),
        heartbeat_reply: ref("components", "messages", "heartbeat_reply"),
      },
    };
    this.operations[`${key}.heartbeat`] = {
      action: "receive",
      channel: ref("channels", key),
      messages: [ref("channels", key, "messages", "heartbeat")],
      reply: { channel: ref("channels", key), messages: [ref("channels", key, "messages", "heartbeat_reply")] },
    };
    for (const channel of socket.channels) {
      const own = keyOf(channel.pattern);
      this.#channel(this.#keys.take(this.#isPrefixed ? `${key}_${own}` : own), channel, common);
    }
  }

  #serversOf({ name, websocket, longpoll, authToken }: ContractSocket, url: URL): string[] {
    const isSecure = /^(wss|https):$/.test(url.protocol);
    const mounts = [
      { path: websocket, protocol: isSecure ? "wss" : "ws", suffix: "" },
      { path: longpoll, protocol: isSecure ? "https" : "http", suffix: "_longpoll" },
    ];
    return mounts.flatMap(({ path, protocol, suffix }) => {
      if (path === undefined) return [];
      const key = this.#serverKeys.take(`${keyOf(name)}${suffix}`);
      const variables = [...path.matchAll(/:(\w+)/g)].map(([, variable = ""]) => variable);
      this.servers[key] = {
        host: url.host,
        protocol,
        pathname: path.replaceAll(/:(\w+)/g, "{$1}"),
        ...(variables.length > 0 ? { variables: Object.fromEntries(variables.map((variable) => [variable, {}])) } : {}),
        ...(authToken ? { security: [ref("components", "securitySchemes", "authToken")] } : {}),
      };
      return [key];
    });
  }

  #channel(key: string, channel: ContractChannel, common: Json): void {
    const { pattern, hasOpenPushes, history, dedupe } = channel;
    const parts = [...pattern.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
    const isWildcard = pattern.endsWith("*");
    const parameters = isWildcard ? ["rest"] : parts;
    const messages = new ChannelMessages(key);
    messages.event("join", channel.join, this.operations);
    for (const event of channel.events) messages.event(eventKey(event.event), event, this.operations);
    for (const push of channel.pushes) messages.push(push, this.operations);
    this.channels[key] = {
      ...common,
      address: isWildcard ? `${pattern.slice(0, -1)}{rest}` : pattern,
      title: pattern,
      messages: messages.all,
      ...(parameters.length === 0 ? {} : { parameters: Object.fromEntries(parameters.map((name) => [name, {}])) }),
      "x-topic": { name: key, pattern, parameters },
      "x-phoenix": { vsn: "2.0.0", wildcard: isWildcard },
      "x-wingbeat-history": history,
      "x-wingbeat-dedupe": dedupe,
      ...(hasOpenPushes ? { [OPEN]: true } : {}),
    };
  }
}

/** The messages of one channel, and its operations. */
class ChannelMessages {
  readonly all: Record<string, unknown> = Object.fromEntries(
    ["refused", "phx_leave", "phx_close", "phx_error"].map((name) => [name, ref("components", "messages", name)]),
  );
  readonly #key: string;
  readonly #names = new UniqueNames();

  constructor(key: string) {
    this.#key = key;
    for (const name of Object.keys(this.all)) this.#names.take(name);
  }

  /** A join, or an event that clients send. */
  event(
    wanted: string,
    { event, payload, replies, isEphemeral }: ContractEvent,
    operations: Record<string, Json>,
  ): void {
    const name = this.#names.take(wanted);
    const kind = event === "phx_join" ? "join" : isEphemeral ? "ephemeral" : "event";
    this.#add(name, event, payload, event.endsWith("*") ? { "x-event-pattern": event } : {});
    const answers = REPLY_STATUSES.flatMap((status) => {
      const response = replies[status];
      if (response === undefined) return [];
      const answer = this.#names.take(`${name}.${status}`);
      this.#add(answer, "phx_reply", response, { "x-wingbeat-status": status });
      return [answer];
    });
    operations[`${this.#key}.${name}`] = {
      ...this.#operation("receive", kind, [name]),
      reply: { channel: ref("channels", this.#key), messages: this.#refs([...answers, "refused"]) },
    };
  }

  push({ event, payload, delivery, isEphemeral }: ContractPush, operations: Record<string, Json>): void {
    const name = this.#names.take(`push.${eventKey(event)}`);
    this.#add(name, event, payload, { "x-wingbeat-delivery": delivery });
    operations[`${this.#key}.${name}`] = this.#operation("send", isEphemeral ? "ephemeral" : "push", [name]);
  }

  #add(key: string, name: string, payload: JsonSchema, marks: Json): void {
    this.all[key] = {
      name,
      headers: HEADERS,
      correlationId: name === "phx_reply" ? CORRELATION : undefined,
      payload,
      ...marks,
    };
  }

  #operation(action: "receive" | "send", kind: string, names: readonly string[]): Json {
    return { action, channel: ref("channels", this.#key), messages: this.#refs(names), "x-wingbeat-kind": kind };
  }

  #refs(names: readonly string[]) {
    return names.map((name) => ref("channels", this.#key, "messages", name));
  }
}

/** The text of a document, as it is written to a file. */
export const textOf = (document: AsyncApiDocument): string => `${JSON.stringify(document, null, 2)}\n`;
