/** Reads a contract back from a document: for a diff, for pages and for models. */
import { WingbeatError } from "../errors.ts";
import { schemaFault } from "./check-schemas.ts";
import { isObject, OPEN, OPEN_SCHEMA, SCHEMAS } from "./json-schema.ts";
import type { JsonSchema, Schemas } from "./json-schema.ts";
import type { Contract, ContractChannel, ContractEvent, ContractPush, ContractSocket, ReplyStatus } from "./model.ts";

type Json = Readonly<Record<string, unknown>>;

/** Throws `WB_CONTRACT` for what is not a contract. `what` names it in the message: a path. */
export function readContract(document: unknown, what = "the document"): Contract {
  if (!isObject(document) || !String(document["asyncapi"]).startsWith("3.")) {
    throw new WingbeatError("WB_CONTRACT", `${what} is not an AsyncAPI 3 document: write one with wingbeat contract.`);
  }
  const fault = schemaFault(document["components"], "#/components");
  if (fault !== undefined)
    throw new WingbeatError("WB_CONTRACT", `${what} ${fault}: write it anew with wingbeat contract.`);
  return new Reader(document, what).contract();
}

class Reader {
  readonly #document: Json;
  readonly #what: string;

  constructor(document: Json, what: string) {
    this.#document = document;
    this.#what = what;
  }

  contract(): Contract {
    const info = this.#map(this.#document, "info");
    const channels = Object.entries(this.#map(this.#document, "channels"));
    const connections = channels.filter(([, channel]) => isObject(channel) && !("x-topic" in channel));
    const names = new Set(connections.map(([, channel]) => this.#nameOf(channel)));
    if (names.size === 0) throw this.#invalid("has no channel with x-wingbeat-socket");
    return {
      title: String(info["title"]),
      version: String(info["version"]),
      sockets: connections.map(([, connection]) => this.#socket(connection as Json, channels)),
      schemas: this.#schemas(),
    };
  }

  #schemas(): Schemas {
    const all = this.#map(this.#map(this.#document, "components"), "schemas") as Schemas;
    return Object.fromEntries(Object.entries(all).filter(([name]) => !name.startsWith("phx.")));
  }

  #socket(connection: Json, channels: readonly (readonly [string, unknown])[]): ContractSocket {
    const name = this.#nameOf(connection);
    const servers = this.#list(connection["servers"]).map((reference) => this.#follow(reference));
    const pathOf = (protocol: RegExp): string | undefined => {
      const server = servers.find((one) => protocol.test(String(one["protocol"])));
      return server === undefined ? undefined : String(server["pathname"]);
    };
    const query = this.#map(this.#map(this.#map(connection, "bindings"), "ws"), "query");
    return {
      name,
      websocket: pathOf(/^wss?$/),
      longpoll: pathOf(/^https?$/),
      authToken: servers.some((server) => this.#list(server["security"]).length > 0),
      params: query as JsonSchema,
      channels: channels
        .filter(([, channel]) => isObject(channel) && "x-topic" in channel && this.#nameOf(channel) === name)
        .map(([key, channel]) => this.#channel(key, channel as Json)),
    };
  }

  #channel(key: string, channel: Json): ContractChannel {
    const operations = Object.values(this.#map(this.#document, "operations")).filter(
      (operation): operation is Json =>
        isObject(operation) && this.#list([operation["channel"]])[0]?.["$ref"] === `#/channels/${key}`,
    );
    const received = operations.filter(({ action }) => action === "receive");
    const events = received.map((operation) => this.#event(operation));
    const join = events.find(({ event }) => event === "phx_join");
    if (join === undefined) throw this.#invalid(`has no join for the channel ${key}`);
    return {
      pattern: String(this.#map(channel, "x-topic")["pattern"]),
      join,
      events: events.filter((event) => event !== join),
      pushes: operations.filter(({ action }) => action === "send").map((operation) => this.#push(operation)),
      hasOpenPushes: channel[OPEN] === true,
      history: this.#optional(channel, "x-wingbeat-history"),
      dedupe: this.#optional(channel, "x-wingbeat-dedupe"),
    };
  }

  #event(operation: Json): ContractEvent {
    const message = this.#follow(this.#list(operation["messages"])[0]);
    const answers = this.#list(this.#optional(operation, "reply")?.["messages"])
      .map((reference) => this.#follow(reference))
      .filter(({ payload }) => payload !== undefined && !isSystem(payload));
    const replies = answers.map(
      (answer) => [String(answer["x-wingbeat-status"]) as ReplyStatus, payloadOf(answer)] as const,
    );
    return {
      event: String(message["name"]),
      payload: payloadOf(message),
      replies: Object.fromEntries(replies),
      isEphemeral: operation["x-wingbeat-kind"] === "ephemeral",
    };
  }

  #push(operation: Json): ContractPush {
    const message = this.#follow(this.#list(operation["messages"])[0]);
    const delivery = message["x-wingbeat-delivery"] as ContractPush["delivery"];
    const isEphemeral = operation["x-wingbeat-kind"] === "ephemeral";
    return { event: String(message["name"]), payload: payloadOf(message), delivery, isEphemeral };
  }

  #nameOf(channel: unknown): string {
    const name = (channel as Json)["x-wingbeat-socket"];
    if (typeof name === "string") return name;
    throw this.#invalid("was not written by wingbeat contract (a channel has no x-wingbeat-socket)");
  }

  #optional(parent: Json, key: string): Json | undefined {
    const value = parent[key];
    return isObject(value) ? value : undefined;
  }

  #map(parent: Json, key: string): Json {
    return this.#optional(parent, key) ?? {};
  }

  #list(value: unknown): readonly Json[] {
    return Array.isArray(value) ? value.filter((item): item is Json => isObject(item)) : [];
  }

  /** What a reference leads to, through further ones. */
  #follow(reference: Json | undefined): Json {
    let value: unknown = reference;
    for (let steps = 0; isObject(value) && typeof value["$ref"] === "string"; steps++) {
      const path = value["$ref"].replace(/^#\//, "").split("/");
      value = path.reduce<unknown>(
        (part, name) => (isObject(part) ? part[name.replaceAll("~1", "/").replaceAll("~0", "~")] : undefined),
        this.#document,
      );
      if (steps > 10) value = undefined;
    }
    if (isObject(value)) return value;
    throw this.#invalid(`has a reference that leads nowhere: ${String(reference?.["$ref"])}`);
  }

  #invalid(problem: string): WingbeatError {
    return new WingbeatError("WB_CONTRACT", `${this.#what} ${problem}: write it with wingbeat contract.`);
  }
}

const payloadOf = ({ payload }: Json): JsonSchema => (isObject(payload) ? payload : OPEN_SCHEMA);
const isSystem = (payload: unknown): boolean =>
  isObject(payload) && String(payload["$ref"]).startsWith(`${SCHEMAS}phx.`);
