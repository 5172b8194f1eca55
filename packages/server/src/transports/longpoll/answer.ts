/**
 * HTTP answers of long polling. The status is in the JSON body; the HTTP status is 200 for everything within a session.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { FrameData } from "@wingbeat/protocol";
import { startTimeout } from "../sweep.ts";

/** Any page may read the answers: the origin check, not the browser, decides which pages may connect. */
const EVERY_PAGE = { "access-control-allow-origin": "*" } as const;
const JSON_HEADERS = {
  ...EVERY_PAGE,
  "cache-control": "no-store",
  "content-type": "application/json; charset=utf-8",
} as const;

export type Headers = Readonly<Record<string, string>>;

/** Answers with JSON, unless the client has gone. */
export function answerJson(response: ServerResponse, text: string, status = 200, headers: Headers = {}): void {
  if (writeHead(response, text, status, headers)) response.end(text);
}

/** Sends an answer that is ended later: the client has it already. False when the client has gone. */
export function writeJson(response: ServerResponse, text: string, status: number, headers: Headers): boolean {
  const isThere = writeHead(response, text, status, headers);
  if (isThere) response.write(text);
  return isThere;
}

function writeHead(response: ServerResponse, text: string, status: number, headers: Headers): boolean {
  if (response.headersSent || response.destroyed) return false;
  response.writeHead(status, { ...headers, ...JSON_HEADERS, "content-length": Buffer.byteLength(text) });
  return true;
}

/** Closes the connection of a client that does not read its answer within `ms`: it would be kept in memory forever. */
export function endUnread(response: ServerResponse, ms: number): void {
  const { socket } = response;
  // What the kernel has accepted uses no memory here.
  if (socket === null || socket.writableLength === 0) return;
  const deadline = startTimeout(() => socket.destroy(), ms);
  response.once("close", () => clearTimeout(deadline));
}

/** `{"status": …}`, the whole answer to a POST and to every refused request. */
export const statusText = (status: number): string => `{"status":${status}}`;

/** The answer to a GET of a client that is told why it is refused. */
export const refusalText = (frame: FrameData): string => `{"status":403,"messages":[${JSON.stringify(String(frame))}]}`;

/** The answer to a GET. `literals` are JSON strings. */
export function pollText(status: number, token: string, literals: readonly string[]): string {
  return `{"status":${status},"token":${JSON.stringify(token)},"messages":[${literals.join(",")}]}`;
}

/** An answer without a body, for unsupported methods. */
export function answerEmpty(response: ServerResponse, status: number): void {
  response.writeHead(status, { ...EVERY_PAGE, "content-length": 0 });
  response.end();
}

/** Allows whatever headers pages of other origins ask for: the origin check decides whether they may connect. */
export function answerPreflight(request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, {
    ...EVERY_PAGE,
    "access-control-allow-headers": request.headers["access-control-request-headers"] ?? "",
    "access-control-allow-methods": "get, post, options",
    "access-control-max-age": "3600",
    "content-length": 0,
  });
  response.end();
}
