/** The pushes on one topic: those that wait for a number, and the lines of this session and of those that have ended. */
import type { PushFailure } from "../errors.ts";
import type { Item, Outcome, OutboxChannel, PendingPush } from "./item.ts";
import type { Timer } from "../timer.ts";
import { Line } from "./line.ts";
import type { LineHost } from "./line.ts";

export interface TopicHost {
  readonly session: string;
  /** Whether the socket is to be connected. */
  readonly isActive: boolean;
  /** Whether anything may be sent yet. */
  readonly isReady: boolean;
  channels(topic: string): readonly OutboxChannel[];
  readonly tools: { newTimer(): Timer };
  /** Stores pushes. Undefined: nothing is stored. */
  save(items: readonly Item[]): Promise<void> | undefined;
  /** A push has ended: it need not be stored any more. */
  forget(item: Item): Promise<unknown>;
}

/** What is said of pushes that fail here. Others have said it themselves. */
const TEXT: { readonly [Reason in PushFailure]?: string } = {
  buffer_full: "not sent: too many wait, or the storage is full",
  expired: "handled, but its reply is not kept any more",
  unknown: "cut off: nobody knows if it was handled",
  not_supported: "not sent: its channel has no .dedupe(), or it is bytes",
  too_old: "not sent: it has waited too long",
};

export class Topic implements LineHost {
  readonly #name: string;
  readonly outbox: TopicHost;
  /** Without a number, in the order in which they were made. */
  #waiting: Item[] = [];
  /** The last one is of this session, the others of those that have ended. */
  #lines: Line[];
  #view: readonly PendingPush[] | undefined;
  #isTelling = false;

  constructor(name: string, outbox: TopicHost) {
    this.#name = name;
    this.outbox = outbox;
    this.#lines = [new Line(outbox.session, this)];
  }

  /** All that has not ended. */
  get items(): Item[] {
    return [...this.#lines.flatMap(({ open }) => open), ...this.#waiting];
  }

  /** The same array until something changes. */
  get pending(): readonly PendingPush[] {
    return (this.#view ??= this.items.map((item) => ({
      id: item.id,
      event: item.event,
      payload: item.payload,
      at: item.at,
      state: item.n === undefined ? "waiting" : "sent",
      cancel: () => this.withdraw(item, "aborted"),
    })));
  }

  get channels(): readonly OutboxChannel[] {
    return this.outbox.channels(this.#name);
  }

  get channel(): OutboxChannel | undefined {
    const joined = this.#joined;
    return joined?.takesNumbers ? joined : undefined;
  }

  get #joined(): OutboxChannel | undefined {
    return this.outbox.isReady ? this.channels.find((channel) => channel.canPush()) : undefined;
  }

  get countsLosses(): boolean {
    return this.outbox.isActive && this.channels.some((channel) => channel.isJoined());
  }

  add(item: Item): void {
    this.#waiting.push(item);
    this.#changed();
    this.pump();
  }

  /** Takes the pushes of a session that has ended: nothing new is sent before what it had sent is settled. */
  adopt(items: readonly Item[]): void {
    const sent = items.filter(({ n }) => n).sort((a, b) => (a.n as number) - (b.n as number));
    this.#waiting = [...items.filter(({ n }) => !n), ...this.#waiting].sort((a, b) => a.at - b.at);
    if (sent[0]) this.#lines.splice(-1, 0, new Line(sent[0].session, this, sent));
    this.#changed();
    this.pump();
  }

  /** A channel has joined. */
  joined(): void {
    for (const line of this.#lines) line.resume();
    this.pump();
  }

  pump(): void {
    if (this.#joined?.takesNumbers === false) {
      for (const item of this.items) this.end(item, item.isUnsure ? "unknown" : "not_supported");
    }
    for (const line of this.#lines) line.pump();
  }

  /** Ends a push, if it was never sent. */
  withdraw(item: Item, reason: PushFailure, cause?: unknown): boolean {
    const canBe = item.n === undefined && !item.isSettled;
    if (canBe) this.end(item, reason, cause);
    return canBe;
  }

  end(item: Item, reason: PushFailure, cause?: unknown): void {
    this.#waiting = this.#waiting.filter((other) => other !== item);
    this.settled(item, { reason, cause });
  }

  next(line: Line, count: number): Item[] {
    return line === this.#lines[0] && line.session === this.outbox.session ? this.#waiting.slice(0, count) : [];
  }

  take(items: readonly Item[]): void {
    if (items.length === 0) return;
    this.#waiting.splice(0, items.length);
    this.#changed();
  }

  settled(item: Item, { reason, status, response, cause }: Outcome): void {
    const { push, event, payload } = item;
    item.isSettled = true;
    item.push = undefined;
    this.#changed();
    if (reason && reason !== "refused") push?.fail(reason, { response, cause, why: TEXT[reason] });
    if (reason !== "aborted") push?.settle(status ?? "error", response ?? { reason: TEXT[reason as PushFailure] });
    for (const channel of this.channels) channel.tellOfPushes({ event, payload, status, response, reason });
    const gone = (): void => {
      for (const line of this.#lines) line.items = line.items.filter((other) => other !== item);
      this.#lines = this.#lines.filter((line, index) => line.items.length > 0 || index === this.#lines.length - 1);
      this.pump();
    };
    // Later: who has told of a loss is not done with it.
    void this.outbox.forget(item).then(gone, gone);
  }

  /** Tells once of all changes of a turn. */
  #changed(): void {
    this.#view = undefined;
    if (this.#isTelling) return;
    this.#isTelling = true;
    void Promise.resolve().then(() => {
      this.#isTelling = false;
      for (const channel of this.channels) channel.tellOfPushes();
    });
  }
}
