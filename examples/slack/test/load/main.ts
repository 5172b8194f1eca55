/**
 * `npm run load:slack`: many people in many rooms for minutes, on the server as `npm start` runs it. Everybody talks,
 * mentions others, reads, changes rooms, and some connections are cut. At the end the unread marks and badges that each of
 * them has been told must be those that the database says, nobody may have seen an error, and memory must not have grown.
 */
/* oxlint-disable no-console -- this is the program */
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { compare } from "./compare.ts";
import { Crowd } from "./crowd.ts";
import { hasGrown, MemoryLog } from "./memory.ts";
import { startServer } from "./server.ts";

const { values } = parseArgs({
  options: {
    users: { type: "string", default: "500" },
    rooms: { type: "string", default: "20" },
    minutes: { type: "string", default: "10" },
    /** Messages of all users together. */
    "messages-per-second": { type: "string", default: "10" },
    /** For the server's `node`: `--node=--cpu-prof`. */
    node: { type: "string", multiple: true, default: [] },
  },
});
const users = Number(values.users);
const rooms = Number(values.rooms);
const milliseconds = Number(values.minutes) * 60_000;
const messagesPerSecond = Number(values["messages-per-second"]);

const server = await startServer(values.node);
try {
  const crowd = await Crowd.enter(server, { users, rooms });
  console.log(`${users} users are in ${rooms} rooms, each in ${Math.max(1, Math.floor(rooms / 4))} of them.`);
  const memory = new MemoryLog(server, milliseconds);
  const cpuBefore = server.cpuSeconds();
  const began = performance.now();
  await Promise.race([crowd.live({ milliseconds, messagesPerSecond }), server.ended]);
  const seconds = (performance.now() - began) / 1_000;
  const cpu = ((server.cpuSeconds() ?? Number.NaN) - (cpuBefore ?? Number.NaN)) / seconds;
  const megabytes = await memory.end();
  await Promise.race([crowd.rest(), server.ended]);
  const differences = await compare(server.database.db, crowd);

  const { sent, stored, delivered, stumbles, cut, errors, latencies } = crowd.figures();
  const percentile = (p: number, of: readonly number[] = latencies): string =>
    (of.toSorted((a, b) => a - b)[Math.floor(of.length * p)] ?? Number.NaN).toFixed(1);
  const tenth = Math.ceil(latencies.length / 10);
  const course = Array.from({ length: 10 }, (_, n) => percentile(0.95, latencies.slice(n * tenth, (n + 1) * tenth)));
  console.log(
    `${sent} messages sent (${(sent / seconds).toFixed(1)} per second), ${stored} answered, ${delivered} delivered, ${errors.length} errors. ` +
      `${stumbles} connections were cut, and took ${cut} answers with them.`,
  );
  console.log(`Send to delivery in ms: p50 ${percentile(0.5)}, p95 ${percentile(0.95)}, p99 ${percentile(0.99)}.`);
  console.log(`The p95 of each tenth of them, in the order of time: ${course.join(", ")}.`);
  console.log(`The machine's ${cpus().length} cores had ${loadavg()[0]?.toFixed(1)} processes to run at the end.`);
  console.log(`The server used ${(cpu * 100).toFixed(0)} % of a core.`);
  console.log(`Its heap after a collection, in MB: ${megabytes.map((n) => n.toFixed(1)).join(", ")}.`);
  console.log(`Resident: ${server.residentMegabytes().toFixed(0)} MB.`);
  console.log(
    `Unread and badges: ${differences.checked} compared with the database, ${differences.found.length} differ.`,
  );
  for (const text of [...errors.slice(0, 10), ...differences.found.slice(0, 10)]) console.log(`  ${text}`);
  if (errors.length > 0 || differences.found.length > 0 || hasGrown(megabytes)) process.exitCode = 1;
  crowd.leave();
} finally {
  await server.close();
}
process.exit();
