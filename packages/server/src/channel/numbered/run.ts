/** A numbered push whose handler this channel runs. */
import { Reason } from "@wingbeat/protocol";
import type { PushState } from "@wingbeat/protocol";
import { isPromise } from "../../awaitable.ts";
import type { Attempt } from "../../pubsub.ts";
import { emit } from "../../telemetry.ts";
import { InvalidPayload } from "../call.ts";
import type { RunningPush } from "../context.ts";
import type { ChannelSource } from "../host.ts";
import { badReturn, isRefusal, isReply, isStop, ok, Reply } from "../result.ts";
import { storedReply } from "../stored-reply.ts";
import { Concluded, later } from "./answers.ts";
import type { Answered } from "./answers.ts";

/** Milliseconds that a callback waits until its reply is stored. After that the channel goes on, and replies later. */
const SETTLE_TIMEOUT = 5_000;

/** Bytes of a reply that is kept, as docs/reference/limits.md lists them. */
const MAX_REPLY_BYTES = 4_096;

/** What a run needs of its channel. */
export interface ReplyingChannel {
  source(): ChannelSource;
  /** Replies to a message, if the client can still be reached. */
  reply(ref: unknown, answer: Reply, state?: PushState): void;
}

interface Failure {
  readonly error: unknown;
}

/** A number that this channel runs. */
export class Run implements RunningPush {
  readonly key: string;
  readonly #channel: ReplyingChannel;
  readonly #attempt: Attempt;
  /** It is replied to: whatever else is replied is sent as it is. */
  isSettling = false;

  constructor(channel: ReplyingChannel, attempt: Attempt, key: string) {
    this.#channel = channel;
    this.#attempt = attempt;
    this.key = key;
  }

  get attempt(): number {
    return this.#attempt.attempt;
  }

  /**
   * The handler has returned or thrown: settles the number. What cannot be sent is a failure, too. The result says what to
   * answer, and what comes after.
   */
  conclude(event: unknown, ref: unknown, result: unknown, failure?: Failure): Concluded | Promise<Concluded> {
    const stop = isStop(result) ? result : undefined;
    try {
      const reply =
        failure === undefined ? replyOf(event, result) : isRefusal(failure.error) ? failure.error : undefined;
      if (reply !== undefined) return concluded(this.settle(ref, reply), stop);
    } catch (error) {
      failure = { error };
    }
    return concluded(this.settle(ref, new Reply("error", { reason: Reason.channelCrash })), undefined, failure);
  }

  /** The channel has ended: the handler will not run. */
  abandon(): void {
    this.#attempt.abandon();
  }

  /**
   * Stores a reply. Resolves with what may be sent: the reply, or that another try has the number now. When the store does not
   * answer in time, it is sent later. Throws an EncodeError for a reply that cannot be sent.
   */
  settle(ref: unknown, reply: Reply): Answered | Promise<Answered> {
    const stored = storable(reply);
    this.isSettling = true;
    const settled = this.#attempt.settle(stored);
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
  return Buffer.byteLength(stored) <= MAX_REPLY_BYTES ? stored : undefined;
}

/** Another try has the number now: what that one stores is asked for. */
const answered = (reply: Reply, isOwn: boolean): Answered => (isOwn ? { reply } : later("taken over", 1_000));

function concluded(
  answer: Answered | Promise<Answered>,
  stop: Concluded["stop"],
  failure?: Failure,
): Concluded | Promise<Concluded> {
  return isPromise(answer)
    ? answer.then((settled) => new Concluded(settled, stop, failure))
    : new Concluded(answer, stop, failure);
}

/** The reply in what the handler of a numbered push has returned. */
function replyOf(event: unknown, result: unknown): Reply {
  if (result === undefined) return ok();
  if (isReply(result)) return result;
  if (result instanceof InvalidPayload) return new Reply("error", result.response);
  if (isStop(result)) return result.reply ?? ok();
  throw badReturn("handleIn", event, result);
}
