/**
 * The pushes of one session on one topic that have a number (PROTOCOL.md, section 17): sends them in order, and again
 * until each has got its reply. Pure but for a timer: what it needs comes from its host.
 */
import { PUSHES, Reason } from "@wingbeat/protocol";
import { Timer, isDelay } from "../timer.ts";
import type { Answer, Item, Outcome, OutboxChannel } from "./item.ts";

/** How many may be without a reply: a server keeps twice as many replies. */
const WINDOW = 16;
/** After so many times without any answer a push is given up, and the rest goes on. */
const MAX_TRIES = 5;

export interface LineHost {
  /** The channel that has joined the topic, if there is one, and takes numbers. */
  channel(): OutboxChannel | undefined;
  /** Whether a loss of the connection counts against the push that was under way. */
  countsLosses(): boolean;
  /** Whether there are pushes without a number that {@link take} would give. */
  hasMore(): boolean;
  /** Up to so many pushes that are to get the next numbers. */
  take(count: number): Item[];
  /** Stores pushes before they are sent. Undefined: there is no need to wait. */
  save(items: readonly Item[]): Promise<unknown> | undefined;
  /** A push has ended. Calls `removed` once it is not stored any more. */
  settled(item: Item, outcome: Outcome, removed: () => void): void;
  /** A push was numbered. */
  changed(): void;
}

export class Line {
  readonly session: string;
  /** In the order of their numbers, until they are not stored any more. */
  items: Item[];
  readonly #host: LineHost;
  /** The highest number that was given. */
  #last: number;
  /** The server has got at least to this number. */
  #reached: number;
  #epoch: string | undefined;
  /** Waiting for the storage, or for an epoch. */
  #isBusy = false;
  /** Something was not handled: nothing is sent until all that flies is answered, and then from the first on. */
  #goesBack = false;
  #isPaused = false;
  #pauses = 0;
  readonly #timer = new Timer();

  /** `items` are those that an earlier page has left of this session. */
  constructor(session: string, host: LineHost, items: Item[] = []) {
    this.session = session;
    this.#host = host;
    this.items = items;
    this.#reached = (items[0]?.n ?? 1) - 1;
    this.#last = items.at(-1)?.n ?? 0;
  }

  /** The channel has joined: what was on its way is sent again. */
  joined(): void {
    this.#pauses = 0;
    this.#resume();
  }

  /** Sends what can be sent now. */
  pump(): void {
    const channel = this.#host.channel();
    if (channel === undefined || this.#isBusy || this.#isPaused) return;
    const open = this.items.filter((item) => !item.isSettled);
    const flying = open.filter((item) => item.isFlying).length;
    if (this.#goesBack && flying > 0) return;
    this.#goesBack = false;
    // One that was often without an answer is sent alone: the others shall not go down with it.
    const room = ((open[0]?.tries ?? 0) > 1 ? 1 : WINDOW) - flying;
    const again = open.filter((item) => !item.isFlying).slice(0, Math.max(room, 0));
    const hasMore = room > again.length && this.#host.hasMore();
    if (again.length === 0 && !hasMore) return;
    const first = open[0]?.n ?? this.#last + 1;
    const renewed = again.filter((item) => item.epoch === undefined);
    const needsEpoch = this.#epoch === undefined && (hasMore || renewed.length > 0);
    if (needsEpoch || first - 1 > this.#reached) return this.#begin(channel, first);
    const fresh = hasMore ? this.#host.take(room - again.length) : [];
    for (const item of fresh) {
      item.n = ++this.#last;
      item.session = this.session;
    }
    this.items.push(...fresh);
    const changed = [...renewed, ...fresh];
    for (const item of changed) item.epoch = this.#epoch;
    const sending = [...again, ...fresh];
    const saving = changed.length > 0 ? this.#host.save(changed) : undefined;
    if (fresh.length > 0) this.#host.changed();
    if (saving === undefined) return this.#send(channel, sending);
    this.#send(channel, sending.slice(0, sending.indexOf(changed[0] as Item)));
    this.#isBusy = true;
    saving
      .catch((cause: unknown) => {
        for (const item of changed) this.settle(item, { reason: item.isUnsure ? "unknown" : "buffer_full", cause });
      })
      .then(() => {
        this.#isBusy = false;
        this.pump();
      });
  }

  /** Ends a push. Its number is skipped if the server has not got to it. */
  settle(item: Item, outcome: Outcome): void {
    if (item.isSettled) return;
    item.isSettled = true;
    this.#host.settled(item, outcome, () => {
      this.items = this.items.filter((other) => other !== item);
    });
  }

  stop(): void {
    this.#timer.stop();
  }

  /** Begins the line anew: `next` is the first number that is without a reply. */
  #begin(channel: OutboxChannel, next: number): void {
    this.#isBusy = true;
    channel.ask(PUSHES, { session: this.session, next }, undefined, (answer) => {
      this.#isBusy = false;
      if (answer === undefined) return;
      const { epoch, last } = (answer.response ?? {}) as { readonly epoch?: unknown; readonly last?: unknown };
      const isLine = typeof epoch === "string" && Number.isSafeInteger(last) && (last as number) >= next - 1;
      if (answer.status !== "ok" || !isLine) return this.#pause(answer);
      this.#epoch = epoch;
      this.#reached = last as number;
      this.#last = Math.max(this.#last, this.#reached);
      this.pump();
    });
  }

  #send(channel: OutboxChannel, items: readonly Item[]): void {
    for (const item of items) {
      // An answer may come at once.
      if (this.#goesBack || this.#isBusy) return;
      if (item.isFlying || item.isSettled) continue;
      item.isFlying = true;
      const payload: unknown = typeof item.body === "string" ? JSON.parse(item.body) : item.body;
      const number = { n: item.n, e: item.epoch, s: this.session, a: ((this.items[0] as Item).n as number) - 1 };
      channel.ask(item.event, payload, number, (answer) => this.#answered(item, answer));
    }
  }

  #answered(item: Item, answer: Answer | undefined): void {
    item.isFlying = false;
    if (answer === undefined) return this.#lost(item);
    item.tries = 0;
    const { push, status, response } = answer;
    if (push === "later" || push === "order" || push === "epoch") this.#again(item, answer);
    else {
      this.#reached = Math.max(this.#reached, item.n as number);
      this.#pauses = 0;
      if (push !== undefined) this.settle(item, { reason: push === "expired" ? push : "unknown", response });
      else this.settle(item, { status, response, reason: status === "ok" ? undefined : failureOf(response) });
    }
    this.pump();
  }

  /** The channel has ended before the reply. */
  #lost(item: Item): void {
    item.isUnsure = true;
    const isFirst = this.items.find((other) => !other.isSettled) === item;
    if (isFirst && this.#host.countsLosses() && ++item.tries >= MAX_TRIES) this.settle(item, { reason: "unknown" });
  }

  /** This time it was not handled. */
  #again(item: Item, answer: Answer): void {
    const { push, response } = answer;
    const next: unknown = (response as { readonly next?: unknown } | null)?.next;
    // The server waits for a number that is not there any more.
    if (push === "order" && typeof next === "number") this.#reached = Math.min(this.#reached, next - 1);
    if (push === "epoch") {
      if (this.#epoch === item.epoch) this.#epoch = undefined;
      item.epoch = undefined;
      if (item.isUnsure && !item.resend) return this.settle(item, { reason: "unknown", response });
    }
    if (this.#goesBack) return;
    this.#goesBack = true;
    this.#pause(answer);
  }

  #pause({ push, response }: Answer): void {
    const asked: unknown = (response as { readonly retry_after_ms?: unknown } | null)?.retry_after_ms;
    const tries = this.#pauses++;
    const isQuick = tries === 0 && (push === "epoch" || push === "order");
    const delay = isQuick ? 0 : Math.min(250 * 2 ** tries, 10_000) * (0.5 + Math.random() / 2);
    this.#isPaused = true;
    this.#timer.start(isDelay(asked) ? asked : delay, () => this.#resume());
  }

  #resume(): void {
    this.#timer.stop();
    this.#isPaused = false;
    this.pump();
  }
}

/** The handler has crashed, or has refused. */
const failureOf = (response: unknown) =>
  (response as { readonly reason?: unknown } | null)?.reason === Reason.channelCrash ? "crashed" : "refused";
