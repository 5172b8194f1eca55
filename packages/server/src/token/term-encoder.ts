/** Writes data as an Erlang term, byte for byte as `term_to_binary` does, except for the order of the keys of maps. */
import { WingbeatError } from "../errors.ts";
import { MAX_BIG_BYTES, MAX_DEPTH, TAG, VERSION } from "./term.ts";

/** Lists of bytes up to this length are written as Erlang writes a charlist. */
const MAX_STRING_LENGTH = 65_535;

/** An Erlang atom, for the places where a text would mean something else. */
export class Atom {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** An Erlang tuple of up to 255 elements. */
export class Tuple {
  readonly elements: readonly unknown[];

  constructor(...elements: readonly unknown[]) {
    this.elements = elements;
  }
}

/**
 * Encodes `data`. What `JSON.stringify` would change or drop without a word is refused with `WB_OPTION` instead,
 * except that keys whose value is undefined are left out and `toJSON` is honoured, so that a Date becomes its ISO text.
 */
export function encodeTerm(data: unknown): Buffer {
  const writer: Writer = { chunks: [Buffer.of(VERSION)] };
  write(writer, data, 0);
  return Buffer.concat(writer.chunks);
}

interface Writer {
  readonly chunks: Buffer[];
}

function write(to: Writer, data: unknown, depth: number): void {
  if (depth > MAX_DEPTH) throw unsupported(`data nested deeper than ${MAX_DEPTH}, or data that contains itself`);
  if (data === null) writeAtom(to, "nil");
  else if (typeof data === "boolean") writeAtom(to, String(data));
  else if (typeof data === "number") writeNumber(to, data);
  else if (typeof data === "bigint") writeInteger(to, data);
  else if (typeof data === "string") writeText(to, data);
  else if (typeof data === "object") writeObject(to, data, depth);
  else throw unsupported(`a value of type ${typeof data}`);
}

function writeObject(to: Writer, data: object, depth: number): void {
  if (data instanceof Atom) writeAtom(to, data.name);
  else if (data instanceof Tuple) {
    to.chunks.push(Buffer.of(TAG.smallTuple, data.elements.length));
    for (const element of data.elements) write(to, element, depth + 1);
  } else if (Array.isArray(data)) writeList(to, data, depth);
  else if ("toJSON" in data && typeof data.toJSON === "function") write(to, data.toJSON(), depth + 1);
  else if (isPlain(data)) writeMap(to, data, depth);
  else throw unsupported(`an instance of ${data.constructor.name}`);
}

function writeMap(to: Writer, data: object, depth: number): void {
  const entries = Object.entries(data).filter(([, value]) => value !== undefined);
  to.chunks.push(header(TAG.map, entries.length));
  for (const [key, value] of entries) {
    writeText(to, key);
    write(to, value, depth + 1);
  }
}

function writeList(to: Writer, data: readonly unknown[], depth: number): void {
  if (data.length > 0 && data.length <= MAX_STRING_LENGTH && isBytes(data)) {
    to.chunks.push(Buffer.of(TAG.string, data.length >> 8, data.length & 255), Buffer.from(data));
    return;
  }
  if (data.length > 0) to.chunks.push(header(TAG.list, data.length));
  // An index loop: holes of a sparse list are undefined, and refused.
  for (let index = 0; index < data.length; index++) write(to, data[index], depth + 1);
  to.chunks.push(Buffer.of(TAG.nil));
}

function writeText(to: Writer, text: string): void {
  if (!text.isWellFormed()) throw unsupported("a text with half of a surrogate pair, which has no UTF-8 form");
  const bytes = Buffer.from(text, "utf8");
  to.chunks.push(header(TAG.binary, bytes.length), bytes);
}

/** `name` is ASCII. */
function writeAtom(to: Writer, name: string): void {
  to.chunks.push(Buffer.of(TAG.smallAtomUtf8, name.length), Buffer.from(name, "latin1"));
}

function writeNumber(to: Writer, value: number): void {
  if (!Number.isFinite(value)) throw unsupported(String(value));
  if (Number.isSafeInteger(value)) {
    writeInteger(to, value);
    return;
  }
  const float = Buffer.alloc(9, TAG.newFloat);
  float.writeDoubleBE(value, 1);
  to.chunks.push(float);
}

function writeInteger(to: Writer, value: number | bigint): void {
  if (value >= 0 && value <= 255) to.chunks.push(Buffer.of(TAG.smallInteger, Number(value)));
  else if (value >= -0x8000_0000 && value <= 0x7fff_ffff) {
    const integer = Buffer.alloc(5, TAG.integer);
    integer.writeInt32BE(Number(value), 1);
    to.chunks.push(integer);
  } else writeBig(to, BigInt(value));
}

function writeBig(to: Writer, value: bigint): void {
  const digits: number[] = [];
  for (let rest = value < 0n ? -value : value; rest > 0n; rest >>= 8n) {
    if (digits.length === MAX_BIG_BYTES) throw unsupported(`an integer of more than ${MAX_BIG_BYTES} bytes`);
    digits.push(Number(rest & 255n));
  }
  to.chunks.push(Buffer.of(TAG.smallBig, digits.length, value < 0n ? 1 : 0), Buffer.from(digits));
}

/** A tag with a 32 bit size. */
function header(tag: number, size: number): Buffer {
  const bytes = Buffer.alloc(5, tag);
  bytes.writeUInt32BE(size, 1);
  return bytes;
}

/** `findIndex` looks at the holes of a sparse list too. */
function isBytes(data: readonly unknown[]): data is readonly number[] {
  return data.findIndex((value) => !Number.isInteger(value) || (value as number) < 0 || (value as number) > 255) === -1;
}

/** An object literal, also one of another realm or one without a prototype. */
function isPlain(data: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(data);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function unsupported(what: string): WingbeatError {
  return new WingbeatError(
    "WB_OPTION",
    `a token cannot carry ${what}: its data may be null, true, false, numbers, bigints, strings, and arrays and plain objects ` +
      "of these. Encode bytes as base64 text.",
  );
}
