/**
 * `npm run bench:history-postgres -- postgres://127.0.0.1/app`: what an append to a history in PostgreSQL takes. It makes tables
 * of its own in that database, and drops them.
 */
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import pg from "pg";
import type { HistoryStore } from "wingbeat";
import { postgresHistory } from "wingbeat/pubsub/postgres";

const NAMESPACE = "bench";
/** Milliseconds of each measurement. */
const DURATION = 4_000;
const RULE = { size: 100, ttl: 300_000, maxBytes: 1_048_576 };
const BODY = JSON.stringify([null, null, "room:1", "new_msg", { text: "x".repeat(60) }]);

const [url] = process.argv.slice(2);
if (url === undefined) throw new Error("usage: npm run bench:history-postgres -- postgres://127.0.0.1/app");

const manifest = createRequire(import.meta.url).resolve("wingbeat/package.json");
const sql = execFileSync(process.execPath, [
  join(dirname(manifest), "dist/cli.js"),
  "history:sql",
  "--namespace",
  NAMESPACE,
]);
const admin = new pg.Client(url);
await admin.connect();

type Batch = Parameters<HistoryStore["append"]>[0];

/** Appends to each topic one batch after the other. Prints how many entries it were, and what each append took. */
async function measure(title: string, store: HistoryStore, topics: number, batch: number): Promise<void> {
  const times: number[] = [];
  const until = performance.now() + DURATION;
  const cpu = process.cpuUsage();
  await Promise.all(
    Array.from({ length: topics }, async (_, index) => {
      let known: Batch["known"];
      for (let seq = 1; performance.now() < until; seq += batch) {
        const entries = Array.from({ length: batch }, (__, place) => ({
          ...{ event: "new_msg", body: BODY, from: "", seq: seq + place, id: undefined },
        }));
        const startedAt = performance.now();
        const topic = `room:${index}`;
        const answer = await store.append({ topic, rule: RULE, producer: "bench", entries, known, isRepeat: false });
        times.push(performance.now() - startedAt);
        if (answer === "unknown") throw new Error("the append is not known");
        const { lineage, chain, top } = answer.head;
        known = { lineage, tag: chain.at(-1)?.tag ?? "", offset: top };
      }
    }),
  );
  const { user, system } = process.cpuUsage(cpu);
  times.sort((a, b) => a - b);
  const at = (share: number): string => (times[Math.floor(times.length * share)] ?? 0).toFixed(2);
  const entries = times.length * batch;
  const own = ((user + system) / entries).toFixed(0);
  console.log(
    `${title}: ${Math.round((entries / DURATION) * 1_000)} entries/s; an append takes ${at(0.5)} ms, ${at(0.99)} ms at most of 99 %; ` +
      `${own} µs of this process for each entry`,
  );
}

try {
  await admin.query(sql.toString());
  for (const fanOut of ["notify", "topics", "adapter"] as const) {
    const store = postgresHistory({ connect: () => new pg.Client(url), namespace: NAMESPACE, fanOut });
    await store.start({ entry() {}, maybeMissed() {}, moved() {}, up() {}, down() {} });
    await measure(`${fanOut}, 1 topic, 1 entry`, store, 1, 1);
    await measure(`${fanOut}, 1 topic, 10 entries`, store, 1, 10);
    await measure(`${fanOut}, 100 topics, 1 entry`, store, 100, 1);
    await store.stop();
  }
} finally {
  for (const table of ["topic", "entry", "key", "outbox", "line", "push", "once"]) {
    await admin.query(`DROP TABLE IF EXISTS "${NAMESPACE}_${table}" CASCADE`);
  }
  const { rows } = await admin.query<{ call: string }>(
    "SELECT oid::regprocedure::text AS call FROM pg_proc WHERE proname LIKE $1",
    [`${NAMESPACE}\\_%`],
  );
  for (const { call } of rows) await admin.query(`DROP FUNCTION ${call}`);
  await admin.end();
}
