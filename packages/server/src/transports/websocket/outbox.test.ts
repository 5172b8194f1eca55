import { describe, expect, it } from "vitest";
import { Outbox } from "./outbox.ts";

class TestOutbox extends Outbox {
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

describe("the outbox", () => {
  it("writes a turn's frames at once, in order", async () => {
    const outbox = new TestOutbox();
    outbox.send(frame("a"), frame("b"), frame("c"));
    expect(outbox.texts).toEqual([]);
    await turn();
    expect(outbox.texts).toEqual(["abc"]);
    outbox.send(frame("d"));
    await turn();
    await turn();
    expect(outbox.texts).toEqual(["abc", "d"]);
  });

  it("keeps the order of each connection, however the sends are mixed", async () => {
    const [x, y, z] = [new TestOutbox(), new TestOutbox(), new TestOutbox()];
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
    const [x, y, z] = [new TestOutbox(), new TestOutbox(), new TestOutbox()];
    const shared = frame("a");
    for (const outbox of [x, y, z]) outbox.send(shared);
    x.send(frame("b"));
    y.send(frame("c"));
    await turn();
    expect([x.texts, y.texts, z.texts]).toEqual([["ab"], ["ac"], ["a"]]);
  });

  it("joins the same frames for all connections once", async () => {
    const outboxes = Array.from({ length: 10 }, () => new TestOutbox());
    for (const shared of [frame("a"), frame("b"), frame("c")]) for (const outbox of outboxes) outbox.send(shared);
    await turn();
    expect(outboxes.map(({ texts }) => texts)).toEqual(outboxes.map(() => ["abc"]));
    expect(new Set(outboxes.map(({ writes }) => writes[0])).size).toBe(1);
  });

  it("writes a single frame as it is, without a copy", async () => {
    const [x, y] = [new TestOutbox(), new TestOutbox()];
    const shared = frame("a");
    x.send(shared);
    y.send(shared);
    await turn();
    expect([x.writes[0], y.writes[0]]).toEqual([shared, shared]);
    expect(x.writes[0]).toBe(shared);
    expect(y.writes[0]).toBe(shared);
  });

  it("does not confuse frames that are equal but not the same, or a turn with the next", async () => {
    const outbox = new TestOutbox();
    const one = frame("a");
    outbox.send(one, one, frame("a"));
    await turn();
    outbox.send(one);
    await turn();
    expect(outbox.texts).toEqual(["aaa", "a"]);
  });

  it("writes at once beyond 64 KiB, and goes on in the same turn", async () => {
    const outbox = new TestOutbox();
    const parts = Array.from({ length: 10 }, (_, index) => frame(String(index).repeat(16 * KIB)));
    outbox.send(...parts);
    expect(outbox.writes.map(({ length }) => length)).toEqual([80 * KIB, 80 * KIB]);
    outbox.send(frame("end"));
    await turn();
    expect(outbox.texts.join("")).toBe(`${parts.map((part) => Buffer.from(part).toString()).join("")}end`);
  });

  it("keeps exactly 64 KiB for the end of the turn", async () => {
    const outbox = new TestOutbox();
    outbox.send(frame("x".repeat(64 * KIB)));
    expect(outbox.writes).toEqual([]);
    outbox.send(frame("y"));
    expect(outbox.writes.map(({ length }) => length)).toEqual([64 * KIB + 1]);
    await turn();
    expect(outbox.writes).toHaveLength(1);
  });

  it("flushes when asked, and only what waits", async () => {
    const outbox = new TestOutbox();
    outbox.flush();
    outbox.send(frame("a"));
    outbox.flush();
    expect(outbox.texts).toEqual(["a"]);
    outbox.send(frame("b"));
    await turn();
    expect(outbox.texts).toEqual(["a", "b"]);
  });

  it("takes frames that are sent while it writes, for the next turn", async () => {
    class Chatty extends TestOutbox {
      protected override write(bytes: Uint8Array): void {
        super.write(bytes);
        if (this.writes.length === 1) this.send(frame("answer"));
      }
    }
    const outbox = new Chatty();
    outbox.send(frame("a"));
    await turn();
    await turn();
    expect(outbox.texts).toEqual(["a", "answer"]);
  });
});
