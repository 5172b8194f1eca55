/** Examples on one HTTP server: their sockets on one endpoint, their pages beside it. */
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { pathToFileURL } from "node:url";
import { createEndpoint } from "wingbeat";
import type { Endpoint, EndpointOptions } from "wingbeat";
import { inspector } from "wingbeat/inspector";
import { servePages } from "./pages.ts";

/** What an example is made of. */
export interface Example {
  readonly sockets: EndpointOptions["sockets"];
  /** The presences of its channels. */
  readonly presence?: EndpointOptions["presence"];
  /** The folder of its page. */
  readonly web: URL;
  /** Answers the HTTP requests that are the example's own; false for all others. */
  readonly handler?: (request: IncomingMessage, response: ServerResponse, endpoint: Endpoint) => boolean;
}

export interface SiteOptions {
  /** The examples by the path of their page: `"/"` or `"/lobby/"`. */
  readonly examples: Readonly<Record<string, Example>>;
  /** A folder for `/`, when no example is there. */
  readonly home?: URL;
  /** 0 picks a free one. */
  readonly port: number;
  /** Default `127.0.0.1`: this machine only. */
  readonly host?: string;
  /** Reaches other processes. Default: none. */
  readonly pubsub?: EndpointOptions["pubsub"] | undefined;
  /** For long polling on several processes. Default: made at random. */
  readonly secretKeyBase?: string | undefined;
  /** Whether this machine may look at it, at `/inspector/`. Default false. */
  readonly inspected?: boolean;
  /** As for `createEndpoint`. Default true. */
  readonly logger?: EndpointOptions["logger"];
}

export interface Site {
  readonly port: number;
  readonly endpoint: Endpoint;
  /** Closes sockets, HTTP connections and the port. */
  close(): Promise<void>;
}

/** What the import maps of the pages lead to: the client and what it imports, as they are published. */
const VENDOR = ["@wingbeat/client", "@wingbeat/protocol"];

/** The folder of a package's ES modules, by the path under which it is served. */
function vendorFolders(): Record<string, URL> {
  const { resolve } = createRequire(import.meta.url);
  return Object.fromEntries(
    VENDOR.map((name) => [`/vendor/${name}/`, new URL("dist/", pathToFileURL(resolve(`${name}/package.json`)))]),
  );
}

/** Starts a site. Rejects when the port cannot be had. */
export async function startSite({
  examples,
  home,
  port,
  host = "127.0.0.1",
  pubsub,
  secretKeyBase,
  inspected = false,
  logger = true,
}: SiteOptions): Promise<Site> {
  const all = Object.values(examples);
  const endpoint = createEndpoint({
    sockets: Object.assign({}, ...all.map(({ sockets }) => sockets)),
    presence: all.flatMap(({ presence = [] }) => presence),
    ...(pubsub === undefined ? {} : { pubsub }),
    ...(secretKeyBase === undefined ? {} : { secretKeyBase }),
    logger,
  });
  if (inspected) inspector({ endpoint });
  const pages = servePages({
    ...(home === undefined ? {} : { "/": home }),
    ...Object.fromEntries(Object.entries(examples).map(([path, { web }]) => [path, web])),
    "/site/": new URL("../web/", import.meta.url),
    ...vendorFolders(),
  });
  const server = createServer((request, response) => {
    if (!all.some(({ handler }) => handler?.(request, response, endpoint))) void pages(request, response);
  });
  endpoint.attach(server);
  try {
    await listen(server, port, host);
  } catch (error) {
    await endpoint.close();
    throw error;
  }
  return {
    port: (server.address() as AddressInfo).port,
    endpoint,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      await endpoint.close();
      server.closeAllConnections();
      await closed;
    },
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
