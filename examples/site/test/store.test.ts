/** Both stores are one thing to the examples: what is tested here holds for each of them. */
import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { connectShared } from "../src/shared.ts";
import { memoryStore } from "../src/store.ts";
import type { Store } from "../src/store.ts";
import { hasRedis, startRedis } from "./processes.ts";

async function redisStore(): Promise<Store> {
  const shared = await connectShared({ redisUrl: await startRedis() });
  onTestFinished(() => shared.close());
  return shared.store;
}

describe.each([
  ["in memory", true, memoryStore],
  ["in Redis", hasRedis(), redisStore],
] as const)("the store %s", (_name, isThere, makeStore) => {
  const hash = randomUUID();

  beforeEach(({ skip }) => {
    if (!isThere) skip();
  });

  it("keeps JSON by hash and field, removes it, and counts", async () => {
    const store = await makeStore();
    const value = { text: 'ä"\n', list: [1, null, true] };
    expect(await store.get(hash, "a")).toBeUndefined();
    expect([...(await store.all(hash))]).toEqual([]);

    await store.put(hash, "a", value);
    await store.put(hash, 7, "");
    await store.put(`${hash}:other`, "a", false);
    expect([await store.get(hash, "a"), await store.get(hash, "7"), await store.get(`${hash}:other`, "a")]).toEqual([
      value,
      "",
      false,
    ]);
    expect(Object.fromEntries(await store.all(hash))).toEqual({ a: value, 7: "" });

    expect([await store.remove(hash, 7), await store.remove(hash, 7)]).toEqual([true, false]);
    expect([...(await store.all(hash)).keys()]).toEqual(["a"]);

    const sums = await Promise.all(Array.from({ length: 20 }, () => store.add(hash, "n", 1)));
    expect(new Set(sums).size).toBe(20);
    expect(await store.add(hash, "n", -5)).toBe(15);
    expect(await store.get(hash, "n")).toBe(15);
  });
});

it("is not begun when Redis cannot be reached", async () => {
  await expect(connectShared({ redisUrl: "redis://127.0.0.1:1" })).rejects.toThrow(
    "Redis cannot be reached at REDIS_URL: connect ECONNREFUSED 127.0.0.1:1",
  );
});
