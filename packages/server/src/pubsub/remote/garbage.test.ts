/** Anything at all on an engine's channel: nothing throws, memory is bounded, and nodes go on hearing each other. */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Hub } from "../../../test/pubsub/hub.ts";
import { PubSub } from "../../pubsub.ts";
import { attach } from "../../telemetry/attach.ts";
import { engineAdapter } from "./engine-adapter.ts";
import { EnvelopeWriter } from "./envelope.ts";
import { PartCutter } from "./parts.ts";

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("garbage on an engine's channel", () => {
  let hub: Hub;
  let nodes: PubSub[];
  let received: unknown[];
  let unreadable: unknown[];
  let detach: () => void;

  beforeEach(async () => {
    hub = new Hub();
    unreadable = [];
    received = [];
    detach = attach("pubsub.unreadable", ({ error }) => unreadable.push(error));
    nodes = ["a", "b"].map(
      (nodeName) =>
        new PubSub({ adapter: engineAdapter("test", hub.engine(), { nodeName, maxQueuedBytes: 1_000_000 }) }),
    );
    nodes[1]!.subscribe({ topic: "t", owner: undefined, receive: (message) => received.push(message) });
    await Promise.all(nodes.map((node) => node.start()));
  });
  afterEach(async () => {
    await Promise.all(nodes.map((node) => node.stop()));
    detach();
  });

  /** Of two messages from `a` at least one arrives: what was forged in between may pass for the first. */
  const expectAlive = async (mark: unknown): Promise<void> => {
    nodes[0]!.broadcast("t", mark);
    nodes[0]!.broadcast("t", mark);
    await settled();
    expect(received.at(-1)).toEqual(mark);
  };

  /** What `a` has sent last, as it was on the wire. */
  const recorded = async (message: unknown): Promise<Buffer> => {
    nodes[0]!.broadcast("t", message);
    await settled();
    return Buffer.from(hub.sent.at(-1)!.at(-1)!.bytes);
  };

  it("of any bytes", async () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void hub.inject(bytes)));
    for (const kind of [0, 1, 2, 3, 4, 5, 255]) {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => void hub.inject(Uint8Array.of(kind, ...bytes))),
      );
    }
    await expectAlive("alive");
  });

  it("made of real messages: cut, joined, with bytes changed at every place", async () => {
    const envelope = await recorded({ text: "x", list: [new Uint8Array(5), { bytes: new Uint8Array(3) }] });
    const parts = new PartCutter(Buffer.from(envelope.subarray(11, 19))).cut(envelope, 60);
    for (const whole of [envelope, ...parts]) {
      for (let at = 0; at < whole.length; at++) {
        for (const value of [0, 1, 0x7f, 0xff]) {
          const changed = Buffer.from(whole);
          changed[at] = value;
          hub.inject(changed);
        }
        hub.inject(whole.subarray(0, at));
        hub.inject(Buffer.concat([whole.subarray(at), whole]));
      }
    }
    await expectAlive("alive");
    await expectAlive({ bytes: new Uint8Array(1) });
  });

  it.each([2 ** 47, 2 ** 48 - 1, 1_000_000, 500_000, 0])("with the count %d in a node's name", async (sequence) => {
    const envelope = await recorded("first");
    envelope.writeUIntBE(sequence, 5, 6);
    hub.inject(envelope);
    nodes[0]!.broadcast("t", "next");
    await settled();
    expect(received.at(-1)).toBe("next");
  });

  it.each<[string, unknown, readonly Uint8Array[]]>([
    ["a path through a prototype", [[["__proto__", "polluted"], 1]], [new Uint8Array(1)]],
    ["a path to a prototype", [[["__proto__"], 1]], [new Uint8Array(1)]],
    ["a path that is a string", [["ab", 1]], [new Uint8Array(1)]],
    ["a length that is negative", [[["a"], -1]], [new Uint8Array(1)]],
    ["a length beyond the end", [[["a"], 2 ** 31]], [new Uint8Array(1)]],
    ["an object in place of the list", { length: 1 }, [new Uint8Array(1)]],
    ["more bytes than the list says", [[["a"], 1]], [new Uint8Array(9)]],
  ])("with attachments that have %s", async (_what, list, bytes) => {
    const paths = Buffer.from(JSON.stringify(list));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(paths.length);
    const tail = Buffer.concat([length, paths, ...bytes]);
    const forged = new EnvelopeWriter("c").write({ topic: "t", dispatcher: "default", message: { a: null } }, 0, 1);
    forged.writeUInt32BE(tail.length, 27);
    hub.inject(Buffer.concat([forged, tail]));
    expect(received).toEqual([]);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    await expectAlive("alive");
  });

  it("of a dispatcher that is not there, or named like a part of every object", async () => {
    const failed: unknown[] = [];
    const stop = attach("pubsub.delivery_failed", ({ error }) => failed.push(error));
    const writer = new EnvelopeWriter("c");
    for (const [n, dispatcher] of ["nobody", "__proto__", "constructor", "toString", ""].entries()) {
      hub.inject(writer.write({ topic: "t", dispatcher, message: 1 }, 0, n + 1));
    }
    stop();
    expect(failed).toHaveLength(10);
    await expectAlive("alive");
  });

  it("of a stream that there is not", async () => {
    hub.inject(new EnvelopeWriter("c").write({ topic: "t", dispatcher: "default", message: 1 }, 7, 1));
    expect(received).toEqual([]);
    expect(String(unreadable.at(-1))).toContain("an unknown stream");
    await expectAlive("alive");
  });

  it("in the place of bytes", async () => {
    for (const junk of [undefined, null, "text", 7, {}, []]) hub.inject(junk as never);
    expect(unreadable).toHaveLength(12);
    await expectAlive("alive");
  });

  it("of very many senders, whose names are not all told", async () => {
    const names = new Set<string>();
    const stop = attach("pubsub.missed", ({ from }) => names.add(from));
    const message = { topic: "t", dispatcher: "default", message: 1 };
    for (let n = 0; n < 2_000; n++) {
      const writer = new EnvelopeWriter(`sender ${n}`);
      hub.inject(writer.write(message, 0, 1));
      hub.inject(writer.write(message, 0, 3));
    }
    await expectAlive("alive");
    await Promise.all(nodes.map((node) => node.stop()));
    stop();
    expect(names.size).toBe(101);
    expect(names).toContain("other nodes");
    expect(nodes.map((node) => node.status().missed)).toEqual([2_000, 2_000]);
  });
});

it("a broadcast that is larger than the queue is refused before anybody gets it", async () => {
  const node = new PubSub({ adapter: engineAdapter("test", new Hub().engine(), { maxQueuedBytes: 1_000 }) });
  const received: unknown[] = [];
  node.subscribe({ topic: "t", owner: undefined, receive: (message) => received.push(message) });
  await node.start();
  expect(() => node.broadcast("t", "x".repeat(1_000))).toThrow(
    /message has \d+ bytes, the limit is 1000 \(maxQueuedBytes\)/,
  );
  expect(() => node.directBroadcast("elsewhere", "t", "x".repeat(1_000))).toThrow("maxQueuedBytes");
  node.broadcast("t", "small");
  expect(received).toEqual(["small"]);
  expect(node.status()).toMatchObject({ lost: 0 });
  await node.stop();
});
