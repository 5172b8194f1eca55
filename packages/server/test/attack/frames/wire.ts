/** How a message travels: in one frame or several, masked, compressed, or against the rules of RFC 6455. */
import { constants, deflateRawSync } from "node:zlib";
import type { Random } from "../random.ts";
import { closeBytes, frameBytes, Opcode } from "../raw-client.ts";

/** The bytes of a message on a connection that has, or has not, agreed on permessage-deflate. */
export function wireBytes(random: Random, message: string | Uint8Array, isCompressed: boolean): Buffer {
  const opcode = typeof message === "string" ? Opcode.text : Opcode.binary;
  const data = typeof message === "string" ? Buffer.from(message) : message;
  if (isCompressed && random.chance(0.5)) return compressed(random, opcode, data);
  const chance = random.int(100);
  if (chance < 12) return fragments(random, opcode, data);
  return frameBytes(opcode, data, { mask: chance < 40 ? random.int(0xffff_ffff) : 0 });
}

function fragments(random: Random, opcode: number, data: Uint8Array, reserved = 0): Buffer {
  const count = 1 + random.int(4);
  const cuts = Array.from({ length: count }, () => random.int(data.length + 1)).sort((a, b) => a - b);
  const starts = [0, ...cuts];
  return Buffer.concat(
    starts.flatMap((start, index) => {
      const shape = { fin: index === count, mask: random.int(0xffff), reserved: index === 0 ? reserved : 0 };
      const part = frameBytes(
        index === 0 ? opcode : Opcode.continuation,
        data.subarray(start, starts[index + 1]),
        shape,
      );
      return random.chance(0.2) ? [part, frameBytes(Opcode.ping, "between")] : [part];
    }),
  );
}

function compressed(random: Random, opcode: number, data: Uint8Array): Buffer {
  const flushed = deflateRawSync(data, { finishFlush: constants.Z_SYNC_FLUSH });
  let deflated: Buffer = flushed.subarray(0, flushed.length - 4);
  if (random.chance(0.02)) deflated = random.bytes(deflated.length);
  else if (random.chance(0.01)) deflated = deflated.subarray(0, random.int(deflated.length));
  if (random.chance(0.1)) return fragments(random, opcode, deflated, 4);
  return frameBytes(opcode, deflated, { reserved: 4 });
}

/** Frames that no client may send, each of them by itself. */
const FORBIDDEN: readonly ((random: Random) => Buffer)[] = [
  () => frameBytes(Opcode.text, "[]", { masked: false }),
  (random) => frameBytes(random.pick([3, 4, 5, 6, 7, 11, 12, 13, 14, 15]), "x"),
  (random) => frameBytes(Opcode.text, "[]", { reserved: 1 + random.int(7) }),
  () => frameBytes(Opcode.continuation, "no beginning"),
  () => Buffer.concat([frameBytes(Opcode.text, "[", { fin: false }), frameBytes(Opcode.text, "]")]),
  () => frameBytes(Opcode.ping, "x".repeat(126)),
  () => frameBytes(Opcode.ping, "in parts", { fin: false }),
  (random) =>
    frameBytes(
      Opcode.text,
      Buffer.from(random.pick([[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80]])),
    ),
  () => frameBytes(Opcode.text, "[1,2]", { lengthBytes: 8 }),
  () => frameBytes(Opcode.text, "[1,2]", { lengthBytes: 2 }),
  () => frameBytes(Opcode.binary, "", { claimed: -1, lengthBytes: 8 }),
  () => frameBytes(Opcode.binary, "", { claimed: 2 ** 40 }),
  (random) =>
    closeBytes(random.pick([0, 999, 1000, 1001, 1004, 1005, 1006, 1011, 1015, 2999, 3000, 4999, 5000, 65_535])),
  () => closeBytes(1000, Buffer.from([0xff, 0xfe])),
  () => frameBytes(Opcode.close, Buffer.from([3])),
  () => frameBytes(Opcode.close, "x".repeat(126)),
  () => frameBytes(Opcode.binary, ""),
  () => frameBytes(Opcode.text, ""),
  (random) => frameBytes(random.pick([Opcode.ping, Opcode.pong]), "ok"),
  // A compressed message, an invalid frame behind it and two more, all in one segment.
  () =>
    Buffer.concat([
      frameBytes(Opcode.text, deflateRawSync("[1,2,3]"), { reserved: 4 }),
      frameBytes(3, ""),
      frameBytes(Opcode.text, "[]"),
      frameBytes(Opcode.text, "[]"),
    ]),
];

/** The beginning of a message whose rest never comes. */
export const incomplete = (random: Random): Buffer =>
  frameBytes(Opcode.text, "[", { claimed: 1 + random.int(100_000) + 1 });

export const forbidden = (random: Random): Buffer => random.pick(FORBIDDEN)(random);
