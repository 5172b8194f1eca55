/** Plain HTTP answers, on a response and on the bare socket of an upgrade request. */
import { STATUS_CODES } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { HttpAnswer } from "../../admission/answer.ts";
import { discardBody, startTimeout } from "./body.ts";

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

/** Answers a request, unless the client has gone or was answered before. */
export function answer(response: ServerResponse, content: HttpAnswer): void {
  if (writeHead(response, content)) response.end(content.body);
}

/** See `Exchange.answerEarly`. */
export async function answerEarly(
  request: IncomingMessage,
  response: ServerResponse,
  content: HttpAnswer,
  ms: number,
): Promise<void> {
  if (!writeHead(response, { ...content, headers: { connection: "close", ...content.headers } })) return;
  response.write(content.body ?? "");
  await discardBody(request, ms);
  // Of pipelined requests, only the first response is destroyed with its socket. Ending the others out of order fails
  // an internal assertion of Node, which ends the process.
  if (!response.destroyed && !request.socket.destroyed) response.end();
}

function writeHead(response: ServerResponse, { status, headers = {}, body = "" }: HttpAnswer): boolean {
  if (response.headersSent || response.destroyed) return false;
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
  return true;
}

/** Closes the connection of a client that does not read its answer within `ms`. */
export function endUnread(response: ServerResponse, ms: number): void {
  const { socket } = response;
  // What the kernel has accepted uses no memory here.
  if (socket === null || socket.writableLength === 0) return;
  const deadline = startTimeout(() => socket.destroy(), ms);
  response.once("close", () => clearTimeout(deadline));
}
