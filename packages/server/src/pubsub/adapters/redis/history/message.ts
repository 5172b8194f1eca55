/**
 * What the store of Redis sends to all nodes.
 *
 * | bytes | |
 * | --- | --- |
 * | 1 | kind: 16 entries, 17 a number told, 18 told for the last time, 19 a log was cleared, 20 nothing was stored |
 * | 2 | stream |
 * | 8 | sender: random, a new one for each store |
 * | 6 | number: counts the sender's messages of kinds 16 and 20 in this stream, from 1; the others tell the last one |
 *
 * Of kind 17, 4 bytes follow: the connection over which it was sent. Of kind 19, the topic: 2 bytes length, and its name. Of kind
 * 16, written by the script that stores the entries:
 *
 * | bytes | |
 * | --- | --- |
 * | 2, … | length of the topic, topic |
 * | 6, 6 | offset of the first entry, time |
 * | 1, 1, … | lengths of lineage and tag, lineage, tag |
 * | 4, … | for each entry: length, and what `EntryCodec` made |
 *
 * Numbers are big-endian.
 */
export const ENTRIES = 16;
export const TOLD = 17;
export const LEFT = 18;
export const CLEARED = 19;
export const NOTHING = 20;

/** Bytes of what all messages have. */
export const HEADER = 17;

export interface Message {
  readonly kind: number;
  readonly stream: number;
  /** A string without special characters. */
  readonly sender: string;
  readonly number: number;
  /** What follows. */
  readonly rest: Buffer;
}

/** A message, or the beginning of one with entries. `sender` has 8 bytes. */
export function writeMessage(kind: number, stream: number, sender: Buffer, number: number, rest: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER + rest.length);
  bytes[0] = kind;
  bytes.writeUInt16BE(stream, 1);
  sender.copy(bytes, 3);
  bytes.writeUIntBE(number, 11, 6);
  rest.copy(bytes, HEADER);
  return bytes;
}

/** The topic, as it follows in a message with entries. Throws a `RangeError` when it is too long. */
export function topicPart(topic: string): Buffer {
  const name = Buffer.from(topic);
  if (name.length > 0xffff) throw new RangeError("a topic with history has at most 65,535 bytes");
  const part = Buffer.allocUnsafe(2 + name.length);
  part.writeUInt16BE(name.length);
  name.copy(part, 2);
  return part;
}

export function readMessage(bytes: Uint8Array): Message {
  if (!(bytes instanceof Uint8Array) || bytes.length < HEADER) throw new RangeError("not a message of a history store");
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    kind: buffer[0] as number,
    stream: buffer.readUInt16BE(1),
    sender: buffer.toString("latin1", 3, 11),
    number: buffer.readUIntBE(11, 6),
    rest: buffer.subarray(HEADER),
  };
}

/** The topic of a log that was cleared. */
export function readTopic(rest: Buffer): string {
  if (rest.length < 2 || rest.length !== 2 + rest.readUInt16BE(0)) throw new RangeError("truncated message");
  return rest.toString("utf8", 2);
}

export interface SentEntries {
  readonly topic: string;
  /** Of the first. */
  readonly offset: number;
  readonly at: number;
  readonly lineage: string;
  readonly tag: string;
  readonly entries: readonly Buffer[];
}

const NAME = /^[\w-]{1,40}$/;

/** Throws a `RangeError` for anything else. */
export function readEntries(rest: Buffer): SentEntries {
  if (rest.length < 2) throw new RangeError("truncated message");
  const afterTopic = 2 + rest.readUInt16BE(0);
  if (rest.length < afterTopic + 14) throw new RangeError("truncated message");
  const lineageEnd = afterTopic + 14 + rest.readUInt8(afterTopic + 12);
  const tagEnd = lineageEnd + rest.readUInt8(afterTopic + 13);
  const lineage = rest.toString("latin1", afterTopic + 14, lineageEnd);
  const tag = rest.toString("latin1", lineageEnd, tagEnd);
  if (!NAME.test(lineage) || !NAME.test(tag)) throw new RangeError("message without a lineage or a generation");
  const entries: Buffer[] = [];
  for (let at = tagEnd; at < rest.length;) {
    if (at + 4 > rest.length) throw new RangeError("truncated message");
    const end = at + 4 + rest.readUInt32BE(at);
    if (end > rest.length) throw new RangeError("truncated message");
    entries.push(rest.subarray(at + 4, end));
    at = end;
  }
  const offset = rest.readUIntBE(afterTopic, 6);
  if (offset === 0 || entries.length === 0) throw new RangeError("message without entries");
  return {
    topic: rest.toString("utf8", 2, afterTopic),
    offset,
    at: rest.readUIntBE(afterTopic + 6, 6),
    lineage,
    tag,
    entries,
  };
}
