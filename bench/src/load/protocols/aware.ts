import type { JoinStep, Protocol } from "../protocol.ts";
import { phoenix } from "./phoenix.ts";

/** Where a topic's log stands: epoch and offset. */
export type Since = readonly [string, number];

const SESSION = "k1ZrT0pW4u9bQm3cYx7hNg";

const join = (topic: string, since?: Since): string =>
  `["1","1","${topic}","phx_join",{},${JSON.stringify({ v: 1, ...(since === undefined ? {} : { since }), session: SESSION })}]`;

interface Reply {
  readonly status: string;
  readonly recovery?: {
    readonly epoch: string;
    readonly offset: number;
    readonly recovered?: boolean;
    readonly count?: number;
  };
}

/** What a join's reply says of the log. Throws when it says nothing. */
export function recoveryIn(frame: string): NonNullable<Reply["recovery"]> {
  const [, , , event, reply] = JSON.parse(frame) as [unknown, unknown, string, string, Reply];
  const isJoined = event === "phx_reply" && reply.status === "ok" && reply.recovery !== undefined;
  if (!isJoined) throw new Error(`this is no reply to a join that asks for recovery: ${frame}`);
  return reply.recovery;
}

/** Wingbeat, with a client that takes part in recovery: frames have their position as sixth element. */
export const aware: Protocol = {
  ...phoenix,

  opening: (topic) => join(topic),

  joining(topic, frame) {
    recoveryIn(frame);
    return phoenix.joining(topic, frame);
  },

  decode(frame) {
    const [joinRef, ref, topic, event, payload, position] = JSON.parse(frame) as unknown[];
    if (!Number.isSafeInteger((position as { o?: unknown } | undefined)?.o)) throw new Error(`no position: ${frame}`);
    return [joinRef, ref, topic, event, payload];
  },
};

/** The same, for clients that come back: they have joined when all that they missed has come. */
export function comingBack(since: Since, missed: number): Protocol {
  let first: number | undefined;
  return {
    ...aware,
    opening: (topic) => join(topic, since),
    joining(_topic, frame): JoinStep {
      const [, , , event, payload, position] = JSON.parse(frame) as [
        unknown,
        unknown,
        string,
        string,
        { live?: boolean },
        { o: number } | undefined,
      ];
      if (event === "phx_reply") {
        const { recovered, count } = recoveryIn(frame);
        if (recovered !== true || count !== missed) throw new Error(`not recovered: ${frame}`);
        return "more";
      }
      first ??= position?.o;
      if (event !== "phx_recovery") return "more";
      if (payload.live !== true || position?.o !== since[1] + missed || first !== since[1] + 1)
        throw new Error(`not all has come: ${frame}`);
      return "joined";
    },
  };
}
