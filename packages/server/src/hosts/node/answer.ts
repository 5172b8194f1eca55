/** Plain HTTP answers, on a response and on the bare socket of an upgrade request. */
import { STATUS_CODES, validateHeaderName, validateHeaderValue } from "node:http";
import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { WingbeatError } from "../../errors.ts";
import type { HttpAnswer } from "../../endpoint/config.ts";

/** Headers that frame the answer or control the connection: never taken from the application. */
const FRAMING = new Set(["connection", "content-length", "keep-alive", "trailer", "transfer-encoding", "upgrade"]);

/** How long a client may take to read its answer and to close its side, in ms. */
const LINGER = 1_000;

/** For sockets and requests that we hold on to: an `error` event without a listener would end the process. */
export const ignoreError = (): void => {};

/** Answers an upgrade request without upgrading, and closes the connection. Handles the socket's errors. */
export function answerUpgrade(socket: Duplex, { status, headers = {}, body = "" }: HttpAnswer): void {
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    "connection: close",
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  const head = Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
  endUpgrade(socket, Buffer.concat([head, Buffer.from(body)]));
}

/** Writes the last bytes for the client of an upgrade request. It has a second to read them and to close its side. */
export function endUpgrade(socket: Duplex, bytes: Buffer): void {
  socket.on("error", ignoreError);
  if (socket.destroyed) return;
  const deadline = setTimeout(() => socket.destroy(), LINGER);
  socket.once("close", () => clearTimeout(deadline));
  // Keep reading: closing with unread data would reset the connection and lose the answer.
  socket.end(bytes, () => socket.resume());
}

/** Answers a request, unless the client has gone. */
export function answer(response: ServerResponse, { status, headers = {}, body = "" }: HttpAnswer): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
  response.end(body);
}

/**
 * Checks what `errorHandler` returned: it may contain client input, which must not be able to inject headers. Framing
 * headers are dropped. Throws `WB_BAD_RETURN`.
 */
export function readAnswer(value: unknown): HttpAnswer {
  if (typeof value !== "object" || value === null) throw badAnswer(`${typeof value}: it must return { status }`);
  const { status, headers = {}, body = "" } = value as { status?: unknown; headers?: unknown; body?: unknown };
  if (!Number.isInteger(status) || (status as number) < 200 || (status as number) > 599) {
    throw badAnswer(`status ${String(status)}: it must be a whole number from 200 to 599`);
  }
  if (typeof body !== "string") throw badAnswer(`a body that is ${typeof body}: it must be a string`);
  if (typeof headers !== "object" || headers === null) throw badAnswer("headers that are not an object");
  return { status: status as number, headers: readHeaders(headers), body };
}

function readHeaders(headers: object): Record<string, string> {
  const read: [string, string][] = [];
  for (const [name, value] of Object.entries(headers) as [string, unknown][]) {
    if (FRAMING.has(name.toLowerCase())) continue;
    if (typeof value !== "string" && typeof value !== "number") {
      throw badAnswer(`header ${JSON.stringify(name)} that is ${typeof value}: it must be a string`);
    }
    try {
      validateHeaderName(name);
      validateHeaderValue(name, String(value));
    } catch (error) {
      throw badAnswer(`a header that HTTP does not allow: ${(error as Error).message}`);
    }
    read.push([name, String(value)]);
  }
  return Object.fromEntries(read);
}

const badAnswer = (what: string): WingbeatError => new WingbeatError("WB_BAD_RETURN", `errorHandler returned ${what}.`);
