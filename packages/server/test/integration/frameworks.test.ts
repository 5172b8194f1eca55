/** Endpoints beside web frameworks: pages and sockets on one port. */
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import { describe, expect, it, onTestFinished } from "vitest";
import { createEndpoint, defineChannel, defineSocket, ok } from "../../src/index.ts";
import { FrameClient } from "./frame-client.ts";
import { urlOf } from "./serve.ts";

const echo = defineChannel("echo")
  .join(() => ok())
  .handleIn("echo", (_ctx, payload) => ok(payload));
const socket = defineSocket({ connect: () => ok(), channels: [echo] });

/** An application that answers GET /hello with "hello", on a server that does not listen yet. */
const FRAMEWORKS: Record<string, () => Promise<Server>> = {
  async Express() {
    const app = express();
    app.get("/hello", (_request, response) => void response.send("hello"));
    return createServer(app);
  },
  async Fastify() {
    const app = fastify();
    app.get("/hello", async () => "hello");
    await app.ready();
    return app.server;
  },
  async Hono() {
    const app = new Hono();
    app.get("/hello", (c) => c.text("hello"));
    return createServer(getRequestListener(app.fetch));
  },
};

describe.each(Object.keys(FRAMEWORKS))("beside %s", (name) => {
  it("serves pages and sockets, before and after the endpoint is closed", async () => {
    const server = await (FRAMEWORKS[name] as () => Promise<Server>)();
    const endpoint = createEndpoint({ sockets: { "/socket": socket }, logger: false });
    endpoint.attach(server);
    onTestFinished(async () => {
      await endpoint.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const page = async (path: string): Promise<{ status: number; text: string }> => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      return { status: response.status, text: await response.text() };
    };

    expect(await page("/hello")).toEqual({ status: 200, text: "hello" });
    expect((await page("/nothing")).status).toBe(404);
    expect((await page("/socket/websocket?vsn=2.0.0")).status).toBe(400);
    const client = await FrameClient.open(urlOf(port));
    expect(await client.join("echo")).toMatchObject({ status: "ok" });
    expect(await client.call("echo", "echo", { n: 1 })).toEqual({ status: "ok", response: { n: 1 } });

    await endpoint.close();
    expect(await client.closed).toMatchObject({ code: 1012 });
    expect(await page("/hello")).toEqual({ status: 200, text: "hello" });
    expect((await page("/socket/websocket?vsn=2.0.0")).status).toBe(404);
  });
});
