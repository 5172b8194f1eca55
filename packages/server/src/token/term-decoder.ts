/**
 * Reads an Erlang term into data, as an encoder to JSON would write it: atoms become texts (`nil`, `true` and `false`
 * what they are), tuples become lists, keys of maps become texts. Every count is checked against the bytes that are
 * left before anything is made of it, so the size of the result is in proportion to that of the term.
 */
import { isUtf8 } from "node:buffer";
import { MAX_DEPTH, TAG, VERSION, type TokenData } from "./term.ts";

/** The fewest bytes that a pair of a map can have. An element of a list has at least one. */
const PAIR_BYTES = 2;

/**
 * The data of an encoded term; undefined when it is malformed, has bytes behind its end, is nested too deep, or holds
 * what has no counterpart: functions, pids, references, bit strings, binaries that are no UTF-8 text, compressed terms.
 */
export function decodeTerm(bytes: Buffer): TokenData | undefined {
  const reader: Reader = { bytes, at: 0 };
  try {
    if (byte(reader) !== VERSION) return undefined;
    const data = read(reader, 0);
    return reader.at === bytes.length ? data : undefined;
  } catch (error) {
    if (error instanceof UnreadableTerm) return undefined;
    throw error;
  }
}

/** Leads out of the recursion; never leaves this file. */
class UnreadableTerm extends Error {}

interface Reader {
  readonly bytes: Buffer;
  at: number;
}

function read(from: Reader, depth: number): TokenData {
  if (depth > MAX_DEPTH) throw new UnreadableTerm();
  const tag = byte(from);
  switch (tag) {
    case TAG.smallInteger:
      return byte(from);
    case TAG.integer:
      return take(from, 4).readInt32BE(0);
    case TAG.smallBig:
      return readBig(from);
    case TAG.newFloat:
      return readFloat(from);
    case TAG.binary:
      return readText(take(from, uint32(from)));
    case TAG.nil:
      return [];
    case TAG.string:
      return [...take(from, uint16(from))];
    case TAG.list:
      return readList(from, depth);
    case TAG.smallTuple:
      return readElements(from, byte(from), depth);
    case TAG.map:
      return readMap(from, depth);
    default:
      return valueOf(readAtom(from, tag));
  }
}

function readElements(from: Reader, count: number, depth: number): TokenData[] {
  expect(from, count);
  const elements: TokenData[] = [];
  for (let index = 0; index < count; index++) elements.push(read(from, depth + 1));
  return elements;
}

function readList(from: Reader, depth: number): TokenData[] {
  const elements = readElements(from, uint32(from), depth);
  // A list may end in any term; data has proper ones only.
  if (byte(from) !== TAG.nil) throw new UnreadableTerm();
  return elements;
}

function readMap(from: Reader, depth: number): TokenData {
  const count = uint32(from);
  expect(from, count * PAIR_BYTES);
  const entries = new Map<string, TokenData>();
  for (let index = 0; index < count; index++) entries.set(readKey(from), read(from, depth + 1));
  // Two keys that are the same text here, like :id and "id", leave no one way to read the map.
  if (entries.size !== count) throw new UnreadableTerm();
  // Makes own properties of all keys, "__proto__" included.
  return Object.fromEntries(entries);
}

/** Keys are texts, atoms or integers. */
function readKey(from: Reader): string {
  const tag = byte(from);
  if (tag === TAG.binary) return readText(take(from, uint32(from)));
  if (tag === TAG.smallInteger) return String(byte(from));
  if (tag === TAG.integer) return String(take(from, 4).readInt32BE(0));
  return readAtom(from, tag);
}

function readAtom(from: Reader, tag: number): string {
  switch (tag) {
    case TAG.smallAtomUtf8:
      return readText(take(from, byte(from)));
    case TAG.atomUtf8:
      return readText(take(from, uint16(from)));
    case TAG.smallAtom:
      return take(from, byte(from)).toString("latin1");
    case TAG.atom:
      return take(from, uint16(from)).toString("latin1");
    default:
      throw new UnreadableTerm();
  }
}

function valueOf(atom: string): TokenData {
  if (atom === "nil") return null;
  if (atom === "true") return true;
  return atom === "false" ? false : atom;
}

function readBig(from: Reader): number | bigint {
  const size = byte(from);
  const sign = byte(from);
  const magnitude = take(from, size).reduceRight((value, digit) => (value << 8n) | BigInt(digit), 0n);
  const value = sign === 0 ? magnitude : -magnitude;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function readFloat(from: Reader): number {
  const value = take(from, 8).readDoubleBE(0);
  if (!Number.isFinite(value)) throw new UnreadableTerm();
  return value;
}

function readText(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new UnreadableTerm();
  return bytes.toString("utf8");
}

function byte(from: Reader): number {
  expect(from, 1);
  return from.bytes[from.at++] as number;
}

function uint16(from: Reader): number {
  return take(from, 2).readUInt16BE(0);
}

function uint32(from: Reader): number {
  return take(from, 4).readUInt32BE(0);
}

function take(from: Reader, size: number): Buffer {
  expect(from, size);
  return from.bytes.subarray(from.at, (from.at += size));
}

/** Throws when fewer than `size` bytes are left. */
function expect(from: Reader, size: number): void {
  if (from.bytes.length - from.at < size) throw new UnreadableTerm();
}
