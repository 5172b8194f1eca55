/** `npm run bench:nodes`: what a broadcast costs between two processes, for each adapter whose engine is given. */
import { relayPubSub } from "wingbeat/pubsub/cluster";
import { log, parseOptions, runBench } from "../command-line.ts";
import { writeReadme } from "../readme.ts";
import { machine, today, versionOf } from "../surroundings.ts";
import { adapters } from "./adapters.ts";
import { measure } from "./measure.ts";
import type { TestName } from "./orders.ts";
import { table, type Row } from "./table.ts";

const usage = `npm run bench:nodes -- [options]
  --redis URL       also measure Redis, with both drivers, e.g. redis://127.0.0.1
  --nats URL        also measure NATS, e.g. nats://127.0.0.1
  --postgres URL    also measure PostgreSQL, e.g. postgres://127.0.0.1/app
  --quick           a sixth of the messages
  --write           put the table into bench/README.md
Start the engines for the bench alone.`;

const COUNTS: Readonly<Record<TestName, number>> = { latency: 2_000, load: 30_000, unwanted: 30_000 };
const QUICK_COUNTS: Readonly<Record<TestName, number>> = { latency: 333, load: 5_000, unwanted: 5_000 };

await runBench(usage, async (args) => {
  const { quick, write, ...urls } = parseOptions(args, {
    redis: { type: "string" },
    nats: { type: "string" },
    postgres: { type: "string" },
    quick: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  });
  relayPubSub();
  const rows: Row[] = [];
  for (const [title, { engine, driver }] of Object.entries(adapters)) {
    const url = engine === undefined ? "" : urls[engine];
    if (url === undefined) continue;
    log(title);
    const outcomes = await measure(title, url, quick ? QUICK_COUNTS : COUNTS);
    rows.push({ title: driver === undefined ? title : `${engine}, ${driver} ${versionOf(driver)}`, outcomes });
  }
  const page = `${table(rows)}\n\n${today()}${quick ? " (quick)" : ""}. ${machine()}.`;
  console.log(page);
  if (write) writeReadme("nodes", page);
});
