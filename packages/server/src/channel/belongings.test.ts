import { describe, expect, it } from "vitest";
import { PubSub } from "../pubsub.ts";
import { Belongings } from "./belongings.ts";
import { TopicSubscription } from "./subscription.ts";

const belongings = (): Belongings =>
  new Belongings({ pubsub: new PubSub(), maxSubscriptions: 2, maxTimers: 2 } as never);
const owner = { receive: () => {}, deliver: () => {} } as never;

describe("subscriptions of a channel", () => {
  it("are limited; what is given up makes room, and twice is once", () => {
    const own = belongings();
    own.subscribe(new TopicSubscription("a", owner));
    own.subscribe(new TopicSubscription("b", owner));
    own.subscribe(new TopicSubscription("a", owner));
    expect(() => own.subscribe(new TopicSubscription("c", owner))).toThrow(
      expect.objectContaining({ code: "WB_CHANNEL_LIMIT", message: expect.stringContaining("maxSubscriptions") }),
    );
    own.unsubscribe("a");
    own.subscribe(new TopicSubscription("c", owner));
    own.release();
  });
});

describe("timers of a channel", () => {
  it("that run are limited; one that is cancelled makes room", () => {
    const own = belongings();
    const timer = own.timer(1_000_000, () => {});
    own.timer(1_000_000, () => {});
    expect(() => own.timer(1_000_000, () => {})).toThrow(
      expect.objectContaining({ code: "WB_CHANNEL_LIMIT", message: expect.stringContaining("maxTimers") }),
    );
    timer.cancel();
    own.timer(1_000_000, () => {});
    own.release();
  });

  it.each([-1, Number.NaN, Infinity, 2 ** 31])("of %d ms are refused", (ms) => {
    expect(() => belongings().timer(ms, () => {})).toThrow(expect.objectContaining({ code: "WB_OPTION" }));
  });
});
