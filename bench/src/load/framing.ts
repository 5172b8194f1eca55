const OPCODE_TEXT_FINAL = 0x81;
const MASKED = 0x80;
const MASK = [0x37, 0xfa, 0x21, 0x3d] as const;

/** One masked text frame as a client sends it. The text must be ASCII and shorter than 64 kB. */
export function textFrame(text: string): Buffer {
  const header = text.length < 126 ? 6 : 8;
  const frame = Buffer.allocUnsafe(header + text.length);
  frame[0] = OPCODE_TEXT_FINAL;
  if (header === 6) {
    frame[1] = MASKED | text.length;
  } else {
    frame[1] = MASKED | 126;
    frame.writeUInt16BE(text.length, 2);
  }
  for (let index = 0; index < 4; index += 1) frame[header - 4 + index] = MASK[index]!;
  frame.write(text, header, "latin1");
  for (let index = 0; index < text.length; index += 1) frame[header + index]! ^= MASK[index & 3]!;
  return frame;
}

/**
 * Calls `onText(start, end)` for every complete text frame in `bytes[at, length)` and answers where the first
 * incomplete frame begins. Servers under test send whole, unmasked text frames only: everything else throws.
 */
export function readTextFrames(
  bytes: Uint8Array,
  at: number,
  length: number,
  onText: (start: number, end: number) => void,
): number {
  while (length - at >= 2) {
    let size = bytes[at + 1]!;
    let start = at + 2;
    if (size === 126) {
      if (length - at < 4) break;
      size = (bytes[at + 2]! << 8) | bytes[at + 3]!;
      start = at + 4;
    } else if (size === 127) {
      if (length - at < 10) break;
      size = readLongSize(bytes, at + 2);
      start = at + 10;
    } else if (size > 127) {
      throw new Error("the server sent a masked frame");
    }
    if (bytes[at] !== OPCODE_TEXT_FINAL) {
      throw new Error(`the server sent a frame that is not one whole text (first byte 0x${bytes[at]!.toString(16)})`);
    }
    if (start + size > length) break;
    onText(start, start + size);
    at = start + size;
  }
  return at;
}

/** The size of a frame of 64 kB and more, in 8 bytes; those that a size below 4 GB does not need must be 0. */
function readLongSize(bytes: Uint8Array, at: number): number {
  if (bytes[at]! | bytes[at + 1]! | bytes[at + 2]! | bytes[at + 3]!) throw new Error("the server sent a frame of 4 GB");
  return bytes[at + 4]! * 2 ** 24 + ((bytes[at + 5]! << 16) | (bytes[at + 6]! << 8) | bytes[at + 7]!);
}
