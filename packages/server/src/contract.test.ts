import { toStandardJsonSchema } from "@valibot/to-json-schema";
import { Parser } from "@asyncapi/parser";
import { type } from "arktype";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { contractOf, describeOpen, markdownOf, textOf } from "./contract.ts";
import type { AsyncApiDocument, ToJsonSchema } from "./contract.ts";
import { readContract } from "./contract/read.ts";
import { conflate, defineChannel, defineSocket, ok, routeChannel } from "./index.ts";
import type { AnyChannel } from "./index.ts";

const Message = z
  .object({
    body: z.string().min(1),
    id: z.string(),
    get answers() {
      return z.array(Message).optional();
    },
  })
  .meta({ id: "Message" });
const room = defineChannel("room:{id}")
  .pushes({ new_msg: Message, "message:typing": type({ "name?": "string" }) }, { "message:typing": conflate(() => "") })
  .history({ events: ["new_msg"], ttl: Infinity })
  .dedupe()
  .ephemeral("cursor", z.object({ x: z.string().transform(Number).pipe(z.number()) }), { key: () => "" })
  .join({ payload: v.object({ since: v.optional(v.number()) }), reply: z.object({ newest: z.array(Message) }) }, () =>
    ok({ newest: [] }),
  )
  .handleIn(
    "new_msg",
    { payload: z.object({ body: z.string() }), reply: Message, error: type({ reason: "string" }) },
    () => ok({ id: "", body: "" }),
  )
  .handleIn("reaction:*", z.object({ emoji: z.string() }), () => {});
const lobby = defineChannel("lobby:*")
  .pushes<{ a: object }>()
  .join(() => ok());
const socket = defineSocket({
  params: z.object({ token: z.string() }),
  connect: () => ok(),
  channels: [room, lobby, routeChannel("support:{id}", room)],
});

const toJsonSchema: ToJsonSchema = (schema, direction) =>
  toStandardJsonSchema(schema as unknown as v.GenericSchema)["~standard"].jsonSchema[direction]({ target: "draft-07" });
const options = { title: "Chat", version: "1.2.0", toJsonSchema } as const;
const sockets = { "/socket": { socket, longpoll: true, authToken: true } };
/** The output of `x` has no JSON Schema in zod: a transform hides it, but for the pipe. */
const contract = () => contractOf(sockets, options);
const withChannels = (...channels: AnyChannel[]) =>
  ({ "/socket": defineSocket({ connect: () => ok(), channels: channels as never }) }) as Parameters<
    typeof contractOf
  >[0];

const messagesOf = (document: AsyncApiDocument, channel: string) =>
  document.channels[channel]?.["messages"] as Readonly<Record<string, { readonly payload?: unknown }>>;

const parser = new Parser();
/** What the official parser objects to. Its hints about style are no faults. */
async function faultsOf(document: AsyncApiDocument): Promise<string[]> {
  const { diagnostics } = await parser.parse(textOf(document));
  return diagnostics.filter(({ severity }) => severity < 2).map(({ path, message }) => `${path.join(".")}: ${message}`);
}

describe("contractOf", () => {
  it("writes documents that the official parser takes", async () => {
    const second = {
      "/ws/:tenant": defineSocket({ connect: () => ok(), channels: [lobby, defineChannel("a/b~c").join(() => ok())] }),
    };
    const documents = [
      contractOf({ ...sockets, ...second }, { ...options, url: "wss://chat.example.com", asyncapi: "3.0" }).document,
      contractOf({ userSocket: defineSocket({ connect: () => ok(), channels: [lobby] }) }).document,
    ];
    expect(await Promise.all(documents.map(faultsOf))).toEqual([[], []]);
    const { info: _info, ...broken } = documents[0] as AsyncApiDocument;
    expect(await faultsOf(broken as AsyncApiDocument)).not.toEqual([]);
  });

  it("has what each library gives, with names for what is used again", () => {
    const { document } = contract();
    const messages = messagesOf(document, "room");
    const ref = { $ref: "#/components/schemas/Message" };
    expect(messages).toMatchObject({
      join: { name: "phx_join", payload: { properties: { since: { type: "number" } } } },
      "join.ok": { payload: { properties: { newest: { items: ref } } } },
      new_msg: { name: "new_msg", payload: { properties: { body: { type: "string" } }, required: ["body"] } },
      "new_msg.ok": { name: "phx_reply", payload: ref, "x-wingbeat-status": "ok" },
      "new_msg.error": { payload: { properties: { reason: { type: "string" } } } },
      reaction__: { name: "reaction:*", "x-event-pattern": "reaction:*" },
      "push.message_typing": { name: "message:typing", "x-wingbeat-delivery": "conflate" },
      "push.new_msg": { payload: ref },
    });
    const { schemas } = document["components"] as { readonly schemas: Readonly<Record<string, unknown>> };
    expect(Object.keys(schemas).filter((name) => !name.startsWith("phx."))).toEqual(["Message"]);
    expect(schemas["Message"]).toMatchObject({ properties: { answers: { items: ref } }, required: ["body", "id"] });
  });

  it("says how topics, sockets and deliveries work", () => {
    const { document } = contract();
    expect(document.channels["room"]).toMatchObject({
      address: "room:{id}",
      parameters: { id: {} },
      "x-topic": { pattern: "room:{id}", parameters: ["id"] },
      "x-wingbeat-history": { size: 100, ttl: null, events: ["new_msg"] },
      "x-wingbeat-dedupe": { window: 600_000, unknown: "refuse" },
    });
    expect(document.channels["room"]).not.toHaveProperty("x-wingbeat-open");
    expect(document.channels["lobby"]).toMatchObject({
      address: "lobby:{rest}",
      "x-phoenix": { wildcard: true },
      "x-wingbeat-open": true,
    });
    expect(document.channels["socket"]).toMatchObject({
      bindings: {
        ws: {
          query: { properties: { token: { type: "string" }, vsn: { enum: ["2.0.0", "1.0.0"] } }, required: ["token"] },
        },
      },
    });
    expect(document["servers"]).toMatchObject({
      socket: { host: "localhost:4000", protocol: "ws", pathname: "/socket/websocket" },
      socket_longpoll: { protocol: "http", pathname: "/socket/longpoll" },
    });
  });

  it("of an ephemeral value, clients send what the schema takes and are sent what it makes", () => {
    const messages = messagesOf(contract().document, "room");
    const value = (type: string) => ({ anyOf: [{ properties: { x: { type } } }, { type: "null" }] });
    expect(messages["cursor"]?.payload).toMatchObject({ properties: { value: value("string") } });
    expect(messages["push.cursor"]?.payload).toMatchObject({
      properties: { key: { type: ["string", "number"] }, value: value("number") },
      required: ["key", "value"],
    });
  });

  it("lists what is open", () => {
    const text = describeOpen(contract().open);
    expect(text.split("\n").slice(0, 5)).toEqual([
      "Open in this contract, because it is not declared by schema:",
      "  room:{id}, join: error",
      "  room:{id}, reaction:*: reply, error",
      "  lobby:*, join: payload, reply, error",
      "  lobby:*: pushes",
    ]);
    expect(describeOpen([])).toBe("");
    expect(messagesOf(contract().document, "room")["reaction__.ok"]?.payload).toEqual({ "x-wingbeat-open": true });
    const closed = defineChannel("a")
      .pushes({})
      .join({ payload: z.object({}), reply: z.null(), error: z.null() }, () => ok(null));
    expect(contractOf(withChannels(closed)).open.map(({ what }) => what)).toEqual(["params"]);
  });

  it("is the same text for the same definitions, whatever the libraries count", () => {
    const Node = () => type({ v: "number", "next?": "this" });
    const text = () => {
      const tree = defineChannel("a")
        .pushes({ tree: Node() })
        .join(() => ok());
      return textOf(contractOf(withChannels(tree)).document);
    };
    expect(text()).toContain('"ATreePush": {');
    expect(text()).toBe(text());
    expect(textOf(contract().document)).toBe(textOf(contract().document));
  });

  it("names channel, event and path of a schema that has no JSON Schema", () => {
    const born = z.object({ authors: z.array(z.object({ born: z.date().optional() })) });
    const old = v.object({ author: v.object({ born: v.date() }) });
    const channel = (schema: typeof born | typeof old) =>
      defineChannel("a:{id}")
        .join(() => ok())
        .handleIn("x", schema, () => {});
    expect(() => contractOf(withChannels(channel(born)))).toThrow(
      expect.objectContaining({
        code: "WB_CONTRACT",
        message: expect.stringMatching(/^a:\{id\}, x: payload at \$\.authors\[\*\]\.born cannot be written/),
      }),
    );
    expect(() => contractOf(withChannels(channel(old)), { toJsonSchema })).toThrow(
      "a:{id}, x: payload at $.author.born cannot",
    );
    expect(() => contractOf(withChannels(channel(old)))).toThrow("install @valibot/to-json-schema");
    const { document, open } = contractOf(withChannels(channel(born)), { allowUnknown: true });
    expect(messagesOf(document, "a")["x"]?.payload).toEqual({ "x-wingbeat-open": true });
    expect(open).toContainEqual({ socket: "/socket", channel: "a:{id}", event: "x", what: "payload" });
  });

  it.each([
    [{ asyncapi: "2.0" }, "asyncapi is 2.0"],
    [{ url: "nowhere" }, 'url is "nowhere"'],
    [{ name: "x" }, 'has no option "name"'],
  ])("refuses the options %j", (given, message) => {
    expect(() => contractOf(sockets, given as never)).toThrow(message);
  });
});

describe("a document", () => {
  it("is read back as the contract that it was written from", () => {
    const [read] = readContract(JSON.parse(textOf(contract().document))).sockets;
    expect(read).toMatchObject({
      name: "/socket",
      websocket: "/socket/websocket",
      longpoll: "/socket/longpoll",
      authToken: true,
    });
    expect(read?.channels.map(({ pattern }) => pattern).sort()).toEqual(["lobby:*", "room:{id}", "support:{id}"]);
    const channel = read?.channels.find(({ pattern }) => pattern === "room:{id}");
    expect(channel?.events.map(({ event }) => event)).toEqual(["cursor", "new_msg", "reaction:*"]);
    expect(channel?.pushes).toContainEqual(
      expect.objectContaining({ event: "cursor", isEphemeral: true, delivery: "conflate" }),
    );
    expect(Object.keys(channel?.join.replies ?? {})).toEqual(["ok", "error"]);
    expect(channel).toMatchObject({ hasOpenPushes: false, dedupe: { window: 600_000 }, history: { size: 100 } });
  });

  it.each([
    null,
    1,
    [],
    {},
    { asyncapi: "2.6.0" },
    { asyncapi: "3.0.0" },
    { asyncapi: "3.0.0", channels: { a: { address: "/" } } },
  ])("that is %j is refused", (document) => {
    expect(() => readContract(document)).toThrow(expect.objectContaining({ code: "WB_CONTRACT" }));
  });
});

describe("markdownOf", () => {
  const page = markdownOf(contract().document);

  it("has a table for each payload, with nested fields", () => {
    expect(page).toContain("# Chat 1.2.0\n");
    expect(page).toContain(
      "### Client sends `new_msg`\n\n| field | type |  |\n| --- | --- | --- |\n| `body` | string | required |",
    );
    expect(page).toContain("| `value.x` | number | required |");
    expect(page).toContain("| `answers` | list of [Message](#message) | optional |");
    expect(page).toContain(
      "Clients connect to `/socket/websocket` or `/socket/longpoll`, with a token in the handshake.",
    );
  });

  it("lets no name or description out of its cell", () => {
    const odd = z.object({ "a|b`c": z.string().describe("<script> {{ x }} | *y*\nz") });
    const channel = defineChannel("a")
      .pushes({ "<b>|": odd })
      .join(() => ok());
    const text = markdownOf(contractOf(withChannels(channel)).document);
    expect(text).toContain("| `` a\\|b`c `` | string | required | &lt;script> &#123;&#123; x }} \\| \\*y\\* z |");
    expect(text).toContain("### Server sends `<b>\\|`");
  });
});
