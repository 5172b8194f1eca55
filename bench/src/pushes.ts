/**
 * `npm run bench:pushes -- redis://127.0.0.1 postgres://127.0.0.1/app`: what it costs that a push is handled once, beside a plain
 * push in the same run. In memory, and in the engines whose URLs are given. In PostgreSQL it makes tables, and drops them.
 */
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Socket } from "@wingbeat/client";
import { Redis } from "ioredis";
import pg from "pg";
import { createEndpoint, defineChannel, defineSocket, memoryHistory, ok } from "wingbeat";
import type { HistoryStore } from "wingbeat";
import { postgresHistory } from "wingbeat/pubsub/postgres";
import { redisHistory } from "wingbeat/pubsub/redis";
import { WebSocket } from "ws";

const NAMESPACE = "bench";
/** Milliseconds of each measurement. */
const DURATION = 4_000;
const CLIENTS = 16;
/** Pushes of a client without a reply: one after the other, and what a line may have. */
const DEPTHS = [1, 16] as const;

const room = defineChannel("room:{id}")
  .dedupe()
  .join(() => ok())
  .handleIn("new_msg", () => ok({ id: 1 }));
const userSocket = defineSocket({
  connect: () => ok(),
  channels: [room],
  eventsPerSecond: Infinity,
  bytesPerSecond: Infinity,
});

async function measure(name: string, history: HistoryStore): Promise<void> {
  const endpoint = createEndpoint({ sockets: { "/socket": userSocket }, history, logger: false });
  const { port } = await endpoint.listen(0, "127.0.0.1");
  const sockets = Array.from({ length: CLIENTS }, () => {
    const url = `ws://127.0.0.1:${port}/socket`;
    return new Socket<typeof userSocket>(url, { transport: WebSocket as never });
  });
  const channels = sockets.map((socket, index) => {
    socket.connect();
    return socket.channel(`room:${index}`);
  });
  await Promise.all(channels.map((channel) => channel.join()));
  for (const retry of [false, true]) {
    for (const depth of DEPTHS) {
      // Begins the lines, and warms up.
      await Promise.all(channels.map((channel) => channel.push("new_msg", { body: "hi" }, { retry })));
      const times: number[] = [];
      const cpu = process.cpuUsage();
      const start = performance.now();
      const until = start + DURATION;
      const one = async (channel: (typeof channels)[number]): Promise<void> => {
        while (performance.now() < until) {
          const startedAt = performance.now();
          await channel.push("new_msg", { body: "x".repeat(60) }, { retry });
          times.push(performance.now() - startedAt);
        }
      };
      await Promise.all(channels.flatMap((channel) => Array.from({ length: depth }, () => one(channel))));
      const seconds = (performance.now() - start) / 1_000;
      const { user, system } = process.cpuUsage(cpu);
      times.sort((a, b) => a - b);
      const at = (share: number): string => (times[Math.floor(times.length * share)] ?? 0).toFixed(2);
      const cells = [
        name,
        retry ? "numbered" : "plain",
        String(depth),
        Math.round(times.length / seconds).toLocaleString("en"),
        `${at(0.5)} ms`,
        `${at(0.99)} ms`,
        `${((user + system) / times.length).toFixed(0)} µs`,
      ];
      console.log(`| ${cells.join(" | ")} |`);
    }
  }
  for (const socket of sockets) socket.disconnect();
  await endpoint.close({ drain: false });
}

console.log(`${CLIENTS} clients; server and clients in one process, whose CPU is counted\n`);
console.log("| store | push | at once | a second | p50 | p99 | CPU |\n| --- | --- | --- | --- | --- | --- | --- |");
await measure("memory", memoryHistory());
for (const url of process.argv.slice(2)) {
  if (url.startsWith("redis")) {
    await measure("Redis", redisHistory({ connect: () => new Redis(url), namespace: NAMESPACE }));
  } else {
    const manifest = createRequire(import.meta.url).resolve("wingbeat/package.json");
    const cli = join(dirname(manifest), "dist/cli.js");
    const admin = new pg.Client(url);
    await admin.connect();
    await admin.query(String(execFileSync(process.execPath, [cli, "history:sql", "--namespace", NAMESPACE])));
    try {
      await measure("PostgreSQL", postgresHistory({ connect: () => new pg.Client(url), namespace: NAMESPACE }));
    } finally {
      for (const table of ["topic", "entry", "key", "outbox", "line", "push", "once"]) {
        await admin.query(`DROP TABLE "${NAMESPACE}_${table}" CASCADE`);
      }
      const { rows } = await admin.query<{ call: string }>(
        "SELECT oid::regprocedure::text AS call FROM pg_proc WHERE proname LIKE $1",
        [`${NAMESPACE}\\_%`],
      );
      for (const { call } of rows) await admin.query(`DROP FUNCTION ${call}`);
      await admin.end();
    }
  }
}
process.exit();
