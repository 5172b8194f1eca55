/** What channels that take numbered pushes promise (PROTOCOL.md, section 17), over every transport. */
import { JOIN, PUSHES, REPLY } from "@wingbeat/protocol";
import type { Message } from "@wingbeat/protocol";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { defineChannel, defineSocket, ok, refuse, reply, stop } from "../../src/index.ts";
import type { DedupeOptions, ReplyRef } from "../../src/index.ts";
import { attach } from "../../src/telemetry/attach.ts";
import { gate } from "../integration/inbox.ts";
import { Site, ways } from "./client.ts";
import type { Client } from "./client.ts";

const session = "k1ZrT0pW4u9bQm3cYx7hNg";
const topic = "räume:1";

interface Answer {
  readonly status: string;
  readonly response: unknown;
  readonly push?: string;
}

/** A client that numbers its pushes. */
class Numbering {
  readonly #client: Client;
  readonly #session: string;
  epoch = "";
  #ref = 100;

  constructor(client: Client, name = session) {
    this.#client = client;
    this.#session = name;
  }

  /** Joins. Gives what the reply says of pushes. */
  async join(ask: unknown = { v: 1, session }, to = topic): Promise<unknown> {
    this.#client.raw(JSON.stringify(["1", "1", to, JOIN, {}, ...(ask === null ? [] : [ask])]));
    return ((await this.#client.next()).payload as { pushes?: unknown }).pushes;
  }

  /** Begins its line. */
  async open(next = 1): Promise<unknown> {
    const { response } = await this.ask(PUSHES, { session: this.#session, next });
    this.epoch = (response as { epoch?: string }).epoch ?? "";
    return response;
  }

  /** Sends without waiting; gives the ref. */
  send(event: string, payload: unknown, extension?: unknown): string {
    const ref = String(++this.#ref);
    this.#client.raw(
      JSON.stringify(["1", ref, topic, event, payload, ...(extension === undefined ? [] : [extension])]),
    );
    return ref;
  }

  async ask(event: string, payload: unknown, extension?: unknown): Promise<Answer> {
    return this.answerTo(this.send(event, payload, extension));
  }

  next(): Promise<Message> {
    return this.#client.next();
  }

  /** The next message, which must be this reply. */
  async answerTo(ref: string): Promise<Answer> {
    const message = await this.#client.next();
    if (message.event !== REPLY || message.ref !== ref)
      throw new Error(`no reply to ${ref}: ${JSON.stringify(message)}`);
    return message.payload as Answer;
  }

  numbered(n: number, acked = 0, epoch = this.epoch): object {
    return { n, e: epoch, s: this.#session, a: acked };
  }

  /** Pushes with a number, and waits for the reply. */
  push(n: number, event = "say", payload: unknown = { n }, acked = 0): Promise<Answer> {
    return this.ask(event, payload, this.numbered(n, acked));
  }
}

/** A room, and what its handlers have done. */
function roomWith(options: DedupeOptions = {}) {
  const ran: unknown[] = [];
  const refs: ReplyRef[] = [];
  const keys: (string | undefined)[] = [];
  const { passed, open } = gate<void>();
  const room = defineChannel("räume:{id}")
    .dedupe(options)
    .join(() => ok())
    .handleIn("say", (ctx, payload) => {
      ran.push(payload);
      keys.push(ctx.idempotencyKey);
      return ok({ count: ran.length, attempt: ctx.attempt });
    })
    .handleIn("slow", async (_ctx, payload) => {
      ran.push(payload);
      await passed;
      return ok({ count: ran.length });
    })
    .handleIn("announce", (ctx, payload) => {
      ran.push(payload);
      ctx.broadcast("announced", payload as object);
      return ok();
    })
    .handleIn("silent", (_ctx, payload) => void ran.push(payload))
    .handleIn("strict", z.object({ body: z.string() }), () => ok())
    .handleIn("no", () => refuse({ reason: "not you" }))
    .handleIn("thrown", () => {
      ran.push("thrown");
      throw refuse({ reason: "not now" });
    })
    .handleIn("odd", () => reply("maybe", { odd: true }))
    .handleIn("large", () => ok({ text: "x".repeat(5_000) }))
    .handleIn("bytes", () => ok(Buffer.from([1, 2, 3])))
    .handleIn("later", (ctx) => {
      ran.push("later");
      const ref = ctx.socketRef();
      refs.push(ref);
      return ref;
    })
    .handleIn("crash", () => {
      ran.push("crash");
      throw new Error("boom");
    })
    .handleIn("unsendable", () => {
      ran.push("unsendable");
      return ok({ when: Number.NaN });
    })
    .handleIn("bye", () => stop("normal", ok({ bye: true })));
  return { ran, refs, keys, release: open, room };
}

const v2 = ways.filter(({ dialect }) => dialect.name === "V2");

describe.each(v2)("numbered pushes, over $way", (way) => {
  /** A site with a room, and a client that has joined and begun its line. */
  async function start(options?: DedupeOptions, socket: { readonly eventsPerSecond?: number } = {}) {
    const { room, ...seen } = roomWith(options);
    const site = await Site.of(way, defineSocket({ connect: () => ok(), channels: [room], ...socket }));
    const back = async (name = session): Promise<Numbering> => {
      const client = new Numbering(await site.connect(), name);
      await client.join();
      await client.open();
      return client;
    };
    return { ...seen, site, back, client: await back() };
  }

  it("the reply to the join says that the channel takes them, only to who has asked", async () => {
    const { site } = await start({ window: 60_000 });
    expect(await new Numbering(await site.connect()).join()).toEqual({ window: 60_000 });
    expect(await new Numbering(await site.connect()).join(null)).toBeUndefined();
    expect(await new Numbering(await site.connect()).join({ v: 1, session: "short" })).toBeUndefined();
  });

  it("I-14: a repetition gets the same reply, whatever it is, and nothing is run again", async () => {
    const { ran, back, client } = await start();
    const events = ["say", "silent", "strict", "no", "thrown", "odd", "nowhere", "say"];
    const first: Answer[] = [];
    for (const [index, event] of events.entries()) first.push(await client.push(index + 1, event));
    expect(first.map(({ status, response }) => [status, response])).toMatchObject([
      ["ok", { count: 1, attempt: 1 }],
      ["ok", {}],
      ["error", { reason: "invalid payload" }],
      ["error", { reason: "not you" }],
      ["error", { reason: "not now" }],
      ["maybe", { odd: true }],
      ["error", { reason: "unknown event" }],
      ["ok", { count: 4 }],
    ]);
    expect(first.every((answer) => answer.push === undefined)).toBe(true);
    const again = await back();
    const second: Answer[] = [];
    for (const [index, event] of events.entries()) second.push(await again.push(index + 1, event));
    expect(second).toEqual(first);
    expect(ran).toHaveLength(4);
  });

  it("I-14: one that comes while the first runs waits for its reply", async () => {
    const { ran, release, back, client } = await start();
    const one = client.send("slow", {}, client.numbered(1));
    const other = await back();
    const two = other.send("slow", {}, other.numbered(1));
    release();
    const answer = await client.answerTo(one);
    expect(answer).toEqual({ status: "ok", response: { count: 1 } });
    expect(await other.answerTo(two)).toEqual(answer);
    expect(ran).toHaveLength(1);
  });

  it("I-15: numbers run in order; one whose turn it is not is told the next", async () => {
    const { ran, client } = await start();
    expect(await client.push(2)).toEqual({
      status: "error",
      response: { reason: "out of order", next: 1 },
      push: "order",
    });
    await client.push(1);
    await client.push(2);
    expect(ran).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it("R8: a number that is rate limited is not lost: it comes again, before all later ones", async () => {
    const { ran, client } = await start({}, { eventsPerSecond: 1.5 });
    expect(await client.push(1)).toMatchObject({ status: "ok" });
    const limited = await client.push(2);
    expect(limited).toMatchObject({ push: "later", response: { reason: "rate limited" } });
    const { retry_after_ms: wait } = limited.response as { retry_after_ms: number };
    await new Promise((resolve) => void setTimeout(resolve, wait));
    expect(await client.push(2)).toMatchObject({ status: "ok", response: { count: 2 } });
    expect(ran).toHaveLength(2);
  });

  it("a line of another epoch, and one that was never begun, is not run", async () => {
    const { ran, client } = await start();
    const unknown = { status: "error", response: { reason: "unknown epoch" }, push: "epoch" };
    expect(await client.ask("say", {}, client.numbered(1, 0, "another"))).toEqual(unknown);
    const stranger = "AAAAAAAAAAAAAAAAAAAAAA";
    expect(await client.ask("say", {}, { n: 1, e: client.epoch, s: stranger, a: 0 })).toEqual(unknown);
    expect(ran).toEqual([]);
  });

  it("a line is gone on with: at the number after its last, or at a later one", async () => {
    const { client } = await start();
    await client.push(1);
    const { epoch } = client;
    expect(await client.open(1)).toEqual({ epoch, last: 1 });
    expect(await client.open(5)).toEqual({ epoch, last: 4 });
    expect(await client.open(2)).toEqual({ epoch, last: 4 });
    expect(await client.push(3)).toMatchObject({ push: "expired" });
    expect(await client.push(5)).toMatchObject({ status: "ok" });
  });

  it("a reply is forgotten that the client has, that is too large, and that is older than the last 32", async () => {
    const { client } = await start();
    await client.push(1, "large");
    expect(await client.push(1, "large")).toEqual({
      status: "error",
      response: { reason: "reply expired" },
      push: "expired",
    });
    for (let n = 2; n <= 40; n++) await client.push(n);
    expect(await client.push(8)).toMatchObject({ push: "expired" });
    expect(await client.push(9)).toMatchObject({ status: "ok", response: { count: 8 } });
    await client.push(41, "say", {}, 39);
    expect(await client.push(39)).toMatchObject({ push: "expired" });
    expect(await client.push(40)).toMatchObject({ status: "ok" });
  });

  it("a crash is answered, and not repeated: no crash loop", async () => {
    const { ran, back, client } = await start();
    expect(await client.push(1, "crash")).toEqual({ status: "error", response: { reason: "channel_crash" } });
    const again = await back();
    expect(await again.push(1, "crash")).toEqual({ status: "error", response: { reason: "channel_crash" } });
    expect(await again.push(2, "unsendable")).toEqual({ status: "error", response: { reason: "channel_crash" } });
    expect(ran).toEqual(["crash", "unsendable"]);
  });

  it("what waits behind a crash is not handled, and comes again", async () => {
    const { ran, client } = await start();
    const one = client.send("crash", {}, client.numbered(1));
    const two = client.send("say", {}, client.numbered(2));
    expect(await client.answerTo(one)).toMatchObject({ response: { reason: "channel_crash" } });
    const rest = [await client.next(), await client.next()];
    expect(rest.map(({ event }) => event).sort()).toEqual(["phx_error", REPLY]);
    expect(rest.find(({ event }) => event === REPLY)).toMatchObject({
      ref: two,
      payload: { response: { reason: "unmatched topic" }, push: "later" },
    });
    expect(ran).toEqual(["crash"]);
  });

  it("bytes as a reply come again as bytes", async () => {
    const { back, client } = await start();
    const bytesIn = (answer: Answer): number[] => [...new Uint8Array(answer.response as ArrayBuffer)];
    expect(bytesIn(await client.push(1, "bytes"))).toEqual([1, 2, 3]);
    expect(bytesIn(await (await back()).push(1, "bytes"))).toEqual([1, 2, 3]);
  });

  it("a handler may reply later: the next push need not wait for it, and its repetition gets that reply", async () => {
    const { ran, refs, back, client } = await start();
    const one = client.send("later", {}, client.numbered(1));
    expect(await client.push(2)).toMatchObject({ status: "ok" });
    refs[0]?.reply(ok({ at: "last" }));
    expect(await client.answerTo(one)).toEqual({ status: "ok", response: { at: "last" } });
    expect(await (await back()).push(1, "later")).toEqual({ status: "ok", response: { at: "last" } });
    expect(ran).toHaveLength(2);
  });

  it("a handler may end the channel with a reply, which is kept", async () => {
    const { back, client } = await start();
    expect(await client.push(1, "bye")).toEqual({ status: "ok", response: { bye: true } });
    expect((await client.next()).event).toBe("phx_close");
    expect(await (await back()).push(1, "bye")).toEqual({ status: "ok", response: { bye: true } });
  });

  it("broadcasts of the handler come before its reply, and once", async () => {
    const { client } = await start();
    const ref = client.send("announce", { n: 1 }, client.numbered(1));
    expect(await client.next()).toMatchObject({ event: "announced" });
    await client.answerTo(ref);
    expect(await client.push(1, "announce")).toEqual({ status: "ok", response: {} });
  });

  it("ctx.idempotencyKey is the same for every try, differs between pushes, and plain ones have none", async () => {
    const { keys, client } = await start();
    await client.push(1);
    await client.push(2);
    await client.ask("say", {});
    expect(keys[0]).toMatch(/^[\w-]{43}:1$/);
    expect(keys[1]).toBe(keys[0]?.replace(/1$/, "2"));
    expect(keys[2]).toBeUndefined();
  });

  it("R-26: who is another user gets no reply of this one, even with the session", async () => {
    const { room, ran } = roomWith();
    let id = "ann";
    const site = await Site.of(way, defineSocket({ connect: () => ok(), id: () => id, channels: [room] }));
    const ann = new Numbering(await site.connect());
    await ann.join();
    await ann.open();
    await ann.push(1);
    id = "bob";
    const bob = new Numbering(await site.connect());
    await bob.join();
    bob.epoch = ann.epoch;
    expect(await bob.push(1)).toMatchObject({ push: "epoch" });
    expect(ran).toHaveLength(1);
  });

  it("a sixth element that is no number makes a plain push, and nothing breaks", async () => {
    const { ran, client } = await start();
    const { epoch: e } = client;
    const odd: unknown[] = [
      null,
      1,
      "n",
      [],
      {},
      { n: 0, e, s: session, a: 0 },
      { n: 1.5, e, s: session, a: 0 },
      { n: 1, e, s: "x", a: 0 },
    ];
    odd.push(
      { n: 1, e, s: session, a: -1 },
      { n: 1, e: "e".repeat(256), s: session, a: 0 },
      { n: "1", e, s: session, a: 0 },
    );
    for (const extension of odd) expect(await client.ask("say", {}, extension)).toMatchObject({ status: "ok" });
    expect(ran).toHaveLength(odd.length);
    for (const payload of [null, [], {}, { session, next: 0 }, { session, next: "1" }, { session: 1, next: 1 }]) {
      expect(await client.ask(PUSHES, payload)).toMatchObject({ response: { reason: "invalid payload" } });
    }
  });

  it("a client may go on with lines of earlier sessions, with 16 of them", async () => {
    const { client } = await start();
    const name = (n: number): string => String(n).padStart(22, "s");
    for (let n = 1; n <= 15; n++) {
      expect(await client.ask(PUSHES, { session: name(n), next: 1 })).toMatchObject({ status: "ok" });
    }
    expect(await client.ask(PUSHES, { session: name(16), next: 1 })).toMatchObject({
      response: { reason: "too many sessions" },
    });
    expect(await client.push(1)).toMatchObject({ status: "ok" });
  });

  it("telemetry tells of replies that are gone", async () => {
    const seen: unknown[] = [];
    onTestFinished(attach("push.expired", ({ topic: on, key }) => seen.push([on, key])));
    const { client } = await start();
    await client.push(1, "large");
    await client.push(1, "large");
    expect(seen).toEqual([[topic, expect.stringMatching(/:1$/)]]);
  });
});
