/** The notifications of each user: stored before anybody is told. */
import type { Store } from "@wingbeat/example-site";
import type { Notification } from "./notification.ts";
import type { Sent } from "./sent.ts";

/** What is new in an inbox, with the number of unread ones that counts. */
export interface Change<Item> {
  readonly changed: Item;
  readonly unread: number;
  readonly cursor: number;
}

type Draft = Pick<Notification, "kind" | "actor" | "comment_id" | "excerpt" | "read">;

/** Notifications of one user that are kept. */
const LIMIT = 100;

export class Inbox {
  readonly #store: Store;
  readonly #sent: Sent;

  constructor(store: Store, sent: Sent) {
    this.#store = store;
    this.#sent = sent;
  }

  /** That of the latest change of any inbox. */
  async lastCursor(): Promise<number> {
    return (await this.#store.get<number>("notifications:ids", "last")) ?? 0;
  }

  /** Newest first; retracted ones too. */
  async all(userId: number): Promise<Notification[]> {
    const stored = await this.#store.all<Notification>(inboxOf(userId));
    return [...stored.values()].sort((a, b) => b.id - a.id);
  }

  async add(userId: number, draft: Draft): Promise<Change<Notification>> {
    const id = await this.#nextCursor();
    const notification = { ...draft, id, cursor: id, created_at: new Date().toISOString(), retracted: false };
    await this.#put(userId, notification);
    const all = await this.all(userId);
    for (const old of all.slice(LIMIT)) {
      await this.#store.remove(inboxOf(userId), old.id);
      await this.#sent.forget(old);
    }
    return { changed: notification, unread: countUnread(all.slice(0, LIMIT)), cursor: id };
  }

  /** Marks unread ones as read, those that `which` picks. A second time changes nothing. */
  read(userId: number, which: (notification: Notification) => boolean): Promise<Change<Notification[]>> {
    return this.#change(userId, (item) => !item.read && which(item), { read: true });
  }

  /** Takes back what told of a comment. */
  retract(userId: number, commentId: number): Promise<Change<Notification[]>> {
    return this.#change(userId, (item) => item.comment_id === commentId, { retracted: true });
  }

  async #change(
    userId: number,
    which: (notification: Notification) => boolean,
    change: Partial<Notification>,
  ): Promise<Change<Notification[]>> {
    const all = await this.all(userId);
    const cursor = await this.#nextCursor();
    const changed = all
      .filter((item) => !item.retracted && which(item))
      .map((item) => ({ ...item, ...change, cursor }));
    for (const item of changed) await this.#put(userId, item);
    const ids = new Set(changed.map(({ id }) => id));
    return { changed, unread: countUnread([...all.filter(({ id }) => !ids.has(id)), ...changed]), cursor };
  }

  async #put(userId: number, notification: Notification): Promise<void> {
    await this.#store.put(inboxOf(userId), notification.id, notification);
    if (notification.retracted) await this.#sent.forget(notification);
    else await this.#sent.keep(notification);
  }

  #nextCursor(): Promise<number> {
    return this.#store.add("notifications:ids", "last", 1);
  }
}

export function countUnread(items: readonly Notification[]): number {
  return items.filter(({ read, retracted }) => !read && !retracted).length;
}

const inboxOf = (userId: number): string => `notifications:inbox:${userId}`;
