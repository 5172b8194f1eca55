import { describe, expect, it } from "vitest";
import type { Parcel } from "./engine.ts";
import { Outbox } from "./outbox.ts";

const parcel = (text: string): Parcel => ({ node: undefined, stream: 0, bytes: Buffer.from(text) });
const texts = (parcels: readonly Parcel[]): string[] => parcels.map(({ bytes }) => bytes.toString());

describe("the outbox", () => {
  it("gives parcels in the order in which they came, as many as fit, but at least one", () => {
    const outbox = new Outbox(100);
    for (const text of ["one", "two", "a long one", "four"]) expect(outbox.add(parcel(text))).toBe(0);
    expect([outbox.size, outbox.bytes]).toEqual([4, 20]);
    expect(texts(outbox.take(6))).toEqual(["one", "two"]);
    expect(texts(outbox.take(6))).toEqual(["a long one"]);
    expect(texts(outbox.take(6))).toEqual(["four"]);
    expect(outbox.take(6)).toEqual([]);
    expect([outbox.size, outbox.bytes]).toEqual([0, 0]);
  });

  it("drops the oldest when it is full, and says how many", () => {
    const outbox = new Outbox(10);
    expect(outbox.add(parcel("12345"))).toBe(0);
    expect(outbox.add(parcel("67890"))).toBe(0);
    expect(outbox.add(parcel("a"))).toBe(1);
    expect(outbox.add(parcel("0123456789"))).toBe(2);
    expect(texts(outbox.take(Infinity))).toEqual(["0123456789"]);
    expect(outbox.add(parcel("1234567890"))).toBe(0);
  });

  it("is a queue for many", () => {
    const outbox = new Outbox(1_000_000);
    const taken: string[] = [];
    for (let number = 0; number < 1_000; number++) {
      outbox.add(parcel(String(number)));
      if (number % 3 === 0) taken.push(...texts(outbox.take(1)));
    }
    while (outbox.size > 0) taken.push(...texts(outbox.take(50)));
    expect(taken).toEqual(Array.from({ length: 1_000 }, (_, number) => String(number)));
  });
});
