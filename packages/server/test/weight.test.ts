/**
 * What a connection keeps in memory: heap and buffers after a garbage collection, beyond those of a bare connection of
 * `ws`, so that the versions of Node and `ws` matter little. It is counted, not timed: a busy machine does not change it.
 *
 * V8 lays out objects of Node's one way or another, which makes up to 90 bytes of difference between two processes. So the lightest
 * of three of ours is compared with the heaviest of three bare ones. When something that every connection must have does not
 * fit, raise the limit in the same change, and say why.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { beforeAll, expect, it } from "vitest";
import { TcpClient } from "./integration/tcp-client.ts";

/** Without what V8 compiles, and throws away, as it goes. */
const V8_FLAGS = ["--expose-gc", "--no-opt", "--no-sparkplug", "--no-flush-bytecode"];
/** Of so many connections the heap is looked at so many times; the first time is not counted. */
const CONNECTIONS = 200;
const LOOKS = 7;
const AT_A_TIME = 50;
const PROCESSES = 3;

interface Ports {
  readonly endpoint: number;
  readonly bare: number;
}
type Open = (ports: Ports, n: number) => Promise<TcpClient>;

/** Bytes per connection, in a fresh process: the median, because tables grow in steps. */
async function weightOf(open: Open): Promise<number> {
  const server = fork(new URL("weight/server.ts", import.meta.url), { execArgv: ["--import", "tsx", ...V8_FLAGS] });
  const answer = async (): Promise<unknown> => ((await once(server, "message")) as [unknown])[0];
  try {
    const ports = (await answer()) as Ports;
    const heaps: number[] = [];
    for (let opened = 0; opened < LOOKS * CONNECTIONS;) {
      await Promise.all(Array.from({ length: AT_A_TIME }, () => open(ports, opened++)));
      if (opened % CONNECTIONS > 0) continue;
      server.send("heap?");
      heaps.push((await answer()) as number);
    }
    const grown = heaps.slice(2).map((heap, look) => heap - (heaps[look + 1] as number));
    return Math.round((grown.toSorted((a, b) => a - b)[grown.length >> 1] as number) / CONNECTIONS);
  } finally {
    server.kill("SIGKILL");
    await once(server, "exit");
  }
}

const connected: Open = ({ endpoint }) => TcpClient.open(endpoint, "/anonymous/websocket?vsn=2.0.0");

const joined =
  (path: (n: number) => string, topic: (n: number) => string): Open =>
  async ({ endpoint }, n) => {
    const client = await TcpClient.open(endpoint, path(n));
    client.send("1", "1", topic(n), "phx_join", {});
    expect(await client.next()).toMatchObject(["1", "1", topic(n), "phx_reply", { status: "ok" }]);
    return client;
  };

const anonymous = (): string => "/anonymous/websocket?vsn=2.0.0";
const named = (n: number): string => `/named/websocket?vsn=2.0.0&user=${n}`;

/** It is told how long its login lasts. */
const renewing: Open = async ({ endpoint }) => {
  const client = await TcpClient.open(endpoint, "/expiring/websocket?vsn=2.0.0&wingbeat=1");
  expect(await client.next()).toMatchObject([
    null,
    null,
    "phoenix",
    "wb_expires",
    { in: expect.any(Number) as number },
  ]);
  return client;
};

/** Of several processes, the lightest first. */
async function weightsOf(open: Open): Promise<number[]> {
  const weights: number[] = [];
  while (weights.length < PROCESSES) weights.push(await weightOf(open));
  return weights.toSorted((a, b) => a - b);
}

let bare: number;
beforeAll(async () => {
  const weights = await weightsOf(async (ports) => {
    const client = await TcpClient.open(ports.bare, "/");
    client.text("hello");
    await client.inbox.next();
    return client;
  });
  bare = weights.at(-1) as number;
});

it.each<[what: string, maxBytes: number, open: Open]>([
  ["is connected", 250, connected],
  ["has joined a channel", 800, joined(anonymous, (n) => `room:${n % 50}`)],
  ["has an id, and a channel of its own", 840, joined(named, (n) => `room:${n}`)],
  ["can renew its login", 1_180, renewing],
])("a client that %s keeps at most %i bytes more than a bare WebSocket", async (_what, maxBytes, open) => {
  const [lightest = Infinity] = await weightsOf(open);
  expect(lightest - bare).toBeLessThanOrEqual(maxBytes);
});
