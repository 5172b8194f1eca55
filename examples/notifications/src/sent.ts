/** How many mentions of each user are out, and how many of them have been read. */
import type { Store } from "@wingbeat/example-site";
import type { Notification } from "./notification.ts";

export interface Stats {
  readonly sent: number;
  readonly read: number;
}

export class Sent {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async keep({ id, kind, actor, read }: Notification): Promise<void> {
    if (kind === "mention") await this.#store.put(sentBy(actor.id), id, read);
  }

  async forget({ id, actor }: Notification): Promise<void> {
    await this.#store.remove(sentBy(actor.id), id);
  }

  async stats(userId: number): Promise<Stats> {
    const all = [...(await this.#store.all<boolean>(sentBy(userId))).values()];
    return { sent: all.length, read: all.filter(Boolean).length };
  }
}

const sentBy = (userId: number): string => `notifications:sent:${userId}`;
