/** Small HTTP APIs of JSON, as examples need them beside their channels. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Endpoint } from "wingbeat";
import type { Example } from "./site.ts";

export interface ApiRequest {
  /** To broadcast from outside of any channel. */
  readonly endpoint: Endpoint;
  /** The body's JSON; undefined when there is none. */
  readonly body: unknown;
  /** What `authorization: Bearer …` says. */
  readonly token: string | undefined;
}

/** Gives the body of the answer, or throws {@link Refused}. */
export type ApiHandler = (request: ApiRequest) => Promise<object>;

/** Thrown by handlers: a status from 400, and a sentence for people. */
export class Refused extends Error {
  readonly status: number;

  constructor(status: number, sentence: string) {
    super(sentence);
    this.status = status;
  }
}

/** Bytes of a request's body. */
const LIMIT = 4_096;

/** `routes` by method and path: `"POST /forum/api/login"`. Answers all paths below `prefix`, e.g. `/forum/api/`. */
export function jsonApi(prefix: string, routes: Readonly<Record<string, ApiHandler>>): NonNullable<Example["handler"]> {
  return (request, response, endpoint) => {
    const path = (request.url ?? "/").split("?", 1)[0] as string;
    if (!path.startsWith(prefix)) return false;
    void answer(routes[`${request.method} ${path}`], request, endpoint).then(([status, body]) => {
      const headers = { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" };
      response.writeHead(status, status === 413 ? { ...headers, connection: "close" } : headers);
      response.end(`${JSON.stringify(body)}\n`);
    }, destroy(response));
    return true;
  };
}

async function answer(
  handler: ApiHandler | undefined,
  request: IncomingMessage,
  endpoint: Endpoint,
): Promise<readonly [status: number, body: object]> {
  if (handler === undefined) return [404, { error: "There is nothing here." }];
  const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? "")?.[1];
  try {
    return [200, await handler({ endpoint, token, body: await readJson(request) })];
  } catch (error) {
    if (error instanceof Refused) return [error.status, { error: error.message }];
    throw error;
  }
}

/** The client went away while it was sending, or a handler failed: only the latter is worth a warning. */
function destroy(response: ServerResponse): (error: unknown) => void {
  return (error) => {
    if (!response.req.destroyed || response.req.complete) process.emitWarning(error as Error);
    if (response.destroyed) return;
    response.writeHead(500, { "content-type": "application/json; charset=utf-8" });
    response.end('{"error":"The server could not do that. Try again in a moment."}\n');
  };
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LIMIT) throw new Refused(413, `The body is larger than ${LIMIT} bytes.`);
    chunks.push(chunk);
  }
  if (size === 0) return undefined;
  // Other sites' forms cannot send this type without being asked first.
  if (!/^application\/json\b/i.test(request.headers["content-type"] ?? "")) {
    throw new Refused(415, "Send JSON, with content-type: application/json.");
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8")) as unknown;
  } catch {
    throw new Refused(400, "The body must be JSON.");
  }
}
