/* oxlint-disable unicorn/no-thenable -- a push is there to be awaited */
/**
 * A message to the server and its reply. A push is a phoenix.js push (`receive`) and a promise at the same time: it can
 * be awaited, and a push that nobody awaits causes no unhandled rejection.
 */
import type { Mistake, Ref, ReplyContract } from "@wingbeat/protocol";
import type { Callback, ResponseOf } from "./contract.ts";
import { PushError } from "./errors.ts";
import type { PushFailure } from "./errors.ts";
import { isPromise } from "./is-promise.ts";
import { run } from "./listeners.ts";
import { Timer, checkNumber } from "./timer.ts";

/** The third argument of `channel.push`, instead of a timeout. */
export interface PushOptions {
  /**
   * Milliseconds to wait for the reply. Default: the socket's `timeout`, 10,000; with `retry` Infinity, and it ends only
   * the wait: the push stays in the outbox.
   */
  readonly timeout?: number | undefined;
  /** Cancels the push: it is not sent if it is still waiting for the join; otherwise its reply is ignored. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Sends the push again until it gets its reply, also after the connection was lost, and has it handled once. Only where
   * the server's channel has `.dedupe()`: elsewhere it fails with `not_supported`. Such pushes wait for the next join of
   * the topic, and are handled in the order in which they were made. Default false.
   */
  readonly retry?: boolean | undefined;
  /**
   * With `retry`: sends the push again even if it may have been handled and the server does not know any more. Only
   * where handling it twice does no harm. Default false: it fails with `unknown`.
   */
  readonly resend?: boolean | undefined;
}

/** What a push needs from its channel. */
export interface PushChannel {
  readonly topic: string;
  makeRef(): string;
  /**
   * Who gets which reply, by its ref: `settle` is called. No more in it: that reply has arrived, timed out, or the channel
   * is closed.
   */
  readonly pending: {
    set(ref: string, push: Push): unknown;
    has(ref: string): boolean;
    delete(ref: string): unknown;
  };
  transmit(push: Push, payload: unknown): void;
  /** The push has timed out: it must not be sent any more. */
  withdraw(push: Push): void;
  /** The push was cancelled by its AbortSignal. */
  abort(push: Push): void;
}

/**
 * The error of a rejected push, typed by its replies: `response` is that of the statuses besides `ok`, or undefined
 * when there was no reply. For `.catch(callback)` and `then`; the compiler does not type the variable of a `catch`
 * statement.
 */
export type FailureOf<R extends ReplyContract> = PushError & {
  readonly response: ResponseOf<R, Exclude<R["status"], "ok"> | "error"> | undefined;
};

/** What can be awaited. */
type Replying<R extends ReplyContract> = [R] extends [never]
  ? Mistake<"the handler of this event never replies: use channel.cast, or return ok() from it">
  : Push<R>;

interface Reply {
  readonly status: string;
  readonly response: unknown;
}

/** A message that was sent, or waits for its channel to join: a promise of the `ok` response, with Phoenix's `receive`. */
export class Push<R extends ReplyContract = ReplyContract> implements Promise<ResponseOf<R, "ok">> {
  readonly event: string;
  timeout: number;
  /** Set once the push has been sent. */
  ref: Ref = null;
  readonly #channel: PushChannel;
  readonly #payload: () => unknown;
  readonly #hooks: { readonly status: string; readonly callback: (response: unknown) => unknown }[] = [];
  #received: Reply | undefined;
  readonly #timer = new Timer();
  #outcome = new Outcome();
  #unwatch: (() => void) | undefined;

  /**
   * Created by channels. `payload` is called for every send and may return a promise. Throws a RangeError for an
   * invalid timeout.
   */
  constructor(channel: PushChannel, event: string, payload: () => unknown, timeout: number) {
    checkNumber("timeout", timeout);
    this.#channel = channel;
    this.event = event;
    this.#payload = payload;
    this.timeout = timeout;
  }

  /**
   * Calls back when the reply has this status, at once when it has arrived already: `ok`, `error`, a custom status of
   * the server, or `timeout`. A join is answered again at every rejoin.
   */
  receive<Status extends R["status"] | "ok" | "error" | "timeout">(
    status: Status,
    callback: Callback<ResponseOf<R, Status>>,
  ): this {
    const hook = { status, callback: callback as (response: unknown) => unknown };
    if (this.#received?.status === status) hook.callback(this.#received.response);
    this.#hooks.push(hook);
    return this;
  }

  /** Makes a push assignable to Promise. */
  get [Symbol.toStringTag](): string {
    return "Push";
  }

  /** Fulfilled with the response of an `ok` reply; rejected with a {@link PushError}. */
  then<A = ResponseOf<R, "ok">, B = never>(
    this: Replying<R>,
    fulfilled?: ((response: ResponseOf<R, "ok">) => A | PromiseLike<A>) | null,
    rejected?: ((error: FailureOf<R>) => B | PromiseLike<B>) | null,
  ): Promise<A | B>;
  then(fulfilled?: ((response: never) => unknown) | null, rejected?: ((error: never) => unknown) | null) {
    return this.#outcome.promise.then(fulfilled as () => unknown, rejected as () => unknown);
  }

  catch<B = never>(rejected?: ((error: FailureOf<R>) => B | PromiseLike<B>) | null): Promise<ResponseOf<R, "ok"> | B> {
    return this.#outcome.promise.catch(rejected as (error: unknown) => B) as Promise<B>;
  }

  finally(settled?: (() => void) | null): Promise<ResponseOf<R, "ok">> {
    return this.#outcome.promise.finally(settled) as Promise<ResponseOf<R, "ok">>;
  }

  /** Sends the message. The timeout starts now. */
  send(): void {
    this.startTimeout();
    const ref = this.#channel.makeRef();
    this.ref = ref;
    this.#channel.pending.set(ref, this as unknown as Push);
    const failed = (error: unknown) =>
      this.#channel.pending.has(ref) && this.reject({ reason: "params failed" }, error);
    let payload: unknown;
    try {
      payload = this.#payload();
    } catch (error) {
      return void failed(error);
    }
    if (!isPromise(payload)) return this.#transmit(payload);
    payload.then((value) => this.#channel.pending.has(ref) && this.#transmit(value), failed);
  }

  /** Sends it again as a new message with a new ref. */
  resend(timeout: number): void {
    this.timeout = timeout;
    this.reset();
    this.send();
  }

  /** Resets the last send and its reply; hooks are kept. */
  reset(): void {
    this.forget();
    this.ref = null;
    this.#received = undefined;
    if (this.#outcome.isKnown) this.#outcome = new Outcome();
  }

  startTimeout(): void {
    this.#timer.start(this.timeout, () => {
      this.#channel.withdraw(this as unknown as Push);
      this.settle("timeout", {});
    });
  }

  /** Stops expecting a reply, including the timeout. */
  forget(): void {
    this.#timer.stop();
    if (this.ref !== null) this.#channel.pending.delete(this.ref);
  }

  /** The reply has arrived, or timed out. */
  settle(status: string, response: unknown): void {
    this.forget();
    this.#received = { status, response };
    if (status === "ok") this.#conclude().resolve(response);
    else if (status === "timeout") this.fail("timeout");
    else this.fail("refused", { status, response });
    for (const hook of this.#hooks) if (hook.status === status) run(() => hook.callback(response));
  }

  /** Rejects the promise of the push. phoenix.js's hooks are not called: they wait for the timeout. */
  fail(
    reason: PushFailure,
    detail?: { status?: string; response?: unknown; cause?: unknown; why?: string | undefined },
  ): void {
    this.#conclude().reject(new PushError(reason, { topic: this.#channel.topic, event: this.event, ...detail }));
  }

  /** The push cannot be sent for a local reason: hooks get it as an `error`. */
  reject(response: { readonly reason: string }, cause?: unknown, reason: PushFailure = "refused"): void {
    this.fail(reason, { response, cause });
    this.settle("error", response);
  }

  /** From now on `signal` can cancel the push. */
  watch(signal: AbortSignal): void {
    const abort = () => {
      this.forget();
      this.fail("aborted", { cause: signal.reason });
      this.#channel.abort(this as unknown as Push);
    };
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    this.#unwatch = () => signal.removeEventListener("abort", abort);
  }

  /** Rethrows the encoder's error: a push that nobody awaits must not fail silently. */
  #transmit(payload: unknown): void {
    try {
      this.#channel.transmit(this as unknown as Push, payload);
    } catch (error) {
      this.reject({ reason: "payload cannot be encoded" }, error);
      throw error;
    }
  }

  #conclude(): Outcome {
    this.#unwatch?.();
    this.#outcome.isKnown = true;
    return this.#outcome;
  }
}

/** The promise of a push. The first settlement counts. */
class Outcome {
  resolve!: (response: unknown) => void;
  reject!: (error: PushError) => void;
  isKnown = false;
  readonly promise = new Promise<unknown>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });

  constructor() {
    // A push need not be awaited.
    this.promise.catch(() => {});
  }
}
