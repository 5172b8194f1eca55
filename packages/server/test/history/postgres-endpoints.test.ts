/** Two endpoints over PostgreSQL, whose channels have a history: transactions that publish, and a client that comes back. */
import { Socket } from "@wingbeat/client";
import type { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { WebSocket } from "ws";
import { defineChannel, defineSocket, ok } from "../../src/index.ts";
import type { Endpoint } from "../../src/index.ts";
import { postgresAdapter } from "../../src/pubsub/adapters/postgres.ts";
import { serve } from "../integration/serve.ts";
import { PATIENCE, postgresAvailability, postgresEngine, START_TIME, TEST_TIME } from "../pubsub/engines.ts";
import type { TestEngine } from "../pubsub/engines.ts";
import { clientAt, newNamespace } from "./postgres-database.ts";

const { isMissing, note } = postgresAvailability;

const room = defineChannel("room:{id}")
  .pushes<{ new_msg: { text: string } }>()
  .history()
  .join(() => ok());
const userSocket = defineSocket({ connect: () => ok(), channels: [room] });

describe.skipIf(isMissing)(`two endpoints over PostgreSQL${note}`, { timeout: TEST_TIME }, () => {
  let engine: TestEngine;
  let app: Client;
  beforeAll(async () => {
    engine = await postgresEngine();
    await engine.start();
    app = clientAt(engine.port);
    await app.connect();
    await app.query("CREATE TABLE messages (text text)");
  }, START_TIME);
  afterAll(async () => {
    await app.end();
    await engine.end();
  });

  const options = [{}, { secret: "a secret of more than 20 bytes" }];
  for (const option of options) {
    it(`R-15: publish with transactions, and send what was missed; ${JSON.stringify(option)}`, async () => {
      const namespace = await newNamespace(engine.port);
      const node = async () => {
        const pubsub = postgresAdapter({ connect: () => clientAt(engine.port), namespace, ...option });
        return serve({ "/socket": userSocket }, { pubsub });
      };
      const [a, b] = [await node(), await node()];
      const received: string[] = [];
      const reports: unknown[] = [];
      const socket = new Socket<typeof userSocket>(`ws://127.0.0.1:${b.port}/socket`, {
        transport: WebSocket as never,
      });
      onTestFinished(() => void socket.disconnect());
      socket.connect();
      const channel = socket.channel("room:1");
      channel.on("new_msg", ({ text }) => received.push(text));
      channel.onRecover((report) => reports.push(report));
      await channel.join();

      const publish = async ({ endpoint }: { endpoint: Endpoint }, text: string, end: string) => {
        await app.query("BEGIN");
        await app.query("INSERT INTO messages VALUES ($1)", [text]);
        await endpoint.publishUnchecked("room:1", "new_msg", { text }, { transaction: app, id: text.slice(0, 20) });
        await app.query(end);
      };
      const long = "x".repeat(20_000);
      await publish(a, "rolled back", "ROLLBACK");
      await publish(a, "one", "COMMIT");
      await publish(b, long, "COMMIT");
      await vi.waitFor(() => expect(received).toEqual(["one", long]), PATIENCE);

      socket.disconnect();
      await publish(a, "two", "COMMIT");
      await a.endpoint.publishUnchecked("room:1", "new_msg", { text: "three" });
      await vi.waitFor(async () => expect((await a.endpoint.position("room:1")).offset).toBe(4), PATIENCE);
      socket.connect();
      await vi.waitFor(() => expect(received).toHaveLength(4), PATIENCE);
      await publish(a, "five", "COMMIT");
      await vi.waitFor(() => expect(received).toHaveLength(5), PATIENCE);
      expect(received.slice(0, 2)).toEqual(["one", long]);
      expect(received.slice(2, 4).sort()).toEqual(["three", "two"]);
      expect(received[4]).toBe("five");
      // What this node has not heard of when the client joins comes live.
      expect(reports).toMatchObject([{ recovered: true }]);
      const { rows } = await app.query<{ text: string }>("SELECT text FROM messages");
      expect(rows.map(({ text }) => text).sort()).toEqual(received.filter((text) => text !== "three").sort());
      await app.query("DELETE FROM messages");
    });
  }

  it("reject a transaction without the tables, and leave the rest alone", async () => {
    const namespace = await newNamespace(engine.port);
    const pubsub = postgresAdapter({ connect: () => clientAt(engine.port), namespace });
    const { endpoint } = await serve({ "/socket": userSocket }, { pubsub });
    await app.query(`DROP TABLE "${namespace}_outbox"`);
    await expect(endpoint.publishUnchecked("room:1", "new_msg", { text: "a" }, { transaction: app })).rejects.toThrow(
      "_outbox",
    );
    await expect(
      endpoint.publishUnchecked("room:1", "new_msg", { text: "x".repeat(300_000) }, { transaction: app }),
    ).rejects.toMatchObject({ code: "WB_PUBLISH", reason: "too_large" });
    expect(await endpoint.publishUnchecked("room:1", "new_msg", { text: "b" })).toMatchObject({ offset: 1 });
  });

  it("reject what the topic does not keep without ending the process of a caller that handles it", async () => {
    const unhandled = vi.fn<(error: unknown) => void>();
    process.on("unhandledRejection", unhandled);
    onTestFinished(() => void process.off("unhandledRejection", unhandled));
    const { endpoint } = await serve({ "/socket": userSocket }, {});
    await expect(endpoint.publishUnchecked("other:1", "new_msg", {})).rejects.toMatchObject({ code: "WB_OPTION" });
    await expect(endpoint.publishUnchecked("other:1", "new_msg", {}, { transaction: app })).rejects.toMatchObject({
      code: "WB_OPTION",
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(unhandled).not.toHaveBeenCalled();
  });

  it("refuse a transaction where the history is in memory", async () => {
    const { endpoint } = await serve({ "/socket": userSocket }, {});
    await expect(
      endpoint.publishUnchecked("room:1", "new_msg", { text: "a" }, { transaction: app }),
    ).rejects.toMatchObject({ code: "WB_OPTION", message: expect.stringContaining("postgresHistory") as string });
  });
});
