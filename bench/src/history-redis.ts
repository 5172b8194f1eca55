/**
 * `npm run bench:history-redis`: what the history costs a Redis server: microseconds of its CPU per message, appended alone and in
 * batches of 10, beside a bare PUBLISH; and bytes of its memory for topics that are quiet. Starts a redis-server of its own,
 * or uses the one at `REDIS_URL`, which must be empty.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { redisHistory } from "wingbeat/pubsub/redis";
import type { HistoryStore } from "wingbeat/pubsub/redis";

const MESSAGES = 20_000;
const PARALLEL = 50;
const QUIET = 100_000;
const RULE = { size: 100, ttl: 300_000, maxBytes: 1_048_576 };
const PORT = 16_379;

const own = process.env["REDIS_URL"] === undefined;
const url = process.env["REDIS_URL"] ?? `redis://127.0.0.1:${PORT}`;
const folder = own ? mkdtempSync(join(tmpdir(), "wingbeat-bench-")) : undefined;
const server =
  folder === undefined
    ? undefined
    : spawn("redis-server", ["--port", String(PORT), "--bind", "127.0.0.1", "--save", "", "--dir", folder], {
        stdio: "ignore",
      });

const admin = new Redis(url);
admin.on("error", () => {});

/** A value of INFO. */
async function info(section: string, name: string): Promise<number> {
  const found = new RegExp(`^${name}:([\\d.]+)`, "m").exec(await admin.info(section));
  return Number(found?.[1]);
}

const cpu = async (): Promise<number> => (await info("cpu", "used_cpu_user")) + (await info("cpu", "used_cpu_sys"));

const body = (bytes: number): string =>
  JSON.stringify([null, null, "room:1", "new_msg", { body: "x".repeat(bytes - 45) }]);

/** Microseconds of the server's CPU per message. */
async function cost(messages: number, run: (index: number) => Promise<unknown>, perCall: number): Promise<number> {
  let next = 0;
  const calls = messages / perCall;
  const work = async (): Promise<void> => {
    while (next < calls) await run(next++);
  };
  const before = await cpu();
  await Promise.all(Array.from({ length: PARALLEL }, work));
  return (((await cpu()) - before) / messages) * 1e6;
}

let seq = 0;
const append = (store: HistoryStore, topic: string, bytes: number, count: number): Promise<unknown> =>
  Promise.resolve(
    store.append({
      topic,
      rule: RULE,
      producer: "k1ZrT0pW4u9b.1",
      entries: Array.from({ length: count }, () => ({
        event: "new_msg",
        body: body(bytes),
        from: "",
        seq: ++seq,
        id: undefined,
      })),
      known: undefined,
      isRepeat: false,
    }),
  );

const store = redisHistory({ connect: () => new Redis(url), namespace: "bench" });
await new Promise<void>((resolve, reject) => {
  const starting = store.start({ entry() {}, moved() {}, maybeMissed() {}, up: () => resolve(), down() {} });
  Promise.resolve(starting).catch(reject);
});

for (const bytes of [100, 1_000]) {
  const text = body(bytes);
  const topic = (index: number): string => `room:${index % 1_000}`;
  const ways: Readonly<Record<string, () => Promise<number>>> = {
    "a bare PUBLISH": () => cost(MESSAGES, () => admin.publish("bench:h:{0}x", text), 1),
    "appended alone": () => cost(MESSAGES, (index) => append(store, topic(index), bytes, 1), 1),
    "in batches of 10": () => cost(MESSAGES, (index) => append(store, topic(index), bytes, 10), 10),
  };
  for (const run of Object.values(ways)) await run();
  const figures: string[] = [];
  for (const [way, run] of Object.entries(ways)) figures.push(`${way} ${(await run()).toFixed(1)} µs`);
  console.log(`${bytes} bytes, CPU of Redis per message: ${figures.join(", ")}`);
}

for (const [what, entries] of [
  ["only read", 0],
  ["one entry of 100 bytes", 1],
  ["10 entries of 100 bytes", 10],
] as const) {
  await admin.flushall();
  const before = await info("memory", "used_memory");
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < QUIET) {
      const topic = `room:${next++}`;
      if (entries === 0) await store.read(topic, RULE, { after: undefined, limit: 0 });
      else await append(store, topic, 100, entries);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  const bytes = ((await info("memory", "used_memory")) - before) / QUIET;
  console.log(
    `${QUIET} quiet topics, ${what}: ${bytes.toFixed(0)} bytes each, ${((bytes * QUIET) / 1e6).toFixed(0)} MB`,
  );
}

await store.stop();
if (own) admin.disconnect();
else await admin.quit();
server?.kill();
if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
