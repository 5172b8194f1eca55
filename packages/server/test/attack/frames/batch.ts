/** Frames for one connection, always the same for a seed. Behind each stands a heartbeat, to know that it was read. */
import { Random } from "../random.ts";
import { frameBytes, Opcode } from "../raw-client.ts";
import { binaryPush, frameText, joinText, messageText } from "./message.ts";
import type { MessageText } from "./message.ts";
import { forbidden, incomplete, wireBytes } from "./wire.ts";

export interface Batch {
  readonly number: number;
  readonly vsn: 1 | 2;
  readonly isCompressed: boolean;
  /** Over long polling: all frames have a text. */
  readonly isPosted: boolean;
  /** Sent first on each connection: joins that the target accepts. */
  readonly joins: readonly string[];
  readonly frames: readonly MutatedFrame[];
}

export interface MutatedFrame {
  /** As it goes over TCP. */
  readonly bytes: Buffer;
  /** For a POST of long polling. Undefined: it has no text. */
  readonly text: string | undefined;
  /** Nothing can follow it on its connection. */
  readonly isLast?: true;
}

export function batchOf(seed: number, number: number, size: number): Batch {
  const random = new Random(seed * 1_000_003 + number);
  const vsn = number % 4 === 3 ? 1 : 2;
  const isCompressed = number % 7 === 2;
  const isPosted = number % 10 === 5;
  const joined = Array.from({ length: 3 }, () => joinText(random));
  const topics = joined.map(({ topic }) => JSON.parse(topic) as string);
  const joins = joined.map((join) => exactText(vsn, { ...join, joinRef: '"1"', ref: '"1"' }));
  const frame = (): MutatedFrame => {
    const kind = isPosted ? 1_000 : random.int(1_000);
    if (kind < 2) return { bytes: incomplete(random), text: undefined, isLast: true };
    if (kind < 20) return { bytes: forbidden(random), text: undefined };
    if (kind < 120) return { bytes: wireBytes(random, binaryPush(random, topics), isCompressed), text: undefined };
    const text = frameText(random, vsn, messageText(random, { sender: number }, topics));
    return { bytes: wireBytes(random, text, isCompressed), text };
  };
  return { number, vsn, isCompressed, isPosted, joins, frames: Array.from({ length: size }, frame) };
}

/** A message as it should be. */
function exactText(vsn: 1 | 2, { joinRef, ref, topic, event, payload }: MessageText): string {
  if (vsn === 2) return `[${joinRef},${ref},${topic},${event},${payload}]`;
  return `{"topic":${topic},"event":${event},"payload":${payload},"ref":${ref},"join_ref":${joinRef}}`;
}

/** The heartbeat that follows frame `index`. */
export const heartbeatText = (vsn: 1 | 2, index: number): string =>
  exactText(vsn, { joinRef: "null", ref: `"read ${index}"`, topic: '"phoenix"', event: '"heartbeat"', payload: "{}" });

/** All that goes over a connection, from frame `start` on; `isCut`: it must be ended behind that. */
export function connectionBytes({ vsn, joins, frames }: Batch, start: number): { bytes: Buffer; isCut: boolean } {
  const bytes = joins.map((join) => frameBytes(Opcode.text, join));
  for (let index = start; index < frames.length; index++) {
    const frame = frames[index] as MutatedFrame;
    bytes.push(frame.bytes);
    if (frame.isLast === true) return { bytes: Buffer.concat(bytes), isCut: true };
    bytes.push(frameBytes(Opcode.text, heartbeatText(vsn, index)));
  }
  return { bytes: Buffer.concat(bytes), isCut: false };
}
