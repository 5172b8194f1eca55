/**
 * The numbered pushes of a channel (PROTOCOL.md, section 17). A number is claimed before its handler runs, and its reply is
 * stored before it is sent. `pubsub/pushes.ts` does both.
 */
import { createHash } from "node:crypto";
import { LEAVE, PUSHES, withPushState } from "@wingbeat/protocol";
import type { ClientMessage, FrameData, NumberedPush } from "@wingbeat/protocol";
import { isPromise } from "../awaitable.ts";
import { Attempt } from "../pubsub.ts";
import type { Answer, Pushes, UnknownPolicy } from "../pubsub.ts";
import { emit } from "../telemetry.ts";
import { SESSION } from "./ask.ts";
import type { Context } from "./context.ts";
import type { ChannelHost } from "./host.ts";
import { answerOf, Concluded, later, unavailable } from "./numbered/answers.ts";
import { Run } from "./numbered/run.ts";
import type { ReplyingChannel } from "./numbered/run.ts";
import { isReplyRef, ok, refuse } from "./result.ts";
import type { Reply } from "./result.ts";

export { Concluded } from "./numbered/answers.ts";

/** Sessions whose lines a client may name on one channel, as docs/reference/limits.md lists them. */
const MAX_SESSIONS = 16;

/** What numbered pushes need of their channel. */
export interface NumberedChannel extends ReplyingChannel {
  readonly topic: string;
  readonly host: Pick<ChannelHost, "mount" | "id">;
  readonly ended: boolean;
}

/** How a channel handles a message. */
export interface Handling {
  context(): Context;
  /** Starts the handler; returns its result. */
  handle(message: ClientMessage): unknown;
  /** Resolves when what the handler has broadcast is stored. Undefined: it is. */
  stored(): Promise<void> | undefined;
}

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

/** The lines of a channel: those of its own client, and those that earlier ones have left. */
export class Lines {
  readonly #channel: NumberedChannel;
  readonly #handling: Handling;
  readonly #pushes: Pushes;
  readonly #window: number;
  readonly #unknown: UnknownPolicy;
  /** The names of their records, by session. */
  readonly #records = new Map<string, string>();

  constructor(
    channel: NumberedChannel,
    handling: Handling,
    pushes: Pushes,
    { window, unknown }: { readonly window: number; readonly unknown: UnknownPolicy },
  ) {
    this.#channel = channel;
    this.#handling = handling;
    this.#pushes = pushes;
    this.#window = window;
    this.#unknown = unknown;
  }

  /** Handles a message of a client that may number its pushes. Returns the result of the handler, or a {@link Concluded}. */
  handle(message: ClientMessage): unknown {
    if (message.event === PUSHES) return this.#open(message.payload);
    const number = message.extension === undefined ? undefined : numberOf(message.extension);
    if (number === undefined || message.event === LEAVE) return this.#handling.handle(message);
    const claimed = this.#claim(number);
    return isPromise(claimed) ? claimed.then((known) => this.#run(known, message)) : this.#run(claimed, message);
  }

  #run(claimed: Run | Concluded, message: ClientMessage): unknown {
    if (claimed instanceof Concluded) return claimed;
    if (this.#channel.ended) return claimed.abandon();
    this.#handling.context().run = claimed;
    let result: unknown;
    try {
      result = this.#handling.handle(message);
    } catch (error) {
      return this.#conclude(claimed, message, undefined, { error });
    }
    if (!isPromise(result)) return this.#conclude(claimed, message, result);
    return Promise.resolve(result).then(
      (value) => this.#conclude(claimed, message, value),
      (error: unknown) => this.#conclude(claimed, message, undefined, { error }),
    );
  }

  /** The handler is done: stores the reply, behind what it has broadcast. */
  #conclude(run: Run, { event, ref }: ClientMessage, result: unknown, failure?: { readonly error: unknown }): unknown {
    const isDeferred = isReplyRef(result) || (result === undefined && this.#handling.context().isDeferred);
    if (failure === undefined && (isDeferred || run.isSettling)) return result;
    const storing = this.#handling.stored();
    if (storing === undefined) return run.conclude(event, ref, result, failure);
    return storing.then(() => run.conclude(event, ref, result, failure));
  }

  /** Begins a line, or goes on with it. */
  #open(payload: unknown): Reply | Promise<Reply> {
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

  /** The handler may run, or the push is answered. Never rejects. */
  #claim({ n, e, s, a }: NumberedPush): Run | Concluded | Promise<Run | Concluded> {
    const record = this.#recordOf(s);
    if (record === undefined) return new Concluded(later("too many sessions", 60_000));
    const ask = { record, n, epoch: e, acked: a, window: this.#window, unknown: this.#unknown };
    const claimed = this.#pushes.claim(ask);
    const key = `${record}:${n}`;
    return isPromise(claimed) ? claimed.then((known) => this.#read(known, key)) : this.#read(claimed, key);
  }

  #read(claimed: Attempt | Answer, key: string): Run | Concluded {
    const source = (): ReturnType<NumberedChannel["source"]> => this.#channel.source();
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
    if (known !== undefined || this.#records.size >= MAX_SESSIONS) return known;
    const { mount, id } = this.#channel.host;
    const name = createHash("sha256")
      .update(JSON.stringify([mount, id, session, this.#channel.topic]))
      .digest("base64url");
    this.#records.set(session, name);
    return name;
  }
}
