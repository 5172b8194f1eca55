import { describe, expect, it } from "vitest";
import { CoalescedWriter } from "./coalesced-writer.ts";

class TestWriter extends CoalescedWriter {
  readonly writes: Uint8Array[] = [];

  send(...frames: readonly Uint8Array[]): void {
    for (const frame of frames) this.add(frame);
  }

  get texts(): string[] {
    return this.writes.map((bytes) => Buffer.from(bytes).toString());
  }

  protected override write(bytes: Uint8Array): void {
    this.writes.push(bytes);
  }
}

const frame = (text: string): Uint8Array => Buffer.from(text);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const KIB = 1024;

describe("a coalesced writer", () => {
  it("writes a turn's frames at once, in order", async () => {
    const writer = new TestWriter();
    writer.send(frame("a"), frame("b"), frame("c"));
    expect(writer.texts).toEqual([]);
    await turn();
    expect(writer.texts).toEqual(["abc"]);
    writer.send(frame("d"));
    await turn();
    await turn();
    expect(writer.texts).toEqual(["abc", "d"]);
  });

  it("keeps the order of each connection, however the sends are mixed", async () => {
    const [x, y, z] = [new TestWriter(), new TestWriter(), new TestWriter()];
    const [a, b, c, d] = ["a", "b", "c", "d"].map(frame) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    x.send(a);
    y.send(b, a);
    z.send(a, c);
    x.send(c, a);
    y.send(a);
    z.send(d, b);
    x.send(d);
    await turn();
    expect([x.texts, y.texts, z.texts]).toEqual([["acad"], ["baa"], ["acdb"]]);
  });

  it("parts the ways of connections that began with the same frame", async () => {
    const [x, y, z] = [new TestWriter(), new TestWriter(), new TestWriter()];
    const shared = frame("a");
    for (const writer of [x, y, z]) writer.send(shared);
    x.send(frame("b"));
    y.send(frame("c"));
    await turn();
    expect([x.texts, y.texts, z.texts]).toEqual([["ab"], ["ac"], ["a"]]);
  });

  it("joins the same frames for all connections once", async () => {
    const writers = Array.from({ length: 10 }, () => new TestWriter());
    for (const shared of [frame("a"), frame("b"), frame("c")]) for (const writer of writers) writer.send(shared);
    await turn();
    expect(writers.map(({ texts }) => texts)).toEqual(writers.map(() => ["abc"]));
    expect(new Set(writers.map(({ writes }) => writes[0])).size).toBe(1);
  });

  it("writes a single frame as it is, without a copy", async () => {
    const [x, y] = [new TestWriter(), new TestWriter()];
    const shared = frame("a");
    x.send(shared);
    y.send(shared);
    await turn();
    expect([x.writes[0], y.writes[0]]).toEqual([shared, shared]);
    expect(x.writes[0]).toBe(shared);
    expect(y.writes[0]).toBe(shared);
  });

  it("does not confuse frames that are equal but not the same, or a turn with the next", async () => {
    const writer = new TestWriter();
    const one = frame("a");
    writer.send(one, one, frame("a"));
    await turn();
    writer.send(one);
    await turn();
    expect(writer.texts).toEqual(["aaa", "a"]);
  });

  it("writes at once beyond 64 KiB, and goes on in the same turn", async () => {
    const writer = new TestWriter();
    const parts = Array.from({ length: 10 }, (_, index) => frame(String(index).repeat(16 * KIB)));
    writer.send(...parts);
    expect(writer.writes.map(({ length }) => length)).toEqual([80 * KIB, 80 * KIB]);
    writer.send(frame("end"));
    await turn();
    expect(writer.texts.join("")).toBe(`${parts.map((part) => Buffer.from(part).toString()).join("")}end`);
  });

  it("keeps exactly 64 KiB for the end of the turn", async () => {
    const writer = new TestWriter();
    writer.send(frame("x".repeat(64 * KIB)));
    expect(writer.writes).toEqual([]);
    writer.send(frame("y"));
    expect(writer.writes.map(({ length }) => length)).toEqual([64 * KIB + 1]);
    await turn();
    expect(writer.writes).toHaveLength(1);
  });

  it("flushes when asked, and only what waits", async () => {
    const writer = new TestWriter();
    writer.flush();
    writer.send(frame("a"));
    writer.flush();
    expect(writer.texts).toEqual(["a"]);
    writer.send(frame("b"));
    await turn();
    expect(writer.texts).toEqual(["a", "b"]);
  });

  it("takes frames that are sent while it writes, for the next turn", async () => {
    class Chatty extends TestWriter {
      protected override write(bytes: Uint8Array): void {
        super.write(bytes);
        if (this.writes.length === 1) this.send(frame("answer"));
      }
    }
    const writer = new Chatty();
    writer.send(frame("a"));
    await turn();
    await turn();
    expect(writer.texts).toEqual(["a", "answer"]);
  });
});
