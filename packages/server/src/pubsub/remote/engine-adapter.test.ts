import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Hub } from "../../../test/pubsub/hub.ts";
import { PubSub } from "../../pubsub.ts";
import { attach } from "../../telemetry/attach.ts";
import { pubsubSuite } from "../../testing/pubsub-suite.ts";
import type { Parcel } from "./engine.ts";
import { engineAdapter, namespaceOf } from "./engine-adapter.ts";
import { EnvelopeWriter } from "./envelope.ts";
import { PING } from "./link.ts";

for (const [name, changes] of Object.entries({
  "an engine": {},
  "an engine with several streams": { streams: 4 },
  "an engine for small messages": { maxBytes: 100, parallel: 1 },
})) {
  const [hub, nowhere] = [new Hub(), new Hub()];
  nowhere.stop();
  pubsubSuite({
    name,
    describe,
    it,
    adapters(count) {
      return Array.from({ length: count }, () => engineAdapter("test", hub.engine(changes), {}));
    },
    capabilities: {
      severalNodes: true,
      channel: hub.channel,
      engine: {
        stop: async () => hub.stop(),
        start: async () => hub.start(),
        unreachable: () => engineAdapter("test", nowhere.engine(), {}),
      },
    },
  });
  it(`${name} has nobody connected after all that`, () => expect(hub.connections).toBe(0));
}

describe("an adapter over an engine", () => {
  let events: [name: string, data: object][];
  const detach: (() => void)[] = [];

  beforeEach(() => {
    events = [];
    for (const name of ["pubsub.unreadable", "pubsub.missed", "pubsub.delivery_failed"] as const) {
      detach.push(attach(name, (data) => events.push([name, data])));
    }
  });
  afterEach(() => {
    for (const stop of detach.splice(0)) stop();
  });

  it("has a name of its own, or the one that it was given", () => {
    const engine = new Hub().engine();
    const names = [1, 2].map(() => engineAdapter("test", engine, {}).nodeName);
    expect(new Set(names).size).toBe(2);
    expect(names[0]).toContain(`-${process.pid}-`);
    expect(engineAdapter("test", engine, { nodeName: "web 1" }).nodeName).toBe("web 1");
  });

  it("refuses options that are wrong", () => {
    const engine = new Hub().engine();
    const make = (options: object) => () => engineAdapter("redisAdapter", engine, options);
    expect(make({ nodeName: "" })).toThrow('redisAdapter.nodeName is "": it must have 1 to 255 bytes.');
    expect(make({ nodeName: "ü".repeat(128) })).toThrow("255 bytes");
    expect(make({ maxQueuedBytes: 0 })).toThrow("redisAdapter.maxQueuedBytes is 0");
    expect(make({ heartbeat: 0.5 })).toThrow("redisAdapter.heartbeat is 0.5");
    expect(namespaceOf("redisAdapter", {})).toBe("wingbeat");
    expect(namespaceOf("redisAdapter", { namespace: "my-app_2" })).toBe("my-app_2");
    for (const namespace of ["", "a b", "a.b", "a*", 'a"', "x".repeat(41)]) {
      expect(() => namespaceOf("redisAdapter", { namespace })).toThrow("redisAdapter.namespace is");
    }
  });

  it("encodes a broadcast once, whatever becomes of it", async () => {
    const hub = new Hub();
    const node = new PubSub({ adapter: engineAdapter("test", hub.engine(), {}) });
    await node.start();
    let encoded = 0;
    node.broadcast("t", { toJSON: () => ++encoded });
    await node.stop();
    expect(encoded).toBe(1);
  });

  it("refuses a message that no other node could get, before anybody here does", async () => {
    const node = new PubSub({ adapter: engineAdapter("test", new Hub().engine(), {}) });
    const received: unknown[] = [];
    node.subscribe({ topic: "t", owner: undefined, receive: (message) => received.push(message) });
    await node.start();
    expect(() => node.broadcast("t", { big: 1n })).toThrow('broadcast on "t" failed');
    expect(received).toEqual([]);
    await node.stop();
  });

  it("spreads topics over the streams, always the same way", async () => {
    const hub = new Hub();
    const node = new PubSub({ adapter: engineAdapter("test", hub.engine({ streams: 4 }), {}) });
    await node.start();
    for (let round = 0; round < 2; round++)
      for (let number = 0; number < 40; number++) node.broadcast(`t:${number}`, 1);
    await node.stop();
    const streams = hub.sent
      .flat()
      .filter(({ bytes }: Parcel) => bytes[0] !== PING)
      .map(({ stream }) => stream);
    expect(streams.slice(0, 40)).toEqual(streams.slice(40));
    expect(new Set(streams)).toEqual(new Set([0, 1, 2, 3]));
  });

  it("tells what it missed of whom, and delivers nothing twice", async () => {
    const hub = new Hub();
    const node = new PubSub({ adapter: engineAdapter("test", hub.engine(), { nodeName: "here" }) });
    const received: unknown[] = [];
    node.subscribe({ topic: "t", owner: undefined, receive: (message) => received.push(message) });
    await node.start();
    const there = new EnvelopeWriter("there");
    const send = (sequence: number): void =>
      hub.inject(there.write({ topic: "t", dispatcher: "default", message: sequence }, 0, sequence));
    for (const sequence of [4, 5, 5, 8, 7, 9, 20]) send(sequence);
    expect(received).toEqual([4, 5, 8, 9, 20]);
    expect(node.status()).toMatchObject({ missed: 12, lost: 0 });
    await node.stop();
    expect(events).toEqual([["pubsub.missed", { adapter: "hub", nodeName: "here", count: 12, from: "there" }]]);
  });

  it("goes on after bytes that it cannot read", async () => {
    const hub = new Hub();
    const node = new PubSub({ adapter: engineAdapter("test", hub.engine(), { nodeName: "here" }) });
    const received: unknown[] = [];
    await node.start();
    const envelope = new EnvelopeWriter("there").write({ topic: "t", dispatcher: "default", message: { a: 1 } }, 0, 1);
    for (const bytes of [[], [77, 1], [2, 1], envelope.subarray(0, -3)]) hub.inject(Uint8Array.from(bytes));
    expect(events.map(([name, data]) => [name, String((data as { error?: unknown }).error)])).toEqual([
      ["pubsub.unreadable", "RangeError: not an envelope"],
      ["pubsub.unreadable", "RangeError: not an envelope"],
      ["pubsub.unreadable", "RangeError: truncated part"],
      ["pubsub.unreadable", "RangeError: truncated envelope"],
    ]);
    node.subscribe({ topic: "t", owner: undefined, receive: (message) => received.push(message) });
    hub.inject(envelope);
    expect(received).toEqual([{ a: 1 }]);
    await node.stop();
  });

  it("reports a message with broken JSON when somebody wants it", async () => {
    const hub = new Hub();
    const node = new PubSub({ adapter: engineAdapter("test", hub.engine(), {}) });
    await node.start();
    const there = new EnvelopeWriter("there");
    const broken = (sequence: number): Buffer => {
      const bytes = there.write({ topic: "t", dispatcher: "default", message: "text" }, 0, sequence);
      bytes.write("?", bytes.length - 1);
      return bytes;
    };
    hub.inject(broken(1));
    expect(events).toEqual([]);
    node.subscribe({ topic: "t", owner: undefined, receive() {} });
    hub.inject(broken(2));
    expect(events).toMatchObject([["pubsub.delivery_failed", { topic: "t", error: { name: "SyntaxError" } }]]);
    await node.stop();
  });

  it("delivers nothing once it is stopped, not even to itself", async () => {
    const hub = new Hub();
    const adapter = engineAdapter("test", hub.engine(), { nodeName: randomUUID() });
    const received: unknown[] = [];
    await adapter.start(({ message }) => received.push(message));
    const message = { topic: "t", dispatcher: "default", message: "late" };
    await adapter.stop();
    await adapter.stop();
    adapter.directBroadcast(adapter.nodeName, message);
    adapter.broadcast(message);
    hub.inject(new EnvelopeWriter("there").write(message, 0, 1));
    expect(received).toEqual([]);
    expect(hub.connections).toBe(0);
  });
});
