/* oxlint-disable unicorn/no-thenable -- that is what some of it is about */
/** What the doors answer: always, and never more than one answer, whatever callbacks return and whatever a request is. */
import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { createEndpoint, defineSocket, ok, refuse } from "../../src/index.ts";
import type { CheckOrigin, HttpAnswer, MountOptions } from "../../src/index.ts";
import { FrameClient, refusal } from "./frame-client.ts";
import { PollClient, send } from "./poll-client.ts";
import { userSocket } from "./room.ts";
import { serve } from "./serve.ts";
import { observe } from "./telemetry.ts";

const plain = defineSocket({ connect: () => ok(), channels: [] });

/** Sends bytes; gives all that is answered until the connection ends. */
async function exchange(port: number, text: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  let answer = "";
  socket.on("error", () => {});
  socket.on("data", (data: Buffer) => (answer += data.toString("latin1")));
  socket.write(text, "latin1");
  await once(socket, "close");
  return answer;
}

const statusOf = (answer: string): number => Number(answer.split(" ", 2)[1]);

const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const HANDSHAKE = { Upgrade: "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": KEY };
type Lines = Readonly<Record<string, string | undefined>>;
const requestText = (target: string, lines: Lines, first = `GET ${target} HTTP/1.1`): string =>
  [
    first,
    ...Object.entries({ Host: "127.0.0.1", Connection: "close", ...lines }).flatMap(([name, value]) =>
      value === undefined ? [] : value.split("\n").map((line) => `${name}: ${line}`),
    ),
    "",
    "",
  ].join("\r\n");
const handshakeText = (target: string, lines: Lines = {}): string =>
  requestText(target, { Connection: "Upgrade", ...HANDSHAKE, ...lines });
/** Refused at once, or told 101 and then closed by us. */
async function handshake(port: number, lines: Lines = {}, target = "/socket/websocket?vsn=2.0.0"): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  socket.write(handshakeText(target, lines), "latin1");
  const [answer] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  return answer.toString("latin1");
}

describe("errorHandler", () => {
  const refusing = (errorHandler: (reason: unknown) => unknown): MountOptions => ({
    socket: defineSocket({ connect: ({ reason }) => refuse(reason), channels: [] }),
    websocket: { errorHandler: errorHandler as () => HttpAnswer },
  });

  it.each([
    ["a line break in a header", (reason: unknown) => ({ status: 400, headers: { "x-why": reason } })],
    ["a header name of the client", (reason: unknown) => ({ status: 400, headers: { [String(reason)]: "x" } })],
    ["a header that is a list", () => ({ status: 400, headers: { "x-why": ["a"] } })],
    ["status 0", () => ({ status: 0 })],
    ["status 101", () => ({ status: 101 })],
    ["status 1000", () => ({ status: 1000 })],
    ["status 400.5", () => ({ status: 400.5 })],
    ["a status that is text", () => ({ status: "400\r\nx-split: 1" })],
    ["a body that is an object", () => ({ status: 400, body: { why: "x" } })],
    ["a body that is a buffer", () => ({ status: 400, body: Buffer.from("x") })],
    ["nothing", () => undefined],
    ["null", () => null],
    ["a text", () => "400"],
    ["a promise of nothing", async () => undefined],
    ["a promise that is rejected", () => Promise.reject(new Error("broken"))],
    [
      "a thenable that throws",
      () => ({
        then: () => {
          throw new Error("broken");
        },
      }),
    ],
  ])("that gives %s is a 500 with an error, on an upgrade and on a plain GET", async (_what, errorHandler) => {
    const { port } = await serve({ "/socket": refusing(errorHandler) });
    const refused = observe("socket.refused");
    const target = `/socket/websocket?vsn=2.0.0&reason=${encodeURIComponent("a\r\nx-split: 1\r\n\r\nHTTP/1.1 200 OK")}`;
    for (const text of [handshakeText(target), requestText(target, {})]) {
      const answer = await exchange(port, text);
      expect(statusOf(answer)).toBe(500);
      expect(answer).not.toContain("x-split");
      expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
      expect((await refused.next()).error).toBeInstanceOf(Error);
    }
  });

  it("may be async, and leaves framing to the endpoint", async () => {
    const headers = { "Content-Length": "3", "transfer-encoding": "chunked", Connection: "keep-alive", "x-why": "e" };
    const { port } = await serve({ "/socket": refusing(async () => ({ status: 429, headers, body: "später" })) });
    for (const text of [handshakeText("/socket/websocket?reason=x"), requestText("/socket/websocket?reason=x", {})]) {
      const answer = await exchange(port, text);
      expect(statusOf(answer)).toBe(429);
      expect(answer.toLowerCase().match(/content-length: 7/g)).toHaveLength(1);
      expect(answer.toLowerCase()).toContain("connection: close");
      expect(answer.toLowerCase()).not.toMatch(/chunked|keep-alive/);
      expect(answer).toContain("x-why: e");
      expect(Buffer.from(answer, "latin1").toString()).toContain("später");
    }
  });
});

describe("checkOrigin", () => {
  const lenient = (check: (origin: string) => unknown): CheckOrigin => check as () => boolean;

  it.each([
    ["a promise of true", async () => true, 101],
    ["a promise of false", async () => false, 403],
    ["a promise of nothing", async () => {}, 403],
    ["a promise of 1", async () => 1, 403],
    ["1", () => 1, 403],
    ["nothing", () => undefined, 403],
    ["a text", () => "yes", 403],
    ["a thenable of true", () => ({ then: (resolve: (value: boolean) => void) => resolve(true) }), 101],
    [
      "a function with then",
      () => Object.assign(() => {}, { then: (resolve: (value: boolean) => void) => resolve(false) }),
      403,
    ],
    ["a promise that is rejected", () => Promise.reject(new Error("broken")), 500],
    [
      "a throw",
      () => {
        throw new Error("broken");
      },
      500,
    ],
  ])("that gives %s", async (_what, check, status) => {
    const mount = { socket: plain, longpoll: true };
    const { port, pollUrl } = await serve({ "/socket": mount }, { checkOrigin: lenient(check) });
    const refused = observe("socket.refused");
    expect(statusOf(await handshake(port, { Origin: "http://a.example" }))).toBe(status);
    const headers = { origin: "http://a.example" };
    const opened = await send(pollUrl(), { headers });
    expect(opened.body.status).toBe(status === 101 ? 410 : status);
    const posted = await send(pollUrl(), { method: "POST", headers, body: "[]" });
    expect(posted.body.status).toBe(status === 101 ? 410 : status);
    if (status === 101) expect(refused.rest).toEqual([]);
    else expect((await refused.take(3)).map((refusal) => refusal.status)).toEqual([status, status, status]);
  });

  it.each([1, {}, "com"])("is refused at start when it is %s", (checkOrigin) => {
    expect(() =>
      createEndpoint({ sockets: { "/socket": plain }, checkOrigin: checkOrigin as unknown as boolean }),
    ).toThrow(expect.objectContaining({ code: "WB_OPTION" }));
  });
});

describe("other callbacks", () => {
  it.each([
    [
      "id that is promised",
      { socket: defineSocket({ connect: () => ok(), id: async () => "user:1", channels: [] }) },
      101,
    ],
    [
      "id that is a number",
      { socket: defineSocket({ connect: () => ok(), id: () => 1 as unknown as string, channels: [] }) },
      403,
    ],
    [
      "id that is rejected",
      { socket: defineSocket({ connect: () => ok(), id: () => Promise.reject(new Error("x")), channels: [] }) },
      500,
    ],
    [
      "assigns that are a text",
      { socket: defineSocket({ connect: () => ok("text" as unknown as object), channels: [] }) },
      403,
    ],
    [
      "assigns that are rejected",
      { socket: defineSocket({ connect: () => ok(Promise.reject(new Error("x"))), channels: [] }) },
      403,
    ],
    ["csrf that is a promise of true", { socket: plain, session: { read: () => ({}), csrf: async () => true } }, 101],
    [
      "csrf that is a promise of 1",
      { socket: plain, session: { read: () => ({}), csrf: async () => 1 as unknown as boolean } },
      500,
    ],
    [
      "a session that is a text",
      { socket: plain, session: { read: () => "x" as unknown as object, csrf: false as const } },
      500,
    ],
    [
      "a schema that gives true",
      {
        socket: defineSocket({
          params: { "~standard": { version: 1, vendor: "x", validate: () => true as never } },
          connect: () => ok(),
          channels: [],
        }),
      },
      500,
    ],
  ] as [string, MountOptions, number][])("%s", async (_what, mount, status) => {
    const { port } = await serve({ "/socket": mount });
    const refused = observe("socket.refused");
    const answer = await handshake(port, {}, "/socket/websocket?vsn=2.0.0&_csrf_token=x");
    expect(statusOf(answer)).toBe(status);
    if (status !== 101) expect((await refused.next()).error).toBeInstanceOf(Error);
  });

  it("an async csrf that says false leaves the client without a session", async () => {
    const sessions: unknown[] = [];
    const socket = defineSocket({ connect: (_params, { session }) => (sessions.push(session), ok()), channels: [] });
    const { port } = await serve({ "/socket": { socket, session: { read: () => ({}), csrf: async () => false } } });
    await handshake(port, {}, "/socket/websocket?vsn=2.0.0&_csrf_token=x");
    expect(sessions).toEqual([undefined]);
  });

  it("trustProxy as a function is refused at start", () => {
    expect(() => createEndpoint({ sockets: { "/socket": plain }, trustProxy: (() => true) as never })).toThrow(
      expect.objectContaining({ code: "WB_OPTION", message: expect.stringContaining("trustProxy") }),
    );
  });
});

describe("handshakes", () => {
  it.each([
    ["as they should be", {}, 101],
    ["over HTTP/1.1 with other words in Connection", { Connection: "keep-alive, Upgrade" }, 101],
    ["with WebSocket in capitals", { Upgrade: "WebSocket" }, 101],
    ["with a key of 15 bytes", { "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAA" }, 400],
    ["with a key that is no base64", { "Sec-WebSocket-Key": "!!!!!!!!!!!!!!!!!!!!!!==" }, 400],
    ["with two keys", { "Sec-WebSocket-Key": `${KEY}\n${KEY}` }, 400],
    ["with version 8", { "Sec-WebSocket-Version": "8" }, 400],
    ["with two versions", { "Sec-WebSocket-Version": "13\n13" }, 400],
    ["with a version that only a number parser reads", { "Sec-WebSocket-Version": "1.3e1" }, 400],
    ["with a body", { "Content-Length": "5" }, 400],
    ["with subprotocols that are no tokens", { "Sec-WebSocket-Protocol": 'a b,,"c"' }, 101],
    ["with the same subprotocol twice", { "Sec-WebSocket-Protocol": "a, a" }, 101],
    ["with several subprotocol headers", { "Sec-WebSocket-Protocol": "a\nb" }, 101],
    ["with extensions that are malformed", { "Sec-WebSocket-Extensions": "permessage-deflate; =" }, 400],
    [
      "with an offer that cannot be accepted",
      { "Sec-WebSocket-Extensions": "permessage-deflate; server_max_window_bits=99" },
      101,
    ],
    ["with an unknown parameter", { "Sec-WebSocket-Extensions": "permessage-deflate; x" }, 101],
  ] as [string, Lines, number][])("%s: what connect lets in is let in", async (_what, lines, status) => {
    const { port, endpoint } = await serve(
      { "/socket": { socket: plain, websocket: { compress: true } } },
      { maxConnections: 1 },
    );
    const [connected, refused] = [observe("socket.connected"), observe("socket.refused")];
    for (let round = 0; round < 3; round++) {
      expect(statusOf(await handshake(port, lines))).toBe(status);
      if (status === 101) await connected.next();
      else expect(await refused.next()).toMatchObject({ stage: "request", status: 400 });
      await expect.poll(() => endpoint.connections, { timeout: 20_000 }).toBe(0);
    }
    expect([...connected.rest, ...refused.rest]).toEqual([]);
  });

  it("without a host are refused", async () => {
    const { port } = await serve({ "/socket": plain });
    expect(statusOf(await handshake(port, { Host: undefined }))).toBe(400);
  });

  it("answer the subprotocol that was chosen, once", async () => {
    const { port } = await serve({ "/socket": { socket: plain, websocket: { subprotocols: ["b"] } } });
    const answer = await handshake(port, { "Sec-WebSocket-Protocol": "a, b\nb" });
    expect(answer.match(/sec-websocket-protocol: b\r\n/gi)).toHaveLength(1);
  });
});

describe("requests of every kind", () => {
  const PATHS = ["/socket/websocket", "/socket/longpoll", "/health"];
  const KINDS: Readonly<Record<string, (path: string) => string>> = {
    GET: (path) => requestText(path, {}),
    "HEAD, without a body": (path) => requestText(path, {}, `HEAD ${path} HTTP/1.1`),
    OPTIONS: (path) => requestText(path, {}, `OPTIONS ${path} HTTP/1.1`),
    DELETE: (path) => requestText(path, {}, `DELETE ${path} HTTP/1.1`),
    PURGE: (path) => requestText(path, {}, `PURGE ${path} HTTP/1.1`),
    "HTTP/1.0": (path) => requestText(path, {}, `GET ${path} HTTP/1.0`),
    "HTTP/1.0 with a handshake": (path) =>
      requestText(path, { Connection: "Upgrade", ...HANDSHAKE }, `GET ${path} HTTP/1.0`),
    "a chunked POST": (path) =>
      `${requestText(path, { "Transfer-Encoding": "chunked" }, `POST ${path} HTTP/1.1`)}2\r\n[]\r\n0\r\n\r\n`,
    "a POST with 100-continue": (path) =>
      `${requestText(path, { Expect: "100-continue", "Content-Length": "2" }, `POST ${path} HTTP/1.1`)}[]`,
    "a POST with two lengths": (path) =>
      `${requestText(path, { "Content-Length": "2", "Transfer-Encoding": "chunked" }, `POST ${path} HTTP/1.1`)}0\r\n\r\n`,
    "a handshake that is a POST": (path) =>
      `${requestText(path, { Connection: "Upgrade", ...HANDSHAKE, "Content-Length": "2" }, `POST ${path} HTTP/1.1`)}[]`,
    "broken percent-encodings": (path) => requestText(`${path}?a=%&b=%zz&c=%E0%A4%A`, {}),
    "a query that is not UTF-8": (path) => requestText(`${path}?a=%ff`, {}),
    "nested names": (path) => requestText(`${path}?vsn[a]=1&__proto__[b]=2&a[][c]=3&token[]=4`, {}),
    "a long query": (path) => requestText(`${path}?a=${"x".repeat(10_000)}`, {}),
    "a query beyond Node's limit": (path) => requestText(`${path}?a=${"x".repeat(100_000)}`, {}),
    "two origins": (path) => requestText(path, { Origin: "http://a\nhttp://b" }),
    "headers that are not ASCII": (path) =>
      requestText(
        path,
        { Origin: "http://\u00e9", "Access-Control-Request-Headers": "\u00e9" },
        `OPTIONS ${path} HTTP/1.1`,
      ),
    "no host": (path) => requestText(path, { Host: undefined }),
    "pipelined GETs": (path) => requestText(path, { Connection: "keep-alive" }).repeat(5) + requestText(path, {}),
  };

  it.each(Object.keys(KINDS))("%s: are answered by every door", async (kind) => {
    const { port } = await serve({ "/socket": { socket: plain, longpoll: { window: 50 } } }, { health: "/health" });
    const failed = observe("http.failed");
    for (const path of PATHS) {
      const answer = await exchange(port, (KINDS[kind] as (path: string) => string)(path));
      expect(answer).toMatch(/^HTTP\/1\.1 (?:100|200|400|403|405|408|431) /);
      if (kind.startsWith("HEAD")) expect(answer).toMatch(/\r\n\r\n$/);
    }
    expect(failed.rest).toEqual([]);
  });

  it("OPTIONS * and CONNECT are nobody's, also where a path is all variables", async () => {
    const server = createServer((request, response) => response.end(`app ${request.url}`));
    const endpoint = createEndpoint({
      sockets: { "/:any": { socket: plain, websocket: { path: "/" } } },
      logger: false,
    });
    endpoint.attach(server);
    onTestFinished(() => endpoint.close({ drain: false }));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    expect(await exchange(port, requestText("*", {}, "OPTIONS * HTTP/1.1"))).toContain("app *");
    expect(await exchange(port, requestText("a:1", {}, "CONNECT a:1 HTTP/1.1"))).toBe("");
  });
});

describe("absolute-form targets", () => {
  it("are accepted, and their host is the host of the request", async () => {
    const uris: unknown[] = [];
    const socket = defineSocket({
      connect: (params, { uri }) => (uris.push({ ...uri, a: params["a"] }), ok()),
      channels: [],
    });
    const { port } = await serve({ "/socket": { socket, longpoll: true } }, { health: "/health" });
    const target = "http://real.example:81/socket/websocket?vsn=2.0.0&a=1";
    const lines = { Host: "other.example", Origin: "http://real.example" };
    expect(statusOf(await handshake(port, lines, target))).toBe(101);
    expect(statusOf(await handshake(port, { ...lines, Origin: "http://other.example" }, target))).toBe(403);
    const poll = requestText("HTTP://real.example/socket/longpoll?vsn=2.0.0", {});
    expect(await exchange(port, poll)).toContain('"status":410');
    expect(await exchange(port, requestText("http://real.example/health", {}))).toContain('"status":"ok"');
    expect(uris[0]).toEqual({
      scheme: "http",
      host: "real.example",
      port: 81,
      path: "/socket/websocket",
      query: "vsn=2.0.0&a=1",
      a: "1",
    });
  });
});

describe("a token of long polling", () => {
  it("works on its own mount only", async () => {
    const closed = defineSocket({ connect: () => refuse(), channels: [] });
    const { pollUrl } = await serve({
      "/socket": { socket: userSocket(), longpoll: true },
      "/closed": { socket: closed, longpoll: true },
      "/other": { socket: userSocket(), longpoll: { path: "/poll" } },
    });
    const poller = await PollClient.open(pollUrl(), { polls: false });
    const message = '["1","1","room:1","phx_join",{}]';
    for (const [path, status] of [
      ["/closed/longpoll", 403],
      ["/other/poll", 410],
    ] as const) {
      const url = pollUrl(path, { token: poller.token });
      const headers = { "x-phoenix-longpoll-token": poller.token };
      expect((await send(url)).body.status).toBe(status);
      expect((await send(pollUrl(path), { headers })).body.status).toBe(status);
      expect((await send(url, { method: "POST", body: message })).body.status).toBe(410);
    }
    expect((await poller.post(message)).body.status).toBe(200);
    expect((await poller.get()).body.messages).toHaveLength(1);
  });
});

describe("a connection that stays after a refusal", () => {
  it("is closed, although the client never closes it", async () => {
    const { port, endpoint } = await serve({ "/socket": plain });
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    onTestFinished(() => void socket.destroy());
    socket.on("error", () => {}).resume();
    socket.write(handshakeText("/nope"));
    await once(socket, "end");
    await endpoint.close(); // waits for all connections of its server
    expect(endpoint.connections).toBe(0);
  });
});

it("a client with a proper handshake is let in beside all this", async () => {
  const { url } = await serve({ "/socket": userSocket() });
  const client = await FrameClient.open(url());
  expect(await client.join("room:1")).toMatchObject({ status: "ok" });
  expect((await refusal(url("/nope"))).status).toBe(404);
});
