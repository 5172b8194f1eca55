/** Whose mentions a user does not want. */
import type { Store } from "@wingbeat/example-site";

export class Mutes {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async of(userId: number): Promise<number[]> {
    return [...(await this.#store.all(mutesOf(userId))).keys()].map(Number).sort((a, b) => a - b);
  }

  async set(userId: number, actorId: number, muted: boolean): Promise<void> {
    if (muted) await this.#store.put(mutesOf(userId), actorId, true);
    else await this.#store.remove(mutesOf(userId), actorId);
  }
}

const mutesOf = (userId: number): string => `notifications:mutes:${userId}`;
