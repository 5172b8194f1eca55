/**
 * The binary form of an entry, for the engines that keep bytes. The same entry has the same bytes whenever it is
 * encoded, so that a store can find a repeated one by comparing.
 *
 * | bytes | |
 * | --- | --- |
 * | 1 | kind and version: 1; 2 when signed |
 * | 32 | signed only: HMAC-SHA256 over topic and all that follows |
 * | 1 | 0: the body is text, 1: bytes |
 * | 2, 1, 1 | lengths of event, `from` and producer |
 * | 6 | seq |
 * | 4 | length of the body |
 * | … | event, `from`, producer, body |
 *
 * Numbers are big-endian, texts UTF-8, lengths in bytes.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { KeyObject } from "node:crypto";
import type { Body } from "./store.ts";

/** What is encoded of an entry: what the store adds, and what is the same for all entries of a log, is not in it. */
export interface Entry {
  readonly event: string;
  readonly body: Body;
  readonly from: string;
  readonly producer: string;
  readonly seq: number;
}

const PLAIN = 1;
const SIGNED = 2;
const SIGNATURE = 32;
const TEXT = 0;
const BYTES = 1;
/** Of what follows the signature, up to the event. */
const HEADER = 15;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Encodes and decodes entries. With keys (`signingKeys`), the first one signs, and what none of them has signed for this
 * topic is refused: who can write to the engine, but does not know the secret, cannot write entries of their own.
 */
export class EntryCodec {
  readonly #keys: readonly KeyObject[];

  constructor(keys: readonly KeyObject[]) {
    this.#keys = keys;
  }

  /** Throws a `RangeError` for names that are too long: 65,535 bytes for the event, 255 for `from` and producer. */
  encode(topic: string, { event, body, from, producer, seq }: Entry): Buffer {
    const lengths = [event, from, producer].map((text) => Buffer.byteLength(text)) as [number, number, number];
    const [eventLength, fromLength, producerLength] = lengths;
    if (eventLength > 0xffff || fromLength > 0xff || producerLength > 0xff) {
      throw new RangeError("entry with a name that is too long");
    }
    const bodyLength = typeof body === "string" ? Buffer.byteLength(body) : body.length;
    const [key] = this.#keys;
    const start = key === undefined ? 1 : 1 + SIGNATURE;
    const bytes = Buffer.allocUnsafe(start + HEADER + eventLength + fromLength + producerLength + bodyLength);
    bytes[0] = key === undefined ? PLAIN : SIGNED;
    let at = bytes.writeUInt8(typeof body === "string" ? TEXT : BYTES, start);
    at = bytes.writeUInt16BE(eventLength, at);
    at = bytes.writeUInt8(fromLength, at);
    at = bytes.writeUInt8(producerLength, at);
    at = bytes.writeUIntBE(seq, at, 6);
    at = bytes.writeUInt32BE(bodyLength, at);
    for (const text of [event, from, producer]) at += bytes.write(text, at);
    if (typeof body === "string") bytes.write(body, at);
    else bytes.set(body, at);
    if (key !== undefined) hmac(key, topic, bytes.subarray(start)).copy(bytes, 1);
    return bytes;
  }

  /** Throws a `RangeError` for anything that is no entry of this topic. The body is a copy. */
  decode(topic: string, bytes: Uint8Array): Entry {
    return decoded(this.#verified(topic, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)));
  }

  /** What follows the signature. */
  #verified(topic: string, bytes: Buffer): Buffer {
    if (this.#keys.length === 0) {
      if (bytes[0] !== PLAIN) throw new RangeError(bytes[0] === SIGNED ? "entry is signed" : "not an entry");
      return bytes.subarray(1);
    }
    if (bytes[0] !== SIGNED || bytes.length < 1 + SIGNATURE) throw new RangeError("entry is not signed");
    const signature = bytes.subarray(1, 1 + SIGNATURE);
    const rest = bytes.subarray(1 + SIGNATURE);
    if (this.#keys.some((key) => timingSafeEqual(signature, hmac(key, topic, rest)))) return rest;
    throw new RangeError("entry is signed for another topic, or with another secret");
  }
}

function decoded(bytes: Buffer): Entry {
  if (bytes.length < HEADER) throw new RangeError("truncated entry");
  const kind = bytes[0];
  if (kind !== TEXT && kind !== BYTES) throw new RangeError("entry with an unknown kind of body");
  const from = HEADER + bytes.readUInt16BE(1);
  const producer = from + bytes.readUInt8(3);
  const body = producer + bytes.readUInt8(4);
  if (body + bytes.readUInt32BE(11) !== bytes.length) throw new RangeError("truncated entry");
  return {
    event: text(bytes.subarray(HEADER, from)),
    from: text(bytes.subarray(from, producer)),
    producer: text(bytes.subarray(producer, body)),
    seq: bytes.readUIntBE(5, 6),
    body: kind === TEXT ? text(bytes.subarray(body)) : new Uint8Array(bytes.subarray(body)),
  };
}

function text(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new RangeError("entry with text that is not UTF-8");
  }
}

/** The first byte keeps these signatures apart from those of messages, which begin with a digit. */
function hmac(key: KeyObject, topic: string, bytes: Buffer): Buffer {
  const name = Buffer.from(topic);
  const header = Buffer.allocUnsafe(5);
  header.write("h");
  header.writeUInt32BE(name.length, 1);
  return createHmac("sha256", key).update(header).update(name).update(bytes).digest();
}
