/**
 * `npm run load:slack`: many people in many rooms for minutes, on the server as `npm start` runs it. Everybody talks,
 * mentions others, reads, changes rooms, and some connections are cut. At the end the unread marks and badges that each of
 * them has been told must be those that the database says, nobody may have seen an error, and memory must not have grown.
 */
/* oxlint-disable no-console -- this is the program */
import { parseArgs } from "node:util";
import { Crowd } from "./crowd.ts";
import { compare } from "./compare.ts";
import { startServer } from "./server.ts";

const { values } = parseArgs({
  options: {
    users: { type: "string", default: "500" },
    rooms: { type: "string", default: "20" },
    minutes: { type: "string", default: "10" },
    /** Messages of all users together. */
    "messages-per-second": { type: "string", default: "10" },
  },
});
const users = Number(values.users);
const rooms = Number(values.rooms);
const minutes = Number(values.minutes);

const server = await startServer();
try {
  const crowd = await Crowd.enter(server, { users, rooms });
  console.log(`${users} users are in ${rooms} rooms, each on ${rooms / 4} of them.`);
  const megabytes: number[] = [];
  const sampler = setInterval(() => megabytes.push(server.megabytes()), 5_000);
  await crowd.live({ milliseconds: minutes * 60_000, perSecond: Number(values["messages-per-second"]) });
  clearInterval(sampler);
  await crowd.rest();
  const differences = await compare(server.database.db, crowd);
  const third = Math.max(1, Math.floor(megabytes.length / 3));
  const mean = (part: number[]): number => Math.round(part.reduce((sum, n) => sum + n, 0) / part.length);
  const [middle, last] = [mean(megabytes.slice(third, 2 * third)), mean(megabytes.slice(-third))];
  const { sent, delivered, refused, errors, latencies } = crowd.figures();
  latencies.sort((a, b) => a - b);
  const percentile = (p: number): string =>
    `${(latencies[Math.floor(latencies.length * p)] ?? Number.NaN).toFixed(1)} ms`;
  console.log(`${sent} messages sent, ${delivered} delivered, ${refused} refused, ${errors.length} errors.`);
  console.log(`Send to delivery: p50 ${percentile(0.5)}, p95 ${percentile(0.95)}, p99 ${percentile(0.99)}.`);
  console.log(`Resident memory of the server: ${middle} MB in the middle third, ${last} MB in the last.`);
  console.log(
    `Unread and badges: ${differences.checked} compared with the database, ${differences.found.length} differ.`,
  );
  for (const text of [...errors.slice(0, 10), ...differences.found.slice(0, 10)]) console.log(`  ${text}`);
  const grew = last > middle * 1.1 + 10;
  if (errors.length > 0 || differences.found.length > 0 || grew) process.exitCode = 1;
  crowd.leave();
} finally {
  await server.close();
}
process.exit();
