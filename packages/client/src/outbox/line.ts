/**
 * The pushes of one session on one topic that have a number (PROTOCOL.md, section 17): sends them in order, and again
 * until each has got its reply. All that it needs comes from its host.
 */
import type { Timer } from "../timer.ts";
import type { Answer, Item, Outcome, OutboxChannel } from "./item.ts";

// `PUSHES` and `Reason.channelCrash`: to import them would split the protocol off the page's main file.
const PUSHES = "wb_pushes";
const CRASH = "channel_crash";
/** How many may be without a reply: a server keeps twice as many replies. */
const WINDOW = 16;
/** After so many times without any answer a push is given up, and the rest goes on. */
const MAX_TRIES = 5;

export interface LineHost {
  /** The channel that has joined the topic and takes numbers. */
  readonly channel: OutboxChannel | undefined;
  /** Whether a loss of the connection counts against the push that was under way. */
  readonly countsLosses: boolean;
  /** Up to so many pushes that are to get the next numbers. They are given with {@link take}. */
  next(line: Line, count: number): Item[];
  take(items: readonly Item[]): void;
  readonly outbox: {
    readonly tools: { newTimer(): Timer };
    /** Stores pushes before they are sent. Undefined: there is no need to wait. */
    save(items: readonly Item[]): Promise<unknown> | undefined;
  };
  /** A push has ended; `line.items` are without it once it is not stored any more. */
  settled(item: Item, outcome: Outcome, line: Line): void;
}

export class Line {
  readonly session: string;
  /** In the order of their numbers. */
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
  readonly #timer: Timer;

  /** `items` are those that an earlier page has left of this session. */
  constructor(session: string, host: LineHost, items: Item[] = []) {
    this.session = session;
    this.#host = host;
    this.#timer = host.outbox.tools.newTimer();
    this.items = items;
    this.#reached = (items[0]?.n ?? 1) - 1;
    // Not `at(-1)`: older versions of Hermes have no such method.
    this.#last = items[items.length - 1]?.n ?? 0;
  }

  get open(): Item[] {
    return this.items.filter((item) => !item.isSettled);
  }

  /** The channel has joined, or a pause is over. */
  resume(): void {
    this.#timer.stop();
    this.#isPaused = false;
    this.pump();
  }

  /** Sends what can be sent now. */
  pump(): void {
    const { channel } = this.#host;
    if (!channel || this.#isBusy || this.#isPaused) return;
    const { open } = this;
    const unsent = open.filter((item) => !item.isFlying);
    const flying = open.length - unsent.length;
    if (this.#goesBack && flying > 0) return;
    this.#goesBack = false;
    // One that was often without an answer is sent alone: the others shall not go down with it.
    const room = Math.max(((open[0]?.tries ?? 0) > 1 ? 1 : WINDOW) - flying, 0);
    const again = unsent.slice(0, room);
    const fresh = this.#host.next(this, room - again.length);
    const changed = [...again.filter((item) => !item.epoch), ...fresh];
    const first = open[0]?.n ?? this.#last + 1;
    const mayWait = again.length + fresh.length > 0 && first - 1 > this.#reached;
    if (mayWait || (changed[0] && !this.#epoch)) return this.#begin(channel, first);
    for (const item of changed) item.epoch = this.#epoch;
    for (const item of fresh) {
      item.n = ++this.#last;
      item.session = this.session;
    }
    this.items.push(...fresh);
    this.#host.take(fresh);
    const sending = [...again, ...fresh];
    const saving = changed[0] && this.#host.outbox.save(changed);
    if (!saving) return this.#send(channel, sending);
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
    if (!item.isSettled) this.#host.settled(item, outcome, this);
  }

  /** Begins the line anew: `next` is the first number that is without a reply. */
  #begin(channel: OutboxChannel, next: number): void {
    this.#isBusy = true;
    channel.ask(PUSHES, { session: this.session, next }, undefined, (answer) => {
      this.#isBusy = false;
      if (!answer) return;
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
      if (this.#goesBack || item.isFlying || item.isSettled) continue;
      item.isFlying = true;
      const number = { n: item.n, e: item.epoch, s: this.session, a: ((this.items[0] as Item).n as number) - 1 };
      channel.ask(item.event, JSON.parse(item.body), number, (answer) => this.#answered(item, answer));
    }
  }

  #answered(item: Item, answer: Answer | undefined): void {
    item.isFlying = false;
    if (!answer) {
      item.isUnsure = true;
      const counts = this.open[0] === item && this.#host.countsLosses;
      if (counts && ++item.tries >= MAX_TRIES) this.settle(item, { reason: "unknown" });
      return;
    }
    item.tries = 0;
    const { push, status, response } = answer;
    const { reason, next } = (response ?? {}) as { readonly reason?: unknown; readonly next?: unknown };
    if (push === "epoch") {
      if (this.#epoch === item.epoch) this.#epoch = undefined;
      item.epoch = undefined;
    }
    if ((push === "later" || push === "order" || push === "epoch") && !item.isSettled) {
      // The server waits for a number that is not there any more.
      if (push === "order" && typeof next === "number") this.#reached = Math.min(this.#reached, next - 1);
      if (push === "epoch" && item.isUnsure && !item.resend) this.settle(item, { reason: "unknown", response });
      else if (!this.#goesBack) {
        this.#goesBack = true;
        this.#pause(answer);
      }
    } else {
      this.#reached = Math.max(this.#reached, item.n as number);
      this.#pauses = 0;
      if (push !== undefined) this.settle(item, { reason: push === "expired" ? push : "unknown", response });
      else if (status === "ok") this.settle(item, { status, response });
      else this.settle(item, { status, response, reason: reason === CRASH ? "crashed" : "refused" });
    }
    this.pump();
  }

  #pause({ push, response }: Answer): void {
    const asked: unknown = (response as { readonly retry_after_ms?: unknown } | null)?.retry_after_ms;
    const tries = this.#pauses++;
    const isQuick = tries === 0 && (push === "epoch" || push === "order");
    const delay = isQuick ? 0 : Math.min(250 * 2 ** tries, 10_000) * (0.5 + Math.random() / 2);
    this.#isPaused = true;
    this.#timer.start(typeof asked === "number" && asked >= 0 ? asked : delay, () => this.resume());
  }
}
