/** WebSocket framing of what the server sends (RFC 6455, section 5.2): final, unmasked, never fragmented. */
import type { FrameData } from "@wingbeat/protocol";
import type { Encoding } from "../connection.ts";

const TEXT = 0x81;
const BINARY = 0x82;
const PONG = 0x8a;

/** Header and payload in one buffer. */
export function websocketFrame(data: FrameData): Buffer {
  if (typeof data !== "string") return bytesFrame(BINARY, data);
  const length = Buffer.byteLength(data);
  const frame = frameOf(TEXT, length);
  frame.write(data, frame.length - length, "utf8");
  return frame;
}

/** The answer to a ping with these bytes. */
export const pongFrame = (data: Uint8Array): Buffer => bytesFrame(PONG, data);

/** Frames as they are written: header and payload, the same bytes for every receiver. */
export const WEBSOCKET: Encoding<Buffer> = { encode: websocketFrame };

function bytesFrame(opcode: number, data: Uint8Array): Buffer {
  const frame = frameOf(opcode, data.byteLength);
  frame.set(data, frame.length - data.byteLength);
  return frame;
}

function frameOf(opcode: number, length: number): Buffer {
  if (length < 126) {
    const frame = Buffer.allocUnsafe(2 + length);
    frame[0] = opcode;
    frame[1] = length;
    return frame;
  }
  if (length < 65_536) {
    const frame = Buffer.allocUnsafe(4 + length);
    frame[0] = opcode;
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
    return frame;
  }
  const frame = Buffer.allocUnsafe(10 + length);
  frame[0] = opcode;
  frame[1] = 127;
  frame.writeUInt32BE(Math.floor(length / 2 ** 32), 2);
  frame.writeUInt32BE(length % 2 ** 32, 6);
  return frame;
}
