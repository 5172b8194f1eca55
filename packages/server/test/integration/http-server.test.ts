/** The endpoint beside other things on one HTTP server, and how it closes. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocketServer } from "ws";
import { createEndpoint } from "../../src/index.ts";
import type { Endpoint } from "../../src/index.ts";
import { FrameClient, refusal } from "./frame-client.ts";
import { userSocket } from "./room.ts";
import { serve, urlOf } from "./serve.ts";

const newEndpoint = (): Endpoint => {
  const endpoint = createEndpoint({ sockets: { "/socket": userSocket() }, logger: false });
  onTestFinished(() => endpoint.close());
  return endpoint;
};

const listening = async (server: Server): Promise<number> => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  onTestFinished(() => server.closeAllConnections());
  return (server.address() as AddressInfo).port;
};

/** A request listener as Express makes them: a function with a chain of its own, which answers later. */
function application(): RequestListener {
  const handlers: ((request: IncomingMessage, response: ServerResponse, next: () => void) => void)[] = [
    (_request, response, next) => {
      response.setHeader("x-powered-by", "chain");
      setImmediate(next);
    },
    (request, response) => response.end(`page ${request.url}`),
  ];
  return (request, response) => {
    const run = (index: number): void => handlers[index]?.(request, response, () => run(index + 1));
    run(0);
  };
}

describe("attach", () => {
  it("serves the sockets beside an application, whose pages stay", async () => {
    const server = createServer(application());
    newEndpoint().attach(server);
    const port = await listening(server);
    const page = await fetch(`http://127.0.0.1:${port}/hello`);
    expect([await page.text(), page.headers.get("x-powered-by")]).toEqual(["page /hello", "chain"]);
    const client = await FrameClient.open(urlOf(port));
    expect(await client.join("room:1")).toMatchObject({ status: "ok" });
    expect(await (await fetch(`http://127.0.0.1:${port}/socket`)).text()).toBe("page /socket");
    expect((await fetch(`http://127.0.0.1:${port}/socket/websocket`)).status).toBe(400);
  });

  it("answers upgrades of other paths with 404 when nobody else takes upgrades", async () => {
    const server = createServer(application());
    newEndpoint().attach(server);
    expect((await refusal(urlOf(await listening(server), "/other"))).status).toBe(404);
  });

  it.each(["before", "after"])("leaves other upgrades to a handler that was there %s it", async (order) => {
    const server = createServer(application());
    const echo = new WebSocketServer({ noServer: true });
    echo.on("connection", (socket) => socket.on("message", (data) => socket.send(`echo ${String(data)}`)));
    const onUpgrade = (request: IncomingMessage, socket: IncomingMessage["socket"], head: Buffer): void => {
      if (request.url === "/echo")
        echo.handleUpgrade(request, socket, head, (client) => echo.emit("connection", client));
    };
    if (order === "before") server.on("upgrade", onUpgrade);
    newEndpoint().attach(server);
    if (order === "after") server.on("upgrade", onUpgrade);
    const port = await listening(server);
    const { WebSocket } = await import("ws");
    const other = new WebSocket(`ws://127.0.0.1:${port}/echo`);
    onTestFinished(() => other.terminate());
    await once(other, "open");
    other.send("hi");
    expect(String((await once(other, "message"))[0])).toBe("echo hi");
    const client = await FrameClient.open(urlOf(port));
    expect(await client.join("room:1")).toMatchObject({ status: "ok" });
  });

  it("closes with 1012, gives the server back as it was, and does not close it", async () => {
    const server = createServer(application());
    const endpoint = newEndpoint();
    endpoint.attach(server);
    const port = await listening(server);
    const client = await FrameClient.open(urlOf(port));
    await endpoint.close();
    expect(await client.closed).toEqual({ code: 1012, reason: "server is restarting" });
    expect(server.listenerCount("upgrade")).toBe(0);
    expect(await (await fetch(`http://127.0.0.1:${port}/socket/websocket`)).text()).toBe("page /socket/websocket");
  });

  it("attaches one endpoint to two servers, which share the topics", async () => {
    const endpoint = newEndpoint();
    const servers = [createServer(), createServer()];
    servers.forEach((server) => endpoint.attach(server));
    const clients = [];
    for (const server of servers) clients.push(await FrameClient.open(urlOf(await listening(server))));
    for (const client of clients) await client.join("room:1");
    endpoint.broadcast("room:1", "news", { n: 1 });
    for (const client of clients) expect(await client.next()).toEqual([null, null, "room:1", "news", { n: 1 }]);
  });

  it("attaches two endpoints to one server, each with its own paths", async () => {
    const server = createServer(application());
    const endpoints = ["/a", "/b"].map((path) => createEndpoint({ sockets: { [path]: userSocket() }, logger: false }));
    for (const endpoint of endpoints) {
      endpoint.attach(server);
      onTestFinished(() => endpoint.close());
    }
    const port = await listening(server);
    for (const path of ["/a/websocket", "/b/websocket"]) {
      expect(await (await FrameClient.open(urlOf(port, path))).join("room:1")).toMatchObject({ status: "ok" });
    }
    expect(endpoints.map((endpoint) => endpoint.connections)).toEqual([1, 1]);
    expect(await (await fetch(`http://127.0.0.1:${port}/hello`)).text()).toBe("page /hello");
  });

  it("detaches one of two endpoints without touching the other or the application", async () => {
    let requests = 0;
    const server = createServer((_request, response) => response.end(`request ${++requests}`));
    const [first, second] = ["/a", "/b"].map((path) =>
      createEndpoint({ sockets: { [path]: userSocket() }, logger: false }),
    );
    for (const endpoint of [first, second]) endpoint?.attach(server);
    onTestFinished(() => second?.close());
    const port = await listening(server);
    await first?.close();
    expect(await (await fetch(`http://127.0.0.1:${port}/hello`)).text()).toBe("request 1");
    expect(await (await fetch(`http://127.0.0.1:${port}/hello`)).text()).toBe("request 2");
    expect(await (await FrameClient.open(urlOf(port, "/b/websocket"))).join("room:1")).toMatchObject({ status: "ok" });
  });

  it("answers upgrades of other paths with 404 also when two endpoints are attached", async () => {
    const server = createServer();
    for (const path of ["/a", "/b"]) {
      const endpoint = createEndpoint({ sockets: { [path]: userSocket() }, logger: false });
      endpoint.attach(server);
      onTestFinished(() => endpoint.close());
    }
    expect((await refusal(urlOf(await listening(server), "/other"))).status).toBe(404);
  });
});

describe("listen and close", () => {
  it("rejects on a taken port, and when it listens already", async () => {
    const { port, endpoint } = await serve({ "/socket": userSocket() });
    await expect(newEndpoint().listen(port, "127.0.0.1")).rejects.toMatchObject({ code: "EADDRINUSE" });
    await expect(endpoint.listen(0, "127.0.0.1")).rejects.toMatchObject({ code: "WB_ENDPOINT_STATE" });
  });

  it("can listen on another port when the first was taken", async () => {
    const taken = await listening(createServer());
    const endpoint = newEndpoint();
    await expect(endpoint.listen(taken, "127.0.0.1")).rejects.toMatchObject({ code: "EADDRINUSE" });
    const { port } = await endpoint.listen(0, "127.0.0.1");
    const client = await FrameClient.open(urlOf(port));
    expect(await client.join("room:1")).toMatchObject({ status: "ok" });
  });

  it("closes all clients with 1012, runs terminate with shutdown, and frees the port at once", async () => {
    const ended: string[] = [];
    const served = await serve({ "/socket": userSocket((topic, reason) => ended.push(`${topic} ${reason}`)) });
    const clients = await Promise.all([1, 2, 3].map(() => FrameClient.open(served.url())));
    for (const client of clients) await client.join("room:1");
    await served.endpoint.close();
    for (const client of clients) expect((await client.closed).code).toBe(1012);
    expect(ended).toEqual(["room:1 shutdown", "room:1 shutdown", "room:1 shutdown"]);
    expect(served.endpoint.connections).toBe(0);
    expect(served.endpoint.pubsub.size.subscriptions).toBe(0);
    const again = await serve({ "/socket": userSocket() }, { port: served.port });
    expect(again.port).toBe(served.port);
  });

  it("closes although a client does not answer its close frame, and although a page keeps a connection open", async () => {
    const served = await serve({ "/socket": userSocket() });
    const client = await FrameClient.open(served.url());
    client.socket.pause();
    await fetch(`http://127.0.0.1:${served.port}/`);
    await served.endpoint.close();
    expect(served.endpoint.connections).toBe(0);
  });

  it("closes twice as once, and opens no more", async () => {
    const { endpoint } = await serve({ "/socket": userSocket() });
    await Promise.all([endpoint.close(), endpoint.close()]);
    await expect(newEndpoint().close()).resolves.toBeUndefined();
    expect(() => endpoint.attach(createServer())).toThrow(expect.objectContaining({ code: "WB_ENDPOINT_STATE" }));
  });
});
