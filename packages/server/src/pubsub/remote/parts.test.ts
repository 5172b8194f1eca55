import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PART, PartCutter, PartJoiner } from "./parts.ts";

const cutter = () => new PartCutter(randomBytes(8));

describe("parts of an envelope", () => {
  it("are not made of one that fits", () => {
    const envelope = Buffer.alloc(100);
    expect(cutter().cut(envelope, 100)).toEqual([envelope]);
  });

  it("have the size that was asked for, and are an envelope again when all are there", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 31, maxLength: 500 }), fc.integer({ min: 22, max: 30 }), (array, size) => {
        const envelope = Buffer.from(array);
        const parts = cutter().cut(envelope, size);
        const joiner = new PartJoiner(1_000);
        expect(parts.every((part) => part.length <= size && part[0] === PART)).toBe(true);
        expect(parts.slice(0, -1).map((part) => joiner.add(part))).toEqual(parts.slice(1).map(() => undefined));
        expect(joiner.add(parts.at(-1) as Buffer)).toEqual(envelope);
        expect(joiner.bytes).toBe(0);
      }),
    );
  });

  it("of several senders may come mixed", () => {
    const [a, b] = [Buffer.alloc(100, "a"), Buffer.alloc(100, "b")];
    const [ofA, ofB] = [cutter().cut(a, 40), cutter().cut(b, 40)];
    const joiner = new PartJoiner(1_000);
    const results = ofA.flatMap((part, index) => [joiner.add(part), joiner.add(ofB[index] as Buffer)]);
    expect(results.filter((result) => result !== undefined)).toEqual([a, b]);
  });

  it("make nothing when one is missing, or came twice; the next envelope is whole again", () => {
    const sender = cutter();
    const joiner = new PartJoiner(1_000);
    const cut = () => sender.cut(Buffer.alloc(100, "x"), 40);
    const add = (parts: readonly Buffer[]) => parts.map((part) => joiner.add(part)).filter(Boolean);
    for (const missing of [0, 1, 5]) expect(add(cut().toSpliced(missing, 1))).toEqual([]);
    const twice = cut();
    expect(add([...twice.slice(0, 2), ...twice.slice(1)])).toEqual([]);
    expect(add(cut())).toEqual([Buffer.alloc(100, "x")]);
    expect(() => joiner.add(Buffer.from([PART, 1, 2]))).toThrow("truncated");
  });

  it("are not taken when they are no parts: beyond the last, or empty", () => {
    const [first, second] = cutter().cut(Buffer.alloc(70), 61) as [Buffer, Buffer];
    const joiner = new PartJoiner(1_000);
    first.writeUInt32BE(0, 17);
    expect(() => joiner.add(first)).toThrow("part is empty or beyond the last one");
    second.writeUInt32BE(0xffff_ffff, 13);
    expect(() => joiner.add(second)).toThrow("part is empty or beyond the last one");
    expect(() => joiner.add(first.subarray(0, 21))).toThrow("is empty");
    expect(joiner.bytes).toBe(0);
  });

  it("that somebody else forges do not end the sender's envelope", () => {
    const envelope = Buffer.alloc(100, "a");
    const incarnation = randomBytes(8);
    const parts = new PartCutter(incarnation).cut(envelope, 61);
    const forger = new PartCutter(incarnation);
    forger.cut(envelope, 61);
    const joiner = new PartJoiner(1_000);
    const results = parts.map((part) => {
      joiner.add(forger.cut(Buffer.alloc(100, "b"), 61)[0] as Buffer);
      return joiner.add(part);
    });
    expect(results.at(-1)).toEqual(envelope);
  });

  it("are of few envelopes at once, however small and of however many senders", () => {
    const joiner = new PartJoiner(10_000);
    for (let sender = 0; sender < 5_000; sender++) joiner.add(cutter().cut(Buffer.alloc(30), 22)[0] as Buffer);
    expect(joiner.bytes).toBe(1_000);
  });

  it("are not made for an engine that takes next to nothing", () => {
    for (const maxBytes of [0, -1, 21, Number.NaN]) {
      expect(() => cutter().cut(Buffer.alloc(100), maxBytes)).toThrow("too small for a part");
    }
  });

  it("wait in limited space: the oldest are given up", () => {
    const joiner = new PartJoiner(100);
    const [first, second] = [cutter(), cutter()].map((sender) => sender.cut(Buffer.alloc(80), 61)) as [
      Buffer[],
      Buffer[],
    ];
    joiner.add(first[0] as Buffer);
    joiner.add(second[0] as Buffer);
    expect(joiner.bytes).toBe(80);
    const third = cutter().cut(Buffer.alloc(80), 61);
    joiner.add(third[0] as Buffer);
    expect(joiner.bytes).toBe(80);
    expect(joiner.add(first[1] as Buffer)).toBeUndefined();
    expect(joiner.add(second[1] as Buffer)).toHaveLength(80);
    joiner.clear();
    expect(joiner.bytes).toBe(0);
    expect(joiner.add(third[1] as Buffer)).toBeUndefined();
  });
});
