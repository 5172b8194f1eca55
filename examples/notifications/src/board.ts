/** The board: comments that mention people. The last 50 are kept. */
import type { Store } from "@wingbeat/example-site";
import type { User } from "./users.ts";

export interface Comment {
  readonly id: number;
  readonly author: User;
  readonly body: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
}

const COMMENTS = "notifications:comments";
const LIMIT = 50;

export class Board {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Oldest first. */
  async all(): Promise<Comment[]> {
    return [...(await this.#store.all<Comment>(COMMENTS)).values()].sort((a, b) => a.id - b.id);
  }

  async add(author: User, body: string): Promise<Comment> {
    const id = await this.#store.add("notifications:ids", "comment", 1);
    const comment = { id, author, body, at: new Date().toISOString() };
    await this.#store.put(COMMENTS, id, comment);
    for (const old of (await this.all()).slice(0, -LIMIT)) await this.#store.remove(COMMENTS, old.id);
    return comment;
  }

  /** Removes a comment of that author. False when there is none. */
  async remove(author: User, id: number): Promise<boolean> {
    const comment = await this.#store.get<Comment>(COMMENTS, id);
    return comment?.author.id === author.id && (await this.#store.remove(COMMENTS, id));
  }
}
