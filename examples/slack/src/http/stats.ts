/** For development: what the server holds. When all pages are closed, connections, channels, subscriptions and timers go back. */
import { Hono } from "hono";
import { presence, PRESENCE_TOPIC } from "../presence.ts";
import type { App, HttpServices } from "./app.ts";

/** With `node --expose-gc`, memory is what is left when everything that nobody needs is gone. */
const collect: (() => void) | undefined = globalThis.gc;

export function statsRoutes({ endpoint }: HttpServices): Hono<App> {
  return new Hono<App>().get("/stats", (c) => {
    const { connections, channels, bufferedBytes } = endpoint.health();
    collect?.();
    const resources = process.getActiveResourcesInfo();
    return c.json({
      connections,
      channels,
      bufferedBytes,
      ...endpoint.pubsub.size,
      /** Users who are somewhere, on any process. */
      presences: presence.count(endpoint, PRESENCE_TOPIC),
      timers: resources.filter((name) => name === "Timeout").length,
      memory: process.memoryUsage(),
    });
  });
}
