/** Plain HTTP answers, on a response and on the bare socket of an upgrade request. */
import { STATUS_CODES } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { HttpAnswer } from "./config.ts";

/** Answers an upgrade request that is not upgraded, and ends its connection. */
export function answerUpgrade(socket: Duplex, { status, headers = {}, body = "" }: HttpAnswer): void {
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    "connection: close",
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  socket.end(`${lines.join("\r\n")}\r\n\r\n${body}`);
}

export function answer(response: ServerResponse, { status, headers = {}, body = "" }: HttpAnswer): void {
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
  response.end(body);
}

const text = (body: string): HttpAnswer => ({
  status: 400,
  headers: { "content-type": "text/plain; charset=utf-8" },
  body,
});

/** Why a GET request cannot become a WebSocket, or undefined when its headers are right (RFC 6455, section 4.2.1). */
export function handshakeFault(request: IncomingMessage): HttpAnswer | undefined {
  const { upgrade, connection } = request.headers;
  if (!/\bupgrade\b/i.test(connection ?? "")) return text('a WebSocket request needs the header "connection: upgrade"');
  if (upgrade?.toLowerCase() !== "websocket") return text('a WebSocket request needs the header "upgrade: websocket"');
  if (request.headers["sec-websocket-version"] !== "13") {
    return text('a WebSocket request needs the header "sec-websocket-version: 13"');
  }
  if (request.headers["sec-websocket-key"] === undefined) {
    return text('a WebSocket request needs the header "sec-websocket-key"');
  }
  return undefined;
}
