/** Clients that are told why `connect` has refused them: they asked for extensions with `wingbeat=1`. */
import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { z } from "zod";
import { defineChannel, defineSocket, ok, refuse } from "../../src/index.ts";
import type { EndpointOptions, Reply } from "../../src/index.ts";
import { FrameClient, refusal } from "./frame-client.ts";
import { send } from "./poll-client.ts";
import { userSocket } from "./room.ts";
import { serve } from "./serve.ts";
import { observe } from "./telemetry.ts";

const ASKING = { wingbeat: "1" };
const REFUSED = [null, null, "phoenix", "wb_refused"];

const refusing = (connect: () => unknown) =>
  defineSocket({ connect: connect as () => Reply<"ok", object>, channels: [] });
const serveRefusing = (connect: () => unknown, options: Partial<EndpointOptions> = {}) =>
  serve({ "/socket": { socket: refusing(connect), longpoll: true } }, options);

/** What a client is told before its connection closes. */
async function toldBy(url: string, protocols: string[] = []): Promise<{ message: unknown; protocol: string }> {
  const client = await FrameClient.open(url, {}, protocols);
  const message = await client.next();
  expect(await client.closed).toEqual({ code: 4403, reason: "refused" });
  return { message, protocol: client.socket.protocol };
}

describe("a WebSocket client with extensions that is refused", () => {
  it.each([
    ["an object", { reason: "login", tries: 3 }],
    ["a string", "banned"],
    ["null", null],
    ["a list", ["a", 1]],
  ])("gets the reason, %s, and the connection closes with 4403", async (_, reason) => {
    const { url, endpoint } = await serveRefusing(() => refuse(reason));
    const refused = observe("socket.refused");
    expect((await toldBy(url(undefined, ASKING))).message).toEqual([...REFUSED, { reason }]);
    expect(await refused.next()).toMatchObject({ stage: "connect", status: 403, reason, error: undefined });
    expect(endpoint.connections).toBe(0);
  });

  it("gets it in the frames of V1, too", async () => {
    const { url } = await serveRefusing(async () => refuse("banned"));
    const { message } = await toldBy(url(undefined, { ...ASKING, vsn: "1.0.0" }));
    expect(message).toEqual({ topic: "phoenix", event: "wb_refused", payload: { reason: "banned" }, ref: null });
  });

  it("gets no reason from refuse()", async () => {
    const { url } = await serveRefusing(() => refuse());
    expect((await toldBy(url(undefined, ASKING))).message).toEqual([...REFUSED, {}]);
  });

  it("gets the subprotocol that a browser insists on", async () => {
    const { url } = await serve({ "/socket": { socket: refusing(() => refuse("no")), authToken: true } });
    const told = await toldBy(url(undefined, ASKING), ["phoenix", "base64url.bearer.phx.czNjcmV0"]);
    expect(told).toEqual({ message: [...REFUSED, { reason: "no" }], protocol: "phoenix" });
  });

  it("learns what the params schema minds", async () => {
    const socket = defineSocket({ params: z.object({ age: z.coerce.number() }), connect: () => ok(), channels: [] });
    const { url } = await serve({ "/socket": socket });
    const { message } = await toldBy(url(undefined, { ...ASKING, age: "old" }));
    expect(message).toEqual([
      ...REFUSED,
      { reason: { reason: "invalid payload", issues: [{ message: expect.any(String) as string, path: ["age"] }] } },
    ]);
  });

  it.each([
    ["cannot be sent", { at: new Map() }, "Map"],
    ["is longer than 4,096 bytes", "x".repeat(5000), "more than 4096"],
  ])("gets none that %s; telemetry says so", async (_, reason, why) => {
    const { url } = await serveRefusing(() => refuse(reason));
    const refused = observe("socket.refused");
    expect((await toldBy(url(undefined, ASKING))).message).toEqual([...REFUSED, {}]);
    expect(String((await refused.next()).error)).toContain(why);
  });

  it("is not answered by the errorHandler, which writes HTTP", async () => {
    const errorHandler = (): never => {
      throw new Error("not to be called");
    };
    const { url } = await serve({ "/socket": { socket: refusing(() => refuse("no")), websocket: { errorHandler } } });
    expect((await toldBy(url(undefined, ASKING))).message).toEqual([...REFUSED, { reason: "no" }]);
  });

  it("keeps no slot, however many there are", async () => {
    let isOpen = false;
    const { url } = await serveRefusing(() => (isOpen ? ok() : refuse("no")), { maxConnections: 1 });
    for (let n = 0; n < 20; n++) {
      const socket = new WebSocket(url(undefined, ASKING));
      onTestFinished(() => socket.terminate());
      await once(socket, "message");
    }
    isOpen = true;
    await FrameClient.open(url(undefined, ASKING));
  });

  it("has a second to close its side", async () => {
    const { port } = await serveRefusing(() => refuse("no"));
    const socket = connectTcp({ port, host: "127.0.0.1", allowHalfOpen: true });
    socket.write(
      "GET /socket/websocket?vsn=2.0.0&wingbeat=1 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
    let answer = "";
    socket.on("data", (data) => (answer += data.toString("latin1")));
    await once(socket, "end");
    expect(answer).toMatch(/^HTTP\/1.1 101 Switching Protocols\r\n[^]*s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r\n/);
    // Written to, the connection is reset once the server has given it up.
    const writing = setInterval(() => socket.write(Buffer.from([0x8a, 0x80, 0, 0, 0, 0])), 50);
    await new Promise((resolve) => socket.on("error", () => {}).on("close", resolve));
    clearInterval(writing);
  });
});

describe("is told nothing of its own, with extensions or not", () => {
  it.each([
    ["a throw", 500, new Error("the database is away")],
    ["a value that is neither ok nor refuse", 403, undefined],
  ])("%s: HTTP %i", async (_, status, error) => {
    const { url, pollUrl } = await serveRefusing(() => {
      if (error !== undefined) throw error;
    });
    for (const asking of [ASKING, {}]) {
      const answer = await refusal(url(undefined, asking));
      expect(answer.status).toBe(status);
      expect(answer.body).not.toContain("database");
      expect((await send(pollUrl(undefined, asking))).body).toEqual({ status });
    }
  });

  it("a client beyond the limit: HTTP 503", async () => {
    const { url } = await serve({ "/socket": userSocket() }, { maxConnections: 1 });
    await FrameClient.open(url(undefined, ASKING));
    expect((await refusal(url(undefined, ASKING))).status).toBe(503);
  });
});

it("a long-poll client with extensions gets the reason in the answer's body, others do not", async () => {
  const { pollUrl } = await serveRefusing(() => refuse({ why: "login" }));
  const message = JSON.stringify([...REFUSED, { reason: { why: "login" } }]);
  expect(await send(pollUrl(undefined, ASKING))).toMatchObject({
    status: 200,
    body: { status: 403, messages: [message] },
  });
  expect((await send(pollUrl())).body).toEqual({ status: 403 });
});

it("refuse is for connect: a socket that accepts is not changed by wingbeat=1", async () => {
  const lobby = defineChannel("lobby").join(() => ok());
  const { url } = await serve({ "/socket": defineSocket({ connect: () => ok(), channels: [lobby] }) });
  const client = await FrameClient.open(url(undefined, ASKING));
  expect(await client.join("lobby")).toEqual({ status: "ok", response: {} });
});
