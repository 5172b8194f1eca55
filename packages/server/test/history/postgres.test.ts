/** The history in PostgreSQL, in a real server. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgresHistory } from "wingbeat/pubsub/postgres";
import { postgresAvailability, postgresEngine, START_TIME } from "../pubsub/engines.ts";
import type { TestEngine } from "../pubsub/engines.ts";
import { clientAt, newNamespace, run } from "./postgres-database.ts";
import { storeSuite } from "./store-suite.ts";

const { isMissing, note } = postgresAvailability;

describe.skipIf(isMissing)(`PostgreSQL${note}`, () => {
  let engine: TestEngine;
  let namespace = "";
  beforeAll(async () => {
    engine = await postgresEngine();
    await engine.start();
  }, START_TIME);
  afterAll(() => engine.end());

  const connect = () => clientAt(engine.port);
  const table = (name: string): string => `"${namespace}_${name}"`;

  for (const fanOut of ["notify", "topics", "adapter"] as const) {
    storeSuite({
      name: `PostgreSQL, ${fanOut}`,
      severalNodes: true,
      async stores(count) {
        namespace = await newNamespace(engine.port);
        return Array.from({ length: count }, () => postgresHistory({ connect, namespace, fanOut }));
      },
      ...(fanOut === "notify"
        ? {
            vandalism: {
              "the row of the log removed": (topic) =>
                run(engine.port, `DELETE FROM ${table("topic")} WHERE topic = $1`, [topic]),
              "all logs removed, and not their entries": () => run(engine.port, `TRUNCATE ${table("topic")}`),
              "all entries removed": () => run(engine.port, `TRUNCATE ${table("entry")}`),
              "an entry in the middle removed": () => run(engine.port, `DELETE FROM ${table("entry")} WHERE off = 3`),
              "the newest entry removed": () => run(engine.port, `DELETE FROM ${table("entry")} WHERE off = 5`),
            },
            shout: (bytes) =>
              run(engine.port, "SELECT pg_notify($1, $2)", [
                `${namespace}_history`,
                `${["entry", "moved", "", "entry\n", "moved\n"][(bytes[0] ?? 0) % 5]!}${Buffer.from(bytes).toString("latin1").replaceAll("\0", "\n")}`,
              ]),
          }
        : {}),
    });
  }

  it("refuses options that are wrong", () => {
    expect(() => postgresHistory({} as never)).toThrow("postgresHistory.connect must be a function");
    expect(() => postgresHistory({ connect, namespace: "a.b" })).toThrow('postgresHistory.namespace is "a.b"');
    expect(() => postgresHistory({ connect, fanOut: "nats" as never })).toThrow('postgresHistory.fanOut is "nats"');
    expect(() => postgresHistory({ connect, maxConnections: 0 })).toThrow("postgresHistory.maxConnections is 0");
    expect(() => postgresHistory({ connect, pool: 1 } as never)).toThrow('postgresHistory has no option "pool"');
  });
});
