/** Clients that reset their TCP connection at every stage of every door: nothing ends the process, nothing is left over. */
import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { connect } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { connect as connectSecurely } from "node:tls";
import { describe, expect, it, onTestFinished } from "vitest";
import { createEndpoint, defineSocket, ok, refuse } from "../../src/index.ts";
import type { Endpoint } from "../../src/index.ts";
import { FrameClient } from "./frame-client.ts";
import { CERTIFICATE, KEY } from "./certificate.ts";
import { PollClient } from "./poll-client.ts";
import { userSocket } from "./room.ts";
import { urlOf, urlsOf } from "./serve.ts";
import { frameBytes, Opcode } from "./tcp-client.ts";

const ROUNDS = 40;
/** Soon, but later than a busy machine is. */
const SOON = { timeout: 20_000 };

const slowly = <T>(value: T): Promise<T> => new Promise((resolve) => setTimeout(resolve, 5, value));

function newEndpoint(): Endpoint {
  const never = defineSocket({ connect: () => new Promise<never>(() => {}), channels: [] });
  const slow = defineSocket({ connect: () => slowly(ok()), channels: [] });
  const refused = defineSocket({ connect: () => slowly(refuse("no")), channels: [] });
  const body = "x".repeat(1_000_000);
  const endpoint = createEndpoint({
    sockets: {
      "/socket": { socket: userSocket(), longpoll: { window: 500 }, websocket: { compress: true } },
      "/never": { socket: never, longpoll: true },
      "/slow": { socket: slow, longpoll: { window: 500 } },
      "/refused": { socket: refused, longpoll: true, websocket: { errorHandler: () => slowly({ status: 429, body }) } },
      "/guarded": { socket: never, longpoll: true, websocket: { checkOrigin: () => slowly(false) } },
    },
    health: "/health",
    logger: { sink: { debug() {}, info() {}, warn() {}, error() {} } },
  });
  onTestFinished(() => endpoint.close({ drain: false }));
  return endpoint;
}

const HANDSHAKE =
  "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
const upgrade = (path: string, headers = HANDSHAKE): string =>
  `GET ${path}?vsn=2.0.0 HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://127.0.0.1\r\n${headers}\r\n`;
const get = (path: string): string => `GET ${path}?vsn=2.0.0 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`;
const post = (path: string, length = 10, body = "[1,2"): string =>
  `POST ${path}?vsn=2.0.0 HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${length}\r\n\r\n${body}`;

/** What a client sends before it resets the connection. */
const STAGES: Readonly<Record<string, string>> = {
  "no byte": "",
  "half a request line": "GET /sock",
  "half the headers": "GET /socket/websocket HTTP/1.1\r\nHost: a\r\nUpgr",
  "what is no HTTP": "\u0000\u0001\u0002\r\n\r\n",
  "an upgrade of an unknown path": upgrade("/nope"),
  "an upgrade of the health check": upgrade("/health"),
  "an upgrade of long polling": upgrade("/socket/longpoll"),
  "an upgrade that is accepted": upgrade("/socket/websocket"),
  "an upgrade and frames in one write": upgrade("/socket/websocket") + "\u0081\u0081abcdx".repeat(20),
  "an upgrade that is malformed": upgrade("/socket/websocket", HANDSHAKE.replace("13", "12")),
  "an upgrade to something else": upgrade("/socket/websocket", "Connection: Upgrade\r\nUpgrade: h2c\r\n"),
  "an upgrade that is a POST": upgrade("/socket/websocket").replace("GET", "POST"),
  "an upgrade that is refused later, with a long body": upgrade("/refused/websocket"),
  "an upgrade whose origin is refused later": upgrade("/guarded/websocket"),
  "an upgrade whose connect settles later": upgrade("/slow/websocket"),
  "an upgrade whose connect never settles": upgrade("/never/websocket"),
  "an upgrade whose connect never settles, and early frames": upgrade("/never/websocket") + "early".repeat(1000),
  "a plain GET of a WebSocket path": get("/slow/websocket"),
  "an opening poll": get("/socket/longpoll"),
  "an opening poll whose connect settles later": get("/slow/longpoll"),
  "an opening poll whose connect never settles": get("/never/longpoll"),
  "pipelined opening polls": get("/never/longpoll").repeat(12),
  "a health check": get("/health"),
  "a POST that is not complete": post("/socket/longpoll"),
  "a POST that is too large": post("/socket/longpoll", 90_000_000),
  "a POST to the WebSocket": post("/socket/websocket"),
  "a preflight": get("/socket/longpoll").replace("GET", "OPTIONS"),
  CONNECT: "CONNECT 127.0.0.1:80 HTTP/1.1\r\nHost: a\r\n\r\n",
};

/** Ways for the last bytes to leave. */
const ENDS: readonly ((socket: Socket) => unknown)[] = [
  (socket) => socket.resetAndDestroy(),
  async (socket) => {
    await nextTurn();
    socket.resetAndDestroy();
  },
  async (socket) => {
    await slowly(undefined);
    socket.resetAndDestroy();
  },
  (socket) => socket.destroy(),
  (socket) => socket.end(),
];

async function visit(port: number, text: string, end: (socket: Socket) => unknown): Promise<void> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  socket.on("error", () => {});
  await once(socket, "connect");
  socket.write(text, "latin1");
  await end(socket);
}

async function listening(server: ReturnType<typeof createServer>): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

describe("a TCP connection that is reset behind", () => {
  it.each(Object.keys(STAGES))("%s", async (stage) => {
    const endpoint = newEndpoint();
    const server = createServer();
    endpoint.attach(server);
    // A listener that takes no notice of the paths it does not know.
    server.on("upgrade", () => {});
    const port = await listening(server);
    for (let round = 0; round < ROUNDS; round++) {
      await visit(port, STAGES[stage] as string, ENDS[round % ENDS.length] as (socket: Socket) => unknown);
    }
    const bystander = await FrameClient.open(urlOf(port));
    expect(await bystander.join("room:1")).toMatchObject({ status: "ok" });
    // Long-poll sessions that were opened end when nobody polls them.
    await expect.poll(() => endpoint.connections, SOON).toBe(1);
  });

  it("a message, while frames are sent to it", async () => {
    const endpoint = newEndpoint();
    const server = createServer();
    endpoint.attach(server);
    const port = await listening(server);
    for (let round = 0; round < ROUNDS; round++) {
      await visit(port, upgrade("/socket/websocket"), async (socket) => {
        await once(socket, "data");
        socket.write(frameBytes(Opcode.text, '["1","1","room:1","phx_join",{}]'));
        socket.write(frameBytes(Opcode.text, `["1","2","room:1","shout",{"x":"${"x".repeat(100_000)}"}]`));
        if (round % 2 === 0) await nextTurn();
        socket.resetAndDestroy();
      });
      endpoint.broadcast("room:1", "news", { x: "x".repeat(100_000) });
    }
    await expect.poll(() => endpoint.connections, SOON).toBe(0);
  });

  it("a poll that waits, and a poll that is being answered", async () => {
    const endpoint = newEndpoint();
    const server = createServer();
    endpoint.attach(server);
    const port = await listening(server);
    const poller = await PollClient.open(urlsOf(port).pollUrl(), { polls: false });
    const path = `/socket/longpoll?vsn=2.0.0&token=${poller.token}`;
    for (let round = 0; round < ROUNDS; round++) {
      await visit(port, `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`, ENDS[round % 3] as (socket: Socket) => unknown);
      await visit(port, `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 30\r\n\r\n[`, (socket) =>
        socket.resetAndDestroy(),
      );
    }
    expect((await poller.post('["1","1","room:1","phx_join",{}]')).body).toEqual({ status: 200 });
  });

  it("everything, while the endpoint drains and is closed", async () => {
    const endpoint = newEndpoint();
    const server = createServer();
    endpoint.attach(server);
    const port = await listening(server);
    const visits = Object.values(STAGES).map((text) => visit(port, text, () => {}));
    await Promise.all(visits);
    const closing = endpoint.close({ drain: { deadline: 50 } });
    for (const text of Object.values(STAGES)) {
      for (const end of ENDS) await visit(port, text, end);
    }
    await closing;
    for (const text of Object.values(STAGES)) await visit(port, text, (socket) => socket.resetAndDestroy());
    expect(endpoint.connections).toBe(0);
  });
});

describe("over TLS", () => {
  it("a connection that is reset before, in and after the handshake of TLS ends nothing", async () => {
    const endpoint = newEndpoint();
    const server = createSecureServer({ key: KEY, cert: CERTIFICATE });
    endpoint.attach(server);
    const port = await listening(server);
    for (let round = 0; round < ROUNDS; round++) {
      await visit(port, "\u0016\u0003\u0001", ENDS[round % ENDS.length] as (socket: Socket) => unknown);
      for (const path of ["/nope", "/socket/websocket", "/never/websocket", "/refused/websocket"]) {
        const tcp = connect({ port, host: "127.0.0.1" });
        tcp.on("error", () => {});
        const secure = connectSecurely({ socket: tcp, rejectUnauthorized: false });
        secure.on("error", () => {});
        if (round % 4 !== 0) {
          await once(secure, "secureConnect");
          secure.write(upgrade(path));
        }
        if (round % 3 === 0) await slowly(undefined);
        tcp.resetAndDestroy();
      }
    }
    await expect.poll(() => endpoint.connections, SOON).toBe(0);
    const client = await FrameClient.open(urlOf(port).replace("ws:", "wss:"), { rejectUnauthorized: false });
    expect(await client.join("room:1")).toMatchObject({ status: "ok" });
  });
});
