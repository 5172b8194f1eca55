/**
 * Remembers numbered pushes in PostgreSQL. Calls that wait at the same moment share a transaction: what a call costs is mostly
 * its commit. One transaction is under way at a time, so that calls come in their order.
 */
import type { Claim, Claimed, Line, PushStore, Settlement } from "../../pushes/store.ts";
import { codeOf } from "./client.ts";
import { original, plain } from "./plain.ts";
import { NotSent } from "./pool.ts";
import type { Pool } from "./pool.ts";
import { named } from "./schema/names.ts";

/** Calls of one transaction. */
const MOST_CALLS = 128;
/** Milliseconds: what PostgreSQL can add to a time. */
const LONGEST_WINDOW = 315_360_000_000;

/** What knows whether the server can be reached, and why not. */
interface Reachable {
  readonly isUp: boolean;
  readonly reason: string;
}

interface Call {
  readonly given: object;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export class PostgresPushes implements PushStore {
  readonly #pool: Pool;
  readonly #statement: string;
  readonly #server: Reachable;
  readonly #waiting: Call[] = [];
  #isSending = false;

  constructor(pool: Pool, namespace: string, server: Reachable) {
    this.#pool = pool;
    this.#statement = `SELECT ${named(namespace, "pushes")}($1::jsonb)::text AS answer`;
    this.#server = server;
  }

  open(record: string, next: number, window: number): Promise<Line> {
    return this.#call<Line>({ call: "open", record, next, window: written(window) });
  }

  async claim(record: string, { n, epoch, acked, token, over, attempt, window }: Claim): Promise<Claimed> {
    const claimed = await this.#call<Claimed>({
      ...{ call: "claim", record, n, epoch: plain(epoch), acked, token, over: over?.token, attempt },
      window: written(window),
    });
    if (claimed.state !== "settled") return claimed;
    return { state: "settled", reply: claimed.reply === undefined ? undefined : original(claimed.reply) };
  }

  settle(record: string, { n, token, reply, window }: Settlement): Promise<boolean> {
    const kept = reply === undefined ? undefined : plain(reply);
    return this.#call<boolean>({ call: "settle", record, n, token, reply: kept, window: written(window) });
  }

  #call<T>(given: object): Promise<T> {
    if (!this.#server.isUp) {
      return Promise.reject(new NotSent(`PostgreSQL cannot be reached: ${this.#server.reason}`));
    }
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ given, resolve: resolve as (answer: unknown) => void, reject });
      if (!this.#isSending) void this.#sendAll();
    });
  }

  /** Never rejects. */
  async #sendAll(): Promise<void> {
    this.#isSending = true;
    while (this.#waiting.length > 0) await this.#send(this.#waiting.splice(0, MOST_CALLS));
    this.#isSending = false;
  }

  async #send(calls: readonly Call[]): Promise<void> {
    try {
      const answers = await this.#pool.ask(this.#statement, [JSON.stringify(calls.map(({ given }) => given))]);
      calls.forEach(({ resolve }, index) => resolve((answers as readonly unknown[])[index]));
    } catch (error) {
      // What waits behind a server that does not answer would wait as long again.
      const all = codeOf(error) === undefined ? [...calls, ...this.#waiting.splice(0)] : calls;
      for (const { reject } of all) reject(error);
    }
  }
}

const written = (window: number): number => Math.ceil(Math.min(window, LONGEST_WINDOW));
