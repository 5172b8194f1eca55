import { describe, expect, it } from "vitest";
import type { Parcel } from "./engine.ts";
import { ParcelQueue } from "./queue.ts";

const parcel = (text: string): Parcel => ({ node: undefined, stream: 0, bytes: Buffer.from(text) });
const texts = (parcels: readonly Parcel[]): string[] => parcels.map(({ bytes }) => bytes.toString());

describe("the queue", () => {
  it("gives parcels in the order in which they came, as many as fit, but at least one", () => {
    const queue = new ParcelQueue(100);
    for (const text of ["one", "two", "a long one", "four"]) expect(queue.add(parcel(text))).toBe(0);
    expect([queue.size, queue.bytes]).toEqual([4, 20]);
    expect(texts(queue.take(6))).toEqual(["one", "two"]);
    expect(texts(queue.take(6))).toEqual(["a long one"]);
    expect(texts(queue.take(6))).toEqual(["four"]);
    expect(queue.take(6)).toEqual([]);
    expect([queue.size, queue.bytes]).toEqual([0, 0]);
  });

  it("drops the oldest when it is full, and says how many", () => {
    const queue = new ParcelQueue(10);
    expect(queue.add(parcel("12345"))).toBe(0);
    expect(queue.add(parcel("67890"))).toBe(0);
    expect(queue.add(parcel("a"))).toBe(1);
    expect(queue.add(parcel("0123456789"))).toBe(2);
    expect(texts(queue.take(Infinity))).toEqual(["0123456789"]);
    expect(queue.add(parcel("1234567890"))).toBe(0);
  });

  it("is a queue for many", () => {
    const queue = new ParcelQueue(1_000_000);
    const taken: string[] = [];
    for (let number = 0; number < 1_000; number++) {
      queue.add(parcel(String(number)));
      if (number % 3 === 0) taken.push(...texts(queue.take(1)));
    }
    while (queue.size > 0) taken.push(...texts(queue.take(50)));
    expect(taken).toEqual(Array.from({ length: 1_000 }, (_, number) => String(number)));
  });
});
