/** Clients of engines that misbehave: whatever they do, the node is down and says why, and nothing is thrown elsewhere. */
import { EventEmitter } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { natsAdapter } from "wingbeat/pubsub/nats";
import { postgresAdapter } from "wingbeat/pubsub/postgres";
import { redisAdapter } from "wingbeat/pubsub/redis";
import { PubSub } from "../../src/pubsub.ts";
import type { PubSubAdapter } from "../../src/pubsub.ts";

const fails = (): never => {
  throw new Error("the driver threw");
};
const rejects = (): Promise<never> => Promise.reject(new Error("the driver rejected"));
const never = (): Promise<never> => new Promise(() => {});

/** What a method of a driver may do. */
const faults = { throws: fails, rejects } as const;
/** Methods that return no promise. */
const SYNC: readonly string[] = ["redis on", "postgres on", "nats subscribe", "nats publish", "nats status"];

function redisClient(changes: object): object {
  const client = {
    status: "wait",
    connect: async () => {},
    publish: async () => 1,
    subscribe: async () => {},
    disconnect() {},
  };
  return Object.assign(new EventEmitter(), client, changes);
}
function postgresClient(changes: object): object {
  return Object.assign(
    new EventEmitter(),
    { connect: async () => {}, query: async () => {}, end: async () => {} },
    changes,
  );
}
function natsClient(changes: object): object {
  const client = { publish() {}, subscribe() {}, flush: async () => {}, closed: never, close: async () => {} };
  return { ...client, status: async function* () {}, ...changes };
}

const adapters: Readonly<Record<string, (changes: object) => PubSubAdapter>> = {
  redis: (changes) => redisAdapter({ connect: () => redisClient(changes) as never }),
  postgres: (changes) => postgresAdapter({ connect: () => postgresClient(changes) as never }),
  nats: (changes) => natsAdapter({ connect: async () => natsClient(changes) as never }),
};
const methods: Readonly<Record<string, readonly string[]>> = {
  redis: ["on", "connect", "subscribe", "publish"],
  postgres: ["on", "connect", "query"],
  nats: ["subscribe", "publish", "flush", "status", "closed"],
};

describe("a client of an engine", () => {
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

  for (const [engine, adapter] of Object.entries(adapters)) {
    for (const method of methods[engine] as readonly string[]) {
      for (const [fault, run] of Object.entries(faults)) {
        if (run === rejects && SYNC.includes(`${engine} ${method}`)) continue;
        for (const closing of [async () => {}, run]) {
          it(`of ${engine} whose ${method} ${fault}${closing === run ? ", as all that closes it," : ""} is given up`, async () => {
            const node = new PubSub({
              adapter: adapter({ [method]: run, disconnect: closing, end: closing, close: closing }),
            });
            await node.start();
            expect(node.status()).toMatchObject({ state: "down" });
            node.broadcast("t", 1);
            await node.stop();
          });
        }
      }
    }
  }

  it("of Redis that cannot be made the second time is not left behind the first time", async () => {
    let made = 0;
    let closed = 0;
    const connect = (): never => (made++ % 2 === 1 ? fails() : (redisClient({ disconnect: () => closed++ }) as never));
    const node = new PubSub({ adapter: redisAdapter({ connect }) });
    await node.start();
    expect({ made, closed }).toEqual({ made: 2, closed: 1 });
    expect(node.status()).toMatchObject({ state: "down", reason: "the driver threw" });
    await node.stop();
  });

  it("of NATS may report an error without a message", async () => {
    let callback: ((error: Error | null, message?: unknown) => void) | undefined;
    const node = new PubSub({
      adapter: adapters["nats"]!({
        subscribe: (_subject: string, options: { callback: typeof callback }) => (callback = options.callback),
        flush: async () => callback?.(new Error("permissions violation")),
      }),
    });
    await node.start();
    expect(node.status()).toMatchObject({ state: "down" });
    callback?.(null, undefined);
    await node.stop();
  });

  it.each([undefined, null, 7, {}, "%%%"])("of PostgreSQL may give the payload %j", async (payload) => {
    let client: EventEmitter | undefined;
    const connect = (): never => (client = postgresClient({}) as EventEmitter) as never;
    const node = new PubSub({ adapter: postgresAdapter({ connect }) });
    const starting = node.start();
    client?.emit("notification", { payload });
    client?.emit("error", new Error("gone"));
    client?.emit("error", new Error("and gone again"));
    await starting;
    await node.stop();
  });
});
