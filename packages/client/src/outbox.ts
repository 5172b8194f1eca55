/**
 * The outbox of a socket: keeps the pushes that are to be retried until each has got its reply, for all topics. Loaded by
 * the first such push, and by a socket with a storage when it connects (socket/lazy-outbox.ts).
 *
 * The pushes on a topic are sent in the order in which they were made, those of pages that have ended first.
 */
import { UNSENT } from "./outbox/item.ts";
import type { Item, OutboxChannel, PendingPush, Posted } from "./outbox/item.ts";
import type { OutboxOptions, OutboxStorage, StoredPush } from "./outbox/storage.ts";
import { Topic } from "./outbox/topic.ts";
import type { TopicHost } from "./outbox/topic.ts";
import type { Timer } from "./timer.ts";

/** What the outbox needs from its socket. */
export interface OutboxSocket {
  readonly channels: readonly OutboxChannel[];
  readonly options: { readonly outbox?: OutboxOptions | undefined; readonly maxBufferedPushes: number };
  readonly isActive: boolean;
}

/** What the page has loaded already: an import would split it off the page's main file. */
export interface OutboxTools {
  report(error: unknown): void;
  randomName(): string;
  newTimer(): Timer;
}

/** The shortest pause, in milliseconds, between looks for what is too old. */
const MIN_PAUSE_MS = 1000;

export class Outbox implements TopicHost {
  readonly session: string;
  readonly #socket: OutboxSocket;
  readonly tools: OutboxTools;
  readonly #maxPushes: number;
  readonly #maxBytes: number;
  readonly #maxAge: number;
  readonly #topics = new Map<string, Topic>();
  readonly #timer: Timer;
  /** Undefined without one, and when it cannot be used. */
  #storage: OutboxStorage | undefined;
  /** While the storage opens nothing is sent: what earlier pages have left comes first. */
  #opening: Promise<void> | undefined;
  /** Of this page's pushes: when the last one was made, how many there are, and how long their payloads are. */
  #at = 0;
  #count = 0;
  #chars = 0;

  constructor(socket: OutboxSocket, tools: OutboxTools) {
    const { storage, maxPushes, maxBytes, maxAge } = socket.options.outbox ?? {};
    this.#socket = socket;
    this.tools = tools;
    this.#timer = tools.newTimer();
    this.session = tools.randomName();
    this.#maxPushes = maxPushes ?? 1000;
    this.#maxBytes = maxBytes ?? 1_048_576;
    this.#maxAge = maxAge ?? (storage ? 86_400_000 : 600_000);
    this.#storage = storage;
    // In a later turn: its storage may fail at once.
    if (storage !== undefined) this.#opening = Promise.resolve().then(() => this.#open(storage));
  }

  add(posted: Posted): void {
    const topic = this.#topic(posted.topic);
    // The order outlasts the page: those of one millisecond differ, and a clock that is set back does not count.
    this.#at = Math.max(posted.at, this.#at + 0.001);
    const { frame } = posted;
    const payload: unknown = typeof frame === "string" ? JSON.parse(frame)[4] : frame;
    const about = { id: this.tools.randomName(), session: this.session, isOwn: true, at: this.#at };
    const item: Item = Object.assign(posted, { payload, body: JSON.stringify(payload) }, about, UNSENT);
    this.#count++;
    this.#chars += item.body.length;
    if (payload === frame) return topic.end(item, "not_supported");
    if (this.#count > this.#maxPushes || this.#chars > this.#maxBytes) return topic.end(item, "buffer_full");
    topic.add(item);
    this.#look();
    // What was sent at once is stored with its number already.
    if (item.n !== undefined || item.isSettled) return;
    this.save([item])?.catch((cause: unknown) => topic.withdraw(item, "buffer_full", cause));
  }

  /** Nobody waits for it any more: it is not sent, unless it was. */
  abort(posted: Posted): void {
    this.#topics.get(posted.topic)?.withdraw(posted as unknown as Item, "aborted");
  }

  joined(channel: OutboxChannel): void {
    this.#look();
    this.#topics.get(channel.topic)?.joined();
  }

  pending(topic: string): readonly PendingPush[] | undefined {
    return this.#topics.get(topic)?.pending;
  }

  /** Gives up all that waits here, and empties the storage. */
  async clear(): Promise<void> {
    await this.#opening;
    for (const topic of this.#topics.values()) {
      for (const item of topic.items) topic.end(item, "aborted");
    }
    await this.#storage?.clear();
  }

  channels(topic: string): readonly OutboxChannel[] {
    return this.#socket.channels.filter((channel) => channel.topic === topic);
  }

  get isReady(): boolean {
    return this.#opening === undefined;
  }

  get isActive(): boolean {
    return this.#socket.isActive;
  }

  save(items: readonly Item[]): Promise<void> | undefined {
    // In the order of the calls. What was withdrawn while it opens was removed before.
    const put = () => this.#storage?.put(items.filter((item) => !item.isSettled).map(stored));
    return this.#opening ? this.#opening.then(put) : put();
  }

  async forget(item: Item): Promise<unknown> {
    if (item.isOwn) {
      this.#count--;
      this.#chars -= item.body.length;
    }
    this.#look(); // no timer runs when nothing waits
    return this.#storage?.remove([item.id]);
  }

  async #open(storage: OutboxStorage): Promise<void> {
    try {
      await storage.open(this.session, (pushes) => this.#adopt(pushes));
    } catch (error) {
      this.#storage = undefined;
      this.tools.report(error);
    }
    this.#opening = undefined;
    this.#look();
    for (const topic of this.#topics.values()) topic.joined();
  }

  /** The pushes of a session that has ended. */
  #adopt(pushes: readonly StoredPush[]): void {
    for (const name of new Set(pushes.map(({ topic }) => topic))) {
      this.#topic(name).adopt(pushes.filter(({ topic }) => topic === name).map(adopted));
    }
    this.#look();
  }

  #topic(name: string): Topic {
    const topic = this.#topics.get(name) ?? new Topic(name, this);
    this.#topics.set(name, topic);
    return topic;
  }

  /** Gives up what is too old, now and when the next one is. What nobody would be told of waits for a channel. */
  #look(): void {
    const now = Date.now();
    let next = Infinity;
    for (const topic of this.#topics.values()) {
      for (const item of topic.items) {
        // One that has ended looks, too.
        if (item.isSettled || (item.push === undefined && topic.channels.length === 0)) continue;
        // The clock may have been set back.
        const left = this.#maxAge - Math.abs(now - item.at);
        if (left > 0 || item.isFlying) next = Math.min(next, left);
        else topic.end(item, item.isUnsure ? "unknown" : "too_old");
      }
    }
    this.#timer.start(Math.max(next, MIN_PAUSE_MS), () => this.#look());
  }
}

const stored = ({ id, session, topic, event, body, at, resend, n, epoch }: Item): StoredPush => ({
  v: 1,
  id,
  session,
  topic,
  event,
  payload: body,
  at,
  resend,
  n,
  epoch,
});

/** What was stored with a number may have been sent. */
const adopted = (push: StoredPush): Item => ({
  ...push,
  ...UNSENT,
  body: push.payload,
  payload: JSON.parse(push.payload),
  push: undefined,
  isOwn: false,
  isUnsure: push.n !== undefined,
});
