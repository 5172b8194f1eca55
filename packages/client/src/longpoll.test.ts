/* oxlint-disable unicorn/prefer-add-event-listener -- like phoenix.js, a LongPoll has no addEventListener */
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LongPoll } from "./longpoll.ts";

/** What a Phoenix 1.8.12 server answered, as recorded. */
const TOKEN =
  "SFMyNTY.g2gDaARkAAJ2MW0AAAAWVVJ2T1hFN21wQ3g4RVhqTzdmVE4wZ1hkAA1ub25vZGVAbm9ob3N0AAAXfQAAAAAAAAAAbQAAACxwaHg6bHA6eVo3RGdDbjFMRWFod2hSTk5BWFB2Zz09MTc5NTIyMDk2NjgwOW4GAJoNgvuhAWIAEnUA.waiXlLHxdVgCVby8sl-mrFdV7AhunOFYtkIZix43ISM";
const OPENED = `{"messages":[],"status":410,"token":"${TOKEN}"}`;
const NO_CONTENT = `{"messages":[],"status":204,"token":"${TOKEN}"}`;
const MESSAGES = `{"messages":["[\\"1\\",\\"2\\",\\"room:1\\",\\"phx_reply\\",{\\"response\\":{\\"a\\":1},\\"status\\":\\"ok\\"}]","[null,null,\\"room:1\\",\\"shout\\",{\\"b\\":2}]"],"status":200,"token":"${TOKEN}"}`;
const TAKEN = '{"status":200}';
const FORBIDDEN = '{"status":403}';
const REQUEST_TIMEOUT = '{"status":408}';
const GONE = '{"status":410}';
const CRASHED = '{"errors":{"detail":"Internal Server Error"}}';

interface Exchange {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly closed: Promise<unknown>;
  answer(body: string, status?: number): void;
}

/** A server whose answers the test gives itself, one request after the other. */
class Script {
  readonly #arrived: Record<string, Exchange[]> = { GET: [], POST: [] };
  readonly #awaited: Record<string, ((exchange: Exchange) => void)[]> = { GET: [], POST: [] };
  readonly server = createServer((request, response) => void this.#take(request, response));

  next(method: "GET" | "POST"): Promise<Exchange> {
    const exchange = this.#arrived[method]?.shift();
    if (exchange !== undefined) return Promise.resolve(exchange);
    return new Promise((resolve) => this.#awaited[method]?.push(resolve));
  }

  /** Requests that nobody has asked for. */
  waiting(method: "GET" | "POST"): number {
    return this.#arrived[method]?.length ?? 0;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const closed = once(response, "close");
    let body = "";
    for await (const part of request.setEncoding("utf8")) body += part;
    const { url = "", method = "", headers } = request;
    const answer = (text: string, status = 200) =>
      void response.writeHead(status, { "content-type": "application/json; charset=utf-8" }).end(text);
    const exchange = { url, headers, body, closed, answer };
    const awaited = this.#awaited[method]?.shift();
    if (awaited === undefined) this.#arrived[method]?.push(exchange);
    else awaited(exchange);
  }
}

let script: Script;
let connections: LongPoll[];

beforeEach(async () => {
  script = new Script();
  connections = [];
  await once(script.server.listen(0, "127.0.0.1"), "listening");
});

afterEach(() => {
  for (const connection of connections) connection.close();
  script.server.closeAllConnections();
  script.server.close();
});

const url = (path = "/socket/websocket?vsn=2.0.0") =>
  `ws://127.0.0.1:${(script.server.address() as AddressInfo).port}${path}`;

function connect(protocols?: readonly string[] | null, path?: string): LongPoll {
  const connection = new LongPoll(url(path), protocols);
  connections.push(connection);
  return connection;
}

const hex = (data: ArrayBuffer) => Buffer.from(data).toString("hex");

/** What the connection tells, in order: `open`, the data of a message, `error <status>`, `close <code> <reason>`. */
function record(connection: LongPoll) {
  const events: string[] = [];
  const closed = new Promise<void>((resolve) => {
    connection.onopen = () => events.push("open");
    connection.onmessage = ({ data }) => events.push(typeof data === "string" ? data : hex(data));
    connection.onerror = (status) => events.push(`error ${status}`);
    connection.onclose = ({ code, reason, wasClean }) => {
      events.push(`close ${code} ${reason} ${wasClean ? "clean" : "unclean"}`);
      resolve();
    };
  });
  return { events, closed };
}

const event = (connection: LongPoll, name: "onopen" | "onmessage") =>
  new Promise<void>((resolve) => {
    connection[name] = () => resolve();
  });

/** An open connection, with a poll that waits. */
async function open(protocols?: readonly string[], path?: string) {
  const connection = connect(protocols, path);
  const opened = event(connection, "onopen");
  (await script.next("GET")).answer(OPENED);
  await opened;
  return { connection, poll: await script.next("GET") };
}

describe("a new LongPoll", () => {
  it.each([[undefined], [null], [[]], [["phoenix"]]])(
    "sends no auth token when the protocols are %j",
    async (protocols) => {
      connect(protocols);
      const { url, headers } = await script.next("GET");
      expect(url).toBe("/socket/longpoll?vsn=2.0.0");
      expect(headers).toMatchObject({ accept: "application/json" });
      expect(headers).not.toHaveProperty("x-phoenix-authtoken");
    },
  );

  it("takes the auth token from the second protocol and sends it with each GET", async () => {
    const bearer = `base64url.bearer.phx.${Buffer.from("1234+é").toString("base64url")}`;
    connect(["phoenix", bearer]);
    const opening = await script.next("GET");
    opening.answer(OPENED);
    const poll = await script.next("GET");
    for (const { headers } of [opening, poll]) {
      expect(Buffer.from(String(headers["x-phoenix-authtoken"]), "latin1").toString("utf8")).toBe("1234+é");
    }
  });

  it("polls at the path of its own transport", async () => {
    connect(null, "/websocket/websocket?next=/websocket");
    expect((await script.next("GET")).url).toBe("/websocket/longpoll?next=/websocket");
  });

  it("looks like a WebSocket that is connecting, and needs no heartbeats", () => {
    const connection = connect();
    expect(connection).toMatchObject({ readyState: 0, skipHeartbeat: true, bufferedAmount: 0 });
    expect(() => connection.send("[]")).toThrow("not open");
  });

  it("is open when the server has given it a session, whose token goes with everything from then on", async () => {
    const { connection, poll } = await open();
    connection.send('["1","1","room:1","phx_join",{}]');
    for (const { url, headers } of [poll, await script.next("POST")]) {
      expect(url).toBe(`/socket/longpoll?vsn=2.0.0&token=${TOKEN}`);
      expect(headers["x-phoenix-longpoll-token"]).toBe(TOKEN);
    }
    expect(connection.readyState).toBe(1);
  });

  it("begins a query for the token when there is none", async () => {
    const { poll } = await open([], "/socket/websocket");
    expect(poll.url).toBe(`/socket/longpoll?token=${TOKEN}`);
  });
});

describe("polling", () => {
  it("delivers the messages in order, and polls again", async () => {
    const { connection, poll } = await open();
    const { events, closed } = record(connection);
    poll.answer(NO_CONTENT);
    (await script.next("GET")).answer('{"status":204}');
    (await script.next("GET")).answer(MESSAGES);
    (await script.next("GET")).answer(GONE);
    await closed;
    expect(events).toEqual([
      '["1","2","room:1","phx_reply",{"response":{"a":1},"status":"ok"}]',
      '[null,null,"room:1","shout",{"b":2}]',
      "error 410",
      "close 3410 session_gone unclean",
    ]);
  });

  it("delivers binary frames as bytes, whether they came as text or as base64", async () => {
    const { connection, poll } = await open();
    const { events, closed } = record(connection);
    const frames = [Buffer.from("\u0002\u0001\u0001té", "utf8"), Buffer.from([2, 1, 1, 0x74, 0x65, 0xff])];
    const messages = [frames[0]?.toString("utf8"), frames[1]?.toString("base64")];
    poll.answer(JSON.stringify({ status: 200, token: "t", messages }));
    (await script.next("GET")).answer(GONE);
    await closed;
    expect(events.slice(0, 2)).toEqual(frames.map((frame) => frame.toString("hex")));
  });

  it.each([
    ["a lost session", GONE, 200, "error 410", "close 3410 session_gone unclean"],
    ["a new session in place of the old", OPENED, 200, "error 410", "close 3410 session_gone unclean"],
    ["a refusal", FORBIDDEN, 200, "error 403", "close 1008 forbidden unclean"],
    ["a crash of the server", CRASHED, 500, "error 500", "close 1011 internal server error unclean"],
    ["no JSON", "<html>", 502, "error 500", "close 1011 internal server error unclean"],
    ["JSON of no use", "null", 200, "error 500", "close 1011 internal server error unclean"],
    ["an unknown status", '{"status":418}', 200, "error 418", "close 1011 internal server error unclean"],
  ])("ends with %s", async (_what, body, status, ...expected) => {
    const { connection, poll } = await open();
    const { events, closed } = record(connection);
    poll.answer(body, status);
    await closed;
    expect(events).toEqual(expected);
    expect(connection.readyState).toBe(3);
    expect(script.waiting("GET")).toBe(0);
  });

  it.each([
    ["it is refused", FORBIDDEN, "error 403", "close 1008 forbidden unclean"],
    ["there is no token in the answer", GONE, "error 410", "close 3410 session_gone unclean"],
    ["something else than a long poll answers", TAKEN, "error 200", "close 1011 internal server error unclean"],
  ])("does not open when %s", async (_what, body, ...expected) => {
    const { events, closed } = record(connect());
    (await script.next("GET")).answer(body);
    await closed;
    expect(events).toEqual(expected);
  });

  it("ends when nobody answers at the address", async () => {
    const { port } = script.server.address() as AddressInfo;
    script.server.close();
    await once(script.server, "close");
    const connection = new LongPoll(`ws://127.0.0.1:${port}/socket/websocket`);
    const { events, closed } = record(connection);
    await closed;
    expect(events).toEqual(["error 500", "close 1011 internal server error unclean"]);
  });

  it("ends when a poll takes longer than the timeout", async () => {
    const connection = connect();
    connection.timeout = 50;
    const { events, closed } = record(connection);
    const opening = await script.next("GET");
    await closed;
    await opening.closed;
    expect(events).toEqual(["error timeout", "close 1005 timeout unclean"]);
  });
});

describe("sending", () => {
  it("posts lines of JSON and of base64 under the exact content type that servers know", async () => {
    const { connection } = await open();
    const frame = Buffer.from("AAEBBgcxMnJvb206MWJpbl9sZW4BAgM=", "base64");
    connection.send('["1","1","room:1","phx_join",{}]');
    connection.send(new Uint8Array(frame));
    connection.send(new Uint8Array(frame).buffer);
    connection.send(new Uint8Array([9, ...frame, 9]).subarray(1, -1));
    const { headers, body } = await script.next("POST");
    expect(headers["content-type"]).toBe("application/x-ndjson");
    expect(headers).not.toHaveProperty("x-phoenix-authtoken");
    const binary = "\nAAEBBgcxMnJvb206MWJpbl9sZW4BAgM=";
    expect(body).toBe(`["1","1","room:1","phx_join",{}]${binary.repeat(3)}`);
  });

  it("has one POST under way at a time, and coalesces what is sent meanwhile", async () => {
    const { connection } = await open();
    ["[1]", "[2]", "[3]"].forEach((frame) => connection.send(frame));
    const first = await script.next("POST");
    expect(first.body).toBe("[1]\n[2]\n[3]");
    connection.send("[4]");
    connection.send("[5]");
    expect(connection.bufferedAmount).toBe(15);
    first.answer(TAKEN);
    const second = await script.next("POST");
    expect(second.body).toBe("[4]\n[5]");
    second.answer(TAKEN);
    await vi.waitFor(() => expect(connection.bufferedAmount).toBe(0));
    expect(script.waiting("POST")).toBe(0);
  });

  it("splits 150 frames of one turn into two POSTs, in order", async () => {
    const { connection } = await open();
    const frames = Array.from({ length: 150 }, (_, index) => `[${index}]`);
    frames.forEach((frame) => connection.send(frame));
    const first = await script.next("POST");
    first.answer(TAKEN);
    const second = await script.next("POST");
    expect([first, second].map(({ body }) => body.split("\n"))).toEqual([frames.slice(0, 100), frames.slice(100)]);
  });

  it.each([
    ["did not handle it in time", REQUEST_TIMEOUT, 200, "error 408"],
    ["has no such session any more", GONE, 200, "error 410"],
    ["refuses the origin", FORBIDDEN, 200, "error 403"],
    ["finds the body too large", "", 400, "error 500"],
  ])("ends the connection when the server %s", async (_what, body, status, error) => {
    const { connection, poll } = await open();
    const { events, closed } = record(connection);
    connection.send("[]");
    (await script.next("POST")).answer(body, status);
    await closed;
    await poll.closed;
    expect(events).toEqual([error, "close 1011 internal server error unclean"]);
  });

  it("ends the connection when a POST takes longer than the timeout", async () => {
    const { connection } = await open();
    const { events, closed } = record(connection);
    connection.timeout = 50;
    connection.send("[]");
    const post = await script.next("POST");
    await closed;
    await post.closed;
    expect(events).toEqual(["error timeout", "close 1005 timeout unclean"]);
  });
});

describe("closing", () => {
  it("aborts what is under way and tells of the end once, at once", async () => {
    const { connection, poll } = await open();
    const { events } = record(connection);
    connection.send("[]");
    const post = await script.next("POST");
    connection.close(4000, "enough");
    expect(events).toEqual(["close 4000 enough clean"]);
    connection.close();
    connection.send("[1]");
    await Promise.all([poll.closed, post.closed]);
    expect(events).toHaveLength(1);
    expect(connection).toMatchObject({ readyState: 3, bufferedAmount: 0 });
  });

  it("has the code of a WebSocket that was closed without one", async () => {
    const { connection } = await open();
    const { events } = record(connection);
    connection.close();
    expect(events).toEqual(["close 1005  clean"]);
  });

  it("sends nothing when it comes in the turn of the constructor", async () => {
    const connection = connect();
    const { events } = record(connection);
    connection.close(1000);
    await open();
    expect(script.waiting("GET")).toBe(0);
    expect(events).toEqual(["close 1000  clean"]);
  });
});
