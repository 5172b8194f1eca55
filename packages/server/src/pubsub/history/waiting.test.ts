/** I-9, I-10: what waits for a history store that does not answer. */
import { describe, expect, it } from "vitest";
import { PubSub } from "../../pubsub.ts";
import type { HistoryStore } from "../../pubsub.ts";
import { systemClock } from "./clock.ts";

const RULE = { size: 10, ttl: 60_000, maxBytes: 1_000, maxEntryBytes: 1_000_000, replayLimit: 10, records: () => true };

describe("what is published while the store does not answer", () => {
  const silent: HistoryStore = {
    fansOut: true,
    start() {},
    append: () => new Promise(() => {}),
    read: () => new Promise(() => {}),
    heads: () => [],
    clear() {},
    status: () => ({ store: "toy", state: "up", since: 0 }),
    stop() {},
  };
  const historyOf = () => {
    const revive = (): never => {
      throw new Error("nothing is stored");
    };
    const setup = { store: silent, clock: systemClock, ruleOf: () => RULE, revive, dispatcher: "default", moved() {} };
    const { history } = new PubSub({ history: setup });
    const publish = (length: number, id?: string) =>
      history!.publish(RULE, { topic: "t", event: "e", body: "x".repeat(length), recorded: undefined }, { id });
    return publish;
  };

  it("is refused when 16 MiB wait", () => {
    const publish = historyOf();
    for (let count = 0; count < 16; count++) publish(1_000_000);
    expect(() => publish(1_000_000)).toThrow("16777216 bytes wait for the history store already");
    publish(100_000);
  });

  it("has an id that has 1 to 128 bytes", () => {
    const publish = historyOf();
    for (const id of ["", "ü".repeat(65)]) expect(() => publish(1, id)).toThrow("its id must have 1 to 128 bytes");
    publish(1, "ü".repeat(64));
  });
});
