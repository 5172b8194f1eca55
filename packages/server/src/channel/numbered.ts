/**
 * The numbered pushes of a channel (PROTOCOL.md, section 17). A number is claimed before its handler runs, and its reply is
 * stored before it is sent. `pubsub/pushes.ts` does both.
 */
import { createHash } from "node:crypto";
import { withPushState } from "@wingbeat/protocol";
import type { FrameData, NumberedPush, PushState } from "@wingbeat/protocol";
import { isPromise } from "../awaitable.ts";
import { Attempt } from "../pubsub.ts";
import type { Answer, Pushes, UnknownPolicy } from "../pubsub.ts";
import { emit } from "../telemetry.ts";
import { SESSION } from "./ask.ts";
import type { RunningPush } from "./context.ts";
import type { ChannelHost, ChannelSource } from "./host.ts";
import { ok, refuse } from "./result.ts";
import type { Reply, Stop } from "./result.ts";
import { readReply, storedReply } from "./stored-reply.ts";

/** Limits, as docs/limits.md lists them. */
export const NUMBERED_LIMITS = { maxSessions: 16, maxReplyBytes: 4_096 } as const;

/** Milliseconds that a callback waits until its reply is stored. After that the channel goes on, and replies later. */
const SETTLE_TIMEOUT = 5_000;

/** The number of a message; undefined: it is a plain push. Never throws. */
export function numberOf(extension: unknown): NumberedPush | undefined {
  if (typeof extension !== "object" || extension === null) return undefined;
  const { n, e, s, a } = extension as { readonly [name: string]: unknown };
  const isNumbered =
    Number.isSafeInteger(n) &&
    (n as number) > 0 &&
    typeof e === "string" &&
    e.length <= 255 &&
    typeof s === "string" &&
    SESSION.test(s) &&
    Number.isSafeInteger(a) &&
    (a as number) >= 0;
  return isNumbered ? (extension as NumberedPush) : undefined;
}

/** An error reply to a message that was not handled: marked if the message is a numbered push, which comes again then. */
export function notHandled(frame: FrameData, extension: unknown): FrameData {
  return extension === undefined || numberOf(extension) === undefined ? frame : withPushState(frame, "later");
}

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

/** What numbered pushes need of their channel, which implements it. */
export interface NumberedChannel {
  readonly topic: string;
  readonly host: Pick<ChannelHost, "mount" | "id">;
  source(): ChannelSource;
  /** Replies to a message, if the client can still be reached. */
  reply(ref: unknown, answer: Reply, state?: PushState): void;
}

/** The lines of a channel: those of its own client, and those that earlier ones have left. */
export class Lines {
  readonly #channel: NumberedChannel;
  readonly #pushes: Pushes;
  readonly #window: number;
  readonly #unknown: UnknownPolicy;
  /** The names of their records, by session. */
  readonly #records = new Map<string, string>();

  constructor(
    channel: NumberedChannel,
    pushes: Pushes,
    { window, unknown }: { readonly window: number; readonly unknown: UnknownPolicy },
  ) {
    this.#channel = channel;
    this.#pushes = pushes;
    this.#window = window;
    this.#unknown = unknown;
  }

  /** Handles `wb_pushes`: begins a line, or goes on with it. */
  open(payload: unknown): Reply | Promise<Reply> {
    const { session, next } = (payload ?? {}) as { readonly session?: unknown; readonly next?: unknown };
    if (typeof session !== "string" || !SESSION.test(session) || !Number.isSafeInteger(next) || (next as number) < 1) {
      return refuse({ reason: "invalid payload" });
    }
    const record = this.#recordOf(session);
    if (record === undefined) return refuse({ reason: "too many sessions" });
    try {
      const line = this.#pushes.open(record, next as number, this.#window);
      return isPromise(line) ? line.then((read) => ok(read), unavailable) : ok(line);
    } catch {
      return unavailable();
    }
  }

  /** Claims a number: its handler may run, or the push is answered. Never rejects. */
  claim({ n, e, s, a }: NumberedPush): Run | Concluded | Promise<Run | Concluded> {
    const record = this.#recordOf(s);
    if (record === undefined) return new Concluded(later("too many sessions", 60_000));
    const ask = { record, n, epoch: e, acked: a, window: this.#window, unknown: this.#unknown };
    const claimed = this.#pushes.claim(ask);
    const key = `${record}:${n}`;
    return isPromise(claimed) ? claimed.then((known) => this.#read(known, key)) : this.#read(claimed, key);
  }

  #read(claimed: Attempt | Answer, key: string): Run | Concluded {
    const source = (): ChannelSource => this.#channel.source();
    if (claimed instanceof Attempt) {
      if (claimed.attempt > 1) emit("push.repeated", { ...source(), key, attempt: claimed.attempt });
      return new Run(this.#channel, claimed, key);
    }
    if (claimed.state === "expired") emit("push.expired", { ...source(), key });
    if (claimed.state === "unknown") emit("push.unknown", { ...source(), key });
    return new Concluded(answerOf(claimed));
  }

  /** Undefined: the client names too many sessions. */
  #recordOf(session: string): string | undefined {
    const known = this.#records.get(session);
    if (known !== undefined || this.#records.size >= NUMBERED_LIMITS.maxSessions) return known;
    const { mount, id } = this.#channel.host;
    const name = createHash("sha256")
      .update(JSON.stringify([mount, id, session, this.#channel.topic]))
      .digest("base64url");
    this.#records.set(session, name);
    return name;
  }
}

/** A number that this channel runs. */
export class Run implements RunningPush {
  readonly key: string;
  readonly #channel: NumberedChannel;
  readonly #attempt: Attempt;
  /** It is replied to: whatever else is replied is sent as it is. */
  isSettling = false;

  constructor(channel: NumberedChannel, attempt: Attempt, key: string) {
    this.#channel = channel;
    this.#attempt = attempt;
    this.key = key;
  }

  get attempt(): number {
    return this.#attempt.attempt;
  }

  abandon(): void {
    this.#attempt.abandon();
  }

  /**
   * Stores a reply. Resolves with what may be sent: the reply, or that another try has the number now. When the store does not
   * answer in time, it is sent later. Throws an EncodeError for a reply that cannot be sent.
   */
  settle(ref: unknown, reply: Reply): Answered | Promise<Answered> {
    this.isSettling = true;
    const settled = this.#attempt.settle(storable(reply));
    if (!isPromise(settled)) return answered(reply, settled);
    return this.#orLater(
      ref,
      settled.then((isOwn) => answered(reply, isOwn)),
    );
  }

  #orLater(ref: unknown, settling: Promise<Answered>): Promise<Answered> {
    return new Promise((resolve) => {
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        emit("push.store_slow", { ...this.#channel.source(), key: this.key });
        resolve({ reply: undefined });
      }, SETTLE_TIMEOUT);
      void settling.then((answer) => {
        clearTimeout(timer);
        if (isLate) this.#send(ref, answer);
        else resolve(answer);
      });
    });
  }

  /** A deferred reply. The first one is stored; any other is sent as it is. Throws an EncodeError. */
  reply(ref: unknown, reply: Reply): void {
    if (this.isSettling) return this.#channel.reply(ref, reply);
    const settled = this.settle(ref, reply);
    if (isPromise(settled)) void settled.then((answer) => this.#send(ref, answer));
    else this.#send(ref, settled);
  }

  #send(ref: unknown, { reply, state }: Answered): void {
    if (reply !== undefined) this.#channel.reply(ref, reply, state);
  }
}

/** Undefined: too large. Throws an EncodeError. */
function storable(reply: Reply): string | undefined {
  const stored = storedReply(reply);
  return Buffer.byteLength(stored) <= NUMBERED_LIMITS.maxReplyBytes ? stored : undefined;
}

/** Another try has the number now: what that one stores is asked for. */
const answered = (reply: Reply, isOwn: boolean): Answered => (isOwn ? { reply } : later("taken over", 1_000));

const OUTCOME_UNKNOWN: Answered = { reply: refuse({ reason: "outcome unknown" }), state: "unknown" };
const EXPIRED: Answered = { reply: refuse({ reason: "reply expired" }), state: "expired" };
const UNKNOWN_EPOCH: Answered = { reply: refuse({ reason: "unknown epoch" }), state: "epoch" };

const later = (reason: string, retryAfter: number): Answered => ({
  reply: refuse({ reason, retry_after_ms: retryAfter }),
  state: "later",
});

const unavailable = (): Reply => refuse({ reason: "unavailable", retry_after_ms: 1_000 });

function answerOf(answer: Answer): Answered {
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
