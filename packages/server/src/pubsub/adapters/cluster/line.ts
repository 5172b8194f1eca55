/** A store's line to the primary: sends calls, gets answers, and notices when the primary does not answer. */
import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { NotStored } from "../../history/store.ts";
import type { Stored } from "../../history/store.ts";
import { isNews } from "./history-message.ts";
import type { Answer, Answers, Asked, Call, Calls } from "./history-message.ts";

/** Milliseconds between two looks, while something waits for an answer. */
const TICK = 1_000;
/** Looks without any sign of life after which the primary counts as away. A worker that was busy gets to read in between. */
const MOST_SILENT = 5;

/** Milliseconds that `close` waits for what was sent to be written. */
const STOP_TIMEOUT = 1_000;

const ADVICE = "check that it uses runCluster, or calls relayPubSub before it forks";

export interface LineEvents {
  /** In the order of storing. */
  entries(entries: readonly Stored[]): void;
  /** The log of a topic was removed. */
  cleared(topic: string): void;
  /** Entries were missed. */
  missed(): void;
  up(): void;
  down(reason: string): void;
}

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

export class Line {
  readonly #namespace: string;
  readonly #maxBytes: number;
  readonly #events: LineEvents;
  readonly #store = randomBytes(9).toString("base64url");
  /** Calls without an answer, by number. */
  readonly #waiting = new Map<number, Waiting>();
  /** Calls of this turn: they are sent together. */
  #unsent: Call[] = [];
  #lastCall = 0;
  #isUp = false;
  /** Why it is down. */
  reason = "not started";
  #timer: NodeJS.Timeout | undefined = undefined;
  #silence = 0;
  /** A join has not even been written: another one would only add to what waits for the primary. */
  #isJoining = false;
  #onSettled: (() => void) | undefined = undefined;
  #isClosed = false;
  readonly #onMessage = (message: unknown): void => this.#receive(message);
  readonly #onDisconnect = (): void => this.#fail("the primary of node:cluster is gone");

  constructor(namespace: string, maxBytes: number, events: LineEvents) {
    this.#namespace = namespace;
    this.#maxBytes = maxBytes;
    this.#events = events;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Resolves when it is up, or it is clear that it is not. */
  open(): Promise<void> {
    process.on("message", this.#onMessage);
    process.on("disconnect", this.#onDisconnect);
    this.reason = "connecting";
    this.#timer = setInterval(() => this.#tick(), TICK);
    this.#timer.unref();
    return new Promise((resolve) => {
      this.#onSettled = resolve;
      this.#join();
    });
  }

  /** Rejects with {@link NotStored} when nothing was done; any other error leaves that open. */
  call<Ask extends Asked["ask"]>(asked: Asked & { readonly ask: Ask }): Promise<Answers[Ask]> {
    if (!this.#isUp) return Promise.reject(new NotStored(this.reason));
    return this.#ask(asked) as Promise<Answers[Ask]>;
  }

  /** Resolves when the primary has been sent everything, or takes nothing in. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const wasUp = this.#isUp;
    this.#end("stopped");
    process.off("message", this.#onMessage);
    process.off("disconnect", this.#onDisconnect);
    if (!wasUp) return;
    const waited = new AbortController();
    const sent = new Promise<void>((resolve) => this.#send([{ n: 0, ask: "leave" }], resolve));
    await Promise.race([sent, delay(STOP_TIMEOUT, undefined, { signal: waited.signal }).catch(() => {})]);
    waited.abort();
  }

  #ask(asked: Asked): Promise<unknown> {
    const n = ++this.#lastCall;
    if (this.#unsent.length === 0) queueMicrotask(() => this.#flush());
    this.#unsent.push({ ...asked, n });
    return new Promise((resolve, reject) => this.#waiting.set(n, { resolve, reject }));
  }

  #flush(): void {
    if (this.#unsent.length > 0) this.#send(this.#unsent.splice(0));
  }

  #send(calls: readonly Call[], sent: () => void = () => {}): void {
    const message: Calls = {
      wingbeat: "history.calls",
      namespace: this.#namespace,
      store: this.#store,
      maxBytes: this.#maxBytes,
      calls,
    };
    // A channel that is broken says so with `disconnect`.
    if (process.connected !== true) sent();
    else process.send?.(message, undefined, undefined, () => sent());
  }

  /** Makes itself known to the primary. The answer to any of these means that it is there. */
  #join(): void {
    if (this.#isJoining) return;
    this.#isJoining = true;
    const n = ++this.#lastCall;
    this.#waiting.set(n, { resolve: () => this.#joined(), reject: (error) => this.#fail(error.message) });
    this.#send([{ n, ask: "join" }], () => (this.#isJoining = false));
  }

  #joined(): void {
    if (this.#isUp || this.#isClosed) return;
    this.#isUp = true;
    this.#events.up();
    this.#settled();
  }

  #tick(): void {
    if (!this.#isUp) this.#join();
    this.#silence = this.#waiting.size === 0 ? 0 : this.#silence + 1;
    if (this.#silence < MOST_SILENT) return;
    this.#silence = 0;
    this.#fail(`the primary of node:cluster does not answer: ${ADVICE}`);
  }

  #fail(reason: string): void {
    if (this.#isClosed) return;
    const isNews = this.#isUp || this.reason !== reason;
    this.#isUp = false;
    this.reason = reason;
    this.#rejectAll();
    if (isNews) this.#events.down(reason);
    this.#settled();
  }

  #end(reason: string): void {
    clearInterval(this.#timer);
    this.#flush();
    this.#isUp = false;
    this.reason = reason;
    this.#rejectAll();
    this.#settled();
  }

  #rejectAll(): void {
    const error = new Error(this.reason);
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(error);
  }

  #settled(): void {
    this.#onSettled?.();
    this.#onSettled = undefined;
  }

  #receive(message: unknown): void {
    if (!isNews(message) || message.namespace !== this.#namespace) return;
    this.#silence = 0;
    if (message.entries.length > 0) this.#events.entries(message.entries);
    for (const topic of message.cleared) this.#events.cleared(topic);
    if (message.isIncomplete) this.#events.missed();
    if (message.store === this.#store) for (const answer of message.answers) this.#answered(answer);
  }

  #answered({ n, answer, refusal, isLost }: Answer): void {
    const waiting = this.#waiting.get(n);
    if (waiting === undefined) return;
    this.#waiting.delete(n);
    if (refusal !== undefined) waiting.reject(new NotStored(refusal));
    else if (isLost === true || answer === undefined)
      waiting.reject(new Error("the answer of the primary was dropped"));
    else waiting.resolve(answer as never);
  }
}
