/** Logins that end: what a client is told, how it renews them over the same connection, and what its channels do. */
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineChannel, defineSocket, ok, refuse, routeChannel } from "../../src/index.ts";
import type { ConnectInfo, EndpointOptions, MountOptions, Reply } from "../../src/index.ts";
import { FrameClient, refusal, replyOf } from "./frame-client.ts";
import { gate, Inbox } from "./inbox.ts";
import { PollClient } from "./poll-client.ts";
import { serve } from "./serve.ts";
import { observe } from "./telemetry.ts";

const ASKING = { wingbeat: "1" };
const LONG = 3_600_000;
const SHORT = 400;
const EXPIRED = { code: 4401, reason: "login expired" };

type Params = Readonly<Record<string, unknown>>;
type Connect = (params: Params, info: ConnectInfo) => unknown;

/** Tells its assigns, and what has ended it. */
const me = (ended: Inbox<unknown> = new Inbox()) =>
  defineChannel("me:{id}")
    .assigns<{ name?: string; own?: number }>()
    .join((ctx) => ok({ ...ctx.assigns }))
    .handleIn("assigns", (ctx) => ok({ ...ctx.assigns }))
    .handleIn("echo", (_ctx, payload) => ok(payload))
    .terminate((_ctx, reason, detail) => ended.put([reason, detail]));

const socketOf = (connect: Connect, channels = [me()]) =>
  defineSocket({
    connect: connect as () => Reply<"ok", { name?: string }>,
    id: ({ name }) => (name === undefined ? null : `user:${name}`),
    channels,
  });

const inMs = (ms: number) => ({ expiresAt: Date.now() + ms });
/** Accepts each name for a while, `nobody` never. */
const named =
  (ms = LONG): Connect =>
  ({ name }) =>
    name === "nobody" ? refuse({ why: "nobody" }) : ok({ name: String(name) }, inMs(ms));

const serveSocket = (connect: Connect, channels?: ReturnType<typeof me>[], options: Partial<EndpointOptions> = {}) =>
  serve({ "/socket": { socket: socketOf(connect, channels), longpoll: { window: 300 }, authToken: true } }, options);

/** A client that was told how long its login lasts. */
async function open(url: string): Promise<FrameClient> {
  const client = await FrameClient.open(url);
  expect(await client.next()).toMatchObject([null, null, "phoenix", "wb_expires", {}]);
  return client;
}
const query = (params: Readonly<Record<string, string>>): string =>
  new URLSearchParams({ ...params, vsn: "2.0.0", ...ASKING }).toString();
let refs = 0;
/** Sends new credentials; the answer is the next message of this ref. */
function refresh(client: { send(...message: unknown[]): void }, payload: unknown): string {
  const ref = `r${++refs}`;
  client.send(null, ref, "phoenix", "wb_refresh", payload);
  return ref;
}
const as = (name: string) => ({ query: query({ name }) });

describe("a login that ends", () => {
  it.each([
    ["a WebSocket client", {}],
    ["a client with extensions", ASKING],
  ])("closes %s then, and not before, with 4401", async (_, asking) => {
    const ended = new Inbox();
    const { url, endpoint } = await serveSocket(named(SHORT), [me(ended)]);
    const [expired, closed] = [observe("socket.expired"), observe("socket.closed")];
    const client = await FrameClient.open(url(undefined, { ...asking, name: "ada" }));
    const openedAt = Date.now();
    client.send("1", "1", "me:1", "phx_join", {});
    expect(await client.closed).toEqual(EXPIRED);
    expect(Date.now() - openedAt).toBeGreaterThanOrEqual(SHORT - 50);
    expect(await ended.next()).toEqual(["expired", undefined]);
    expect(await expired.next()).toMatchObject({ id: "user:ada", path: "/socket" });
    expect(await closed.next()).toMatchObject(EXPIRED);
    expect(endpoint.connections).toBe(0);
  });

  it("ends a long-poll session, whose client connects again", async () => {
    const { pollUrl } = await serveSocket(named(SHORT));
    const closed = observe("socket.closed");
    const client = await PollClient.open(pollUrl(undefined, { name: "ada" }));
    expect(await client.closed).toMatchObject({ code: 410 });
    expect(await closed.next()).toMatchObject(EXPIRED);
  });

  it("is told to clients with extensions in milliseconds from now, to others not at all", async () => {
    const { url } = await serveSocket(named());
    const client = await FrameClient.open(url(undefined, { ...ASKING, name: "ada" }));
    const [, , topic, event, payload] = (await client.next()) as [0, 0, string, string, { in: number }];
    expect([topic, event]).toEqual(["phoenix", "wb_expires"]);
    expect(payload.in).toBeGreaterThan(LONG - 10_000);
    expect(payload.in).toBeLessThanOrEqual(LONG);
    const stock = await FrameClient.open(url(undefined, { name: "ada" }));
    await stock.settled();
    expect(stock.inbox.rest).toEqual([]);
  });

  it("may be given as a Date, and be far away", async () => {
    const at = new Date(Date.now() + 100 * 86_400_000);
    const { url } = await serveSocket(() => ok({}, { expiresAt: at }));
    const client = await FrameClient.open(url(undefined, ASKING));
    const [, , , , payload] = (await client.next()) as [0, 0, 0, 0, { in: number }];
    expect(payload.in).toBeGreaterThan(99 * 86_400_000);
  });

  it.each([undefined, Infinity])("is none with expiresAt: %s", async (expiresAt) => {
    const { url } = await serveSocket(() => ok({}, { expiresAt }));
    const client = await FrameClient.open(url(undefined, ASKING));
    await client.settled();
    expect(client.inbox.rest).toEqual([]);
    client.send(null, "1", "phoenix", "wb_refresh", as("ada"));
    expect(replyOf(await client.next())).toEqual({ status: "error", response: { reason: "unmatched topic" } });
  });

  it("that has ended already is refused with the reason expired", async () => {
    const { url } = await serveSocket(named(-1));
    expect((await refusal(url(undefined, { name: "ada" }))).status).toBe(403);
    const client = await FrameClient.open(url(undefined, { ...ASKING, name: "ada" }));
    expect(await client.next()).toEqual([null, null, "phoenix", "wb_refused", { reason: { reason: "expired" } }]);
  });

  it.each([
    [Number.NaN, "NaN"],
    [Math.floor(Date.now() / 1_000), "looks like seconds"],
    [-5, "-5"],
    ["2030-01-01", "string"],
    [null, "object"],
    [new Date("no date"), "NaN"],
  ])("cannot be %s: connect throws an error that says what to write", async (expiresAt, why) => {
    const { url } = await serveSocket(() => ok({}, { expiresAt: expiresAt as number }));
    const refused = observe("socket.refused");
    expect((await refusal(url())).status).toBe(500);
    const { error } = await refused.next();
    expect(error).toMatchObject({ code: "WB_OPTION" });
    expect(String(error)).toContain(why);
    expect(String(error)).toContain("exp * 1000");
  });
});

describe("a refresh", () => {
  it("runs connect with the new params and token, and what was known of the client", async () => {
    const seen = new Inbox<unknown>();
    const { url } = await serveSocket((params, info) => {
      const { authToken, transport, peer, uri, userAgent, xHeaders } = info;
      seen.put([{ ...params }, authToken, { transport, peer, uri, userAgent, xHeaders }]);
      return ok({ name: "ada" }, inMs(LONG));
    });
    const client = await FrameClient.open(
      url(undefined, { ...ASKING, "a[b]": "1" }),
      { headers: { "x-tenant": "7", "user-agent": "test/1" } },
      ["phoenix", "base64url.bearer.phx.b2xk"],
    );
    await client.next();
    const [first, , known] = (await seen.next()) as [unknown, unknown, object];
    expect(first).toEqual({ vsn: "2.0.0", a: { b: "1" } });
    const ref = refresh(client, { query: query({ "a[b]": "2", name: "new" }), token: "new" });
    expect(await seen.next()).toEqual([{ vsn: "2.0.0", a: { b: "2" }, name: "new" }, "new", known]);
    const reply = (await client.next()) as [null, string, string, string, { response: { in: number } }];
    expect(reply).toMatchObject([null, ref, "phoenix", "phx_reply", { status: "ok" }]);
    expect(reply[4].response.in).toBeGreaterThan(LONG - 10_000);
  });

  it("takes no token on a mount without authToken, keeps path variables, and parses by the schema", async () => {
    const seen = new Inbox<unknown>();
    const socket = defineSocket({
      params: z.object({ user: z.string(), age: z.coerce.number() }),
      connect: (params, { authToken }) => (seen.put([params, authToken]), ok({}, inMs(LONG))),
      channels: [],
    });
    const mount: MountOptions = { socket, websocket: { path: "/of/:user" } };
    const { url } = await serve({ "/socket": mount });
    const client = await open(url("/socket/of/ada", { ...ASKING, age: "1" }));
    refresh(client, { query: query({ age: "2", user: "mallory" }), token: "t" });
    expect(await seen.take(2)).toEqual([
      [{ user: "ada", age: 1 }, undefined],
      [{ user: "ada", age: 2 }, undefined],
    ]);
    await client.next();
    refresh(client, { query: query({ age: "old" }) });
    expect(await client.next()).toMatchObject({ 3: "wb_refused", 4: { reason: { reason: "invalid payload" } } });
  });

  it("keeps the connection beyond the old end, with the new assigns in its channels", async () => {
    let ms = SHORT;
    const connect: Connect = ({ name }) => ok({ name: "ada", age: name }, inMs(ms));
    const { url } = await serveSocket(connect);
    const [expired, refreshed] = [observe("socket.expired"), observe("socket.refreshed")];
    const client = await open(url(undefined, { ...ASKING, name: "1" }));
    expect(await client.join("me:1")).toEqual({ status: "ok", response: { name: "ada", age: "1" } });
    ms = LONG;
    refresh(client, as("2"));
    expect(replyOf(await client.next())).toMatchObject({ status: "ok" });
    expect(await client.call("me:1", "assigns")).toEqual({ status: "ok", response: { name: "ada", age: "2" } });
    expect(await client.join("me:2")).toEqual({ status: "ok", response: { name: "ada", age: "2" } });
    // Another login that was as long ends after this one would have.
    ms = SHORT;
    const other = await FrameClient.open(url(undefined, { name: "3" }));
    expect((await other.closed).code).toBe(4401);
    await client.settled();
    expect(expired.rest).toHaveLength(1);
    expect(await refreshed.next()).toMatchObject({ result: "ok", id: "user:ada" });
  });

  it("that is refused tells the client why, and closes with 4403", async () => {
    const ended = new Inbox();
    const { url, endpoint } = await serveSocket(named(), [me(ended)]);
    const refreshed = observe("socket.refreshed");
    const client = await open(url(undefined, { ...ASKING, name: "ada" }));
    await client.join("me:1");
    refresh(client, as("nobody"));
    expect(await client.next()).toEqual([null, null, "phoenix", "wb_refused", { reason: { why: "nobody" } }]);
    expect(await client.closed).toEqual({ code: 4403, reason: "refused" });
    expect(await ended.next()).toEqual(["refused", undefined]);
    expect(await refreshed.next()).toMatchObject({ result: "refused", reason: { why: "nobody" } });
    expect(endpoint.connections).toBe(0);
  });

  it("of another id closes with 4401: the client connects again as who it is now", async () => {
    const { url } = await serveSocket(named());
    const refreshed = observe("socket.refreshed");
    const client = await open(url(undefined, { ...ASKING, name: "ada" }));
    refresh(client, as("grace"));
    expect(await client.closed).toEqual({ code: 4401, reason: "login of another id" });
    expect(await refreshed.next()).toMatchObject({ result: "other id", id: "user:ada" });
  });

  it.each([
    ["throws", () => Promise.reject(new Error("the database is away")), "crashed"],
    ["gives something else", () => 7, "crashed"],
    ["takes longer than connectTimeout", () => new Promise<never>(() => {}), "timeout"],
  ])("whose connect %s fails; the client may try again until its login ends", async (_, failing, result) => {
    let connect = named();
    const { url } = await serveSocket((...args) => connect(...args), undefined, { connectTimeout: 100 });
    const refreshed = observe("socket.refreshed");
    const client = await open(url(undefined, { ...ASKING, name: "ada" }));
    connect = failing;
    refresh(client, as("ada"));
    expect(replyOf(await client.next())).toEqual({ status: "error", response: { reason: "refresh failed" } });
    expect(await refreshed.next()).toMatchObject({ result });
    connect = named();
    refresh(client, as("ada"));
    expect(replyOf(await client.next())).toMatchObject({ status: "ok" });
  });

  it("does not stop other messages, and two at once run one after the other: the last wins", async () => {
    const began = new Inbox<string>();
    const { passed, open: pass } = gate();
    const { url } = await serveSocket(async ({ name, age }) => {
      began.put(String(age));
      if (age !== "0") await passed;
      return ok({ name, age }, inMs(LONG));
    });
    const client = await open(url(undefined, { ...ASKING, name: "ada", age: "0" }));
    await client.join("me:1");
    const aged = (age: string) => ({ query: query({ name: "ada", age }) });
    const first = refresh(client, aged("1"));
    expect(await began.take(2)).toEqual(["0", "1"]);
    expect(await client.call("me:1", "assigns")).toMatchObject({ response: { age: "0" } });
    const second = refresh(client, aged("2"));
    await client.settled();
    expect(began.rest).toEqual([]);
    pass();
    expect(await client.next()).toMatchObject({ 1: first, 4: { status: "ok" } });
    expect(await client.next()).toMatchObject({ 1: second, 4: { status: "ok" } });
    expect(began.rest).toEqual(["2"]);
    expect(await client.call("me:1", "assigns")).toMatchObject({ response: { age: "2" } });
  });

  it("that waits is replaced by a later one", async () => {
    const began = new Inbox<string>();
    const { passed, open: pass } = gate();
    const { url } = await serveSocket(async ({ name, age }) => {
      began.put(String(age));
      if (age !== undefined) await passed;
      return ok({ name }, inMs(LONG));
    });
    const client = await open(url(undefined, { ...ASKING, name: "ada" }));
    const aged = (age: string) => ({ query: query({ name: "ada", age }) });
    const first = refresh(client, aged("1"));
    const second = refresh(client, aged("2"));
    // At most one in a second, after two.
    await new Promise((resolve) => setTimeout(resolve, 1_010));
    const third = refresh(client, aged("3"));
    expect(await client.next()).toMatchObject({
      1: second,
      4: { status: "error", response: { reason: "superseded" } },
    });
    pass();
    expect(await client.next()).toMatchObject({ 1: first, 4: { status: "ok" } });
    expect(await client.next()).toMatchObject({ 1: third, 4: { status: "ok" } });
    expect(await began.take(3)).toEqual(["undefined", "1", "3"]);
  });

  it("works over long polling", async () => {
    let ms = SHORT;
    const { pollUrl } = await serveSocket(() => ok({ name: "ada" }, inMs(ms)));
    const expired = observe("socket.expired");
    const client = await PollClient.open(pollUrl(undefined, ASKING));
    expect(await client.next()).toMatchObject({ 3: "wb_expires" });
    ms = LONG;
    refresh(client, as("ada"));
    expect(replyOf(await client.next())).toMatchObject({ status: "ok" });
    ms = SHORT;
    await PollClient.open(pollUrl());
    await expired.next();
    await client.settled();
  });
});

describe("an attacker", () => {
  it.each([null, 7, "query", [], {}, { query: 7 }, { query: "x", token: {} }, { query: "x".repeat(16_385) }])(
    "who sends %j as credentials is answered, and connect does not run",
    async (payload) => {
      let connects = 0;
      const { url } = await serveSocket(() => (connects++, ok({}, inMs(LONG))));
      const client = await open(url(undefined, ASKING));
      refresh(client, payload);
      expect(replyOf(await client.next())).toEqual({ status: "error", response: { reason: "invalid payload" } });
      expect(connects).toBe(1);
    },
  );

  it("who sends a query that is not UTF-8 is answered", async () => {
    const { url } = await serveSocket(() => ok({}, inMs(LONG)));
    const client = await open(url(undefined, ASKING));
    refresh(client, { query: "a=%ff" });
    expect(replyOf(await client.next())).toEqual({ status: "error", response: { reason: "refresh failed" } });
  });

  it("who floods runs connect twice, then once a second", async () => {
    let connects = 0;
    const { url } = await serveSocket(() => (connects++, ok({}, inMs(LONG))));
    const client = await open(url(undefined, ASKING));
    for (let n = 0; n < 500; n++) refresh(client, as("ada"));
    const replies = (await client.inbox.take(500)).map(replyOf) as { status: string; response: object }[];
    expect(connects).toBeGreaterThanOrEqual(3);
    expect(connects).toBeLessThanOrEqual(5);
    expect(replies.filter(({ status }) => status === "ok")).toHaveLength(connects - 1);
    const retry = { retry_after_ms: expect.any(Number) as number };
    expect(replies.at(-1)?.response).toEqual({ reason: "rate limited", ...retry });
  });

  it("without extensions is answered as ever", async () => {
    let connects = 0;
    const { url } = await serveSocket(() => (connects++, ok({}, inMs(LONG))));
    const client = await FrameClient.open(url());
    for (const event of ["wb_refresh", "wb_expires", "wb_refused"]) {
      client.send(null, "1", "phoenix", event, as("ada"));
      expect(await client.next()).toEqual([
        null,
        "1",
        "phoenix",
        "phx_reply",
        { status: "error", response: { reason: "unmatched topic" } },
      ]);
    }
    expect(connects).toBe(1);
  });
});

describe("during a refresh", () => {
  /** A client whose refresh waits, until it may go on. */
  async function refreshing(options: Partial<EndpointOptions> = {}) {
    const { passed, open: pass } = gate();
    const began = new Inbox<void>();
    let isFirst = true;
    const slow = me().reauthorize((ctx) => (ctx.assigns.name === "ada" ? refuse({ left: ctx.params.id }) : ok()));
    const connect: Connect = async ({ name, fate }) => {
      if (isFirst) isFirst = false;
      else {
        began.put();
        await passed;
      }
      return fate === "refused" ? refuse("late") : ok({ name }, inMs(LONG));
    };
    const served = await serveSocket(connect, [slow], options);
    const client = await open(served.url(undefined, { ...ASKING, name: "ada" }));
    return { ...served, client, pass, began };
  }

  it("the connection may be lost", async () => {
    const { client, pass, began, endpoint } = await refreshing();
    const [closed, refreshed] = [observe("socket.closed"), observe("socket.refreshed")];
    refresh(client, as("ada"));
    refresh(client, as("ada"));
    await began.next();
    client.drop();
    await closed.next();
    pass();
    await new Promise((resolve) => setImmediate(resolve));
    expect(refreshed.rest).toEqual([]);
    expect(began.rest).toEqual([]);
    expect(endpoint.connections).toBe(0);
  });

  it("the login may be revoked", async () => {
    const { client, pass, began, endpoint } = await refreshing();
    refresh(client, as("ada"));
    await began.next();
    endpoint.disconnect("user:ada");
    pass();
    expect(await client.closed).toEqual({ code: 1001, reason: "disconnected by the server" });
  });

  it("the login may end", async () => {
    const { passed, open: pass } = gate();
    let isFirst = true;
    const { url } = await serveSocket(async () => {
      if (!isFirst) await passed;
      isFirst = false;
      return ok({}, inMs(SHORT));
    });
    const client = await open(url(undefined, ASKING));
    refresh(client, as("ada"));
    expect(await client.closed).toEqual(EXPIRED);
    pass();
  });

  it("the endpoint may drain: the refresh is answered, then the connection closes", async () => {
    const { client, pass, began, endpoint } = await refreshing();
    refresh(client, as("ada"));
    await began.next();
    const closed = endpoint.drain();
    pass();
    expect(replyOf(await client.next())).toMatchObject({ status: "ok" });
    expect((await client.closed).code).toBe(1012);
    await closed;
  });

  it("a channel may join: it is asked like the others", async () => {
    const { client, pass, began } = await refreshing();
    refresh(client, as("ada"));
    await began.next();
    await client.join("me:7");
    pass();
    expect(replyOf(await client.next())).toMatchObject({ status: "ok" });
    expect(await client.next()).toEqual([
      "1",
      "1",
      "me:7",
      "phx_close",
      { reason: "refused", response: { left: "7" } },
    ]);
  });
});

describe("reauthorize", () => {
  const aging: Connect = ({ name, age }) => ok({ name, age: Number(age) }, inMs(LONG));
  const aged = (age: number) => ({ query: query({ name: "ada", age: String(age) }) });
  type Room = ReturnType<typeof me>;
  const openWith = async (channel: unknown) => {
    const { url } = await serveSocket(aging, [channel as Room]);
    return open(url(undefined, { ...ASKING, name: "ada", age: "1" }));
  };
  const ageOf = (assigns: object): number => (assigns as { age: number }).age;

  it("refuses: the channel ends, the client learns why, the others stay", async () => {
    const ended = new Inbox();
    const client = await openWith(
      me(ended).reauthorize(async (ctx) =>
        ctx.params.id === "adults" && ageOf(ctx.assigns) < 18 ? refuse({ min: 18 }) : ok(),
      ),
    );
    for (const [topic, ref] of [
      ["me:adults", "1"],
      ["me:all", "2"],
    ] as const)
      await client.join(topic, {}, ref);
    refresh(client, aged(17));
    expect(replyOf(await client.next())).toMatchObject({ status: "ok" });
    const close = ["1", "1", "me:adults", "phx_close", { reason: "refused", response: { min: 18 } }];
    expect(await client.next()).toEqual(close);
    expect(await ended.next()).toEqual(["refused", { min: 18 }]);
    expect(await client.call("me:all", "assigns", {}, "2")).toMatchObject({ response: { age: 17 } });
    expect(await client.call("me:adults", "echo")).toMatchObject({ response: { reason: "unmatched topic" } });
    expect(await client.join("me:adults", {}, "3")).toMatchObject({ status: "ok" });
  });

  it("runs in the order of the mailbox", async () => {
    const log: string[] = [];
    const { passed, open: pass } = gate();
    const began = new Inbox<void>();
    const client = await openWith(
      defineChannel("room")
        .join(() => ok())
        .handleIn("work", async () => {
          began.put();
          await passed;
          log.push("work");
          return ok();
        })
        .handleIn("later", () => (log.push("later"), ok()))
        .reauthorize(() => (log.push("reauthorize"), ok())),
    );
    await client.join("room");
    client.send("1", "2", "room", "work", {});
    await began.next();
    refresh(client, aged(2));
    expect(replyOf(await client.next())).toMatchObject({
      status: "ok",
      response: { in: expect.any(Number) as number },
    });
    client.send("1", "3", "room", "later", {});
    await client.settled();
    pass();
    await client.inbox.take(2);
    expect(log).toEqual(["work", "reauthorize", "later"]);
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("as asked for");
      },
    ],
    ["gives something else", () => undefined],
    ["refuses with what cannot be sent", () => refuse({ at: new Map() })],
  ])("that %s crashes its channel, and the client joins again", async (_, reauthorize) => {
    const crashed = observe("channel.crashed");
    const client = await openWith(me().reauthorize(reauthorize as never));
    await client.join("me:1");
    refresh(client, aged(2));
    expect(replyOf(await client.next())).toMatchObject({ status: "ok" });
    expect(await client.next()).toEqual(["1", "1", "me:1", "phx_error", { reason: "channel_crash" }]);
    expect(await crashed.next()).toMatchObject({ callback: "reauthorize", topic: "me:1" });
    expect(await client.join("me:1")).toMatchObject({ status: "ok", response: { age: 2 } });
  });

  it("whose new assigns cannot be read crashes its channel only; those that connect itself cannot give fail the refresh", async () => {
    const bad = () => ({
      get name(): string {
        throw new Error("as asked for");
      },
    });
    const connect: Connect = ({ age }) =>
      ok({ ...(age === "2" && { deep: bad() }), ...(age === "1" && { age: 1 }) }, inMs(LONG));
    const getter: Connect = (params, info) => (params["age"] === "3" ? ok(bad(), inMs(LONG)) : connect(params, info));
    const { url } = await serveSocket(getter);
    const client = await open(url(undefined, { ...ASKING, age: "1" }));
    const crashed = observe("channel.crashed");
    await client.join("me:1");
    refresh(client, aged(3));
    expect(replyOf(await client.next())).toEqual({ status: "error", response: { reason: "refresh failed" } });
    refresh(client, aged(2));
    expect(replyOf(await client.next())).toMatchObject({ status: "ok" });
    expect(await client.next()).toEqual(["1", "1", "me:1", "phx_error", { reason: "channel_crash" }]);
    expect(await crashed.next()).toMatchObject({ callback: "reauthorize", topic: "me:1" });
    expect(await client.join("me:1")).toEqual({ status: "error", response: { reason: "join crashed" } });
  });

  it("sees the new assigns; what the channel has assigned itself stays, and so does what its route assigns", async () => {
    const channel = defineChannel("room:{id}")
      .assigns<{ age: number; name?: string; own?: string; static?: string }>()
      .join((ctx) => (ctx.assign({ own: "mine", name: "changed" }), ok()))
      .handleIn("assigns", (ctx) => ok({ ...ctx.assigns }));
    const client = await openWith(routeChannel("room:{id}", channel, { assigns: { static: "route", age: 5 } }));
    await client.join("room:1");
    refresh(client, aged(9));
    await client.next();
    const response = { own: "mine", static: "route", age: 5, name: "ada" };
    expect(await client.call("room:1", "assigns")).toEqual({ status: "ok", response });
  });
});

describe("ctx.disconnect", () => {
  const leaving = (ended: Inbox<unknown>) =>
    me(ended).handleIn("out", (ctx, payload) => ctx.disconnect((payload as { why?: string }).why));

  it.each([
    [{ why: "too loud" }, "too loud"],
    [{}, "disconnected by the server"],
    [{ why: "ü".repeat(100) }, "ü".repeat(61)],
  ])("closes the client's connection with 1001: %j", async (payload, reason) => {
    const ended = new Inbox();
    const { url, endpoint } = await serveSocket(named(), [leaving(ended) as unknown as ReturnType<typeof me>]);
    const [client, other] = [
      await FrameClient.open(url(undefined, { name: "ada" })),
      await FrameClient.open(url(undefined, { name: "ada" })),
    ];
    await client.join("me:1");
    await client.join("me:2", {}, "2");
    client.send("1", "3", "me:1", "out", payload);
    expect(await client.closed).toEqual({ code: 1001, reason });
    expect(await ended.take(2)).toEqual([
      ["disconnected", undefined],
      ["disconnected", undefined],
    ]);
    await other.settled();
    expect(endpoint.connections).toBe(1);
  });

  it("may be called in join", async () => {
    const room = defineChannel("room").join((ctx) => (ctx.disconnect("no"), ok()));
    const { url } = await serveSocket(named(), [room as unknown as ReturnType<typeof me>]);
    const client = await FrameClient.open(url(undefined, { name: "ada" }));
    client.send("1", "1", "room", "phx_join", {});
    expect(await client.closed).toEqual({ code: 1001, reason: "no" });
    expect(client.inbox.rest).toEqual([]);
  });
});
