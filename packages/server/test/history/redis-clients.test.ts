/** Clients of Redis that misbehave, under a history: whatever they do, the store is down and says why, and nothing is thrown elsewhere. */
import { EventEmitter } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { redisHistory } from "wingbeat/pubsub/redis";
import { NotStored } from "../../src/pubsub/history/store.ts";
import { PATIENCE } from "../pubsub/engines.ts";
import { StoreNode } from "./store-node.ts";

const fails = (): never => {
  throw new Error("the driver threw");
};
const rejects = (): Promise<never> => Promise.reject(new Error("the driver rejected"));

type Answer = (command: string, args: readonly unknown[]) => unknown;

/** A client of ioredis whose scripts are answered by `answer`; beats come back. */
function pair(answer: Answer, changes: object = {}): () => never {
  const subscribers: EventEmitter[] = [];
  return () => {
    const client = Object.assign(new EventEmitter(), {
      status: "wait",
      connect: async () => {},
      subscribe: async (channel: string) => {
        subscribers.push(client);
        return channel;
      },
      disconnect() {},
      async callBuffer(_command: string, _sha: string, count: number, ...rest: unknown[]) {
        const args = rest.slice(count);
        if (!String(rest[0]).endsWith(":canary")) return answer(String(rest[0]), args);
        const [canary, , , channel, message] = args as [string, string, string, string, Buffer];
        for (const subscriber of subscribers) subscriber.emit("messageBuffer", Buffer.from(channel), message);
        return ["alive", "0123456789ab", canary, ""].map((text) => Buffer.from(text));
      },
      ...changes,
    });
    return client as never;
  };
}

describe("a client of Redis under a history", () => {
  let uncaught: unknown[];
  const note = (error: unknown): void => void uncaught.push(error);
  beforeEach(() => {
    uncaught = [];
    process.on("unhandledRejection", note);
    process.on("uncaughtException", note);
  });
  afterEach(async () => {
    // Rejections that nobody handles are told when the turn is over.
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.off("unhandledRejection", note);
    process.off("uncaughtException", note);
    if (uncaught.length > 0) throw new AggregateError(uncaught, "nobody handled these");
  });

  for (const method of ["on", "connect", "subscribe", "callBuffer"]) {
    for (const [fault, run] of Object.entries({ throws: fails, rejects })) {
      if (method === "on" && run === rejects) continue;
      for (const closing of [async () => {}, run]) {
        it(`whose ${method} ${fault}${closing === run ? ", as what closes it," : ""} is given up`, async () => {
          const node = new StoreNode(redisHistory({ connect: pair(fails, { [method]: run, disconnect: closing }) }));
          await node.store.start(node);
          expect(node.store.status()).toMatchObject({
            state: "down",
            reason: expect.stringContaining("the driver") as string,
          });
          await expect(node.publish("t", "1")).rejects.toThrow(NotStored);
          await node.store.stop();
        });
      }
    }
  }

  it("that cannot be made at all is tried again", async () => {
    let made = 0;
    const works = pair(fails);
    const node = new StoreNode(redisHistory({ connect: () => (made++ < 3 ? fails() : works()) }));
    await node.store.start(node);
    expect(node.store.status()).toMatchObject({ state: "down", reason: "the driver threw" });
    await vi.waitUntil(() => node.told.includes("up"), { timeout: PATIENCE });
    await node.store.stop();
  });

  const answers: Readonly<Record<string, unknown>> = {
    nothing: undefined,
    null: null,
    "a number": 7,
    "an empty list": [],
    "a list of other things": [{}, [], null],
    "an error as text": "ERR",
    "half of an answer": [Buffer.from("stored")],
    "half of another one": [Buffer.from("read"), Buffer.from("l"), Buffer.from("a:0")],
  };
  for (const [what, answer] of Object.entries(answers)) {
    it(`that answers ${what} is not believed`, async () => {
      const node = new StoreNode(redisHistory({ connect: pair(() => answer) }));
      await node.store.start(node);
      await expect(node.publish("t", "1")).rejects.toThrow(Error);
      await expect(node.read("t")).rejects.toThrow(Error);
      await node.store.stop();
    });
  }

  it("R15: says when it is certain that nothing was stored, and only then", async () => {
    let error = new Error("none");
    const node = new StoreNode(redisHistory({ connect: pair(() => Promise.reject(error)) }));
    await node.store.start(node);
    const failure = async (message: string): Promise<unknown> => {
      error = new Error(message);
      return node.publish("t", "1").catch((reason: unknown) => reason);
    };
    expect(await failure("NOPERM this user has no permissions to run the 'evalsha' command")).toBeInstanceOf(NotStored);
    for (const message of [
      "ERR user_script:7: something script: 0123, on @user_script:7.",
      "NOPERM not inside of it either script: 0123, on @user_script:7.",
      "OOM command not allowed script: 0123, on @user_script:7.",
      "Connection is closed.",
    ]) {
      await vi.waitUntil(() => node.store.status().state === "up", { timeout: PATIENCE });
      expect(await failure(message), message).not.toBeInstanceOf(NotStored);
    }
    await vi.waitUntil(() => node.told.at(-1) === "down: Connection is closed." || node.alarms > 1, {
      timeout: PATIENCE,
    });
    await node.store.stop();
  });

  it("R13: a script whose slot is being moved is tried again, and is refused after 5 s", async () => {
    let tries = 0;
    let until = 3;
    const answer = [..."stored l ab:0 1 1796000000000 1".split(" "), ""].map((text) => Buffer.from(text));
    const trying: Answer = () => {
      if (tries++ >= until) return answer;
      throw new Error("TRYAGAIN Multiple keys request during rehashing of slot");
    };
    const node = new StoreNode(redisHistory({ connect: pair(trying) }));
    await node.store.start(node);
    expect((await node.publish("t", "1")).offsets).toEqual([1]);
    expect(tries).toBe(4);
    until = Infinity;
    const startedAt = performance.now();
    await expect(node.publish("t", "2")).rejects.toThrow(/^TRYAGAIN/);
    expect(performance.now() - startedAt).toBeGreaterThan(4_000);
    expect(node.store.status().state).toBe("up");
    await node.store.stop();
  });
});
