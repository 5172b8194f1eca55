/** PostgreSQL, which carries and keeps. */
import { setTimeout as sleep } from "node:timers/promises";
import { historySql } from "../../../src/pubsub/adapters/postgres/schema.ts";
import { run } from "../../history/postgres-database.ts";
import { postgresEngine } from "../../pubsub/engines.ts";
import type { TestEngine } from "../../pubsub/engines.ts";
import { StallingProxy } from "../../pubsub/stalling-proxy.ts";
import type { Bed } from "../campaign/bed.ts";
import { networkInjections, nodeInjections } from "./nodes.ts";

export function postgresBed(): Bed {
  let postgres: TestEngine | undefined;
  const proxies = [1, 2, 3].map(() => new StallingProxy(() => postgres?.port ?? 0));
  const query = (sql: string) => run(postgres?.port ?? 0, sql);
  return {
    name: "postgres",
    nodes: proxies.length,
    async start() {
      postgres = await postgresEngine();
      await postgres.start();
      await query(historySql({ namespace: "wingbeat", unlogged: false }));
      for (const proxy of proxies) await proxy.start();
    },
    settings: (node) => ({ name: "postgres", port: (proxies[node] as StallingProxy).port }),
    injections: [
      ...nodeInjections,
      ...networkInjections(proxies, "PostgreSQL"),
      {
        what: "PostgreSQL: restarted",
        outage: true,
        async run() {
          await postgres?.stop();
          await postgres?.start();
        },
      },
      {
        what: "PostgreSQL: a backend is killed with -9, and the others end with it",
        outage: true,
        async run(_nodes, random) {
          const sql =
            "select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()";
          process.kill(Number(random.pick(await query(sql))["pid"]), "SIGKILL");
          while ((await query("select 1").catch(() => undefined)) === undefined) await sleep(50);
        },
      },
    ],
    async end() {
      for (const proxy of proxies) await proxy.stop();
      await postgres?.end();
    },
  };
}
