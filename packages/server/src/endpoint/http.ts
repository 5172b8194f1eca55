/** Plain HTTP answers, on a response and on the bare socket of an upgrade request. */
import { STATUS_CODES } from "node:http";
import type { ServerResponse } from "node:http";
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
