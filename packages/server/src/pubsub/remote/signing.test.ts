import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Hub } from "../../../test/pubsub/hub.ts";
import { PubSub } from "../../pubsub.ts";
import { attach } from "../../telemetry/attach.ts";
import { pubsubSuite } from "../../testing/pubsub-suite.ts";
import type { Parcel } from "./engine.ts";
import { engineAdapter } from "./engine-adapter.ts";
import type { EngineOptions } from "./engine-adapter.ts";
import { EnvelopeWriter } from "./envelope.ts";
import { SIGNED } from "./signing.ts";

const secret = "correct horse battery staple";
const older = "an older secret of ours, 28";

for (const [name, maxBytes] of Object.entries({ "an engine": Infinity, "an engine for small messages": 100 })) {
  const hub = new Hub();
  pubsubSuite({
    name: `${name}, signed`,
    describe,
    it,
    adapters: (count) =>
      Array.from({ length: count }, () => engineAdapter("test", hub.engine({ maxBytes }), { secret })),
    capabilities: { severalNodes: true, channel: hub.channel },
  });
}

describe("signed messages", () => {
  let hub: Hub;
  let refused: { readonly count: number; readonly error: unknown }[];
  let detach: () => void;
  const nodes: PubSub[] = [];

  beforeEach(() => {
    hub = new Hub();
    refused = [];
    detach = attach("pubsub.unreadable", (data) => refused.push(data));
  });
  afterEach(async () => {
    await Promise.all(nodes.splice(0).map((node) => node.stop()));
    detach();
  });

  /** A node, and what it receives on the topic `t`. */
  const start = async (nodeName: string, options: EngineOptions): Promise<{ node: PubSub; received: unknown[] }> => {
    const node = new PubSub({ adapter: engineAdapter("test", hub.engine(), { nodeName, ...options }) });
    nodes.push(node);
    const received: unknown[] = [];
    node.subscribe({ topic: "t", owner: undefined, receive: (message) => received.push(message) });
    await node.start();
    return { node, received };
  };
  /** Returns when what was broadcast has arrived. */
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  const reasons = () => new Set(refused.map(({ error }) => String(error)));

  it("are understood by nodes with the same secrets in another order, for one that changes", async () => {
    const [a, b] = await Promise.all([
      start("a", { secret: [secret, older] }),
      start("b", { secret: [older, secret] }),
    ]);
    a.node.broadcast("t", 1);
    b.node.broadcast("t", 2);
    a.node.directBroadcast("b", "t", 3);
    await settled();
    expect(a.received).toEqual([1, 2]);
    expect(b.received).toEqual([2, 1, 3]);
    expect(refused).toEqual([]);
  });

  it("are refused with another secret, of another namespace, or without any, and counted", async () => {
    const a = await start("a", { secret });
    await start("b", { secret: older }).then(({ node }) => node.broadcast("t", "forged"));
    await start("c", { secret, namespace: "other" }).then(({ node }) => node.broadcast("t", "forged"));
    await start("d", {}).then(({ node }) => node.broadcast("t", "forged"));
    hub.inject(new EnvelopeWriter("e").write({ topic: "t", dispatcher: "default", message: "forged" }, 0, 1));
    await settled();
    expect(a.received).toEqual([]);
    expect(reasons()).toContain("RangeError: message is not signed");
    expect(reasons()).toContain("RangeError: message is signed for another node, or with another secret");
    expect(refused.every(({ count }) => count === 1)).toBe(true);
  });

  it("are refused when a bit has changed, or they were sent again, later or to another node", async () => {
    const [a, b, c] = await Promise.all([start("a", { secret }), start("b", { secret }), start("c", { secret })]);
    const before = hub.sent.length;
    a.node.broadcast("t", 1);
    a.node.directBroadcast("b", "t", 2);
    a.node.broadcast("t", 3);
    await settled();
    const recorded = hub.sent
      .slice(before)
      .flat()
      .map(({ bytes }: Parcel) => bytes);
    expect(recorded.map((bytes) => bytes[0])).toEqual([SIGNED, SIGNED, SIGNED]);
    const expected = { a: [...a.received], b: [...b.received], c: [...c.received] };
    expect(expected).toEqual({ a: [1, 3], b: [1, 2, 3], c: [1, 3] });
    for (const bytes of recorded) {
      hub.inject(bytes);
      for (let bit = 0; bit < bytes.length * 8; bit += 5) {
        const forged = Buffer.from(bytes);
        forged[bit >> 3]! ^= 1 << (bit & 7);
        hub.inject(forged);
      }
    }
    expect({ a: a.received, b: b.received, c: c.received }).toEqual(expected);
    a.node.broadcast("t", 4);
    await settled();
    expect([a, b, c].map(({ received }) => received.at(-1))).toEqual([4, 4, 4]);
  });

  it("are counted when very many are refused, and told seldom", async () => {
    const a = await start("a", { secret });
    for (let n = 0; n < 1_000; n++) hub.inject(randomBytes(100));
    expect(refused).toHaveLength(10);
    await a.node.stop();
    expect(refused.reduce((sum, { count }) => sum + count, 0)).toBe(1_000);
  });

  it.each<[string, unknown]>([
    ["too short", "nineteen bytes only"],
    ["empty", ""],
    ["not a string", 1e19],
    ["none of an empty list", []],
    ["one of a list with a short one", [secret, "short"]],
  ])("need a secret that is not %s", (_what, wrong) => {
    const make = () => engineAdapter("redisAdapter", hub.engine(), { secret: wrong as string });
    expect(make).toThrow(expect.objectContaining({ code: "WB_OPTION" }));
    expect(make).toThrow("redisAdapter.secret must be a string of at least 20 bytes");
  });
});
