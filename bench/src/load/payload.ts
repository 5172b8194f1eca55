const FIRST = 1_000_000_000_000_000;
const PADDING = "x".repeat(70);

/** What every message carries, about 100 bytes as JSON. `t` has 16 digits and tells one message from another. */
export interface Payload {
  t: number;
  p: string;
}

/** The payload of message `number`, which must be below 1,000,000,000. */
export function payload(number: number): Payload {
  return { t: FIRST + number, p: PADDING };
}

/** The same as JSON text. */
export function payloadText(number: number): string {
  return `{"t":${FIRST + number},"p":"${PADDING}"}`;
}

/** Where the digits of `t` begin in a frame. */
export function numberOffset(frame: string): number {
  const offset = frame.indexOf('"t":1');
  if (offset === -1) throw new Error(`no message number in ${frame}`);
  return offset + 4;
}

/** Reads a message number without making a string: the last 9 of the 16 digits at `offset`. */
export function readNumber(bytes: Uint8Array, offset: number): number {
  let number = 0;
  for (let index = offset + 7; index < offset + 16; index += 1) number = number * 10 + bytes[index]! - 48;
  return number;
}
