import { randomUUID } from "node:crypto";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgresAdapter } from "wingbeat/pubsub/postgres";
import { pubsubSuite } from "wingbeat/testing/pubsub-suite";
import type { ChannelControl } from "wingbeat/testing/pubsub-suite";
import { PASSWORD, PATIENCE, postgresAvailability, postgresEngine, START_TIME, TEST_TIME } from "./engines.ts";
import type { TestEngine } from "./engines.ts";
import { itNoticesStalls } from "./stall.ts";

const { isMissing, note } = postgresAvailability;

const client = (port: number, password: string): Client =>
  new Client({ host: "127.0.0.1", port, user: "wingbeat", password, database: "postgres" });

describe.skipIf(isMissing)(`PostgreSQL${note}`, () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await postgresEngine();
    await engine.start();
  }, START_TIME);
  afterAll(() => engine.end());

  let namespace = "";
  let raw: Client | undefined;
  afterAll(() => raw?.end());
  const rawClient = async (): Promise<Client> => {
    if (raw !== undefined) return raw;
    const opened = client(engine.port, PASSWORD);
    // The outages that the suite makes end this connection, too.
    opened.on("error", () => (raw = undefined));
    await opened.connect();
    return (raw = opened);
  };
  const channel: ChannelControl = {
    async publish(bytes) {
      const text = Buffer.from(bytes).toString("base64");
      // Some of it is not even base64.
      for (const payload of [text, `${text}\u20ac`, ""]) {
        await (await rawClient()).query("SELECT pg_notify($1, $2)", [namespace, payload]);
      }
    },
    async listen(receive) {
      const reader = client(engine.port, PASSWORD);
      reader.on("error", () => {});
      await reader.connect();
      reader.on("notification", ({ payload = "" }) => receive(Buffer.from(payload, "base64")));
      await reader.query(`LISTEN "${namespace}"`);
      return () => reader.end();
    },
  };

  pubsubSuite({
    name: "PostgreSQL",
    describe,
    it: (title, test) => it(title, { timeout: TEST_TIME }, test),
    timeout: PATIENCE,
    adapters(count) {
      namespace = randomUUID();
      return Array.from({ length: count }, () =>
        postgresAdapter({ connect: () => client(engine.port, PASSWORD), namespace }),
      );
    },
    capabilities: {
      severalNodes: true,
      channel,
      engine: {
        stop: () => engine.stop(),
        start: () => engine.start(),
        patience: PATIENCE,
        unreachable: () => postgresAdapter({ connect: () => client(1, PASSWORD) }),
        refused: () => postgresAdapter({ connect: () => client(engine.port, "wrong") }),
      },
    },
  });

  it("refuses options that are wrong", () => {
    const connect = () => client(1, "");
    expect(() => postgresAdapter({} as never)).toThrow("postgresAdapter.connect must be a function");
    expect(() => postgresAdapter({ connect, namespace: "a.b" })).toThrow('postgresAdapter.namespace is "a.b"');
    expect(() => postgresAdapter({ connect, shards: 2 } as never)).toThrow('postgresAdapter has no option "shards"');
  });

  itNoticesStalls(
    "PostgreSQL",
    () => engine.port,
    (port, options) => postgresAdapter({ connect: () => client(port, PASSWORD), ...options }),
  );
});
