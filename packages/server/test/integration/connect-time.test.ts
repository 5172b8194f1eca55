/** Async callbacks at the door: they do not hold places for clients that have gone, nor for ever. */
import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { createEndpoint, defineSocket, ok, refuse } from "../../src/index.ts";
import type { EndpointOptions, MountOptions } from "../../src/index.ts";
import { FrameClient, refusal } from "./frame-client.ts";
import { gate } from "./inbox.ts";
import { send } from "./poll-client.ts";
import { serve } from "./serve.ts";
import { observe } from "./telemetry.ts";

const SOON = { timeout: 20_000 };
const never = (): Promise<never> => new Promise(() => {});

const plain = defineSocket({ connect: () => ok(), channels: [] });
const hanging = defineSocket({ connect: never, channels: [] });
const schema = { "~standard": { version: 1 as const, vendor: "test", validate: never } };

/** Each callback that may be async, in the place of one that never settles. */
const HANGING: Readonly<Record<string, MountOptions>> = {
  connect: { socket: hanging },
  params: { socket: defineSocket({ params: schema, connect: () => ok(), channels: [] }) },
  id: { socket: defineSocket({ connect: () => ok(), id: never, channels: [] }) },
  "session.read": { socket: plain, session: { read: never, csrf: false } },
  "session.csrf": { socket: plain, session: { read: () => ({}), csrf: never } },
  errorHandler: {
    socket: defineSocket({ connect: () => refuse("no"), channels: [] }),
    websocket: { errorHandler: never },
  },
};

const handshake = (path: string, more = ""): string =>
  `GET ${path}?vsn=2.0.0&_csrf_token=x HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://127.0.0.1\r\nConnection: Upgrade\r\n` +
  `Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${more}\r\n`;
const get = (path: string): string =>
  `GET ${path}?vsn=2.0.0&_csrf_token=x HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://127.0.0.1\r\n\r\n`;

async function tcp(port: number, text: string): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  socket.on("error", () => {});
  await once(socket, "connect");
  socket.write(text);
  return socket;
}

const one = (mount: MountOptions, options: Partial<EndpointOptions> = {}) =>
  serve({ "/socket": { longpoll: true, ...mount } }, { maxConnections: 1, ...options });

describe.each(Object.keys(HANGING))("%s that never settles", (what) => {
  const mount = HANGING[what] as MountOptions;

  it("ends at connectTimeout with 503, and gives the place back", async () => {
    const { url } = await one(mount, { connectTimeout: 30 });
    const refused = observe("socket.refused");
    for (let round = 0; round < 3; round++) {
      const answer = await refusal(`${url(undefined, { _csrf_token: "x" })}`);
      expect([answer.status, answer.headers["retry-after"]]).toEqual([503, "5"]);
      expect(await refused.next()).toMatchObject({ stage: "timeout", status: 503, reason: "connectTimeout" });
    }
  });

  it.each([
    ["resets its connection", (socket: Socket) => socket.resetAndDestroy()],
    ["closes its connection", (socket: Socket) => socket.destroy()],
    ["ends its side", (socket: Socket) => socket.end()],
    ["ends its side behind early frames", (socket: Socket) => socket.end("early".repeat(100))],
    ["sends without end", (socket: Socket) => socket.write("x".repeat(200_000))],
  ])("leaves the place of a client that %s", async (_how, leave) => {
    const { port } = await one(mount);
    const refused = observe("socket.refused");
    for (let round = 0; round < 3; round++) {
      leave(await tcp(port, handshake("/socket/websocket")));
      expect(await refused.next()).toMatchObject({ stage: "gone", transport: "websocket" });
    }
  });
});

describe.each(["connect", "params", "id", "session.read", "session.csrf"])(
  "long polling: %s that never settles",
  (what) => {
    const mount = HANGING[what] as MountOptions;

    it("ends at connectTimeout", async () => {
      const { pollUrl } = await one(mount, { connectTimeout: 30 });
      for (let round = 0; round < 3; round++) {
        expect(await send(pollUrl(undefined, { _csrf_token: "x" }))).toMatchObject({
          status: 503,
          body: { status: 500 },
        });
      }
    });

    it("leaves the places of clients that go, also of pipelined requests", async () => {
      const { port } = await one(mount, { maxConnections: 15 });
      const refused = observe("socket.refused");
      for (const text of [get("/socket/longpoll"), get("/socket/longpoll").repeat(15)]) {
        const socket = await tcp(port, text);
        await send(`http://127.0.0.1:${port}/nothing`);
        socket.resetAndDestroy();
        for (const refusal of await refused.take(text.split("GET ").length - 1)) {
          expect(refusal).toMatchObject({ stage: "gone", transport: "longpoll" });
        }
      }
    });
  },
);

describe("an async checkOrigin", () => {
  it("that never settles holds nobody", async () => {
    const mount = { socket: plain, websocket: { checkOrigin: never } };
    const { port, url } = await one(mount, { connectTimeout: 30 });
    const refused = observe("socket.refused");
    expect(await refusal(url(), { origin: "http://a" })).toMatchObject({ status: 503 });
    expect(await refused.next()).toMatchObject({ stage: "timeout" });
    (await tcp(port, handshake("/socket/websocket"))).resetAndDestroy();
    expect(["gone", "timeout"]).toContain((await refused.next()).stage);
  });

  it("and connect share one connectTimeout", async () => {
    const checkOrigin = (): Promise<boolean> => new Promise((resolve) => setTimeout(resolve, 60, true));
    const { url } = await one({ socket: hanging, websocket: { checkOrigin } }, { connectTimeout: 100 });
    const since = performance.now();
    expect(await refusal(url(), { origin: "http://a" })).toMatchObject({ status: 503 });
    expect(performance.now() - since).toBeGreaterThanOrEqual(99);
  });
});

describe("a decision that comes too late", () => {
  it.each(["websocket", "longpoll"])(
    "opens no session, runs nothing more and leaves no place twice: %s",
    async (transport) => {
      const opened: (() => void)[] = [];
      let ids = 0;
      const socket = defineSocket({
        connect: async () => {
          const { passed, open } = gate();
          opened.push(() => open());
          await passed;
          return ok();
        },
        channels: [],
      });
      const late = defineSocket({ connect: () => (ids++, ok()), channels: [] });
      const reading = gate<object>();
      const { port, endpoint, url } = await serve(
        {
          "/socket": { socket, longpoll: true },
          "/late": { socket: late, longpoll: true, session: { read: () => reading.passed, csrf: false } },
        },
        { maxConnections: 1 },
      );
      const connected = observe("socket.connected");
      const refused = observe("socket.refused");
      const text = transport === "websocket" ? handshake : get;
      for (const path of ["/socket", "/late"]) {
        const client = await tcp(port, text(`${path}/${transport}`));
        await send(`http://127.0.0.1:${port}/nothing`);
        client.resetAndDestroy();
        expect(await refused.next()).toMatchObject({ stage: "gone" });
      }
      for (const open of opened) open();
      reading.open({});
      await send(`http://127.0.0.1:${port}/nothing`);
      expect([endpoint.connections, ids]).toEqual([0, 0]);
      expect(connected.rest).toEqual([]);
      // One place, and one only.
      const client = await FrameClient.open(url("/late/websocket"));
      expect(await refusal(url("/late/websocket"))).toMatchObject({ status: 503 });
      client.drop();
      await expect.poll(() => endpoint.connections, SOON).toBe(0);
    },
  );
});

describe("connectTimeout", () => {
  it.each([0, -1, 1.5, Number.NaN, "1" as unknown as number])("is refused at start when it is %s", (connectTimeout) => {
    expect(() => createEndpoint({ sockets: { "/socket": plain }, connectTimeout })).toThrow(
      expect.objectContaining({ code: "WB_OPTION", message: expect.stringContaining("connectTimeout") }),
    );
  });

  it("may be Infinity, or as long as a timer can be", async () => {
    for (const connectTimeout of [Number.POSITIVE_INFINITY, 2 ** 31 - 1]) {
      const socket = defineSocket({ connect: async () => ok(), channels: [] });
      const { url } = await serve({ "/socket": socket }, { connectTimeout });
      await FrameClient.open(url());
    }
  });
});
