/** Keeps pushes in React Native's AsyncStorage, or in anything with its methods. */
import { checkUser, readPush } from "./read.ts";
import type { OutboxStorage, StoredPush } from "./storage.ts";

/** What is used of `@react-native-async-storage/async-storage`. */
export interface AsyncStorage {
  getItem(key: string): Promise<string | null>;
  setItem(key: string, value: string): Promise<unknown>;
  removeItem(key: string): Promise<unknown>;
  getAllKeys(): Promise<readonly string[]>;
}

/**
 * Keeps the pushes of a user beyond the end of the app. `user` is the user's id, or another name that no two users of this
 * storage share: the pushes of others are neither sent nor shown. The storage must belong to one process, as it does in an
 * app: a second one would send the same pushes. Throws a TypeError for an empty `user`.
 */
export function asyncStorageOutbox(storage: AsyncStorage, user: string): OutboxStorage {
  checkUser(user);
  return new AsyncStorageOutbox(storage, user);
}

/** The sessions of this process, of all copies of this package in it: what is left of others is orphaned. */
const LIVING = Symbol.for("wingbeat.outbox.sessions");
const living = ((globalThis as { [LIVING]?: Set<string> })[LIVING] ??= new Set());

class AsyncStorageOutbox implements OutboxStorage {
  readonly #storage: AsyncStorage;
  readonly #prefix: string;
  /** One after the other: calls of a storage may overtake each other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(storage: AsyncStorage, user: string) {
    this.#storage = storage;
    // Quoted, so that no user's keys begin with another's.
    this.#prefix = `wingbeat-outbox:${JSON.stringify(user)}:`;
  }

  open(session: string, adopt: (pushes: readonly StoredPush[]) => void): Promise<void> {
    living.add(session);
    return this.#next(async () => {
      const texts = await Promise.all((await this.#keys()).map((key) => this.#storage.getItem(key)));
      const pushes = texts.map(pushFrom).filter((push) => push !== undefined);
      for (const other of new Set(pushes.map((push) => push.session))) {
        if (living.has(other)) continue;
        living.add(other);
        adopt(pushes.filter((push) => push.session === other));
      }
    });
  }

  put(pushes: readonly StoredPush[]): Promise<void> {
    return this.#next(async () => {
      try {
        for (const push of pushes) await this.#storage.setItem(this.#prefix + push.id, JSON.stringify(push));
      } catch (error) {
        await this.#forget(pushes.map(({ id }) => id)).catch(() => {});
        throw error;
      }
    });
  }

  remove(ids: readonly string[]): Promise<void> {
    return this.#next(() => this.#forget(ids));
  }

  clear(): Promise<void> {
    return this.#next(async () => {
      for (const key of await this.#keys()) await this.#storage.removeItem(key);
    });
  }

  async #keys(): Promise<string[]> {
    return (await this.#storage.getAllKeys()).filter((key) => key.startsWith(this.#prefix));
  }

  async #forget(ids: readonly string[]): Promise<void> {
    for (const id of ids) await this.#storage.removeItem(this.#prefix + id);
  }

  #next(call: () => Promise<void>): Promise<void> {
    const done = this.#last.then(call);
    this.#last = done.catch(() => {});
    return done;
  }
}

function pushFrom(text: string | null): StoredPush | undefined {
  try {
    return readPush(JSON.parse(text ?? ""));
  } catch {
    return undefined;
  }
}
