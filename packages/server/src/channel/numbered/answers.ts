/** What is answered to numbered pushes (PROTOCOL.md, section 17.2). */
import type { PushState } from "@wingbeat/protocol";
import type { Answer } from "../../pubsub.ts";
import { refuse } from "../result.ts";
import type { Reply, Stop } from "../result.ts";
import { readReply } from "../stored-reply.ts";

/** What is answered to a numbered push. */
export interface Answered {
  /** Undefined: nothing yet, the store does not answer. */
  readonly reply: Reply | undefined;
  /** Undefined: the reply is the handler's. */
  readonly state?: PushState | undefined;
  /** The reply was kept from an earlier time. */
  readonly isRepeat?: boolean | undefined;
}

/** The result of a numbered push, for {@link ChannelCallbacks}: what to answer, and what comes after. */
export class Concluded implements Answered {
  readonly reply: Reply | undefined;
  readonly state: PushState | undefined;
  readonly isRepeat: boolean;
  /** The handler ends the channel. */
  readonly stop: Stop | undefined;
  /** The handler has failed. */
  readonly failure: { readonly error: unknown } | undefined;

  constructor({ reply, state, isRepeat = false }: Answered, stop?: Stop, failure?: { readonly error: unknown }) {
    this.reply = reply;
    this.state = state;
    this.isRepeat = isRepeat;
    this.stop = stop;
    this.failure = failure;
  }
}

const OUTCOME_UNKNOWN: Answered = { reply: refuse({ reason: "outcome unknown" }), state: "unknown" };
const EXPIRED: Answered = { reply: refuse({ reason: "reply expired" }), state: "expired" };
const UNKNOWN_EPOCH: Answered = { reply: refuse({ reason: "unknown epoch" }), state: "epoch" };

export const later = (reason: string, retryAfter: number): Answered => ({
  reply: refuse({ reason, retry_after_ms: retryAfter }),
  state: "later",
});

export const unavailable = (): Reply => refuse({ reason: "unavailable", retry_after_ms: 1_000 });

/** What is answered to a number that is not run here. */
export function answerOf(answer: Answer): Answered {
  switch (answer.state) {
    case "order":
      return { reply: refuse({ reason: "out of order", next: answer.next }), state: "order" };
    case "later":
      return later(answer.reason, answer.retryAfter);
    case "epoch":
      return UNKNOWN_EPOCH;
    case "unknown":
      return OUTCOME_UNKNOWN;
    case "expired":
      return EXPIRED;
    case "settled":
      return kept(answer.reply);
  }
}

function kept(stored: string): Answered {
  try {
    return { reply: readReply(stored), isRepeat: true };
  } catch {
    return EXPIRED; // garbage in the store
  }
}
