/** WebSocket frames as bytes: those of a client, also such as no library would send, and those of a server. */

export const Opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface WireFrame {
  readonly opcode: number;
  readonly payload: Buffer;
  readonly isCompressed: boolean;
}

/** The first frame in the bytes of a server (unmasked), when it is complete. */
export function firstFrame(bytes: Buffer): (WireFrame & { readonly size: number }) | undefined {
  if (bytes.length < 2) return undefined;
  const short = (bytes[1] as number) & 0x7f;
  const head = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < head) return undefined;
  const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  const size = head + length;
  if (bytes.length < size) return undefined;
  const first = bytes[0] as number;
  return { opcode: first & 0x0f, isCompressed: (first & 0x40) !== 0, payload: bytes.subarray(head, size), size };
}

export interface FrameShape {
  readonly fin?: boolean;
  readonly masked?: boolean;
  /** Default 0, which leaves the payload readable. */
  readonly mask?: number;
  /** The three reserved bits, as 0 to 7: RSV1, which says "compressed", is 4. */
  readonly reserved?: number;
  /** What the header says the length is. Default: what it is. */
  readonly claimed?: number;
  /** How many bytes say the length: 0 (seven bits), 2 or 8. Default: as few as will do. */
  readonly lengthBytes?: 0 | 2 | 8;
}

/** The bytes of a client's frame, which may lie about itself. */
export function frameBytes(opcode: number, payload: string | Uint8Array, shape: FrameShape = {}): Buffer {
  const data = typeof payload === "string" ? Buffer.from(payload) : payload;
  const { fin = true, masked = true, mask = 0, reserved = 0, claimed = data.length } = shape;
  const { lengthBytes = claimed < 126 ? 0 : claimed < 65_536 ? 2 : 8 } = shape;
  const head = 2 + lengthBytes;
  const bytes = Buffer.alloc(head + (masked ? 4 : 0) + data.length);
  bytes[0] = (fin ? 0x80 : 0) | (reserved << 4) | opcode;
  bytes[1] = (masked ? 0x80 : 0) | (lengthBytes === 0 ? claimed & 0x7f : lengthBytes === 2 ? 126 : 127);
  if (lengthBytes === 2) bytes.writeUInt16BE(claimed & 0xffff, 2);
  else if (lengthBytes === 8) bytes.writeBigUInt64BE(BigInt.asUintN(64, BigInt(claimed)), 2);
  bytes.set(data, bytes.length - data.length);
  if (masked && mask !== 0) {
    const key = bytes.length - data.length - 4;
    bytes.writeUInt32BE(mask >>> 0, key);
    for (let at = 0; at < data.length; at++) bytes[key + 4 + at]! ^= bytes[key + (at & 3)]!;
  }
  return bytes;
}

export function closeBytes(code: number, reason: string | Uint8Array = ""): Buffer {
  const payload = Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason as Uint8Array)]);
  return frameBytes(Opcode.close, payload);
}
