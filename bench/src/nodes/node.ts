/** One of the two nodes: a worker of `main.ts`. */
import { PubSub } from "wingbeat";
import { adapters } from "./adapters.ts";
import type { Order, Result, TestName } from "./orders.ts";

/** About 100 bytes of JSON, as in the other tests. */
const PAYLOAD = { t: "0123456789abcdef", p: "x".repeat(70) };
/** Messages that a sender has waiting for the engine before it takes a break. */
const AHEAD = 1_000;

const [title, url] = process.argv.slice(2) as [string, string];
const pubsub = new PubSub({ adapter: adapters[title]!.make(url) });

/** Resolves with the next message of a topic. */
function next(topic: string): Promise<unknown> {
  return new Promise((resolve) => {
    const subscription = {
      topic,
      owner: undefined,
      receive(message: unknown) {
        pubsub.unsubscribe(subscription);
        resolve(message);
      },
    };
    pubsub.subscribe(subscription);
  });
}

/** Broadcasts, and waits for the answer of the other node. */
async function call(count: number): Promise<number[]> {
  const roundTrips: number[] = [];
  for (let index = 0; index < count; index++) {
    const begun = performance.now();
    const answer = next("pong");
    pubsub.broadcast("ping", PAYLOAD);
    await answer;
    roundTrips.push((performance.now() - begun) * 1_000);
  }
  return roundTrips;
}

/** Broadcasts as fast as the engine takes it; resolves when the other node has seen the end. */
async function flood(topic: string, count: number): Promise<void> {
  const done = next("done");
  for (let sent = 0; sent < count; sent++) {
    pubsub.broadcast(topic, PAYLOAD);
    if (sent % 50 === 0) await new Promise(setImmediate);
    while (pubsub.status().queued > AHEAD) await new Promise(setImmediate);
  }
  pubsub.broadcast("end", null);
  await done;
}

async function send(test: TestName, count: number): Promise<readonly number[]> {
  if (test === "latency") return call(count);
  await flood(test === "load" ? "wanted" : "unwanted", count);
  return [];
}

async function receive(test: TestName, count: number): Promise<readonly number[]> {
  let seen = 0;
  if (test === "latency") {
    for (; seen < count; seen++) {
      await next("ping");
      pubsub.broadcast("pong", PAYLOAD);
    }
    return [];
  }
  const counter = { topic: "wanted", owner: undefined, receive: () => void seen++ };
  pubsub.subscribe(counter);
  await next("end");
  pubsub.unsubscribe(counter);
  if (test === "load" && seen !== count) throw new Error(`${title}: ${seen} of ${count} messages arrived`);
  pubsub.broadcast("done", null);
  return [];
}

async function run({ test, role, count }: Order): Promise<void> {
  const cpu = process.cpuUsage();
  const begun = performance.now();
  const running = role === "sender" ? send(test, count) : receive(test, count);
  // A receiver has subscribed: the sender may begin.
  if (role === "receiver") process.send?.("ready");
  const roundTrips = await running;
  const duration = performance.now() - begun;
  const { user, system } = process.cpuUsage(cpu);
  process.send?.({ cpu: user + system, duration, roundTrips } satisfies Result);
}

process.on("message", (message: Order | { readonly wingbeat: string }) => {
  // What the cluster adapter is sent comes the same way.
  if ("test" in message) void run(message);
});

await pubsub.start();
const { state, reason } = pubsub.status();
if (state === "down") throw new Error(`${title}: ${reason}`);
process.send?.("ready");
