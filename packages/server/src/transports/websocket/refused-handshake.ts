/**
 * A WebSocket that is opened to say one thing. A browser shows its page nothing of a refused handshake, so a client that
 * is to learn why it is refused gets the handshake, one message and the close frame, in one write.
 */
import { createHash } from "node:crypto";
import type { FrameData } from "@wingbeat/protocol";
import { websocketFrame } from "./frame.ts";

/** RFC 6455, section 1.3. */
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const CLOSE = 0x88;

/** `key` is the client's `Sec-WebSocket-Key`. `reason` is ASCII, at most 123 characters. */
export function refusedHandshake(
  key: string,
  subprotocol: string | undefined,
  message: FrameData,
  code: number,
  reason: string,
): Buffer {
  const accept = createHash("sha1")
    .update(key + GUID)
    .digest("base64");
  const lines = [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${accept}`,
    ...(subprotocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${subprotocol}`]),
  ];
  const head = Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
  const close = Buffer.from([CLOSE, 2 + reason.length, code >> 8, code & 0xff]);
  return Buffer.concat([head, websocketFrame(message), close, Buffer.from(reason, "latin1")]);
}
