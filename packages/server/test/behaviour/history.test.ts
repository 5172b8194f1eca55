/** What channels with a history promise, whatever host, transport and serializer carry their messages. */
import { JOIN, REPLY } from "@wingbeat/protocol";
import type { FrameData, Message } from "@wingbeat/protocol";
import { describe, expect, it, onTestFinished } from "vitest";
import { defineChannel, defineSocket, ok, refuse } from "../../src/index.ts";
import type { Endpoint } from "../../src/index.ts";
import { attach } from "../../src/telemetry/attach.ts";
import { Inbox } from "../integration/inbox.ts";
import type { userSocket } from "../integration/room.ts";
import { roomChannel } from "../integration/room.ts";
import { Site, ways } from "./client.ts";
import type { Client } from "./client.ts";

const sessions = ["k1ZrT0pW4u9bQm3cYx7hNg", "AAAAAAAAAAAAAAAAAAAAAA"] as const;

type Recovery = Readonly<Record<string, unknown>>;

/** Joins and asks for recovery. Gives what the reply says of it; the reply must come next. */
async function join(client: Client, topic: string, ask: object = {}, joinRef = "1"): Promise<Recovery | undefined> {
  client.raw(JSON.stringify([joinRef, joinRef, topic, JOIN, {}, { v: 1, session: sessions[0], ...ask }]));
  const message = await client.next();
  expect(message).toMatchObject({ event: REPLY, ref: joinRef });
  return (message.payload as { recovery?: Recovery }).recovery;
}

const offsetOf = ({ extension }: Message): unknown => (extension as { o?: unknown } | undefined)?.o;

/** A room with a history, and a socket of it. */
const room = (options = {}) =>
  defineChannel("räume:{id}")
    .history(options)
    .join((ctx) => {
      if (ctx.params.id === "closed") return refuse({ reason: "unauthorized" });
      if (ctx.params.id === "none") return ok({}, { history: "none" });
      return ok();
    })
    .handleIn("say", (ctx, payload) => {
      ctx.broadcast("said", payload as object);
      return ok();
    })
    .handleIn("tell", (ctx, payload) => ctx.broadcastFrom("said", payload as object))
    .handleOut("odd", async (ctx, payload) => {
      await Promise.resolve();
      if (ctx.params.id !== "filtered") ctx.push("odd", payload as object);
    });
const socketOf = (options = {}) => defineSocket({ connect: () => ok(), channels: [room(options)] });

describe.each(ways.filter(({ dialect }) => dialect.vsn === "2.0.0"))("with a history, over $way", (way) => {
  const { payload, numberIn } = way.dialect;
  const send = (endpoint: Endpoint, topic: string, from: number, to: number, event = "said"): void => {
    for (let n = from; n <= to; n++) endpoint.broadcastUnchecked(topic, event, payload(n));
  };
  const numbersOf = (messages: readonly Message[]) => messages.map((one) => [numberIn(one.payload), offsetOf(one)]);
  const upTo = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, index) => [from + index, from + index]);

  it("R-3: the first join tells a position although nothing was sent, and it is enough to resume", async () => {
    const site = await Site.of(way, socketOf());
    const first = await site.connect();
    const recovery = await join(first, "räume:1");
    expect(recovery).toEqual({ epoch: expect.any(String) as string, offset: 0 });
    first.drop();
    const { endpoint } = site.reached;
    send(endpoint, "räume:1", 1, 3);
    const second = await site.connect();
    const since = [recovery!["epoch"], 0];
    expect(await join(second, "räume:1", { since })).toEqual({ ...recovery, recovered: true, count: 3 });
    expect(numbersOf(await second.take(3))).toEqual(upTo(1, 3));
    expect(await second.next()).toMatchObject({ event: "phx_recovery", joinRef: "1", payload: { live: true } });
    send(endpoint, "räume:1", 4, 4);
    expect(numbersOf([await second.next()])).toEqual([[4, 4]]);
  });

  it("R-6: who has missed more than is kept, or than is replayed, is told so, and is live", async () => {
    const site = await Site.of(way, socketOf({ size: 5, replayLimit: 3 }));
    const { endpoint } = site.reached;
    send(endpoint, "räume:1", 1, 10);
    const { epoch } = await endpoint.position("räume:1");
    const asks: [unknown, object][] = [
      [[epoch, 10], { recovered: true, count: 0 }],
      [[epoch, 7], { recovered: true, count: 3 }],
      [[epoch, 6], { recovered: false, reason: "limit" }],
      [[epoch, 5], { recovered: false, reason: "limit" }],
      [[epoch, 4], { recovered: false, reason: "trimmed" }],
      ["earliest", { recovered: false, reason: "trimmed" }],
      [[epoch, 11], { recovered: false, reason: "lost" }],
      [["somebody.else", 9], { recovered: false, reason: "epoch" }],
      [["", -1], { recovered: false, reason: "epoch" }],
      [[epoch, 9.5], { recovered: false, reason: "epoch" }],
    ];
    for (const [since, answer] of asks) {
      const client = await site.connect();
      expect([since, await join(client, "räume:1", { since })]).toMatchObject([since, answer]);
      const missed = "count" in answer ? (answer.count as number) : 0;
      const messages = await client.take(missed);
      expect(numbersOf(messages)).toEqual(upTo(11 - missed, 10));
      if (missed > 0) expect(await client.next()).toMatchObject({ payload: { live: true } });
      client.send("räume:1", "phx_leave");
      expect(await client.next()).toMatchObject({ event: REPLY });
    }
  });

  it("R-11: a refused join tells nothing; what join does not grant is not sent; handleOut filters replays", async () => {
    const site = await Site.of(way, socketOf());
    const { endpoint } = site.reached;
    for (const id of ["closed", "none", "filtered", "shown"]) {
      send(endpoint, `räume:${id}`, 1, 1);
      send(endpoint, `räume:${id}`, 2, 3, "odd");
    }
    const at = async (id: string, since: unknown): Promise<[Client, Recovery | undefined]> => {
      const client = await site.connect();
      return [client, await join(client, `räume:${id}`, { since })];
    };
    const [, closed] = await at("closed", "earliest");
    expect(closed).toBeUndefined();
    const [, none] = await at("none", "earliest");
    expect(none).toMatchObject({ offset: 3, recovered: false, reason: "denied" });
    const [filtered, some] = await at("filtered", "earliest");
    expect(some).toMatchObject({ recovered: true, count: 3 });
    expect(numbersOf([await filtered.next()])).toEqual([[1, 1]]);
    expect(await filtered.next()).toMatchObject({
      event: "phx_recovery",
      payload: { live: true },
      extension: { o: 3 },
    });
    const [shown] = await at("shown", "earliest");
    expect(numbersOf(await shown.take(3))).toEqual(upTo(1, 3));
  });

  it("R-12: broadcastFrom does not come back to its sender, live or replayed, but to everybody else", async () => {
    const site = await Site.of(way, socketOf());
    const [one, two] = [await site.connect(), await site.connect()];
    const recovery = await join(one, "räume:1");
    await join(two, "räume:1", { session: sessions[1] });
    one.send("räume:1", "tell", payload(1));
    expect(numbersOf([await two.next()])).toEqual([[1, 1]]);
    one.drop();
    const again = await site.connect();
    expect(await join(again, "räume:1", { since: [recovery!["epoch"], 0] })).toMatchObject({ count: 1 });
    expect(await again.next()).toMatchObject({ payload: { live: true }, extension: { o: 1 } });
    const third = await site.connect();
    await join(third, "räume:1", { since: "earliest", session: "BBBBBBBBBBBBBBBBBBBBBB" });
    expect(numbersOf([await third.next()])).toEqual([[1, 1]]);
  });

  it("R-13: what a handler has broadcast comes before its reply", async () => {
    const site = await Site.of(way, socketOf());
    const client = await site.connect();
    await join(client, "räume:1");
    const ref = client.send("räume:1", "say", payload(7));
    const [said, reply] = await client.take(2);
    expect(numbersOf([said!])).toEqual([[7, 1]]);
    expect(reply).toMatchObject({ event: REPLY, ref });
  });

  it("R-17: a channel that intercepts takes 5,000 missed messages through an async handleOut, in order", async () => {
    const crashes: unknown[] = [];
    onTestFinished(attach("channel.crashed", ({ error }) => crashes.push(error)));
    const site = await Site.of(way, socketOf({ size: 5_000, maxBytes: 10_000_000 }));
    const { endpoint } = site.reached;
    const numbered = way.dialect.name === "V2 with bytes" ? 200 : 5_000; // a byte holds no more
    for (let n = 0; n < 5_000; n++) {
      endpoint.broadcastUnchecked("räume:1", n % 2 === 0 ? "odd" : "said", payload(n % numbered));
    }
    const client = await site.connect();
    expect(await join(client, "räume:1", { since: "earliest" })).toMatchObject({ count: 5_000 });
    endpoint.broadcastUnchecked("räume:1", "said", payload(0));
    const messages = await client.take(5_000);
    expect(messages.map(offsetOf)).toEqual(Array.from({ length: 5_000 }, (_, n) => n + 1));
    expect(messages.every((one, n) => numberIn(one.payload) === n % numbered)).toBe(true);
    const rest = await client.take(2);
    expect(rest.map(({ event }) => event).toSorted()).toEqual(["phx_recovery", "said"]);
    expect(crashes).toEqual([]);
  });
});

describe.each(ways)("R-22: a client that does not ask, over $way", (way) => {
  /** The frames that a stock client gets, as they come. Another client, which asks, is on the same topic. */
  async function heard(hasHistory: boolean): Promise<FrameData[]> {
    const channel = hasHistory ? roomChannel().history({ size: 10 }) : roomChannel();
    const socket = defineSocket({ connect: () => ok({ name: "x" }), channels: [channel] });
    const site = await Site.of(way, socket as ReturnType<typeof userSocket>);
    const aware = await site.connect();
    aware.raw(JSON.stringify(["9", "9", "room:1", JOIN, {}, { v: 1, session: sessions[0], since: "earliest" }]));
    const frames = new Inbox<FrameData>();
    const { vsn, codec, payload } = way.dialect;
    const line = await site.reached.connect(
      { query: new URLSearchParams({ vsn }).toString() },
      { received: (data) => frames.put(data), closed: () => {} },
    );
    if (typeof line === "number") throw new Error(`refused with ${line}`);
    const said = (ref: string, event: string, given: object = {}): void =>
      line.write(codec.encode({ joinRef: "1", ref, topic: "room:1", event, payload: given }));
    said("1", JOIN);
    const all = [await frames.next()];
    site.reached.endpoint.broadcastUnchecked("room:1", "shouted", payload(1));
    all.push(await frames.next());
    said("2", "three_then_reply");
    all.push(...(await frames.take(4)));
    said("3", "shout", payload(2));
    all.push(await frames.next());
    said("4", "others", payload(3));
    said("5", "phx_leave");
    all.push(...(await frames.take(2)));
    return all;
  }

  it("gets the same bytes as without a history", async () => {
    const [without, withHistory] = [await heard(false), await heard(true)];
    expect(without).toHaveLength(9);
    expect(withHistory).toEqual(without);
  });
});

describe("R-2: in one process", () => {
  it("what is broadcast is delivered in the same turn", async () => {
    const memory = ways.find(({ carrier, dialect }) => carrier.name === "memory" && dialect.name === "V2")!;
    const site = await Site.of(memory, socketOf());
    const received: FrameData[] = [];
    const line = await site.reached.connect(
      { query: "vsn=2.0.0" },
      { received: (data) => received.push(data), closed: () => {} },
    );
    if (typeof line === "number") throw new Error(`refused with ${line}`);
    line.write(JSON.stringify(["1", "1", "räume:1", JOIN, {}, { v: 1, session: sessions[0] }]));
    expect(received).toHaveLength(1);
    site.reached.endpoint.broadcastUnchecked("räume:1", "said", { n: 1 });
    expect(received[1]).toBe('[null,null,"räume:1","said",{"n":1},{"o":1}]');
  });
});
