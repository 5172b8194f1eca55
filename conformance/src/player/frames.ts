/** WebSocket frames as a server sends them (unmasked), for the raw TCP client. */

/** Cuts received bytes into whole frames; `rest` is the beginning of the next one. */
export function splitFrames(bytes: Buffer): { frames: Buffer[]; rest: Buffer } {
  const frames: Buffer[] = [];
  let rest = bytes;
  for (;;) {
    const length = frameLength(rest);
    if (length === undefined || rest.length < length) return { frames, rest };
    frames.push(rest.subarray(0, length));
    rest = rest.subarray(length);
  }
}

/** Bytes of the first frame with its header, or undefined when the header is not there yet. */
function frameLength(bytes: Buffer): number | undefined {
  const header = headerLength(bytes);
  if (bytes.length < header) return undefined;
  return header + payloadLength(bytes);
}

function headerLength(bytes: Buffer): number {
  const short = (bytes[1] ?? 0) & 0x7f;
  return short === 127 ? 10 : short === 126 ? 4 : 2;
}

function payloadLength(bytes: Buffer): number {
  const short = (bytes[1] ?? 0) & 0x7f;
  if (short === 127) return Number(bytes.readBigUInt64BE(2));
  return short === 126 ? bytes.readUInt16BE(2) : short;
}

/** The final-fragment bit, reserved bits and opcode in one number, and the payload. */
export function openFrame(frame: Buffer): { head: number; payload: Buffer } {
  return { head: frame[0] ?? 0, payload: frame.subarray(headerLength(frame)) };
}

/** The first byte of an unfragmented text frame. */
export const TEXT_FRAME = 0x81;
