/** Side requests beside the sockets: they make the server do something, or tell how it is. */
import type { RequestListener } from "node:http";
import { cpuUsage, memoryUsage, version } from "node:process";
import type { Endpoint } from "wingbeat";

type Query = URLSearchParams;

/** What can be asked for, by path. Each answers a text with status 200; a throw is a 500. */
const PATHS: Record<string, (endpoint: Endpoint, query: Query) => string> = {
  "/bcast": broadcast,
  "/disconnect": disconnect,
  "/stats": () => JSON.stringify({ node: version, memory: memoryUsage(), cpu: cpuUsage() }),
  "/gc": collectGarbage,
  "/ping": () => "pong",
};

/** Answers the admin paths, and 404 "not found" to everything else that no socket takes. */
export function adminListener(endpoint: Endpoint): RequestListener {
  return (request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    const answer = PATHS[url.pathname];
    if (answer === undefined) {
      response.writeHead(404).end("not found");
      return;
    }
    try {
      response.end(answer(endpoint, url.searchParams));
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  };
}

/** `?topic=&event=`, with `n` messages `{n: i}`, or `payload` (JSON), or `bin` (hex), `n` times. */
function broadcast(endpoint: Endpoint, query: Query): string {
  const topic = required(query, "topic");
  const event = required(query, "event");
  const n = Number(query.get("n") ?? "1");
  if (!Number.isInteger(n)) throw new TypeError("n must be a whole number");
  const payload = givenPayload(query);
  for (let i = 1; i <= n; i += 1) endpoint.broadcast(topic, event, payload ?? { n: i });
  return `ok ${n}`;
}

function givenPayload(query: Query): object | null {
  const hex = query.get("bin");
  if (hex !== null) return new Uint8Array(Buffer.from(hex, "hex"));
  return JSON.parse(query.get("payload") ?? "null") as object | null;
}

/** `?user_id=`: closes the connections of that user. */
function disconnect(endpoint: Endpoint, query: Query): string {
  endpoint.disconnect(`users_socket:${query.get("user_id") ?? ""}`);
  return ":ok";
}

/** Collects garbage when Node lets us (`--expose-gc`), then tells the memory. */
function collectGarbage(): string {
  globalThis.gc?.();
  return JSON.stringify(memoryUsage());
}

function required(query: Query, name: string): string {
  const value = query.get(name);
  if (value === null) throw new TypeError(`${name} is missing`);
  return value;
}
