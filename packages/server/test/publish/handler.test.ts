/** The publish handler as other programs meet it: over node:http, in Express, and as a function of Request. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import express from "express";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createEndpoint, defineChannel, defineSocket, ok, publishHandler, Token } from "wingbeat";
import type { PublishOptions, PublishTarget } from "wingbeat";
import { current, joined, nextOn } from "../integration/phoenix-clients.ts";
import { observe } from "../integration/telemetry.ts";

const SECRET = "a secret of more than twenty bytes";
const SALT = "wingbeat publish";

interface Sent {
  readonly topic: string;
  readonly event: string;
  readonly payload: object;
}

/** Takes what is published. */
class Target implements PublishTarget {
  readonly sent: Sent[] = [];
  state: "up" | "down" = "up";
  readonly pubsub = { status: () => ({ state: this.state }) };

  broadcastUnchecked(topic: string, event: string, payload: object): void {
    this.sent.push({ topic, event, payload });
  }
}

const tokenFor = (data: unknown = "*", options: Parameters<typeof Token.sign>[3] = { maxAge: 60 }): string =>
  Token.sign(SECRET, SALT, data as string, options);

type Handler = "node" | "fetch";
interface Given {
  readonly method?: string;
  readonly body?: string | Uint8Array | ReadableStream | undefined;
  readonly headers?: Readonly<Record<string, string | undefined>>;
}
interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly json: { readonly reason?: string; readonly detail?: string; readonly accepted?: number };
}

const MESSAGE: Sent = { topic: "room:1", event: "new_msg", payload: { body: "hi" } };

async function setUp(kind: Handler, options: Partial<PublishOptions> = {}) {
  const target = new Target();
  const handler = publishHandler({ to: target, secret: SECRET, ...options });
  let port = 0;
  if (kind === "node") {
    const server = createServer(handler.node).listen(0, "127.0.0.1");
    onTestFinished(() => void server.closeAllConnections());
    onTestFinished(() => void server.close());
    await once(server, "listening");
    port = (server.address() as AddressInfo).port;
  }
  const post = async ({
    method = "POST",
    body = JSON.stringify(MESSAGE),
    headers = {},
  }: Given = {}): Promise<Answer> => {
    const all = { authorization: `Bearer ${tokenFor()}`, "content-type": "application/json", ...headers };
    const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const init = { method, headers: given, ...(method === "GET" ? {} : { body, duplex: "half" }) } as RequestInit;
    const response =
      kind === "node"
        ? await fetch(`http://127.0.0.1:${port}/publish`, init)
        : await handler.fetch(new Request("http://server/publish", init));
    return { status: response.status, headers: response.headers, json: (await response.json()) as Answer["json"] };
  };
  return { target, handler, post, port };
}

describe.each<Handler>(["node", "fetch"])("the publish handler (%s)", (kind) => {
  it("publishes a message, or a list of them in order", async () => {
    const { target, post } = await setUp(kind);
    const accepted = observe("publish.accepted");
    expect(await post()).toMatchObject({ status: 202, json: { accepted: 1, pubsub: "up" } });
    const list = [1, 2, 3].map((n) => ({ topic: `room:${n}`, event: "é", payload: { n, nested: [{ a: null }] } }));
    target.state = "down";
    const answer = await post({ body: JSON.stringify(list) });
    expect(answer).toMatchObject({ status: 202, json: { accepted: 3, pubsub: "down" } });
    expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(target.sent).toEqual([MESSAGE, ...list]);
    expect(accepted.rest).toMatchObject([{ endpoint: target, messages: 1 }, { messages: 3 }]);
  });

  it("takes content types with a charset", async () => {
    const { post } = await setUp(kind);
    expect((await post({ headers: { "content-type": "Application/JSON ; charset=utf-8" } })).status).toBe(202);
  });

  describe("asks for a token", () => {
    it.each<[what: string, authorization: string | undefined, reason: string]>([
      ["is missing", undefined, "no token"],
      ["is of another scheme", "Basic abc", "no token"],
      ["is empty", "Bearer ", "no token"],
      ["is garbage", "Bearer SFMyNTY.abc.def", "invalid token"],
      ["is of another secret", `Bearer ${Token.sign("x".repeat(20), SALT, "*")}`, "invalid token"],
      ["is for another purpose", `Bearer ${Token.sign(SECRET, "user socket", "*")}`, "invalid token"],
      ["names no topics", `Bearer ${tokenFor({ userId: 1 })}`, "invalid token"],
      ["has an empty list", `Bearer ${tokenFor([])}`, "invalid token"],
      ["has something else in its list", `Bearer ${tokenFor(["*", 1])}`, "invalid token"],
      ["has an impossible pattern", `Bearer ${tokenFor("a*b")}`, "invalid token"],
      [
        "has too many patterns",
        `Bearer ${tokenFor(Array.from({ length: 101 }, (_, n) => `room:${n}`))}`,
        "invalid token",
      ],
      [
        "is over, by its own age",
        `Bearer ${tokenFor("*", { maxAge: 1, signedAt: Date.now() / 1000 - 5 })}`,
        "expired token",
      ],
      [
        "is over, by the age of the handler",
        `Bearer ${tokenFor("*", { signedAt: Date.now() / 1000 - 301 })}`,
        "expired token",
      ],
      [
        "never ends, says its sender",
        `Bearer ${tokenFor("*", { maxAge: Infinity, signedAt: Date.now() / 1000 - 301 })}`,
        "expired token",
      ],
      ["is signed in the future", `Bearer ${tokenFor("*", { signedAt: Date.now() / 1000 + 60 })}`, "invalid token"],
    ])("401 when it %s", async (_what, authorization, reason) => {
      const { target, post } = await setUp(kind);
      const refused = observe("publish.refused");
      const answer = await post({ headers: { authorization } });
      expect(answer).toMatchObject({ status: 401, json: { reason } });
      expect(answer.json.detail).toMatch(/Token\.sign\(secret, "wingbeat publish"|topic pattern/);
      expect(answer.headers.get("www-authenticate")).toBe("Bearer");
      expect(target.sent).toEqual([]);
      expect(refused.rest).toEqual([{ endpoint: target, status: 401, reason }]);
    });

    it("takes those of all its secrets, and of its age", async () => {
      const { post } = await setUp(kind, { secret: ["an older secret of many bytes", SECRET], maxAge: 3_600 });
      expect((await post()).status).toBe(202);
      const old = tokenFor("*", { signedAt: Date.now() / 1000 - 3_000 });
      expect((await post({ headers: { authorization: `bearer  ${old}` } })).status).toBe(202);
    });

    it("403 for a topic that it does not name, and nothing of the request is published", async () => {
      const { target, post } = await setUp(kind);
      const authorization = `Bearer ${tokenFor(["room:*", "user:{id}", "lobby"])}`;
      const of = (...topics: string[]) => JSON.stringify(topics.map((topic) => ({ ...MESSAGE, topic })));
      const taken = await post({ body: of("room:1", "room:", "user:7", "lobby"), headers: { authorization } });
      expect(taken).toMatchObject({ status: 202, json: { accepted: 4 } });
      for (const topic of ["rooms:1", "user:", "lobby2", "user_socket:7"]) {
        const answer = await post({ body: of("room:1", topic), headers: { authorization } });
        expect(answer).toMatchObject({ status: 403, json: { reason: "topic not allowed" } });
        expect(answer.json.detail).toContain(`"${topic}" (message 1)`);
      }
      expect(target.sent).toHaveLength(4);
    });
  });

  describe("refuses what is no message, and publishes nothing of it", () => {
    const message = (changes: object) => JSON.stringify([MESSAGE, { ...MESSAGE, ...changes }]);
    it.each<[what: string, body: string | Uint8Array, detail: string]>([
      ["nothing", "", "body is empty"],
      ["no JSON", "{topic", "not JSON"],
      ["no UTF-8", new Uint8Array([0x22, 0xff, 0xfe, 0x22]), "not JSON in UTF-8"],
      ["an empty list", "[]", "no messages"],
      ["a number", "1", "Message 0 must be an object"],
      ["null", "null", "Message 0 must be an object"],
      ["a list in the list", "[[]]", "Message 0 must be an object"],
      ["a topic that is no string", message({ topic: 1 }), 'Message 1 must have "topic", a string'],
      ["an empty topic", message({ topic: "" }), 'Message 1 must have "topic"'],
      ["a long topic", message({ topic: "é".repeat(513) }), "more than 1024 bytes"],
      ["half a character", '[{"topic":"\\ud800","event":"e","payload":{}}]', "half of a surrogate pair"],
      ["no event", message({ event: undefined }), 'Message 1 must have "event", a string'],
      ["an event of the protocol", message({ event: "phx_close" }), "the protocol's own"],
      ["no payload", message({ payload: undefined }), 'Message 1 must have "payload", an object'],
      ["a payload that is a list", message({ payload: [] }), 'must have "payload", an object'],
      ["a payload that is null", message({ payload: null }), 'must have "payload", an object'],
      ["an unknown field", message({ toppic: "x" }), 'has a field "toppic"'],
      ["a prototype", '{"__proto__":{"topic":"room:1","event":"e","payload":{}}}', 'has a field "__proto__"'],
      ["a constructor", '{"constructor":{"prototype":{"topic":"t"}}}', 'has a field "constructor"'],
      [
        "a payload of too many levels",
        `{"topic":"t","event":"e","payload":${'{"a":'.repeat(1_001)}1${"}".repeat(1_002)}`,
        "too deep",
      ],
    ])("%s", async (_what, body, detail) => {
      const { target, post } = await setUp(kind);
      const answer = await post({ body });
      expect(answer.status).toBe(400);
      expect(answer.json.detail).toContain(detail);
      expect(target.sent).toEqual([]);
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    });

    it("another method, another type, a compressed body", async () => {
      const { post } = await setUp(kind);
      const get = await post({ method: "GET" });
      expect([get.status, get.headers.get("allow")]).toEqual([405, "POST"]);
      expect((await post({ method: "PUT" })).status).toBe(405);
      for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""]) {
        expect(await post({ headers: { "content-type": type } })).toMatchObject({
          status: 415,
          json: { reason: "not JSON" },
        });
      }
      const gzip = await post({ headers: { "content-encoding": "gzip" } });
      expect(gzip).toMatchObject({ status: 415, json: { reason: "encoded body" } });
    });
  });

  it("keys of the prototype in a payload arrive as they are", async () => {
    const { target, post } = await setUp(kind);
    const body = '{"topic":"__proto__","event":"constructor","payload":{"__proto__":{"polluted":1},"toString":2}}';
    expect((await post({ body })).status).toBe(202);
    expect(JSON.stringify(target.sent)).toBe(`[${body}]`);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it("413 beyond maxBodySize, with and without a content-length", async () => {
    const { target, post } = await setUp(kind, { maxBodySize: 1_000 });
    const sized = (bytes: number) => {
      const text = JSON.stringify({ ...MESSAGE, payload: { text: "" } });
      return text.replace('""', `"${"x".repeat(bytes - text.length)}"`);
    };
    expect((await post({ body: sized(1_000) })).status).toBe(202);
    for (const body of [sized(1_001), new Blob([sized(1_001)]).stream()]) {
      expect(await post({ body })).toMatchObject({ status: 413, json: { reason: "body too large" } });
    }
    expect(target.sent).toHaveLength(1);
  });

  it("413 beyond maxBatchMessages", async () => {
    const { target, post } = await setUp(kind, { maxBatchMessages: 3 });
    const list = (length: number) => JSON.stringify(Array.from({ length }, () => MESSAGE));
    expect((await post({ body: list(3) })).status).toBe(202);
    expect(await post({ body: list(4) })).toMatchObject({ status: 413, json: { reason: "too many messages" } });
    expect(target.sent).toHaveLength(3);
  });

  it("429 beyond messagesPerSecond, with the time to wait", async () => {
    vi.spyOn(performance, "now").mockReturnValue(performance.now());
    const { target, post } = await setUp(kind, { messagesPerSecond: 2 });
    const list = (length: number) => JSON.stringify(Array.from({ length }, () => MESSAGE));
    expect((await post({ body: list(3) })).status).toBe(202);
    const answer = await post({ body: list(3) });
    expect(answer).toMatchObject({ status: 429, json: { reason: "too many messages" } });
    expect(answer.headers.get("retry-after")).toBe("1");
    expect((await post({ body: list(1) })).status).toBe(202);
    expect(target.sent).toHaveLength(4);
  });

  it("408 for a body that comes too slowly, 503 beyond maxRequests, and room again afterwards", async () => {
    const { target, post } = await setUp(kind, { bodyTimeout: 200, maxRequests: 1 });
    const asked = vi.fn<() => void>();
    const never = new ReadableStream({
      pull(controller) {
        if (asked.mock.calls.length === 0) controller.enqueue(new TextEncoder().encode('{"topic":'));
        asked();
        return asked.mock.calls.length === 1 ? undefined : new Promise(() => {});
      },
    });
    const slow = post({ body: never });
    let busy = await post();
    while (busy.status === 202) busy = await post();
    expect([busy.status, busy.json.reason, busy.headers.get("retry-after")]).toEqual([
      503,
      "too many requests at once",
      "1",
    ]);
    expect(await slow).toMatchObject({ status: 408, json: { reason: "body too slow" } });
    expect((await post()).status).toBe(202);
    expect(target.sent.every(({ topic }) => topic === "room:1")).toBe(true);
  });

  it("503 when a message cannot be broadcast, and says how many were", async () => {
    const { target, post } = await setUp(kind);
    const send = vi.spyOn(target, "broadcastUnchecked");
    send
      .mockImplementationOnce(() => {})
      .mockImplementationOnce(() => {
        throw new Error("the queue is full");
      });
    const refused = observe("publish.refused");
    const answer = await post({ body: JSON.stringify([MESSAGE, MESSAGE, MESSAGE]) });
    expect(answer).toMatchObject({ status: 503, json: { reason: "broadcast failed" } });
    expect(answer.json.detail).toBe("Error: the queue is full. The first 1 messages of the request were published.");
    expect(refused.rest).toMatchObject([{ status: 503, error: new Error("the queue is full") }]);
  });

  it("500 when something else fails", async () => {
    const { target, post } = await setUp(kind);
    vi.spyOn(target.pubsub, "status").mockImplementation(() => {
      throw new Error("no status");
    });
    expect(await post()).toMatchObject({ status: 500, json: { reason: "failed" } });
  });
});

describe("over node:http", () => {
  it("a sender that goes away in the middle of its body leaves nothing behind", async () => {
    const { port, post, target } = await setUp("node", { maxRequests: 1 });
    for (let n = 0; n < 3; n++) {
      const socket = connect(port, "127.0.0.1");
      socket.on("error", () => {});
      socket.write(
        `POST / HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${tokenFor()}\r\ncontent-type: application/json\r\n` +
          'content-length: 500\r\n\r\n{"topic":"room:1",',
      );
      await vi.waitFor(async () => expect((await post()).status).toBe(503));
      socket.resetAndDestroy();
      await vi.waitFor(async () => expect((await post()).status).toBe(202));
    }
    expect(target.sent).toHaveLength(3);
  });

  it("an endless body without a token is answered, and its connection ends", async () => {
    const { port, target } = await setUp("node");
    const socket = connect(port, "127.0.0.1");
    let answer = "";
    socket.on("error", () => {});
    socket.on("data", (bytes) => (answer += String(bytes)));
    const closed = once(socket, "close");
    socket.write("POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n");
    const flood = setInterval(() => socket.write(`1000\r\n${"x".repeat(4_096)}\r\n`), 1);
    onTestFinished(() => clearInterval(flood));
    await closed;
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
    expect(answer.toLowerCase()).toContain("connection: close");
    expect(target.sent).toEqual([]);
  });

  it.each<[name: string, parser: express.RequestHandler[]]>([
    ["without a body parser", []],
    ["with express.json()", [express.json()]],
    ["with express.text()", [express.text({ type: "*/*" })]],
    ["with express.raw()", [express.raw({ type: "*/*" })]],
  ])("in Express %s", async (_name, parsers) => {
    const target = new Target();
    const app = express();
    for (const parser of parsers) app.use(parser);
    app.post("/publish", publishHandler({ to: target, secret: SECRET }).node);
    const server = app.listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/publish`, {
      method: "POST",
      headers: { authorization: `Bearer ${tokenFor()}`, "content-type": "application/json" },
      body: JSON.stringify(MESSAGE),
    });
    expect([response.status, target.sent]).toEqual([202, [MESSAGE]]);
  });

  it("a body that a parser has made unreadable is answered with 500, and makes room for the next request", async () => {
    const target = new Target();
    const app = express();
    app.use(express.json());
    app.use((request, _response, next) => {
      if (request.headers["x-unreadable"] !== undefined) request.body = { id: 1n };
      next();
    });
    app.post("/publish", publishHandler({ to: target, secret: SECRET, maxRequests: 1 }).node);
    const server = app.listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const post = async (headers: Readonly<Record<string, string>>): Promise<number> => {
      const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/publish`, {
        method: "POST",
        headers: { authorization: `Bearer ${tokenFor()}`, "content-type": "application/json", ...headers },
        body: JSON.stringify(MESSAGE),
      });
      return response.status;
    };
    const unreadable = { "x-unreadable": "1" };
    expect([await post(unreadable), await post(unreadable), await post({})]).toEqual([500, 500, 202]);
  });

  it("reaches the clients of an endpoint; a disconnect on an id closes its connections", async () => {
    const room = defineChannel("room:{id}").join(() => ok());
    const socket = defineSocket({ connect: () => ok(), id: () => "user_socket:7", channels: [room] });
    const endpoint = createEndpoint({ sockets: { "/socket": socket }, logger: false });
    const server = createServer(publishHandler({ to: endpoint, secret: SECRET }).node).listen(0, "127.0.0.1");
    endpoint.attach(server);
    onTestFinished(async () => {
      await endpoint.close();
      server.close();
    });
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const client = current.socket(`ws://127.0.0.1:${port}/socket`, { reconnectAfterMs: () => 1_000_000 });
    const channel = client.channel("room:1");
    await joined(channel);
    const post = (message: Sent) =>
      fetch(`http://127.0.0.1:${port}/publish`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${tokenFor(["room:*", "user_socket:*"])}`,
          "content-type": "application/json",
        },
        body: JSON.stringify(message),
      });
    const heard = nextOn(channel, "new_msg");
    expect((await post(MESSAGE)).status).toBe(202);
    expect(await heard).toEqual(MESSAGE.payload);
    const closed = new Promise((resolve) => client.onClose(resolve));
    expect((await post({ topic: "user_socket:7", event: "disconnect", payload: {} })).status).toBe(202);
    await closed;
  });
});

describe("options of publishHandler", () => {
  it.each<[what: string, options: object, message: string]>([
    ["no target", { secret: SECRET }, "publishHandler.to must be an endpoint or a broadcaster"],
    ["no secret", { to: new Target() }, "publishHandler.secret must be"],
    ["a short secret", { to: new Target(), secret: "short" }, "at least 20 bytes"],
    ["no secrets", { to: new Target(), secret: [] }, "publishHandler.secret must be"],
    ["a misspelt option", { to: new Target(), secret: SECRET, maxBody: 1 }, 'has no option "maxBody"'],
    ["an age that is none", { to: new Target(), secret: SECRET, maxAge: 0 }, "publishHandler.maxAge is 0"],
    ["a rate that is none", { to: new Target(), secret: SECRET, messagesPerSecond: NaN }, "messagesPerSecond is NaN"],
    ["a time that is none", { to: new Target(), secret: SECRET, bodyTimeout: -1 }, "bodyTimeout is -1"],
  ])("%s", (_what, options, message) => {
    expect(() => publishHandler(options as PublishOptions)).toThrow(message);
  });
});
