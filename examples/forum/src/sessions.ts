/** Who is logged in. A session has one token; logging in again, or in another tab, makes another session. */
import { randomUUID } from "node:crypto";
import type { Store } from "@wingbeat/example-site";
import { Token } from "wingbeat";

export interface Session {
  readonly userId: number;
  readonly sessionId: string;
}

const SALT = "forum session";
const MAX_AGE = 28 * 86_400;
/** Sessions of one member; the oldest makes room. */
const LIMIT = 20;

export class Sessions {
  readonly #store: Store;
  readonly #secret: string;

  constructor(store: Store, secret: string) {
    this.#store = store;
    this.#secret = secret;
  }

  async open(userId: number): Promise<Session & { readonly token: string }> {
    const session: Session = { userId, sessionId: randomUUID() };
    const hash = sessionsOf(userId);
    const others = [...(await this.#store.all<number>(hash))].sort(([, a], [, b]) => a - b);
    for (const [oldest] of others.slice(0, Math.max(0, others.length + 1 - LIMIT))) {
      await this.#store.remove(hash, oldest);
    }
    await this.#store.put(hash, session.sessionId, Date.now());
    return { ...session, token: Token.sign(this.#secret, SALT, session, { maxAge: MAX_AGE }) };
  }

  /** The session of a token that is genuine, not too old, and of nobody who has logged out. */
  async find(token: unknown): Promise<Session | undefined> {
    const result = Token.verify<Session>(this.#secret, SALT, token, { maxAge: MAX_AGE });
    if (!result.ok) return undefined;
    const { userId, sessionId } = result.data;
    const isOpen = (await this.#store.get(sessionsOf(userId), sessionId)) !== undefined;
    return isOpen ? { userId, sessionId } : undefined;
  }

  async close({ userId, sessionId }: Session): Promise<void> {
    await this.#store.remove(sessionsOf(userId), sessionId);
  }
}

const sessionsOf = (userId: number): string => `forum:sessions:${userId}`;
