/** The page and its socket over an invented world: for the tests of the page, and for working on it. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createEndpoint } from "../../../server/src/index.ts";
import { inspectorSocket } from "../../../server/src/inspector/socket.ts";
import type { InspectorRight } from "../../../server/src/inspector/rights.ts";
import { fakeInspection } from "./inspection.ts";
import type { FakeInspection } from "./inspection.ts";
import { NODES } from "./world.ts";

const PAGE = join(import.meta.dirname, "../../../server/dist/inspector/page");
const FILES: Readonly<Record<string, readonly [file: string, type: string]>> = {
  "/inspector/": ["index.html", "text/html; charset=utf-8"],
  "/inspector/page.js": ["page.js", "text/javascript; charset=utf-8"],
  "/inspector/page.css": ["page.css", "text/css; charset=utf-8"],
  "/inspector/icon.svg": ["icon.svg", "image/svg+xml"],
};
const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

export interface FakeServer {
  readonly port: number;
  readonly url: string;
  readonly inspection: FakeInspection;
  /** Whether anybody is let in. */
  open: boolean;
  /** What everybody may do who connects from now on. */
  may: readonly InspectorRight[];
  close(): Promise<void>;
}

export async function startFake({ port = 0, every = 250, clients = 640 } = {}): Promise<FakeServer> {
  const inspection = fakeInspection({ every, clients });
  const tickets = new Set<string>();
  const socket = inspectorSocket({
    inspection,
    node: NODES[0],
    version: "0.2.0",
    admit({ authToken = "" }) {
      if (!tickets.delete(authToken)) return undefined;
      const viewer = { user: "ada", may: fake.may, address: "127.0.0.1" };
      return { viewer, expiresAt: Date.now() + 3_600_000 };
    },
    tapped: () => {},
    acted: () => {},
  });
  const endpoint = createEndpoint({ sockets: { "/inspector/socket": { socket, authToken: true } }, logger: false });

  const answer = async ({ method, url = "" }: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [file, type] = FILES[url] ?? [];
    if (method === "GET" && file !== undefined && type !== undefined) {
      response.writeHead(200, { "content-type": type, "content-security-policy": CSP, "cache-control": "no-store" });
      response.end(await readFile(join(PAGE, file)));
    } else if (method === "POST" && url === "/inspector/ticket") {
      const ticket = `ticket-${Math.random()}`;
      if (fake.open) tickets.add(ticket);
      response.writeHead(fake.open ? 200 : 403, { "content-type": "application/json" });
      response.end(JSON.stringify(fake.open ? { ticket } : { reason: "not allowed" }));
    } else response.writeHead(404).end();
  };
  const server = createServer((request, response) => void answer(request, response));
  endpoint.attach(server);
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const taken = (server.address() as AddressInfo).port;
  const fake: FakeServer = {
    port: taken,
    url: `http://127.0.0.1:${taken}/inspector/`,
    inspection,
    open: true,
    may: ["payloads", "disconnect"],
    async close() {
      inspection.stop();
      await endpoint.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return fake;
}
