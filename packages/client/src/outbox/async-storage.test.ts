import { expect, it } from "vitest";
import { randomName } from "../random-name.ts";
import { asyncStorageOutbox } from "./async-storage.ts";
import type { AsyncStorage } from "./async-storage.ts";
import type { StoredPush } from "./storage.ts";

/** AsyncStorage as React Native has it, in memory. Its calls take turns of different lengths. */
class Memory implements AsyncStorage {
  readonly items = new Map<string, string>();
  isFull = false;
  #calls = 0;

  async #turn(): Promise<void> {
    for (let turns = (this.#calls++ * 7) % 5; turns > 0; turns--) await Promise.resolve();
  }

  async getItem(key: string): Promise<string | null> {
    await this.#turn();
    return this.items.get(key) ?? null;
  }

  async setItem(key: string, value: string): Promise<void> {
    await this.#turn();
    if (this.isFull && this.items.size >= 2) throw new Error("disk full");
    this.items.set(key, value);
  }

  async removeItem(key: string): Promise<void> {
    await this.#turn();
    this.items.delete(key);
  }

  async getAllKeys(): Promise<readonly string[]> {
    await this.#turn();
    return [...this.items.keys()];
  }
}

const push = (id: string, session: string, more: Partial<StoredPush> = {}): StoredPush => ({
  v: 1,
  id,
  session,
  topic: "room:1",
  event: "say",
  payload: "{}",
  at: 1,
  resend: false,
  ...more,
});

async function found(storage: AsyncStorage, user: string): Promise<string[][]> {
  const adopted: string[][] = [];
  await asyncStorageOutbox(storage, user).open(randomName(), (pushes) => adopted.push(pushes.map(({ id }) => id)));
  return adopted;
}

it("keeps pushes for the next start of the app, which gets them once, by session", async () => {
  const memory = new Memory();
  const [a, b] = [randomName(), randomName()];
  const outbox = asyncStorageOutbox(memory, "ada");
  await Promise.all([
    outbox.put([push("1", a), push("2", a, { n: 1, epoch: "e" })]),
    outbox.put([push("1", a, { n: 2, epoch: "e" }), push("3", b)]),
    outbox.remove(["2"]),
  ]);
  expect([...memory.items.values()].map((text) => (JSON.parse(text) as StoredPush).n)).toEqual([2, undefined]);
  expect(await found(memory, "ada")).toEqual([["1"], ["3"]]);
  // This process has them now.
  expect(await found(memory, "ada")).toEqual([]);
});

it("does not give what a socket of this process has, of whichever copy of the package", async () => {
  const memory = new Memory();
  const session = randomName();
  const outbox = asyncStorageOutbox(memory, "ada");
  await outbox.open(session, () => {});
  await outbox.put([push("1", session)]);
  expect(await found(memory, "ada")).toEqual([]);
});

it("keeps users apart, whatever their names are", async () => {
  const memory = new Memory();
  const users = ["a", 'a":', "a:b", "ä\n"];
  for (const user of users) await asyncStorageOutbox(memory, user).put([push(user, randomName())]);
  await asyncStorageOutbox(memory, "a").clear();
  expect(await Promise.all(users.map((user) => found(memory, user)))).toEqual([[], [['a":']], [["a:b"]], [["ä\n"]]]);
  expect(() => asyncStorageOutbox(memory, "")).toThrow(TypeError);
});

it("stores nothing of what does not fit whole", async () => {
  const memory = new Memory();
  memory.isFull = true;
  const outbox = asyncStorageOutbox(memory, "ada");
  const session = randomName();
  await expect(outbox.put([push("1", session), push("2", session), push("3", session)])).rejects.toThrow("disk full");
  expect(memory.items.size).toBe(0);
});

it("leaves alone what is not its own: garbage, and pushes of another version", async () => {
  const memory = new Memory();
  const session = randomName();
  const odd = ["", "{", "null", "[]", '{"v":1}', JSON.stringify({ ...push("1", session), v: 2 })];
  odd.push(JSON.stringify(push("1", "short")), JSON.stringify(push("1", session, { n: 1 })));
  odd.push(
    JSON.stringify(push("1", session, { payload: "{" })),
    JSON.stringify(push("1", session, { n: 0.5, epoch: "e" })),
  );
  odd.forEach((text, index) => memory.items.set(`wingbeat-outbox:"ada":${index}`, text));
  expect(await found(memory, "ada")).toEqual([]);
  expect(memory.items.size).toBe(odd.length);
});
