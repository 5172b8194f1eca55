/** Somebody else on an engine: hears what nodes tell each other, and says what they might take for it. */
import type { TestEngine } from "../../pubsub/engines.ts";
import { natsEngine, PASSWORD, postgresEngine, redisEngine } from "../../pubsub/engines.ts";
import type { EngineName } from "../../processes/adapters.ts";
import type { Random } from "../random.ts";
import { clusterEngine, clusterTap } from "./cluster.ts";
import type { Wiretap } from "./wiretap.ts";

/** What connects the nodes: an engine, or the primary of node:cluster. */
export type MeshName = EngineName | "cluster";

type Hear = (bytes: Buffer) => void;

export const startEngine: Readonly<Record<MeshName, () => Promise<TestEngine>>> = {
  cluster: clusterEngine,
  Redis: redisEngine,
  NATS: natsEngine,
  PostgreSQL: postgresEngine,
};

export const wiretap: Readonly<Record<MeshName, (port: number, hear: Hear, random: Random) => Promise<Wiretap>>> = {
  cluster: (_port, hear, random) => clusterTap(random, hear),
  async Redis(port, hear) {
    const { Redis } = await import("ioredis");
    const [publisher, subscriber] = [0, 1].map(() => new Redis({ port, password: PASSWORD })) as [
      InstanceType<typeof Redis>,
      InstanceType<typeof Redis>,
    ];
    await subscriber.subscribe("wingbeat:all");
    subscriber.on("messageBuffer", (_channel, bytes: Buffer) => hear(bytes));
    return {
      publish: (bytes) => publisher.publish("wingbeat:all", bytes),
      close: () => {
        publisher.disconnect();
        subscriber.disconnect();
      },
    };
  },
  async NATS(port, hear) {
    const { connect } = await import("@nats-io/transport-node");
    const client = await connect({ servers: `127.0.0.1:${port}`, user: "wingbeat", pass: PASSWORD });
    client.subscribe("wingbeat.all", { callback: (_error, { data }) => hear(Buffer.from(data)) });
    return {
      publish: (bytes) => {
        client.publish("wingbeat.all", bytes);
        return client.flush();
      },
      close: () => client.close(),
    };
  },
  async PostgreSQL(port, hear) {
    const { default: pg } = await import("pg");
    const client = new pg.Client({
      host: "127.0.0.1",
      port,
      user: "wingbeat",
      password: PASSWORD,
      database: "postgres",
    });
    await client.connect();
    client.on("notification", ({ payload = "" }) => hear(Buffer.from(payload, "base64")));
    await client.query('LISTEN "wingbeat"');
    return {
      // Every other one is no base64.
      publish: (bytes) =>
        client.query("SELECT pg_notify('wingbeat', $1)", [
          bytes.length % 2 === 0
            ? bytes.toString("base64").slice(0, 7_900)
            : `%${bytes.toString("hex").slice(0, 7_000)}`,
        ]),
      close: () => client.end(),
    };
  },
};
