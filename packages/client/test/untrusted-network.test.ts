/** Real servers and proxies that do what they should not: raw TCP and HTTP against the client in Node. */
import { createHash } from "node:crypto";
import { createServer as createHttp } from "node:http";
import type { RequestListener } from "node:http";
import { connect, createServer as createTcp } from "node:net";
import type { AddressInfo, Server, Socket as TcpSocket } from "node:net";
import { LongPoll, Presence, Socket } from "@wingbeat/client";
import type { SocketOptions, TransportClass } from "@wingbeat/client";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createEndpoint, defineChannel, defineSocket, ok } from "wingbeat";
import { WebSocket } from "ws";

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const open = new Set<TcpSocket>();
  server.on("connection", (socket) => open.add(socket));
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

function client(port: number, options: SocketOptions = {}): Socket {
  const socket = new Socket(`ws://127.0.0.1:${port}/socket`, {
    transport: WebSocket,
    reconnectAfterMs: () => 20,
    rejoinAfterMs: () => 20,
    ...options,
  });
  onTestFinished(() => socket.disconnect());
  return socket;
}

async function serve(ended: (reason: string) => void = () => {}) {
  const room = defineChannel("room:*")
    .join(() => ok({ joined: true }))
    .terminate((_ctx, reason) => ended(reason));
  const socket = defineSocket({ connect: () => ok(), channels: [room] });
  const sockets = { "/socket": { socket, longpoll: true } };
  const endpoint = createEndpoint({ sockets, logger: false });
  onTestFinished(() => endpoint.close({ drain: false }));
  return { endpoint, port: (await endpoint.listen(0, "127.0.0.1")).port };
}

/** A proxy that lets HTTP through, and decides over each connection that asks for a WebSocket. */
async function proxy(to: () => number, onUpgrade: (socket: TcpSocket, request: Buffer) => void): Promise<number> {
  const server = createTcp((socket) => {
    socket.on("error", () => {});
    socket.once("data", (request) => {
      if (/upgrade: websocket/i.test(request.toString("latin1"))) return onUpgrade(socket, request);
      const back = connect(to(), "127.0.0.1");
      back.on("error", () => socket.destroy());
      back.on("close", () => socket.destroy());
      socket.on("close", () => back.destroy());
      back.write(request);
      socket.pipe(back).pipe(socket);
    });
  });
  return listening(server);
}

/** Answers the handshake as a server does. */
function accept(socket: TcpSocket, request: Buffer): void {
  const [, key = ""] = /sec-websocket-key: (\S+)/i.exec(request.toString("latin1")) ?? [];
  const accepted = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  const head = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"];
  socket.write([...head, `Sec-WebSocket-Accept: ${accepted}`, "", ""].join("\r\n"));
}

function storage() {
  const stored = new Map<string, string>();
  return {
    stored,
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
    removeItem: (key: string) => void stored.delete(key),
  };
}

describe("a proxy", () => {
  it.each<readonly [string, (socket: TcpSocket, request: Buffer) => void]>([
    ["opens WebSockets and then cuts them", (socket, request) => (accept(socket, request), void socket.end())],
    ["opens WebSockets and resets them", (socket, request) => (accept(socket, request), void socket.resetAndDestroy())],
    ["opens WebSockets and swallows everything", (socket, request) => (accept(socket, request), void socket.resume())],
    [
      "cuts WebSockets at the first frame",
      (socket, request) => {
        accept(socket, request);
        socket.once("data", () => socket.destroy());
      },
    ],
    ["never answers the handshake", (socket) => void socket.resume()],
    ["refuses WebSockets", (socket) => void socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")],
  ])("that %s leads to long polling, which is remembered", async (_name, onUpgrade) => {
    const { port } = await serve();
    const sessionStorage = storage();
    const socket = client(await proxy(() => port, onUpgrade), { longPollFallbackMs: 300, sessionStorage });
    socket.connect();
    expect(await socket.channel("room:1").join()).toEqual({ joined: true });
    expect([socket.transport, sessionStorage.stored.size]).toEqual([LongPoll, 1]);
  });

  it("whose server is down says nothing about WebSockets", async () => {
    const { port } = await serve();
    let to = 1;
    const upgrades = vi.fn<(socket: TcpSocket, request: Buffer) => void>((socket, request) => {
      // Up again for the fourth WebSocket. In between, long polling is tried, which would work as well.
      if (upgrades.mock.calls.length > 3) to = port;
      const back = connect(to, "127.0.0.1");
      back.on("error", () => socket.destroy());
      socket.on("close", () => back.destroy());
      back.write(request);
      socket.pipe(back).pipe(socket);
    });
    const sessionStorage = storage();
    const socket = client(await proxy(() => to, upgrades), { longPollFallbackMs: 5000, sessionStorage });
    const joined = vi.fn<() => void>();
    socket.connect();
    socket.channel("room:1").join().receive("ok", joined);
    await vi.waitFor(() => expect(joined).toHaveBeenCalled());
    expect([socket.transport, sessionStorage.stored.size]).toEqual([WebSocket, 0]);
  });
});

describe("a server that opens connections and ends them", () => {
  it("is asked more and more rarely", async () => {
    let visits = 0;
    const port = await listening(
      createTcp((socket) => {
        socket.on("error", () => {});
        socket.once("data", (request) => {
          visits++;
          accept(socket, request);
          // An event, which answers nothing, and a close with 1000.
          const text = '[null,null,"room:1","news",{}]';
          socket.end(
            Buffer.concat([Buffer.from([0x81, text.length]), Buffer.from(text), Buffer.from([0x88, 2, 3, 232])]),
          );
        });
      }),
    );
    const tries: number[] = [];
    const socket = client(port, { reconnectAfterMs: (count) => (tries.push(count), 1) });
    socket.connect();
    await vi.waitFor(() => expect(visits).toBeGreaterThan(5));
    expect(tries.slice(0, 5)).toEqual([1, 2, 3, 4, 5]);
  });
});

describe("frames of nonsense over TCP", () => {
  it("end neither the process nor the client, which joins once the server is sane", async () => {
    const { port } = await serve();
    const texts = ["", "null", "{}", "[[[[", '["1","1","room:1","phx_reply",null]', '[null,null,{"toString":1},[],0]'];
    const frames = [
      ...texts.map((text) => Buffer.concat([Buffer.from([0x81, text.length]), Buffer.from(text)])),
      Buffer.from([0x82, 2, 9, 9]),
      Buffer.from([0x81, 2, 0xff, 0xfe]),
      Buffer.from([0xff, 0xff, 0xff]),
      Buffer.from([0x81, 127, 255, 255, 255, 255, 255, 255, 255, 255]),
      Buffer.from("HTTP/1.1 500 What\r\n\r\n"),
    ];
    let visits = 0;
    const front = await proxy(
      () => port,
      (socket, request) => {
        const frame = frames[visits++];
        if (frame !== undefined) {
          accept(socket, request);
          return void socket.write(frame);
        }
        const back = connect(port, "127.0.0.1");
        socket.on("close", () => back.destroy());
        back.write(request);
        socket.pipe(back).pipe(socket);
      },
    );
    const uncaught = vi.fn<(error: unknown) => void>();
    process.on("uncaughtException", uncaught).on("unhandledRejection", uncaught);
    onTestFinished(() => void process.off("uncaughtException", uncaught).off("unhandledRejection", uncaught));
    const socket = client(front, { logger: () => {} });
    const errors = vi.fn<() => void>();
    socket.onError(errors);
    const channel = socket.channel("room:1");
    new Presence(channel).onSync(() => {});
    const joined = new Promise((resolve) => channel.joinPush.receive("ok", resolve));
    socket.connect();
    channel.join();
    expect(await joined).toEqual({ joined: true });
    expect([visits, uncaught.mock.calls]).toEqual([frames.length + 1, []]);
    expect(errors.mock.calls.length).toBeGreaterThanOrEqual(frames.length);
  });
});

describe("long polling", () => {
  const ANSWERS: readonly (readonly [string, RequestListener])[] = [
    ["an error page", (_request, response) => response.writeHead(502, { "content-type": "text/html" }).end("<h1>Bad")],
    ["no JSON", (_request, response) => response.end("{")],
    ["null", (_request, response) => response.end("null")],
    ["a number", (_request, response) => response.end("7")],
    ["a status of text", (_request, response) => response.end('{"status":"200"}')],
    ["an unknown status", (_request, response) => response.end('{"status":999}')],
    ["a redirect to itself", (request, response) => response.writeHead(302, { location: request.url }).end()],
    ["a reset", (request) => request.socket.resetAndDestroy()],
    ["messages that are none", sessionWith([null, 5, { a: 1 }])],
    ["messages that are no list", (_request, response) => response.end('{"status":200,"token":"t","messages":{}}')],
    ["bytes that are no base64", sessionWith(["A*"])],
    ["a message that is no message", sessionWith(["nonsense"])],
  ];

  function sessionWith(messages: unknown[]): RequestListener {
    return ({ url = "" }, response) =>
      response.end(JSON.stringify({ status: url.includes("token=") ? 200 : 410, token: "t", messages }));
  }

  it.each(ANSWERS)("that is answered with %s is tried again", async (_name, answer) => {
    let isSane = false;
    const { port } = await serve();
    const front = await listening(
      createHttp((request, response) => {
        if (!isSane) return void answer(request, response);
        response.writeHead(307, { location: `http://127.0.0.1:${port}${request.url}` }).end();
      }),
    );
    const socket = client(front, { transport: LongPoll });
    const errors = vi.fn<() => void>();
    socket.onError(errors);
    socket.connect();
    await vi.waitFor(() => expect(errors.mock.calls.length).toBeGreaterThan(2));
    isSane = true;
    await vi.waitFor(() => expect(socket.isConnected()).toBe(true));
  });

  it("that is answered at once with nothing does not ask in a loop", async () => {
    let requests = 0;
    const answer = sessionWith([]);
    const port = await listening(createHttp((request, response) => (requests++, void answer(request, response))));
    const socket = client(port, { transport: LongPoll });
    const start = Date.now();
    socket.connect();
    await vi.waitFor(() => expect(requests).toBeGreaterThan(5));
    expect(Date.now() - start).toBeGreaterThan(300);
  });

  it.each<readonly [string, TransportClass]>([
    ["LongPoll", LongPoll],
    ["WebSocket", WebSocket],
  ])("and WebSockets say goodbye when they disconnect: %s", async (_name, transport) => {
    const ended = vi.fn<(reason: string) => void>();
    const { port } = await serve(ended);
    const socket = client(port, { transport });
    socket.connect();
    const channel = socket.channel("room:1");
    await channel.join();
    const closed = vi.fn<() => void>();
    channel.onClose(closed);
    socket.disconnect();
    await vi.waitFor(() => expect(ended).toHaveBeenCalled());
    expect(closed).not.toHaveBeenCalled();
    // It is not the channel that was left: it joins again with the next connection.
    socket.connect();
    await vi.waitFor(() => expect(channel.state).toBe("joined"));
  });
});
