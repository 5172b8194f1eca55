/** `once`: effects in a transaction of the application, in a real PostgreSQL. */
import { Socket } from "@wingbeat/client";
import type { Client } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { defineChannel, defineSocket, ok, refuse, reply, stop } from "../../src/index.ts";
import type { DatabaseTransaction } from "../../src/index.ts";
import { once, postgresAdapter } from "../../src/postgres.ts";
import { WebSocket } from "ws";
import { serve } from "../integration/serve.ts";
import { PATIENCE, postgresAvailability, postgresEngine, START_TIME } from "../pubsub/engines.ts";
import type { TestEngine } from "../pubsub/engines.ts";
import { plain } from "../../src/pubsub/adapters/postgres/plain.ts";
import { clientAt, newNamespace } from "../history/postgres-database.ts";

const { isMissing, note } = postgresAvailability;

describe.skipIf(isMissing)(`once in PostgreSQL${note}`, () => {
  let engine: TestEngine;
  let namespace = "";
  let tx: Client;
  const clients: Client[] = [];

  async function connect(): Promise<Client> {
    const client = clientAt(engine.port);
    client.on("error", () => {});
    await client.connect();
    clients.push(client);
    return client;
  }

  beforeAll(async () => {
    engine = await postgresEngine();
    await engine.start();
  }, START_TIME);
  beforeEach(async () => {
    namespace = await newNamespace(engine.port);
    tx = await connect();
    await tx.query(`CREATE TABLE "${namespace}_effect" (name text)`);
  });
  afterEach(() => Promise.all(clients.splice(0).map((client) => client.end())));
  afterAll(() => engine.end());

  const effect = (name: string, client = tx) => client.query(`INSERT INTO "${namespace}_effect" VALUES ($1)`, [name]);
  const effects = async (): Promise<string[]> => {
    const { rows } = await tx.query<{ name: string }>(`SELECT name FROM "${namespace}_effect" ORDER BY name`);
    return rows.map(({ name }) => name);
  };
  const key = (idempotencyKey: string | undefined) => ({ idempotencyKey });
  const inTransaction = async <T>(client: Client, run: () => Promise<T>): Promise<T> => {
    await client.query("BEGIN");
    try {
      const result = await run();
      await client.query("COMMIT");
      return result;
    } catch (error) {
      await client.query("ROLLBACK");
      throw error;
    }
  };
  const attempt = (idempotencyKey: string | undefined, answer: () => unknown, client = tx): Promise<unknown> =>
    inTransaction(client, () =>
      once(
        client,
        key(idempotencyKey),
        async () => {
          await effect(plain(`${idempotencyKey}`), client);
          return answer() as never;
        },
        { namespace },
      ),
    );
  const never = () => {
    throw new Error("it was run again");
  };

  it.each([
    ["a reply", ok({ id: 7, text: "ü \0 \ud83d" })],
    ["a refusal", refuse({ reason: "full" })],
    ["any status", reply("later", [1, null])],
    ["a value", ok("text")],
    ["bytes", ok(new Uint8Array([0, 255, 10]))],
    ["nothing", undefined],
  ])("I-14: a known key has its answer again, and no effect: %s", async (_, answer) => {
    expect(await attempt("line:1", () => answer)).toBe(answer);
    const again = (await attempt("line:1", never)) as { status: string; response: unknown } | undefined;
    expect(again && { status: again.status, response: again.response }).toEqual(
      answer && { status: answer.status, response: answer.response },
    );
    expect(await effects()).toEqual(["line:1"]);
  });

  it("a response is given again as the client saw it", async () => {
    await attempt("line:1", () => ok({ at: new Date(0), hidden: undefined }));
    expect(await attempt("line:1", never)).toMatchObject({ response: { at: "1970-01-01T00:00:00.000Z" } });
  });

  it("a transaction that is rolled back leaves nothing: the next one runs", async () => {
    await expect(attempt("line:1", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    await expect(
      attempt("line:1", () => {
        throw refuse({ reason: "full" });
      }),
    ).rejects.toMatchObject({ status: "error" });
    expect(await effects()).toEqual([]);
    expect(await attempt("line:1", () => ok({ id: 1 }))).toMatchObject({ response: { id: 1 } });
    expect(await effects()).toEqual(["line:1"]);
  });

  it("a plain push has no key: it runs each time", async () => {
    await attempt(undefined, () => ok());
    await attempt(undefined, () => ok());
    expect(await effects()).toEqual(["undefined", "undefined"]);
  });

  it("keys are apart, whatever is in them", async () => {
    for (const name of ["a", "A", "\0", "\\u0000", "'", "ü".repeat(127)]) await attempt(name, () => ok({ name }));
    for (const name of ["a", "A", "\0", "\\u0000", "'", "ü".repeat(127)]) {
      expect(await attempt(name, never)).toMatchObject({ response: { name } });
    }
  });

  for (const end of ["COMMIT", "ROLLBACK"]) {
    it(`of two attempts at once the second waits for the first, which ends with ${end}`, async () => {
      const other = await connect();
      await tx.query("BEGIN");
      const first = await once(tx, key("line:1"), async () => (await effect("first"), ok({ by: "first" })), {
        namespace,
      });
      expect(first.response).toEqual({ by: "first" });
      const run = vi.fn<() => void>();
      const second = attempt("line:1", () => (run(), ok({ by: "second" })), other);
      const watcher = await connect();
      await vi.waitUntil(
        async () => (await watcher.query("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'")).rowCount === 1,
        { timeout: PATIENCE },
      );
      expect(run).not.toHaveBeenCalled();
      await tx.query(end);
      const winner = end === "COMMIT" ? "first" : "second";
      expect(await second).toMatchObject({ response: { by: winner } });
      expect(run).toHaveBeenCalledTimes(end === "COMMIT" ? 0 : 1);
      expect(await effects()).toEqual([end === "COMMIT" ? "first" : "line:1"]);
    });
  }

  it("R-24: of 100 attempts on 10 connections, one has an effect, and all have its answer", async () => {
    const connections = await Promise.all(Array.from({ length: 10 }, connect));
    const answers = await Promise.all(
      connections.map(async (client, index) => {
        const own: unknown[] = [];
        for (let n = 0; n < 10; n++) own.push(await attempt("line:1", () => ok({ index, n }), client));
        return own;
      }),
    );
    expect(
      new Set(answers.flat().map((answer) => JSON.stringify((answer as { response: unknown }).response))).size,
    ).toBe(1);
    expect(await effects()).toEqual(["line:1"]);
  });

  it("in a stricter isolation, the one that waited is told to run its transaction again", async () => {
    const other = await connect();
    await tx.query("BEGIN");
    await once(tx, key("line:1"), () => ok(), { namespace });
    await other.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
    await other.query("SELECT 1");
    const waiting = once(other, key("line:1"), never, { namespace }).catch((error: unknown) => error);
    await tx.query("COMMIT");
    expect(await waiting).toMatchObject({ code: "40001" });
    await other.query("ROLLBACK");
    await other.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
    expect(await once(other, key("line:1"), never, { namespace })).toMatchObject({ status: "ok" });
  });

  it("works in a savepoint, and with one", async () => {
    await tx.query("BEGIN; SAVEPOINT a");
    await once(tx, key("line:1"), async () => (await tx.query("SAVEPOINT b"), ok({ id: 1 })), { namespace });
    await tx.query("RELEASE SAVEPOINT a");
    await tx.query("COMMIT");
    expect(await attempt("line:1", never)).toMatchObject({ response: { id: 1 } });
  });

  describe("refuses", () => {
    const refused = async (answer: unknown): Promise<unknown> => {
      const error = await attempt("line:1", () => answer).catch((thrown: unknown) => thrown);
      return (await effects()).length === 0 ? error : "it had an effect";
    };

    it("stop, a deferred reply and anything else that is no reply", async () => {
      expect(await refused(stop())).toMatchObject({
        code: "WB_BAD_RETURN",
        message: expect.stringContaining("Stop") as string,
      });
      expect(await refused({ id: 1 })).toMatchObject({
        message: expect.stringContaining(
          "once: run returned Object: it may return nothing, ok(…), refuse(…) or reply(…)",
        ) as string,
      });
      expect(await refused(null)).toMatchObject({
        message: expect.stringContaining("once: run returned null") as string,
      });
    });

    it("a reply that cannot be sent, or is too large", async () => {
      expect(await refused(ok({ at: Number.NaN }))).toMatchObject({
        message: expect.stringContaining("response cannot be written as JSON") as string,
      });
      expect(await refused(ok("x".repeat(65_536)))).toMatchObject({
        message: expect.stringContaining("and 65536 can be stored") as string,
      });
      expect(await refused(ok(new Uint8Array(65_536)))).toMatchObject({ code: "WB_BAD_RETURN" });
    });

    it.each([
      ["a number", 7],
      ["a string", ""],
      ["a string", "x".repeat(256)],
    ])("a key that is none: %s", async (_, bad) => {
      await expect(attempt(bad as string, never)).rejects.toThrow("once: idempotencyKey is");
    });

    it("the same key within itself", async () => {
      const within = inTransaction(tx, () =>
        once(tx, key("line:1"), () => once(tx, key("line:1"), never, { namespace }), { namespace }),
      );
      await expect(within).rejects.toThrow('once: "line:1" was begun, and has not come to its end.');
    });

    it("to be called outside of a transaction", async () => {
      await expect(once(tx, key("line:1"), () => ok(), { namespace })).rejects.toThrow(
        "once: it was called outside of a transaction. Call it between BEGIN and COMMIT",
      );
    });

    it("an option that there is not, and a client that has no rows", async () => {
      await expect(once(tx, key("line:1"), never, { table: "x" } as never)).rejects.toThrow(
        'once has no option "table"',
      );
      const odd: DatabaseTransaction = { query: async () => [] };
      await expect(once(odd, key("line:1"), never)).rejects.toThrow("tx.query must resolve with { rows }");
    });
  });

  it("R-24: effect, dedupe and broadcast of a channel are in one transaction", async () => {
    const room = defineChannel("room:{id}")
      .pushes<{ new_msg: { text: string } }>()
      .history()
      .join(() => ok())
      .handleIn("new_msg", async (ctx, payload) => {
        const { text, end, by } = payload as { text: string; end: string; by: string };
        await tx.query("BEGIN");
        const run = async () => {
          await effect(text);
          await ctx.publish("new_msg", { text }, { transaction: tx });
          return ok({ text });
        };
        const result = await once(tx, key(by), run, { namespace });
        await tx.query(end);
        return result;
      });
    const pubsub = postgresAdapter({ connect: () => clientAt(engine.port), namespace });
    const userSocket = defineSocket({ connect: () => ok(), channels: [room] });
    const { port } = await serve({ "/socket": userSocket }, { pubsub });
    const socket = new Socket(`ws://127.0.0.1:${port}/socket`, { transport: WebSocket as never });
    onTestFinished(() => void socket.disconnect());
    socket.connect();
    const channel = socket.channel("room:1");
    const received: unknown[] = [];
    channel.on("new_msg", (payload) => received.push(payload));
    await channel.join();
    const push = async (text: string, end: string, by: string) => channel.push("new_msg", { text, end, by });
    await push("never", "ROLLBACK", "line:1");
    expect(await push("one", "COMMIT", "line:1")).toEqual({ text: "one" });
    expect(await push("never", "COMMIT", "line:1")).toEqual({ text: "one" });
    expect(await push("two", "COMMIT", "line:2")).toEqual({ text: "two" });
    await vi.waitFor(() => expect(received).toEqual([{ text: "one" }, { text: "two" }]), PATIENCE);
    expect(await effects()).toEqual(["one", "two"]);
  });
});
