/** The endpoint and others on one HTTP server: whoever listens to it, and whenever that began. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server } from "node:http";
import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { getRequestListener } from "@hono/node-server";
import express from "express";
import fastify from "fastify";
import { buildSchema } from "graphql";
import { useServer } from "graphql-ws/use/ws";
import { Hono } from "hono";
import { Server as SocketIo } from "socket.io";
import { createServer as createVite } from "vite";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { createEndpoint } from "../../src/index.ts";
import type { Endpoint } from "../../src/index.ts";
import { FrameClient } from "./frame-client.ts";
import { PollClient, send } from "./poll-client.ts";
import { userSocket } from "./room.ts";
import { urlOf, urlsOf } from "./serve.ts";

const newEndpoint = (path = "/socket"): Endpoint => {
  const mount = { socket: userSocket(), longpoll: { window: 500 } };
  const endpoint = createEndpoint({ sockets: { [path]: mount }, health: `${path}/health`, logger: false });
  onTestFinished(() => endpoint.close({ drain: false }));
  return endpoint;
};

async function listening(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const textOf = async (port: number, path: string): Promise<string> =>
  (await fetch(`http://127.0.0.1:${port}${path}`)).text();

/** The first message of a WebSocket server that speaks first, or after a greeting. */
async function firstMessage(url: string, { protocol, greeting }: { protocol?: string; greeting?: string } = {}) {
  const client = new WebSocket(url, protocol);
  onTestFinished(() => client.terminate());
  if (greeting !== undefined) client.on("open", () => client.send(greeting));
  const [data] = (await once(client, "message")) as [Buffer];
  return data.toString();
}

/** Both transports and the health check of an endpoint. */
async function useEndpoint(port: number, path = "/socket"): Promise<void> {
  const client = await FrameClient.open(urlOf(port, `${path}/websocket`));
  expect(await client.join("room:1")).toMatchObject({ status: "ok" });
  const poller = await PollClient.open(urlsOf(port).pollUrl(`${path}/longpoll`));
  expect(await poller.join("room:2")).toMatchObject({ status: "ok" });
  expect(JSON.parse(await textOf(port, `${path}/health`))).toMatchObject({ status: "ok" });
  client.drop();
  poller.drop();
}

/** Somebody who listens to a server: how they begin, and how they are used. */
interface Other {
  listen(server: Server): unknown;
  use(port: number): Promise<void>;
}

const OTHERS: Readonly<Record<string, Other>> = {
  "a request listener": {
    listen: (server) => server.on("request", (request, response) => response.end(`page ${request.url}`)),
    use: async (port) => expect(await textOf(port, "/socket/hello")).toBe("page /socket/hello"),
  },
  Express: {
    listen: (server) =>
      server.on(
        "request",
        express().get("/hello", (_request, response) => void response.send("hi")),
      ),
    use: async (port) => expect(await textOf(port, "/hello")).toBe("hi"),
  },
  Hono: {
    listen: (server) => server.on("request", getRequestListener(new Hono().get("/hello", (c) => c.text("hi")).fetch)),
    use: async (port) => expect(await textOf(port, "/hello")).toBe("hi"),
  },
  "ws on a path": {
    listen(server) {
      const other = new WebSocketServer({ server, path: "/other" });
      other.on("connection", (client) => client.send("welcome"));
      onTestFinished(() => other.close());
    },
    use: async (port) => expect(await firstMessage(`ws://127.0.0.1:${port}/other`)).toBe("welcome"),
  },
  "graphql-ws": {
    listen(server) {
      const schema = buildSchema("type Query { hello: String }");
      const other = new WebSocketServer({ server, path: "/graphql" });
      const disposable = useServer({ schema }, other);
      onTestFinished(() => disposable.dispose());
    },
    async use(port) {
      const options = { protocol: "graphql-transport-ws", greeting: '{"type":"connection_init"}' };
      expect(await firstMessage(`ws://127.0.0.1:${port}/graphql`, options)).toContain("connection_ack");
    },
  },
  "Socket.IO": {
    listen(server) {
      const other = new SocketIo(server, { destroyUpgradeTimeout: 50 });
      onTestFinished(() => other.close());
    },
    async use(port) {
      expect(await textOf(port, "/socket.io/?EIO=4&transport=polling")).toContain('"sid"');
      expect(await firstMessage(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`)).toContain('"sid"');
    },
  },
  "Vite's dev server with HMR on the same server": {
    async listen(server) {
      const vite = await createVite({
        configFile: false,
        logLevel: "silent",
        appType: "custom",
        root: import.meta.dirname,
        optimizeDeps: { noDiscovery: true },
        server: { middlewareMode: true, hmr: { server }, watch: null },
      });
      server.on("request", vite.middlewares);
      onTestFinished(() => vite.close());
    },
    async use(port) {
      const script = await textOf(port, "/@vite/client");
      const token = /wsToken = "([^"]+)"/.exec(script)?.[1];
      expect(token).toBeTypeOf("string");
      const url = `ws://127.0.0.1:${port}/?token=${token}`;
      expect(await firstMessage(url, { protocol: "vite-hmr" })).toBe('{"type":"connected"}');
    },
  },
  "a custom server that ends all upgrades that it does not know, from its first page on": {
    listen(server) {
      const endUpgrade = (_request: IncomingMessage, socket: Duplex): void => void socket.end();
      server.on("request", (_request, response) => {
        if (!server.listeners("upgrade").includes(endUpgrade)) server.on("upgrade", endUpgrade);
        response.end("page");
      });
    },
    use: async (port) => expect(await textOf(port, "/")).toBe("page"),
  },
};

describe.each(Object.keys(OTHERS))("beside %s", (name) => {
  const other = OTHERS[name] as Other;

  it.each(["before", "after", "while it serves"])("that came %s", async (order) => {
    const server = createServer();
    const endpoint = newEndpoint();
    if (order === "before") await other.listen(server);
    endpoint.attach(server);
    if (order === "after") await other.listen(server);
    const port = await listening(server);
    if (order === "while it serves") {
      await useEndpoint(port);
      await other.listen(server);
    }
    await other.use(port);
    await useEndpoint(port);
    await other.use(port);
  });

  it("that outlives it", async () => {
    const server = createServer();
    const endpoint = newEndpoint();
    endpoint.attach(server);
    await other.listen(server);
    const port = await listening(server);
    await useEndpoint(port);
    await endpoint.close({ drain: false });
    await other.use(port);
  });
});

describe("beside Fastify", () => {
  it.each(["before", "after"])("when it is ready %s", async (order) => {
    const app = fastify();
    app.get("/hello", async () => "hi");
    const endpoint = newEndpoint();
    if (order === "before") await app.ready();
    endpoint.attach(app.server);
    if (order === "after") await app.ready();
    await app.listen({ port: 0, host: "127.0.0.1" });
    onTestFinished(() => app.close());
    onTestFinished(() => endpoint.close({ drain: false }));
    const { port } = app.server.address() as AddressInfo;
    expect(await textOf(port, "/hello")).toBe("hi");
    await useEndpoint(port);
  });
});

describe("all of them at once", () => {
  it("with an endpoint in the middle", async () => {
    const server = createServer();
    const names = Object.keys(OTHERS).filter((name) => /ws|Socket.IO|Express/.test(name));
    const half = names.length / 2;
    for (const name of names.slice(0, half)) await (OTHERS[name] as Other).listen(server);
    newEndpoint().attach(server);
    for (const name of names.slice(half)) await (OTHERS[name] as Other).listen(server);
    const port = await listening(server);
    await useEndpoint(port);
    // ws with a path answers upgrades of all other paths with 400, so only the first of them can be used.
    await (OTHERS[names[0] as string] as Other).use(port);
  });
});

describe("listeners", () => {
  it("that are removed, replaced or called once are the application's own business", async () => {
    const server = createServer();
    newEndpoint().attach(server);
    const port = await listening(server);
    server.once("request", (_request, response) => response.end("once"));
    expect(await textOf(port, "/")).toBe("once");
    const first = (_request: IncomingMessage, response: { end(text: string): unknown }): void => void response.end("1");
    server.on("request", first);
    expect(await textOf(port, "/")).toBe("1");
    server.off("request", first);
    server.on("request", (_request, response) => response.end("2"));
    expect(await textOf(port, "/")).toBe("2");
    server.removeAllListeners("upgrade");
    server.removeAllListeners("request");
    await useEndpoint(port);
  });

  it("see none of the endpoint's requests, also those that expect a 100 Continue", async () => {
    const seen: (string | undefined)[] = [];
    const server = createServer();
    for (const event of ["request", "checkContinue", "checkExpectation", "upgrade"] as const) {
      server.on(event, (request: IncomingMessage) => seen.push(request.url));
    }
    newEndpoint().attach(server);
    for (const event of ["request", "checkContinue", "checkExpectation", "upgrade"] as const) {
      server.prependListener(event, (request: IncomingMessage) => seen.push(request.url));
    }
    const port = await listening(server);
    await useEndpoint(port);
    const poller = await PollClient.open(urlsOf(port).pollUrl(), { polls: false });
    const url = `${poller.url}&token=${poller.token}`;
    const message = '["1","1","room:1","phx_join",{}]';
    const posted = await send(url, { method: "POST", body: message, headers: { expect: "100-continue" } });
    expect(posted.body).toEqual({ status: 200 });
    const odd = await send(url, { method: "POST", body: message, headers: { expect: "200-ok" } });
    expect(odd.status).toBe(417);
    expect(seen).toEqual([]);
  });
});

describe("a server that is given back", () => {
  it("is as it was, in whatever order its endpoints leave", async () => {
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0],
    ]) {
      const onRequest = (_request: IncomingMessage, response: { end(text: string): unknown }): void =>
        void response.end("page");
      const onUpgrade = (): void => {};
      const server = createServer(onRequest);
      server.on("upgrade", onUpgrade);
      const port = await listening(server);
      const before = Object.getOwnPropertyNames(server).toSorted();
      const endpoints = ["/a", "/b", "/c"].map((path) => newEndpoint(path));
      for (const endpoint of endpoints) endpoint.attach(server);
      for (const index of order) {
        await useEndpoint(port, ["/a", "/b", "/c"][index]);
        await (endpoints[index] as Endpoint).close({ drain: false });
        expect(await textOf(port, `${["/a", "/b", "/c"][index]}/longpoll`)).toBe("page");
      }
      expect(server.listeners("request")).toEqual([onRequest]);
      expect(server.listeners("upgrade")).toEqual([onUpgrade]);
      expect(Object.getOwnPropertyNames(server).toSorted()).toEqual(before);
    }
  });

  it("keeps an emit that somebody has put over ours", async () => {
    const server = createServer((_request, response) => response.end("page"));
    const endpoint = newEndpoint();
    endpoint.attach(server);
    const events: (string | symbol)[] = [];
    const emit = server.emit as (event: string, ...args: unknown[]) => boolean;
    server.emit = (event: string, ...args: unknown[]) => {
      events.push(event);
      return emit.call(server, event, ...args);
    };
    const port = await listening(server);
    await endpoint.close({ drain: false });
    events.length = 0;
    expect(await textOf(port, "/socket/longpoll")).toBe("page");
    expect(events).toContain("request");
    newEndpoint("/again").attach(server);
    await useEndpoint(port, "/again");
  });
});

describe("offers of another upgrade", () => {
  const OFFERS: Readonly<Record<string, string>> = {
    h2c: "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQBAAAA\r\n",
    "TLS/1.2": "Connection: Upgrade\r\nUpgrade: TLS/1.2\r\n",
    "a list": "Connection: Upgrade\r\nUpgrade: h2c, websocket\r\n",
    "two headers": "Connection: Upgrade\r\nUpgrade: h2c\r\nUpgrade: TLS/1.0\r\n",
  };

  /** Sends requests in one write; gives the status lines and bodies of as many answers. */
  async function exchange(port: number, requests: readonly string[]): Promise<string> {
    const socket = connect(port, "127.0.0.1");
    onTestFinished(() => void socket.destroy());
    let text = "";
    socket.on("data", (data: Buffer) => (text += data.toString("latin1")));
    socket.write(requests.join(""));
    await once(socket, "close");
    return text;
  }

  const requestText = (path: string, headers: string, body = "", method = body === "" ? "GET" : "POST"): string =>
    `${method} ${path} HTTP/1.1\r\nHost: a\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`;
  const last = (path: string, headers: string, body = ""): string =>
    requestText(path, `${headers.replace("Connection: Upgrade", "Connection: close, Upgrade")}`, body);

  const echoing = (): Server =>
    createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += String(chunk);
      response.end(`[${request.method} ${request.url} ${request.headers.upgrade ?? ""} ${body}]`);
    });

  describe.each(Object.keys(OFFERS))("%s", (what) => {
    const offer = OFFERS[what] as string;

    it("is an ordinary request, as without the endpoint", async () => {
      const answers: string[][] = [];
      for (const isAttached of [false, true]) {
        const server = echoing();
        if (isAttached) newEndpoint().attach(server);
        const port = await listening(server);
        const texts = [
          await exchange(port, [last("/one", offer)]),
          await exchange(port, [last("/two", offer, "hello")]),
          await exchange(port, [requestText("/three", ""), last("/four", offer, "bye")]),
        ];
        answers.push(texts.join("").match(/\[.*?\]/g) ?? []);
      }
      expect(answers[1]).toEqual(answers[0]);
      expect(answers[1]).toHaveLength(4);
    });

    it("reaches health checks and long polling", async () => {
      const server = echoing();
      newEndpoint().attach(server);
      const port = await listening(server);
      expect(await exchange(port, [last("/socket/health", offer)])).toContain('"status":"ok"');
      expect(await exchange(port, [last("/socket/longpoll?vsn=2.0.0", offer)])).toContain('"status":410');
      expect(await exchange(port, [last("/socket/websocket?vsn=2.0.0", offer)])).toContain("400 Bad Request");
    });

    it("goes to the application's own listener for upgrades, if it has one", async () => {
      const server = echoing();
      newEndpoint().attach(server);
      server.on("upgrade", (request: IncomingMessage, socket: Duplex) =>
        socket.end(`taken ${request.headers.upgrade}`),
      );
      const port = await listening(server);
      expect(await exchange(port, [requestText("/own", offer)])).toContain("taken ");
      expect(await exchange(port, [last("/socket/health", offer)])).toContain('"status":"ok"');
    });
  });

  it("is ordinary on a connection that was open before the endpoint came", async () => {
    const server = echoing();
    const port = await listening(server);
    const socket = connect(port, "127.0.0.1");
    onTestFinished(() => void socket.destroy());
    socket.write(requestText("/early", ""));
    await once(socket, "data");
    newEndpoint().attach(server);
    socket.write(requestText("/ordinary", ""));
    await once(socket, "data");
    socket.write(requestText("/later", OFFERS["h2c"] as string));
    expect(String((await once(socket, "data"))[0])).toContain("[GET /later h2c ]");
  });
});
