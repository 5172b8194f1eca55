import { describe, expect, it, vi } from "vitest";
import { PubSub } from "../pubsub.ts";
import { answerRollCall, RollCall } from "./roll-call.ts";

const TOPIC = "wingbeat:roll_call";

describe("answers to a roll call", () => {
  const setUp = () => {
    const pubsub = new PubSub();
    return { pubsub, direct: vi.spyOn(pubsub, "directBroadcast").mockReturnValue() };
  };

  it("go to the node that asks", () => {
    const { pubsub, direct } = setUp();
    answerRollCall(pubsub, { from: "worker" });
    expect(direct.mock.calls).toEqual([["worker", TOPIC, { node: pubsub.nodeName }]]);
  });

  it("are not given to oneself, nor to what is no question", () => {
    const { pubsub, direct } = setUp();
    const questions = [
      { from: pubsub.nodeName },
      { from: "" },
      { from: "x".repeat(256) },
      { from: 1 },
      {},
      null,
      "x",
      7,
    ];
    for (const question of [...questions, undefined]) answerRollCall(pubsub, question);
    expect(direct).not.toHaveBeenCalled();
  });
});

describe("a roll call", () => {
  const setUp = () => {
    const pubsub = new PubSub();
    const answered = vi.fn<() => void>();
    return { pubsub, answered, rollCall: new RollCall(pubsub, answered) };
  };
  const answer = (pubsub: PubSub, message: unknown) => pubsub.localBroadcast(TOPIC, message);

  it("knows who has answered, each once, and forgets", () => {
    const { pubsub, answered, rollCall } = setUp();
    const [first, cancelled] = [vi.fn<() => void>(), vi.fn<() => void>()];
    rollCall.onAnswer(first);
    rollCall.onAnswer(cancelled)();
    for (const node of ["a", "b", "a"]) answer(pubsub, { node });
    expect([rollCall.nodes, first.mock.calls.length, answered.mock.calls.length]).toEqual([["a", "b"], 1, 3]);
    expect(cancelled).not.toHaveBeenCalled();
    rollCall.forget();
    expect(rollCall.nodes).toEqual([]);
    rollCall.stop();
    answer(pubsub, { node: "c" });
    expect([rollCall.nodes, pubsub.size.subscriptions]).toEqual([[], 0]);
  });

  it("ignores what is no answer", () => {
    const { pubsub, answered, rollCall } = setUp();
    for (const message of [null, undefined, "a", 1, [], {}, { node: 1 }, { node: "" }, { node: "x".repeat(256) }]) {
      answer(pubsub, message);
    }
    expect([rollCall.nodes, answered.mock.calls]).toEqual([[], []]);
  });

  it("keeps the names of at most 1,000 endpoints", () => {
    const { pubsub, rollCall } = setUp();
    for (let n = 0; n < 1_100; n++) answer(pubsub, { node: `node-${n}` });
    answer(pubsub, { node: "node-7" });
    expect(rollCall.nodes).toHaveLength(1_000);
  });
});
