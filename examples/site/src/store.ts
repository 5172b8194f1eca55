/** What the processes of an example must agree on: hashes of JSON values, in this process's memory or in Redis. */
import type { Redis } from "ioredis";

export interface Store {
  get<Value>(hash: string, field: string | number): Promise<Value | undefined>;
  /** All fields of a hash, in no particular order. */
  all<Value>(hash: string): Promise<ReadonlyMap<string, Value>>;
  put(hash: string, field: string | number, value: unknown): Promise<void>;
  /** False when it was not there. */
  remove(hash: string, field: string | number): Promise<boolean>;
  /** Adds to a number, which begins with 0, and gives the sum: two processes never get the same one. */
  add(hash: string, field: string | number, amount: number): Promise<number>;
}

/** For one process: a restart forgets it. */
export function memoryStore(): Store {
  const hashes = new Map<string, Map<string, string>>();
  const of = (hash: string): Map<string, string> => {
    let found = hashes.get(hash);
    if (found === undefined) hashes.set(hash, (found = new Map()));
    return found;
  };
  return {
    get: async (hash, field) => parsed(of(hash).get(String(field))),
    all: async (hash) => allParsed(of(hash)),
    put: async (hash, field, value) => void of(hash).set(String(field), JSON.stringify(value)),
    remove: async (hash, field) => of(hash).delete(String(field)),
    add: async (hash, field, amount) => {
      const sum = Number(of(hash).get(String(field)) ?? 0) + amount;
      of(hash).set(String(field), String(sum));
      return sum;
    },
  };
}

const PREFIX = "wingbeat-example:";

/** For several processes, and for longer than they live. */
export function redisStore(redis: Redis): Store {
  return {
    get: async (hash, field) => parsed((await redis.hget(PREFIX + hash, String(field))) ?? undefined),
    all: async (hash) => allParsed(Object.entries(await redis.hgetall(PREFIX + hash))),
    put: async (hash, field, value) => void (await redis.hset(PREFIX + hash, String(field), JSON.stringify(value))),
    remove: async (hash, field) => (await redis.hdel(PREFIX + hash, String(field))) === 1,
    add: (hash, field, amount) => redis.hincrby(PREFIX + hash, String(field), amount),
  };
}

function parsed<Value>(text: string | undefined): Value | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as Value);
}

function allParsed<Value>(entries: Iterable<readonly [string, string]>): ReadonlyMap<string, Value> {
  return new Map([...entries].map(([field, text]) => [field, JSON.parse(text) as Value]));
}
