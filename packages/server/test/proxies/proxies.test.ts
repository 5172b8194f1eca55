/** Through nginx, Caddy and HAProxy, as docs/guide/deployment.md configures them. */
import { get } from "node:http";
import { describe, expect, it } from "vitest";
import { defineChannel, defineSocket, ok } from "../../src/index.ts";
import type { ConnectInfo, EndpointOptions } from "../../src/index.ts";
import { FrameClient, refusal } from "../integration/frame-client.ts";
import { Inbox } from "../integration/inbox.ts";
import { PollClient } from "../integration/poll-client.ts";
import type { ProtocolClient } from "../integration/protocol-client.ts";
import { serve, urlsOf } from "../integration/serve.ts";
import { proxyAvailability, startProxy } from "./proxy.ts";
import type { ProxyName } from "./proxy.ts";

const lobby = defineChannel("lobby")
  .join(() => ok())
  .handleIn("echo", (_ctx, payload) => ok(payload))
  .handleIn("work", () => new Promise<void>(() => {}));

/** An endpoint for each node: one, unless it is said otherwise. */
async function behind(name: ProxyName, options: Partial<EndpointOptions> = {}, nodes: 1 | 2 = 1) {
  const infos = new Inbox<ConnectInfo>();
  const socket = defineSocket({
    connect: (_params, info) => {
      infos.put(info);
      return ok();
    },
    channels: [lobby],
  });
  const mount = { socket, longpoll: { window: 1_000 } };
  const start = () => serve({ "/socket": mount }, { health: "/health", trustProxy: 1, ...options });
  const { endpoint, port, url: directUrl } = await start();
  const other = nodes === 1 ? port : (await start()).port;
  const proxyPort = await startProxy(name, [port, other]);
  return { ...urlsOf(proxyPort), endpoint, directUrl, infos, proxyPort };
}

const transports: readonly [string, (urls: ReturnType<typeof urlsOf>) => Promise<ProtocolClient>][] = [
  ["WebSockets", ({ url }) => FrameClient.open(url())],
  ["long polling", ({ pollUrl }) => PollClient.open(pollUrl())],
];

describe.each<ProxyName>(["nginx", "Caddy", "HAProxy"])("behind %s", (name) => {
  const { isMissing, note } = proxyAvailability(name);

  describe.skipIf(isMissing)(`it${note}`, () => {
    it.each(transports)("carries %s: joins, large messages, pushes that wait", async (transport, connect) => {
      const served = await behind(name);
      const client = await connect(served);
      expect(await client.join("lobby")).toMatchObject({ status: "ok" });
      const text = "x".repeat(200_000);
      expect(await client.call("lobby", "echo", { text })).toEqual({ status: "ok", response: { text } });
      // The poll that waits ends empty: what comes later finds the next one.
      if (transport === "long polling") await new Promise((resolve) => setTimeout(resolve, 1_100));
      served.endpoint.broadcast("lobby", "news", { n: 1 });
      expect(await client.next()).toEqual([null, null, "lobby", "news", { n: 1 }]);
    });

    it("tells who connects and to which host, whatever the client makes up", async () => {
      const { url, pollUrl, infos, proxyPort } = await behind(name, { checkOrigin: "conn" });
      const origin = `http://localhost:${proxyPort}`;
      const headers = {
        host: `localhost:${proxyPort}`,
        origin,
        "x-forwarded-for": "192.0.2.66",
        "x-forwarded-proto": "https",
        "x-forwarded-host": "evil.example",
      };
      await FrameClient.open(url(), { headers });
      get(pollUrl(), { headers }).on("error", () => {});
      for (const transport of ["websocket", "longpoll"]) {
        expect(await infos.next()).toMatchObject({
          transport,
          peer: { address: "127.0.0.1" },
          uri: { scheme: "http", host: "localhost", port: proxyPort },
        });
      }
      const evil = { ...headers, origin: "https://evil.example" };
      expect((await refusal(url(), { headers: evil })).status).toBe(403);
    });

    it("sends new clients to the other node while one drains", async () => {
      const { url, pollUrl, directUrl, endpoint } = await behind(name, { drain: { deadline: 60_000 } }, 2);
      const busy = await FrameClient.open(directUrl());
      await busy.join("lobby");
      busy.send("1", "2", "lobby", "work", {});
      await busy.settled();
      void endpoint.drain();
      const areLetIn = async (): Promise<boolean> => {
        const clients = [1, 2, 3, 4].map(() => [FrameClient.open(url()), PollClient.open(pollUrl(), { polls: false })]);
        const results = await Promise.allSettled<unknown>(clients.flat());
        return results.every(({ status }) => status === "fulfilled");
      };
      // Caddy does not ask a second node: it must have seen by /health that the first one drains.
      if (name === "Caddy") while (!(await areLetIn())) {}
      expect(await areLetIn()).toBe(true);
      busy.drop();
      await endpoint.close({ drain: false });
    });

    it("passes the close code and reason of a restart on", async () => {
      const { url, endpoint } = await behind(name);
      const client = await FrameClient.open(url());
      await client.join("lobby");
      await endpoint.drain();
      expect(await client.closed).toEqual({ code: 1012, reason: "server is restarting" });
    });
  });
});
