import type { Notification, State } from "@wingbeat/example-notifications";

/** The notifications as this page knows them: each once, newest first, however often and in what order they come. */
export class Inbox {
  unread = 0;
  /** How far this page has seen. Undefined: nothing. */
  cursor: number | undefined;
  readonly #items = new Map<number, Notification>();

  get items(): readonly Notification[] {
    return [...this.#items.values()].sort((a, b) => b.id - a.id);
  }

  get oldest(): number | undefined {
    return this.items.at(-1)?.id;
  }

  /** What a join has answered. */
  takeState({ items, unread, cursor, reset }: State): void {
    if (reset) {
      this.#items.clear();
      this.cursor = undefined;
    }
    for (const item of items) this.#put(item);
    this.#count(unread, cursor);
  }

  add(notification: Notification, unread: number, cursor: number): void {
    this.#put(notification);
    this.#count(unread, cursor);
  }

  addOlder(items: readonly Notification[]): void {
    for (const item of items) this.#put(item);
  }

  read(ids: readonly number[], unread: number, cursor: number): void {
    for (const id of ids) {
      const item = this.#items.get(id);
      if (item !== undefined) this.#items.set(id, { ...item, read: true });
    }
    this.#count(unread, cursor);
  }

  retract(ids: readonly number[], unread: number, cursor: number): void {
    for (const id of ids) this.#items.delete(id);
    this.#count(unread, cursor);
  }

  #put(item: Notification): void {
    if (item.retracted) this.#items.delete(item.id);
    else this.#items.set(item.id, item);
  }

  /** The server counts: what this page has may be a part only. */
  #count(unread: number, cursor: number): void {
    this.unread = unread;
    this.cursor = Math.max(this.cursor ?? 0, cursor);
  }
}
