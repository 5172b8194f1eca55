import { randomUUID } from "node:crypto";
import { connect } from "@nats-io/transport-node";
import type { NatsConnection } from "@nats-io/transport-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { natsAdapter } from "wingbeat/pubsub/nats";
import { pubsubSuite } from "wingbeat/testing/pubsub-suite";
import type { ChannelControl } from "wingbeat/testing/pubsub-suite";
import { natsAvailability, natsEngine, PASSWORD, PATIENCE, START_TIME, TEST_TIME } from "./engines.ts";
import type { TestEngine } from "./engines.ts";
import { itNoticesStalls } from "./stall.ts";

const { isMissing, note } = natsAvailability;

const client = (port: number, pass: string) => () => connect({ servers: `127.0.0.1:${port}`, user: "wingbeat", pass });

describe.skipIf(isMissing)(`NATS${note}`, () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await natsEngine();
    await engine.start();
  }, START_TIME);
  afterAll(() => engine.end());

  let namespace = "";
  let raw: Promise<NatsConnection> | undefined;
  const rawClient = (): Promise<NatsConnection> => (raw ??= client(engine.port, PASSWORD)());
  afterAll(async () => (await raw)?.close());
  const channel: ChannelControl = {
    async publish(bytes) {
      (await rawClient()).publish(`${namespace}.all`, bytes);
      await (await rawClient()).flush();
    },
    async listen(receive) {
      const callback = (_error: unknown, { data }: { data: Uint8Array }): void => receive(data);
      const subscription = (await rawClient()).subscribe(`${namespace}.all`, { callback });
      await (await rawClient()).flush();
      return () => subscription.unsubscribe();
    },
  };

  pubsubSuite({
    name: "NATS",
    describe,
    it: (title, test) => it(title, { timeout: TEST_TIME }, test),
    timeout: PATIENCE,
    adapters(count) {
      namespace = randomUUID();
      return Array.from({ length: count }, () =>
        natsAdapter({ connect: () => client(engine.port, PASSWORD)(), namespace }),
      );
    },
    capabilities: {
      severalNodes: true,
      channel,
      engine: {
        stop: () => engine.stop(),
        start: () => engine.start(),
        patience: PATIENCE,
        unreachable: () => natsAdapter({ connect: client(1, PASSWORD) }),
        refused: () => natsAdapter({ connect: () => client(engine.port, "wrong")() }),
      },
    },
  });

  it("refuses options that are wrong", () => {
    const connect = () => client(1, "")();
    expect(() => natsAdapter({} as never)).toThrow("natsAdapter.connect must be a function");
    expect(() => natsAdapter({ connect, namespace: "a.b" })).toThrow('natsAdapter.namespace is "a.b"');
    expect(() => natsAdapter({ connect, shards: 2 } as never)).toThrow('natsAdapter has no option "shards"');
  });

  itNoticesStalls(
    "NATS",
    () => engine.port,
    (port, options) => natsAdapter({ connect: client(port, PASSWORD), ...options }),
  );
});
