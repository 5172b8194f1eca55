/** Tokens of who is logged in. Nothing is stored of a login; a logout is, because it must be known to all processes. */
import type { Store } from "@wingbeat/example-site";
import { Token } from "wingbeat";
import { userOf } from "./users.ts";
import type { User } from "./users.ts";

const SALT = "user socket";
const MAX_AGE = 86_400;
const LOGOUTS = "notifications:logouts";

interface Login {
  readonly userId: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export class Logins {
  readonly #store: Store;
  readonly #secret: string;

  constructor(store: Store, secret: string) {
    this.#store = store;
    this.#secret = secret;
  }

  token(user: User): string {
    return Token.sign(this.#secret, SALT, { userId: user.id, at: Date.now() }, { maxAge: MAX_AGE });
  }

  /** The user of a token that is genuine, not older than a day, and from after the user's last logout. */
  async find(token: unknown): Promise<User | undefined> {
    const result = Token.verify<Login>(this.#secret, SALT, token, { maxAge: MAX_AGE });
    if (!result.ok) return undefined;
    const { userId, at } = result.data;
    const logout = await this.#store.get<number>(LOGOUTS, userId);
    return logout === undefined || at > logout ? userOf(userId) : undefined;
  }

  /** Ends all logins of a user until now. */
  async logOut(user: User): Promise<void> {
    await this.#store.put(LOGOUTS, user.id, Date.now());
  }
}
