/** The pushes on one topic: those that wait for a number, and the lines of this session and of those that have ended. */
import type { Item, Outcome, OutboxChannel, PendingPush } from "./item.ts";
import { Line } from "./line.ts";

export interface TopicHost {
  readonly session: string;
  /** The channels on the topic; none while nothing may be sent yet. */
  channels(topic: string): readonly OutboxChannel[];
  /** Whether the socket is to be connected. */
  isActive(): boolean;
  /** Stores pushes. Undefined: nothing is stored. */
  save(items: readonly Item[]): Promise<void> | undefined;
  /** A push has ended. Undefined: there is nothing to wait for. */
  forget(item: Item): Promise<unknown> | undefined;
}

export class Topic {
  readonly #name: string;
  readonly #host: TopicHost;
  /** Without a number, in the order in which they were made. */
  #waiting: Item[] = [];
  readonly #own: Line;
  /** Of sessions that have ended. */
  #adopted: Line[] = [];
  #view: readonly PendingPush[] | undefined;
  #isTelling = false;

  constructor(name: string, host: TopicHost) {
    this.#name = name;
    this.#host = host;
    this.#own = this.#line(host.session);
  }

  /** All that has not ended. */
  get items(): Item[] {
    const numbered = this.#lines.flatMap((line) => line.items);
    return [...numbered.filter((item) => !item.isSettled), ...this.#waiting];
  }

  /** The same array until something changes. */
  get pending(): readonly PendingPush[] {
    return (this.#view ??= this.items.map((item) => ({
      id: item.id,
      event: item.event,
      payload: item.payload,
      at: item.at,
      state: item.n === undefined ? "waiting" : "sent",
      cancel: () => this.withdraw(item, { reason: "aborted" }),
    })));
  }

  /** The channels of this topic, to be told. */
  get channels(): readonly OutboxChannel[] {
    return this.#host.channels(this.#name);
  }

  add(item: Item): void {
    this.#waiting.push(item);
    this.#changed();
    this.pump();
  }

  /** Takes the pushes of a session that has ended: nothing new is sent before what it had sent is settled. */
  adopt(items: readonly Item[]): void {
    const sent = items.filter((item) => item.n !== undefined).sort((a, b) => (a.n as number) - (b.n as number));
    const waiting = items.filter((item) => item.n === undefined);
    this.#waiting = [...this.#waiting, ...waiting].sort((a, b) => a.at - b.at);
    if (sent[0] !== undefined) this.#adopted.push(this.#line(sent[0].session, sent));
    this.#changed();
    this.pump();
  }

  /** A channel has joined. */
  joined(): void {
    for (const line of this.#lines) line.joined();
    this.pump();
  }

  pump(): void {
    const channel = this.channels.find((each) => each.canPush());
    if (channel?.takesNumbers === false) {
      for (const item of this.items) this.end(item, { reason: item.isUnsure ? "unknown" : "not_supported" });
    }
    for (const line of this.#lines) line.pump();
  }

  /** Ends a push, if it was never sent. */
  withdraw(item: Item, outcome: Outcome): boolean {
    const canBe = item.n === undefined && !item.isSettled;
    if (canBe) this.end(item, outcome);
    return canBe;
  }

  end(item: Item, outcome: Outcome): void {
    const line = this.#lines.find(({ items }) => items.includes(item));
    if (line !== undefined) return line.settle(item, outcome);
    this.#waiting = this.#waiting.filter((other) => other !== item);
    item.isSettled = true;
    this.#settled(item, outcome);
  }

  get #lines(): readonly Line[] {
    return [...this.#adopted, this.#own];
  }

  #line(session: string, items?: Item[]): Line {
    const isOwn = items === undefined;
    return new Line(
      session,
      {
        channel: () => this.channels.find((channel) => channel.takesNumbers && channel.canPush()),
        countsLosses: () => this.#host.isActive() && this.channels.some((channel) => channel.isJoined()),
        hasMore: () => isOwn && this.#adopted.length === 0 && this.#waiting.length > 0,
        take: (count) => this.#waiting.splice(0, count),
        save: (saved) => this.#host.save(saved),
        settled: (item, outcome, removed) => this.#settled(item, outcome, removed),
        changed: () => this.#changed(),
      },
      items,
    );
  }

  #settled(item: Item, { reason, status, response, cause }: Outcome, removed?: () => void): void {
    const { push, event, payload } = item;
    item.push = undefined;
    this.#changed();
    if (reason === undefined || reason === "refused") push?.settle(status ?? "ok", response);
    else if (reason === "aborted") push?.fail(reason);
    else push?.reject((response ?? { reason: reason.replace("_", " ") }) as { reason: string }, cause, reason);
    for (const channel of this.channels) channel.tellOfPushes({ event, payload, status, response, reason });
    const done = (): void => {
      removed?.();
      this.#adopted = this.#adopted.filter((line) => line.items.length > 0);
      this.pump();
    };
    // Later: who has told of a loss is not done with it.
    void Promise.resolve(this.#host.forget(item)).then(done, done);
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
