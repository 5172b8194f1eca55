/** A node of `postgres-soak.ts`: what a push does is in one transaction, and runs again when it was cut off. */
import pg from "pg";
import { createEndpoint, defineChannel, defineSocket, ok } from "../../src/index.ts";
import { once, postgresAdapter } from "../../src/postgres.ts";
import { systemClock } from "../../src/pubsub/history.ts";
import { answer, settings } from "../attack/child.ts";
import { PASSWORD } from "../pubsub/engines.ts";

export interface SoakNodeSettings {
  readonly enginePort: number;
  readonly namespace: string;
  readonly port: number;
  /** How many times as fast the node's clock is: how soon another node counts as dead. */
  readonly pace: number;
}

const { enginePort, namespace, port, pace } = settings<SoakNodeSettings>();
if (pace !== 1) {
  const { after } = systemClock;
  const start = Date.now();
  Object.assign(systemClock, {
    now: () => start + (Date.now() - start) * pace,
    after: (ms: number, run: () => void) => after(ms / pace, run),
  });
}

const at = { host: "127.0.0.1", port: enginePort, user: "wingbeat", password: PASSWORD, database: "postgres" };
const pool = new pg.Pool({ ...at, max: 8 });
pool.on("error", () => {});

/** Runs within a transaction. */
async function transaction<T>(run: (tx: pg.PoolClient) => Promise<T>): Promise<T> {
  const tx = await pool.connect();
  try {
    await tx.query("BEGIN");
    const result = await run(tx);
    await tx.query("COMMIT");
    return result;
  } catch (error) {
    await tx.query("ROLLBACK");
    throw error;
  } finally {
    tx.release();
  }
}

const room = defineChannel("room:{id}")
  .pushes<{ new_msg: { id: number; line: string; n: number } }>()
  .history({ size: 100_000, ttl: 3_600_000, maxBytes: 100_000_000 })
  .dedupe({ unknown: "run" })
  .join(() => ok())
  .handleIn("say", (ctx, payload) => {
    const { line, n } = payload as { line: string; n: number };
    return transaction(async (tx) => {
      let ran = false;
      const reply = await once(
        tx,
        ctx,
        async () => {
          ran = true;
          const { rows } = await tx.query<{ id: number }>(
            `INSERT INTO "${namespace}_message" (line, n) VALUES ($1, $2) RETURNING id`,
            [line, n],
          );
          const { id } = rows[0] as { id: number };
          await ctx.publish("new_msg", { id, line, n }, { transaction: tx });
          return ok({ id });
        },
        { namespace },
      );
      await tx.query(`INSERT INTO "${namespace}_try" (attempt, ran) VALUES ($1, $2)`, [ctx.attempt, ran]);
      return reply;
    });
  });

const endpoint = createEndpoint({
  sockets: { "/socket": defineSocket({ connect: () => ok(), id: () => "user:1", channels: [room] }) },
  pubsub: postgresAdapter({ connect: () => new pg.Client(at), namespace }),
  logger: { level: "error" },
});
await endpoint.listen(port, "127.0.0.1");
answer({});
