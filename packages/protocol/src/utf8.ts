/**
 * UTF-8 for the header strings of binary frames: they are short, and some client platforms (React Native) have no
 * TextEncoder or TextDecoder, or one that accepts invalid UTF-8.
 */

/** The bytes of a string, or undefined when it has a lone surrogate, which UTF-8 cannot encode. */
export function encodeUtf8(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(3 * text.length);
  let length = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.codePointAt(index) as number;
    if (code < 0x80) bytes[length++] = code;
    else if (code < 0x800) {
      bytes[length++] = 0xc0 | (code >> 6);
      bytes[length++] = 0x80 | (code & 0x3f);
    } else if (code < 0x10000) {
      if (code >= 0xd800 && code <= 0xdfff) return undefined;
      bytes[length++] = 0xe0 | (code >> 12);
      bytes[length++] = 0x80 | ((code >> 6) & 0x3f);
      bytes[length++] = 0x80 | (code & 0x3f);
    } else {
      bytes[length++] = 0xf0 | (code >> 18);
      bytes[length++] = 0x80 | ((code >> 12) & 0x3f);
      bytes[length++] = 0x80 | ((code >> 6) & 0x3f);
      bytes[length++] = 0x80 | (code & 0x3f);
      index++;
    }
  }
  return bytes.subarray(0, length);
}

/** The string of UTF-8 bytes, including a byte order mark, or undefined when they are invalid. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  let text = "";
  for (let index = 0; index < bytes.length;) {
    const first = bytes[index] as number;
    const length = lengthOf(first);
    if (length === 0 || index + length > bytes.length) return undefined;
    let code = length === 1 ? first : first & (0x7f >> length);
    for (let next = index + 1; next < index + length; next++) {
      const byte = bytes[next] as number;
      if (byte >> 6 !== 2) return undefined;
      code = (code << 6) | (byte & 0x3f);
    }
    if (code < (SHORTEST[length] as number) || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return undefined;
    text += String.fromCodePoint(code);
    index += length;
  }
  return text;
}

/** The smallest code point for each sequence length: smaller ones must be shorter. */
const SHORTEST = [0, 0, 0x80, 0x800, 0x10000];

/** The length of the sequence that starts with this byte; 0: invalid. */
function lengthOf(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xc0) return 0;
  if (first < 0xe0) return 2;
  if (first < 0xf0) return 3;
  return first < 0xf8 ? 4 : 0;
}
