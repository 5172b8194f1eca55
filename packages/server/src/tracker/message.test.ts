import { describe, expect, it } from "vitest";
import { Part } from "./delta.ts";
import { decode, encode } from "./message.ts";
import type { ShardMessage } from "./message.ts";

const delta = new Map([
  [
    "1@__proto__",
    new Part(
      1,
      5,
      [1],
      [{ replica: "1@__proto__", clock: 3, pid: 7, topic: "__proto__", key: "__proto__", meta: { a: [1, null] } }],
    ),
  ],
]);
const clocks = new Map([["1@__proto__", 5]]);

const messages: readonly ShardMessage[] = [
  { kind: "heartbeat", from: "1@a", clocks, delta },
  { kind: "heartbeat", from: "1@a", clocks: new Map(), delta: new Map() },
  { kind: "transfer_req", from: "1@a", clocks },
  { kind: "transfer_ack", from: "1@a", isSnapshot: true, delta },
  { kind: "permdown", from: "1@a" },
];

describe("a message", () => {
  it.each(messages)("of kind $kind arrives as it was sent", (message) => {
    expect(decode(JSON.parse(JSON.stringify(encode(message))))).toEqual(message);
  });

  const heartbeat = encode(messages[0] as ShardMessage);
  it.each([
    ["nothing", undefined],
    ["null", null],
    ["a text", "heartbeat"],
    ["a list", []],
    ["a broadcast", { topic: "t", event: "e", payload: {} }],
    ["of no kind", { ...heartbeat, kind: "gossip" }],
    ["of nobody", { ...heartbeat, from: 1 }],
    ["without clocks", { ...heartbeat, clocks: undefined }],
    ["with clocks that are none", { ...heartbeat, clocks: [["a", "1"]] }],
    ["with a negative clock", { ...heartbeat, clocks: [["a", -1]] }],
    ["with a delta that is none", { ...heartbeat, delta: [["a", 0, 1]] }],
    ["with an entry that is none", { ...heartbeat, delta: [["a", 0, 1, [], [[1, 1, "t", 5, {}]]]] }],
    ["with a meta that is none", { ...heartbeat, delta: [["a", 0, 1, [], [[1, 1, "t", "k", null]]]] }],
  ])("that is %s is not read", (_what, data) => {
    expect(decode(data)).toBeUndefined();
  });
});
