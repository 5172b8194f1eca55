import { beforeEach, describe, expect, it } from "vitest";
import type { LongPollConnection } from "./connection.ts";
import type { Deliverer, Poller } from "./client.ts";
import { Relay } from "./relay.ts";
import type { DirectMessages } from "./relay.ts";

const TOPIC = "longpoll:here";
const THERE = { node: "there", topic: "longpoll:there" };

describe("a relay between nodes takes messages of other nodes as they come", () => {
  let receive: (message: unknown) => void;
  let sent: object[];
  let relay: Relay;
  let calls: string[];

  beforeEach(() => {
    sent = [];
    calls = [];
    const messages: DirectMessages = {
      nodeName: "here",
      subscribe(_topic, given) {
        receive = given;
        return () => {};
      },
      send(_node, _topic, message) {
        sent.push(message);
        return true;
      },
    };
    const client = {
      poll: (poller: Poller) => poller.messages(["1"]),
      deliver: (frames: readonly unknown[], deliverer: Deliverer) => {
        calls.push(...frames.map(String));
        deliverer.settled("delivered");
      },
    } as unknown as LongPollConnection;
    relay = new Relay(messages, TOPIC, (token) => (token === "known" ? client : undefined));
  });

  const question = { ask: "deliver", token: "known", frames: ["a", new Uint8Array([1])], from: THERE, id: 1 };

  it("and answers questions", () => {
    receive(question);
    receive({ ask: "poll", token: "unknown", from: THERE, id: 2 });
    expect(calls).toEqual(["a", "1"]);
    expect(sent).toEqual([
      { say: "settled", delivery: "delivered", id: 1 },
      { say: "gone", id: 2 },
    ]);
  });

  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["null", null],
    ["a text", "ask"],
    ["a number", 7],
    ["a list", []],
    ["a question without a sender", { ...question, from: undefined }],
    ["a question whose sender is null", { ...question, from: null }],
    ["a question whose sender's node is an object", { ...question, from: { node: {}, topic: "t" } }],
    ["a question about a token that is an object", { ...question, token: { toString: () => "known" } }],
    ["a question with frames that are text", { ...question, frames: "abc" }],
    ["a question with a frame that is an object", { ...question, frames: [{}] }],
    ["a question without frames", { ...question, frames: undefined }],
    ["a question of another kind", { ...question, ask: "constructor" }],
    ["a question whose number is not one", { ...question, id: {} }],
    ["an answer of another kind", { say: "constructor", id: 1 }],
    ["messages that are no list", { say: "messages", literals: "abc", id: 1 }],
    ["messages that are objects", { say: "messages", literals: [{}], id: 1 }],
    ["a delivery of another kind", { say: "settled", delivery: {}, id: 1 }],
  ])("but not %s: it is refused before anybody is asked or told", (_what, message) => {
    const told: string[] = [];
    const poller = new Proxy({} as Poller, { get: (_, name) => () => told.push(String(name)) });
    relay.client("token", THERE).poll(poller);
    sent.length = 0;
    expect(() => receive(message)).toThrow("is not a long-poll relay message");
    expect({ sent, calls, told }).toEqual({ sent: [], calls: [], told: [] });
    receive({ say: "available", id: 1 });
    expect(told).toEqual(["available"]);
  });

  it("and ignores answers to questions that it has not asked", () => {
    receive({ say: "gone", id: 77 });
    expect(sent).toEqual([]);
  });
});
