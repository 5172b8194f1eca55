/**
 * The binary format between nodes: a message in its envelope. A node reads the header first: a message for a topic
 * without subscribers here is dropped before its JSON is parsed.
 *
 * | bytes | |
 * | --- | --- |
 * | 1 | kind and version: 1 |
 * | 1, 1 | lengths of the sender's name and of the dispatcher's |
 * | 2 | stream, or {@link DIRECT} |
 * | 6 | sequence: counts the sender's messages of this stream from 1 |
 * | 8 | incarnation: random, a new one each time a node starts |
 * | 4, 4, 4 | lengths of topic, JSON and tail |
 * | … | sender's name, dispatcher, topic, JSON |
 * | … | tail, for bytes in the message: 4 bytes length of a JSON list of `[path, length]`, that list, then the bytes |
 *
 * A message with a position has it in front: a byte {@link POSITIONED}, 1 byte length of the epoch, 6 bytes offset, the
 * epoch, then the envelope.
 *
 * Numbers are big-endian, texts UTF-8, lengths in bytes.
 */
import { randomBytes } from "node:crypto";
import type { Position, PubSubMessage } from "../adapter.ts";
import { extractBinaries, restoreBinaries } from "./binaries.ts";
import type { Binary } from "./binaries.ts";

/** The first byte. Other versions will use other numbers. */
export const ENVELOPE = 1;
/** The first byte of a message with a position. */
export const POSITIONED = 4;
/** As stream: a message to one node, which belongs to no stream. */
export const DIRECT = 0xffff;

const HEADER = 31;

/** Encodes the messages of one node. */
export class EnvelopeWriter {
  readonly incarnation = randomBytes(8);
  readonly #node: Buffer;

  /** The name has at most 255 bytes. */
  constructor(nodeName: string) {
    this.#node = Buffer.from(nodeName);
  }

  /** Throws for anything that JSON cannot carry. */
  write({ topic, dispatcher, message, position }: PubSubMessage, stream: number, sequence: number): Buffer {
    const front = position === undefined ? 0 : POSITION_HEADER + Buffer.byteLength(position.epoch);
    const { json, binaries } = extractBinaries(message);
    const dispatcherLength = Buffer.byteLength(dispatcher);
    if (dispatcherLength > 255) throw new RangeError("a dispatcher's name has at most 255 bytes");
    const topicLength = Buffer.byteLength(topic);
    const jsonLength = Buffer.byteLength(json);
    const tail = binaries.length === 0 ? undefined : tailOf(binaries);
    const tailLength = tail?.length ?? 0;
    const length = front + HEADER + this.#node.length + dispatcherLength + topicLength + jsonLength + tailLength;
    const whole = Buffer.allocUnsafe(length);
    if (position !== undefined) writePosition(whole, position);
    const bytes = whole.subarray(front);
    bytes[0] = ENVELOPE;
    bytes[1] = this.#node.length;
    bytes[2] = dispatcherLength;
    bytes.writeUInt16BE(stream, 3);
    bytes.writeUIntBE(sequence, 5, 6);
    this.incarnation.copy(bytes, 11);
    bytes.writeUInt32BE(topicLength, 19);
    bytes.writeUInt32BE(jsonLength, 23);
    bytes.writeUInt32BE(tailLength, 27);
    let at = HEADER + this.#node.copy(bytes, HEADER);
    at += bytes.write(dispatcher, at);
    at += bytes.write(topic, at);
    at += bytes.write(json, at);
    tail?.copy(bytes, at);
    return whole;
  }
}

/** The kind, the length of the epoch, the offset. */
const POSITION_HEADER = 8;

function writePosition(bytes: Buffer, { epoch, offset }: Position): void {
  const length = Buffer.byteLength(epoch);
  if (length > 255) throw new RangeError("the epoch of a position has at most 255 bytes");
  bytes[0] = POSITIONED;
  bytes[1] = length;
  bytes.writeUIntBE(offset, 2, 6);
  bytes.write(epoch, POSITION_HEADER);
}

/** The position in front of an envelope, and where that begins. */
function readPosition(bytes: Buffer): { readonly position: Position; readonly end: number } {
  if (bytes.length < POSITION_HEADER) throw new RangeError("truncated position");
  const end = POSITION_HEADER + (bytes[1] as number);
  const position = { epoch: bytes.toString("utf8", POSITION_HEADER, end), offset: bytes.readUIntBE(2, 6) };
  return { position, end };
}

function tailOf(binaries: readonly Binary[]): Buffer {
  const paths = Buffer.from(JSON.stringify(binaries.map(({ path, bytes }) => [path, bytes.length])));
  const length = Buffer.allocUnsafe(4);
  length.writeUInt32BE(paths.length);
  return Buffer.concat([length, paths, ...binaries.map(({ bytes }) => bytes)]);
}

/** A received message. Throws when the bytes are not an envelope, or a truncated one. */
export class Envelope implements PubSubMessage {
  readonly topic: string;
  readonly dispatcher: string;
  readonly stream: number;
  readonly sequence: number;
  readonly position: Position | undefined;
  readonly #bytes: Buffer;
  readonly #json: number;
  readonly #tail: number;

  constructor(whole: Buffer) {
    const front = whole[0] === POSITIONED ? readPosition(whole) : undefined;
    const bytes = front === undefined ? whole : whole.subarray(front.end);
    this.position = front?.position;
    if (bytes[0] !== ENVELOPE || bytes.length < HEADER) throw new RangeError("not an envelope");
    const dispatcher = HEADER + (bytes[1] as number);
    const topic = dispatcher + (bytes[2] as number);
    this.#bytes = bytes;
    this.#json = topic + bytes.readUInt32BE(19);
    this.#tail = this.#json + bytes.readUInt32BE(23);
    if (this.#tail + bytes.readUInt32BE(27) !== bytes.length) throw new RangeError("truncated envelope");
    this.dispatcher = bytes.toString("utf8", dispatcher, topic);
    this.topic = bytes.toString("utf8", topic, this.#json);
    this.stream = bytes.readUInt16BE(3);
    this.sequence = bytes.readUIntBE(5, 6);
    if (this.sequence === 0) throw new RangeError("envelope without a sequence number");
  }

  /** The node that sent it. */
  get node(): string {
    return this.#bytes.toString("utf8", HEADER, HEADER + (this.#bytes[1] as number));
  }

  /** Identifies one run of one node. A string without special characters. */
  get sender(): string {
    return this.#bytes.toString("latin1", 11, 19);
  }

  /** Parsed at each access. Throws whatever `JSON.parse` throws. */
  get message(): unknown {
    const message: unknown = JSON.parse(this.#bytes.toString("utf8", this.#json, this.#tail));
    return this.#tail === this.#bytes.length ? message : restoreBinaries(message, this.#binaries());
  }

  /** Throws when the tail is malformed. */
  #binaries(): Binary[] {
    const start = this.#tail + 4;
    let at = start + this.#bytes.readUInt32BE(this.#tail);
    const list: unknown = JSON.parse(this.#bytes.toString("utf8", start, at));
    if (!Array.isArray(list) || !list.every(isPlace)) throw new RangeError("malformed list of binaries");
    const binaries = list.map(([path, length]) => {
      const from = at;
      at += length;
      // A copy, and a plain Uint8Array: the receiver may keep it, and must not keep the engine's buffer alive.
      return { path, bytes: new Uint8Array(this.#bytes.subarray(from, at)) };
    });
    if (at !== this.#bytes.length) throw new RangeError("binaries do not match their list");
    return binaries;
  }
}

/** `[path, length]` */
const isPlace = (value: unknown): value is [Binary["path"], number] =>
  Array.isArray(value) && Array.isArray(value[0]) && Number.isSafeInteger(value[1]) && value[1] >= 0;
