import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { redisAdapter } from "wingbeat/pubsub/redis";
import type { RedisClient } from "wingbeat/pubsub/redis";
import { pubsubSuite } from "wingbeat/testing/pubsub-suite";
import type { ChannelControl } from "wingbeat/testing/pubsub-suite";
import { PubSub } from "../../src/pubsub.ts";
import { PASSWORD, PATIENCE, redisAvailability, redisEngine, START_TIME, TEST_TIME } from "./engines.ts";
import type { TestEngine } from "./engines.ts";
import { itNoticesStalls } from "./stall.ts";

const { isMissing, note } = redisAvailability;

const libraries: Record<string, (port: number, password: string) => RedisClient> = {
  ioredis: (port, password) => new Redis({ port, password }),
  "node-redis": (port, password) => createClient({ password, socket: { host: "127.0.0.1", port } }),
};

/** The channels of all nodes, for somebody who is none. */
function rawChannel(port: () => number, channels: () => string[], isSharded: boolean): ChannelControl {
  const raw = (): Redis => new Redis({ port: port(), password: PASSWORD });
  let writer: Redis | undefined;
  afterAll(() => writer?.disconnect());
  return {
    publish(bytes) {
      writer ??= raw();
      const message = Buffer.from(bytes);
      return Promise.all(
        channels().map((channel) =>
          isSharded ? writer!.spublish(channel, message) : writer!.publish(channel, message),
        ),
      );
    },
    async listen(receive) {
      const reader = raw();
      reader.on(isSharded ? "smessageBuffer" : "messageBuffer", (_channel, bytes) => receive(bytes as Buffer));
      for (const channel of channels()) await (isSharded ? reader.ssubscribe(channel) : reader.subscribe(channel));
      return () => reader.disconnect();
    },
  };
}

describe.skipIf(isMissing)(`Redis${note}`, () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await redisEngine();
    await engine.start();
  }, START_TIME);
  afterAll(() => engine.end());

  for (const [library, client] of Object.entries(libraries)) {
    for (const shards of [undefined, 4]) {
      // A describe of its own: what one closes at its end is not left open for the tests after it.
      describe(`${library}${shards === undefined ? "" : ", sharded"}`, () => {
        const connect = () => client(engine.port, PASSWORD);
        let namespace = "";
        const channels = (): string[] =>
          shards === undefined
            ? [`${namespace}:all`]
            : Array.from({ length: shards }, (_, n) => `${namespace}:all:${n}`);
        pubsubSuite({
          name: "PubSub",
          describe,
          it: (title, test) => it(title, { timeout: TEST_TIME }, test),
          timeout: PATIENCE,
          adapters(count) {
            namespace = randomUUID();
            return Array.from({ length: count }, () =>
              redisAdapter({ connect, namespace, ...(shards === undefined ? {} : { shards }) }),
            );
          },
          capabilities: {
            severalNodes: true,
            channel: rawChannel(() => engine.port, channels, shards !== undefined),
            engine: {
              stop: () => engine.stop(),
              start: () => engine.start(),
              patience: PATIENCE,
              unreachable: () => redisAdapter({ connect: () => client(1, PASSWORD) }),
              refused: () => redisAdapter({ connect: () => client(engine.port, "wrong") }),
            },
          },
        });
      });
    }
  }

  it("needs few rights, and says which are missing", async () => {
    const admin = new Redis({ port: engine.port, password: PASSWORD });
    const rights = ["+publish", "+subscribe", "+hello", "+info", "+client"];
    await admin.call("ACL", "SETUSER", "narrow", "on", ">pass", "resetchannels", "&mine:*", ...rights);
    admin.disconnect();
    const users: (() => RedisClient)[] = [
      () => new Redis({ port: engine.port, username: "narrow", password: "pass" }),
      () => createClient({ url: `redis://narrow:pass@127.0.0.1:${engine.port}` }),
    ];
    for (const connect of users) {
      const [mine, others] = ["mine", "others"].map(
        (namespace) => new PubSub({ adapter: redisAdapter({ connect, namespace }) }),
      );
      await mine!.start();
      expect(mine!.status().state).toBe("up");
      await mine!.stop();
      await others!.start();
      expect(others!.status()).toMatchObject({ state: "down", reason: expect.stringContaining("NOPERM") as string });
      await others!.stop();
    }
  });

  it("refuses options that are wrong", () => {
    const connect = () => libraries["ioredis"]!(1, "");
    expect(() => redisAdapter({} as never)).toThrow("redisAdapter.connect must be a function");
    expect(() => redisAdapter({ connect, shards: 0 })).toThrow("redisAdapter.shards is 0");
    expect(() => redisAdapter({ connect, namespace: "a b" })).toThrow('redisAdapter.namespace is "a b"');
    expect(() => redisAdapter({ connect, url: "redis://" } as never)).toThrow('redisAdapter has no option "url"');
  });

  for (const [library, client] of Object.entries(libraries)) {
    itNoticesStalls(
      library,
      () => engine.port,
      (port, options) => redisAdapter({ connect: () => client(port, PASSWORD), ...options }),
    );
  }
});
