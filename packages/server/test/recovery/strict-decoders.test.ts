/**
 * I-11: clients that did not ask for recovery see nothing of it, although others on the same topic do. Three of the
 * known clients cannot read a message of six elements, so one would end them: these decoders are as strict as theirs.
 */
import { once } from "node:events";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { defineChannel, defineSocket, ok } from "../../src/index.ts";
import { Inbox } from "../integration/inbox.ts";
import { serve } from "../integration/serve.ts";
import type { Served } from "../integration/serve.ts";

type Message = readonly unknown[];
type Decode = (text: string) => Message;

function ofFive(text: string): Message {
  const message = JSON.parse(text) as unknown[];
  if (message.length !== 5) throw new Error(`not five elements: ${text}`);
  return message;
}

/** Cuts at the first four commas; what follows them, without the last bracket, must be one JSON value. */
function cutting(text: string): Message {
  const [joinRef, ref, topic, event, ...rest] = text.slice(1, -1).split(",");
  return [...[joinRef, ref, topic, event].map((part) => JSON.parse(part as string)), JSON.parse(rest.join(","))];
}

const decoders: Readonly<Record<string, Decode>> = {
  "as in Dart and Python: exactly five elements": ofFive,
  "as in Kotlin: four cuts, and one value": cutting,
};

/** A client that reads every frame with its decoder. */
class Strict {
  readonly inbox = new Inbox<Message>();
  readonly #socket: WebSocket;
  readonly #decode: Decode;

  private constructor(socket: WebSocket, decode: Decode) {
    this.#socket = socket;
    this.#decode = decode;
    socket.on("message", (data: Buffer, isBinary) => this.inbox.put(this.#read(data, isBinary)));
  }

  static async open(served: Served, decode: Decode): Promise<Strict> {
    const socket = new WebSocket(served.url());
    onTestFinished(() => socket.terminate());
    const client = new Strict(socket, decode);
    await once(socket, "open");
    return client;
  }

  #read(data: Buffer, isBinary: boolean): Message {
    return isBinary ? ["kind", data[0]] : this.#decode(data.toString());
  }

  send(...message: Message): void {
    this.#socket.send(JSON.stringify(message));
  }
}

const room = (pattern: "room:{id}" | "veiled:{id}") =>
  defineChannel(pattern)
    .history()
    .join(() => ok())
    .handleIn("say", (ctx, payload) => {
      ctx.broadcast("said", payload as object);
      ctx.broadcastFrom("others", payload as object);
      ctx.broadcast("bytes", new Uint8Array([1, 2, 3]));
      return ok();
    });

const socket = defineSocket({
  connect: () => ok(),
  channels: [
    room("room:{id}"),
    room("veiled:{id}")
      .handleOut("said", (ctx, payload) => ctx.push("said", payload as object))
      .handleOut("bytes", (ctx, payload) => ctx.push("bytes", payload as Uint8Array)),
  ],
});

const ASKS = { v: 1, session: "k1ZrT0pW4u9bQm3cYx7hNg" };
/** What is no request: it is ignored. */
const NO_REQUESTS: readonly unknown[] = [null, 1, "1", [], {}, { v: 2 }, { v: "1" }, { v: 1, session: 1 }];

describe.each(Object.entries(decoders))("%s", (_name, decode) => {
  it.each(["room:1", "veiled:1"])("on %s, beside a client that asked for recovery", async (topic) => {
    const served = await serve({ "/socket": socket });
    const aware = await Strict.open(served, (text) => JSON.parse(text) as Message);
    aware.send("1", "1", topic, "phx_join", {}, ASKS);
    expect(await aware.inbox.next()).toMatchObject([
      "1",
      "1",
      topic,
      "phx_reply",
      { status: "ok", response: {}, recovery: { epoch: expect.any(String), offset: 0 } },
    ]);

    const strict = await Strict.open(served, decode);
    strict.send("1", "1", topic, "phx_join", {});
    expect(await strict.inbox.next()).toEqual(["1", "1", topic, "phx_reply", { status: "ok", response: {} }]);

    aware.send("1", "2", topic, "say", { n: 1 });
    const pushed = topic === "veiled:1";
    expect(await strict.inbox.take(3)).toEqual([
      [pushed ? "1" : null, null, topic, "said", { n: 1 }],
      [null, null, topic, "others", { n: 1 }],
      // Push or broadcast: of all kinds, they know 0 to 2.
      ["kind", pushed ? 0 : 2],
    ]);
    // The other one has positions, and the kinds of frames that carry them.
    const [said, bytes] = await aware.inbox.take(2);
    expect(said).toEqual([pushed ? "1" : null, null, topic, "said", { n: 1 }, { o: 1 }]);
    expect(bytes).toEqual(["kind", pushed ? 6 : 5]);

    strict.send("1", "3", topic, "say", { n: 2 });
    expect(await strict.inbox.take(3)).toEqual([
      [pushed ? "1" : null, null, topic, "said", { n: 2 }],
      ["kind", pushed ? 0 : 2],
      ["1", "3", topic, "phx_reply", { status: "ok", response: {} }],
    ]);

    // Comes back: nothing is replayed to it.
    const back = await Strict.open(served, decode);
    back.send("1", "1", topic, "phx_join", {});
    back.send(null, "2", "phoenix", "heartbeat", {});
    expect(await back.inbox.take(2)).toEqual([
      ["1", "1", topic, "phx_reply", { status: "ok", response: {} }],
      [null, "2", "phoenix", "phx_reply", { status: "ok", response: {} }],
    ]);
  });
});

it.each(NO_REQUESTS)("a join with %j as sixth element asks for nothing", async (element) => {
  const served = await serve({ "/socket": socket });
  const client = await Strict.open(served, ofFive);
  client.send("1", "1", "room:1", "phx_join", {}, element);
  expect(await client.inbox.next()).toEqual(["1", "1", "room:1", "phx_reply", { status: "ok", response: {} }]);
  client.send("1", "2", "room:1", "say", { n: 1 });
  expect(await client.inbox.next()).toEqual([null, null, "room:1", "said", { n: 1 }]);
});
