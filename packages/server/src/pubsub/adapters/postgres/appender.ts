/**
 * Sends batches to PostgreSQL. Those of several topics that wait at the same moment share a transaction: what an append costs
 * is mostly its commit.
 */
import { NotStored } from "../../history/store.ts";
import type { Appended, Batch } from "../../history/store.ts";
import type { Generation } from "../../history/position.ts";
import { codeOf, reasonOf } from "./client.ts";
import { plain } from "./plain.ts";
import { NotSent } from "./pool.ts";
import type { Pool } from "./pool.ts";
import { named } from "./schema/names.ts";

/** Transactions under way at once: some of the connections are left for reading. */
const PARALLEL = 2;
/** Batches and bytes of one transaction. */
const MOST_BATCHES = 64;
const MOST_BYTES = 1_048_576;
/** How often a transaction is tried again that PostgreSQL has ended in favour of another one. */
const RETRIES = 5;

export type Answer = Appended | "unknown";

interface Waiting {
  readonly batch: Batch;
  readonly bytes: number;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** What PostgreSQL is told to notify of. */
export type Telling = 0 | 1 | 2;

export class Appender {
  readonly #pool: Pool;
  readonly #statement: string;
  readonly #telling: Telling;
  readonly #queue: Waiting[] = [];
  #underWay = 0;

  constructor(pool: Pool, namespace: string, telling: Telling) {
    this.#pool = pool;
    this.#statement = `SELECT ${named(namespace, "append")}($1::jsonb, $2::integer)::text AS answer`;
    this.#telling = telling;
  }

  append(batch: Batch): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const bytes = batch.entries.reduce((sum, { body }) => sum + body.length, 0);
      this.#queue.push({ batch, bytes, resolve, reject });
      this.#next();
    });
  }

  #next(): void {
    while (this.#underWay < PARALLEL && this.#queue.length > 0) {
      this.#underWay++;
      void this.#send(this.#take()).finally(() => {
        this.#underWay--;
        this.#next();
      });
    }
  }

  #take(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const waiting of this.#queue) {
      bytes += waiting.bytes;
      if (count === MOST_BATCHES || (count > 0 && bytes > MOST_BYTES)) break;
      count++;
    }
    return this.#queue.splice(0, count);
  }

  /** Never rejects. */
  async #send(group: readonly Waiting[]): Promise<void> {
    try {
      if (group.some(({ batch }) => batch.isRepeat)) await this.#pool.fence();
    } catch (error) {
      // Not sent now; but the first try may yet be stored.
      for (const { reject } of group) reject(error);
      return;
    }
    try {
      const answers = await this.#store(group.map(({ batch }) => batch));
      group.forEach(({ resolve }, index) => resolve(answers[index] as Answer));
    } catch (error) {
      // One that PostgreSQL refuses must not take the others with it.
      if (group.length > 1 && codeOf(error) !== undefined) for (const waiting of group) await this.#send([waiting]);
      else for (const { batch, reject } of group) reject(isCertain(error, batch) ? refused(error) : error);
    }
  }

  async #store(batches: readonly Batch[]): Promise<readonly Answer[]> {
    const values = [JSON.stringify(batches.map(written)), this.#telling];
    for (let tries = 0; ; tries++) {
      try {
        return ((await this.#pool.write(this.#statement, values)) as readonly Written[]).map(appended);
      } catch (error) {
        const isOther = ["40001", "40P01"].includes(codeOf(error) as string);
        if (!isOther || tries === RETRIES) throw error;
      }
    }
  }
}

/** Of a repeat only the first try matters, and of that nothing is known. */
const isCertain = (error: unknown, { isRepeat }: Batch): boolean =>
  !isRepeat && (error instanceof NotSent || codeOf(error) !== undefined);

const refused = (error: unknown): NotStored => new NotStored(reasonOf(error), { cause: error });

function written({ topic, rule, producer, entries, known, isRepeat }: Batch): object {
  const { size, ttl, maxBytes } = rule;
  return {
    topic: plain(topic),
    producer,
    size,
    // JSON has no Infinity: null.
    ttl,
    maxBytes,
    entries: entries.map(({ event, seq, from, id, body }) => {
      const head = [plain(event), seq, plain(from), id === undefined ? null : plain(id)];
      return typeof body === "string" ? [...head, body] : [...head, null, Buffer.from(body).toString("base64")];
    }),
    known: known ?? null,
    isRepeat,
  };
}

interface WrittenAppended {
  readonly lineage: string;
  readonly chain: readonly Generation[];
  readonly top: number;
  readonly at: number;
  readonly offsets: readonly number[];
}

type Written = WrittenAppended | "unknown";

function appended(answer: Written): Answer {
  if (answer === "unknown") return answer;
  const { lineage, chain, top, at, offsets } = answer;
  return { head: { lineage, chain, top }, at, offsets };
}
