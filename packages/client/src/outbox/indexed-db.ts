/**
 * Keeps pushes in IndexedDB, for all pages of an origin. Each page has a session of its own, and a Web Lock while it lives;
 * when it has ended, one of the others gets the lock and with it the pushes.
 */
import { checkUser, readPush } from "./read.ts";
import type { OutboxStorage, StoredPush } from "./storage.ts";

const NAME = "wingbeat-outbox";
const VERSION = 1;
const STORE = "pushes";
/** How long a database may take to open, in milliseconds: meanwhile nothing is sent. */
const MAX_OPENING_MS = 10_000;

/**
 * Keeps the pushes of a user beyond the end of the page. `user` is the user's id, or another name that no two users of this
 * origin share: the pushes of others are neither sent nor shown. Needs IndexedDB and Web Locks, which browsers have in
 * secure contexts; without them it says so, and the pushes are kept in memory. Throws a TypeError for an empty `user`.
 *
 * A page with such an outbox holds a lock, with which browsers do not put it into the back-forward cache.
 */
export function indexedDBOutbox(user: string): OutboxStorage {
  checkUser(user);
  return new IndexedDBOutbox(user);
}

type Adopt = (pushes: readonly StoredPush[]) => void;

class IndexedDBOutbox implements OutboxStorage {
  readonly #user: string;
  #database: Promise<IDBDatabase> | undefined;

  constructor(user: string) {
    this.#user = user;
  }

  async open(session: string, adopt: Adopt): Promise<void> {
    const { locks } = (globalThis.navigator ?? {}) as Partial<Navigator>;
    if (locks === undefined || globalThis.indexedDB === undefined) {
      throw new Error("indexedDBOutbox needs IndexedDB and Web Locks, which pages have in secure contexts (HTTPS)");
    }
    const found = await this.#all();
    // Quoted, so that no user's begins with another's.
    const prefix = `${NAME}:${JSON.stringify(this.#user)}:`;
    const inherit = (other: string, ifAvailable: boolean) => this.#inherit(locks, prefix, other, adopt, ifAvailable);
    const known = new Set([session]);
    const watch = (other: unknown): void => {
      if (typeof other !== "string" || known.has(other)) return;
      known.add(other);
      inherit(other, false).catch(() => {});
    };
    await locked(locks, prefix + session);
    // Whoever comes later says so to those who listen. Whoever came before holds a lock.
    const announcements = new BroadcastChannel(prefix);
    announcements.addEventListener("message", ({ data }) => watch(data));
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel is of one origin
    announcements.postMessage(session);
    const ended = [...new Set(found.map((push) => push.session))];
    await Promise.all(ended.map((other) => inherit(other, true)));
    for (const other of ended) watch(other);
    const { held = [] } = await locks.query();
    for (const { name = "" } of held) if (name.startsWith(prefix)) watch(name.slice(prefix.length));
  }

  async put(pushes: readonly StoredPush[]): Promise<void> {
    await this.#write((store) => {
      for (const push of pushes) store.put({ ...push, user: this.#user });
    });
  }

  async remove(ids: readonly string[]): Promise<void> {
    await this.#write((store) => {
      for (const id of ids) store.delete([this.#user, id]);
    });
  }

  async clear(): Promise<void> {
    await this.#write((store) => store.delete(this.#range));
  }

  /**
   * Takes the pushes of a session when its lock is free, and keeps the lock: now if `ifAvailable`, or else whenever its
   * page has ended. The promise is of the former.
   */
  #inherit(locks: LockManager, prefix: string, session: string, adopt: Adopt, ifAvailable: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const granted = async (lock: Lock | null): Promise<void> => {
        const pushes = lock && (await this.#all()).filter((push) => push.session === session);
        if (pushes?.length) adopt(pushes);
        resolve();
        if (pushes?.length) await new Promise(() => {});
      };
      locks.request(prefix + session, { ifAvailable }, granted).catch(reject);
    });
  }

  get #range(): IDBKeyRange {
    // Ids are strings, which come before arrays.
    return IDBKeyRange.bound([this.#user], [this.#user, []]);
  }

  async #all(): Promise<StoredPush[]> {
    const database = await this.#opened();
    const found: unknown[] = await done(database.transaction(STORE).objectStore(STORE).getAll(this.#range));
    return found.map(readPush).filter((push) => push !== undefined);
  }

  /** One transaction, whose changes are safe when it is done, or were none. */
  async #write(change: (store: IDBObjectStore) => unknown): Promise<void> {
    const database = await this.#opened();
    const transaction = database.transaction(STORE, "readwrite", { durability: "strict" });
    await new Promise<void>((resolve, reject) => {
      transaction.addEventListener("complete", () => resolve());
      transaction.addEventListener("abort", () =>
        reject(transaction.error ?? new Error("the transaction was aborted")),
      );
      change(transaction.objectStore(STORE));
    });
  }

  #opened(): Promise<IDBDatabase> {
    this.#database ??= this.#connect().catch((error: unknown) => {
      this.#database = undefined;
      throw error;
    });
    return this.#database;
  }

  async #connect(): Promise<IDBDatabase> {
    const request = indexedDB.open(NAME, VERSION);
    request.addEventListener("upgradeneeded", () => {
      request.result.createObjectStore(STORE, { keyPath: ["user", "id"] });
    });
    const database = await Promise.race([done(request), after(MAX_OPENING_MS)]);
    const closed = (): void => {
      database.close();
      this.#database = undefined;
    };
    // A later version of this package wants to change it; or the user has it cleared.
    database.addEventListener("versionchange", closed);
    database.addEventListener("close", closed);
    return database;
  }
}

/** Holds a lock until the page ends. */
function locked(locks: LockManager, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const granted = (): Promise<never> => {
      resolve();
      return new Promise(() => {});
    };
    locks.request(name, granted).catch(reject);
  });
}

/** Rejects. */
const after = (ms: number): Promise<never> =>
  new Promise((_, reject) => {
    setTimeout(() => reject(new Error("the database of the outbox does not open")), ms);
  });

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error ?? new Error("the request has failed")));
  });
}
