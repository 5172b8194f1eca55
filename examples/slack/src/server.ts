/** The Slack clone as one process: database, socket and pages on one port. */
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { getRequestListener } from "@hono/node-server";
import { createEndpoint } from "wingbeat";
import type { Endpoint, EndpointOptions, PubSubAdapter } from "wingbeat";
import { openDatabase } from "./database.ts";
import type { Database, DatabaseOptions } from "./database.ts";
import { slackApp } from "./http.ts";
import { serveInspector } from "./inspector.ts";
import { insertDefaultPermissions } from "./permissions.ts";
import { presence } from "./presence.ts";
import { seed } from "./seed.ts";
import type { Services } from "./services.ts";
import { slackSocket } from "./socket.ts";
import type { SlackServer } from "./topics.ts";

export type * from "./contract.ts";
export type { SlackSocket } from "./socket.ts";

export interface SlackOptions {
  /** 0 picks a free one. */
  readonly port: number;
  /** Default `127.0.0.1`: this machine only. */
  readonly host?: string;
  /** An open one, which stays the caller's, or how to open one. Default: in memory. */
  readonly database?: Database | DatabaseOptions;
  /** Reaches other processes. Default: none. */
  readonly pubsub?: PubSubAdapter | undefined;
  /** Signs tokens: at least 20 bytes, the same in all processes. */
  readonly secretKeyBase: string;
  /** After so many ms without focus a tab is away. Default 180,000. */
  readonly idleMs?: number;
  /** As for `createEndpoint`. Default true. */
  readonly logger?: EndpointOptions["logger"];
  /** Fills an empty database, and offers the demo users on the login screen. Default true. */
  readonly demo?: boolean;
  /** Allows clients to crash a channel, and `GET /debug/stats`. Default false. */
  readonly dev?: boolean;
  /** How many proxies in front of the server say who connects. Default 0. */
  readonly trustProxy?: number;
  /** The built page. Default `web/dist`. */
  readonly page?: string;
}

export interface Slack {
  readonly port: number;
  readonly endpoint: SlackServer;
  readonly database: Database;
  /** Sends clients away when their messages are handled, then closes the port and the database. `now`: without waiting. */
  close(options?: { readonly now?: boolean }): Promise<void>;
}

const PAGE = fileURLToPath(new URL("../web/dist", import.meta.url));

/** Starts the server. Rejects when the database cannot be opened or the port cannot be had. */
export async function startSlack(options: SlackOptions): Promise<Slack> {
  const { port, host = "127.0.0.1", database: given = {}, demo = true } = options;
  const isGiven = "db" in given;
  const database = isGiven ? given : await openDatabase(given);
  const closeDatabase = async (): Promise<void> => (isGiven ? undefined : database.close());
  let endpoint: SlackServer | undefined;
  try {
    await insertDefaultPermissions(database.db);
    if (demo) await seed(database.db);
    const services = servicesOf(database, options);
    endpoint = endpointOf(services, options);
    const { trustProxy = 0, page = PAGE } = options;
    const app = slackApp({ ...services, endpoint, demo, trustProxy }, page);
    const server = createServer(getRequestListener(app.fetch));
    endpoint.attach(server);
    await listen(server, port, host);
    return {
      port: (server.address() as AddressInfo).port,
      endpoint,
      database,
      close: closer(server, endpoint, closeDatabase),
    };
  } catch (error) {
    await endpoint?.close({ drain: false });
    await closeDatabase();
    throw error;
  }
}

function servicesOf({ db }: Database, options: SlackOptions): Services {
  const { secretKeyBase: secret, idleMs = 180_000, dev = false } = options;
  return { db, secret, idleMs, dev };
}

function endpointOf(
  services: Services,
  { pubsub, secretKeyBase, trustProxy, logger = true }: SlackOptions,
): SlackServer {
  const endpoint: Endpoint = createEndpoint({
    sockets: { "/socket": { socket: slackSocket(services), authToken: true, longpoll: true } },
    presence: [presence],
    health: "/health",
    secretKeyBase,
    ...(pubsub === undefined ? {} : { pubsub }),
    ...(trustProxy === undefined ? {} : { trustProxy }),
    logger,
  });
  serveInspector(endpoint, services);
  return endpoint;
}

/** Requests that are being answered get a moment; whoever still reads after it is cut off. */
const LAST_ANSWERS = 2_000;

function closer(server: Server, endpoint: SlackServer, closeDatabase: () => Promise<void>): Slack["close"] {
  let closing: Promise<void> | undefined;
  async function close(now: boolean): Promise<void> {
    await endpoint.close(now ? { drain: false } : {});
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    const timer = setTimeout(() => server.closeAllConnections(), now ? 0 : LAST_ANSWERS);
    await closed;
    clearTimeout(timer);
    await closeDatabase();
  }
  return ({ now = false } = {}) => {
    // A second call can be in more of a hurry than the first.
    if (now && closing !== undefined) void endpoint.close({ drain: false });
    closing ??= close(now);
    return closing;
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
