/**
 * `npm run bench:frozen`: what readers find that were frozen (SIGSTOP) for 10 s while 30 cursor positions a second were
 * sent to them, by Wingbeat and by Socket.IO, in the same run.
 */
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Server } from "socket.io";
import { conflate, createEndpoint, defineChannel, defineSocket, ok, volatile } from "wingbeat";
import type { Update } from "./frozen/reader.ts";
import { writeReadme } from "./readme.ts";

const PER_SECOND = 30;
const FROZEN_MS = Number(process.env["FROZEN_MS"] ?? 10_000);
const BEFORE_MS = 2_000;
const AFTER_MS = 2_000;

interface Cursor {
  readonly user: string;
  readonly n: number;
  readonly at: number;
  readonly x: number;
  readonly y: number;
}

const channelOf = <Pattern extends string>(pattern: Pattern) =>
  defineChannel(pattern)
    .pushes<{ cursor: Cursor }>()
    .join(() => ok());

const endpoint = createEndpoint({
  sockets: {
    "/socket": defineSocket({
      connect: () => ok(),
      channels: [
        channelOf("plain"),
        channelOf("conflated").pushes<{ cursor: Cursor }>({ cursor: conflate(({ user }) => user) }),
        channelOf("volatile").pushes<{ cursor: Cursor }>({ cursor: volatile() }),
      ],
    }),
  },
  logger: false,
});
const { port } = await endpoint.listen(0, "127.0.0.1");

const http = createServer();
const io = new Server(http, { transports: ["websocket"], serveClient: false });
io.on("connection", (socket) => void socket.join(String(socket.handshake.query["room"])));
http.listen(0, "127.0.0.1");
await once(http, "listening");
const ioPort = (http.address() as AddressInfo).port;

function publish(cursor: Cursor): void {
  for (const topic of ["plain", "conflated", "volatile"] as const) endpoint.broadcast(topic, "cursor", cursor);
  io.to("plain").emit("cursor", cursor);
  io.to("volatile").volatile.emit("cursor", cursor);
}

const phoenix = (topic: string, query = "") => [
  "wingbeat",
  `ws://127.0.0.1:${port}/socket/websocket?vsn=2.0.0${query}`,
  topic,
];
const socketIo = (room: string) => [
  "socketio",
  `ws://127.0.0.1:${ioPort}/socket.io/?EIO=4&transport=websocket&room=${room}`,
  room,
];

const READERS: Readonly<Record<string, readonly string[]>> = {
  "Wingbeat, `conflate`": phoenix("conflated", "&wingbeat=1"),
  "Wingbeat, `volatile`": phoenix("volatile", "&wingbeat=1"),
  "Wingbeat, undeclared": phoenix("plain", "&wingbeat=1"),
  "Wingbeat, `conflate`, stock client": phoenix("conflated"),
  "Socket.IO, `volatile`": socketIo("volatile"),
  "Socket.IO": socketIo("plain"),
};

async function start(args: readonly string[]): Promise<ChildProcess> {
  const reader = fork(new URL("frozen/reader.js", import.meta.url), args);
  await once(reader, "message");
  return reader;
}

async function report(reader: ChildProcess): Promise<readonly Update[]> {
  reader.send("report");
  const [updates] = (await once(reader, "message")) as [readonly Update[]];
  reader.disconnect();
  return updates;
}

const names = Object.keys(READERS);
const readers = await Promise.all(Object.values(READERS).map(start));
let n = 0;
const startedAt = Date.now();
// By the clock, so that a late timer does not lower the rate.
const publisher = setInterval(() => {
  while (n < ((Date.now() - startedAt) / 1_000) * PER_SECOND) {
    publish({ user: "ada", n: ++n, at: Date.now(), x: n % 1_000, y: n % 700 });
  }
}, 1_000 / PER_SECOND);

await sleep(BEFORE_MS);
for (const reader of readers) reader.kill("SIGSTOP");
await sleep(FROZEN_MS);
const thawedAt = Date.now();
const newest = n;
for (const reader of readers) reader.kill("SIGCONT");
await sleep(AFTER_MS);
clearInterval(publisher);

/** What one reader found, as a row. */
function row(name: string, updates: readonly Update[]): string {
  const found = updates.filter(({ receivedAt }) => receivedAt >= thawedAt);
  const old = found.filter((update) => update.n < newest);
  const first = found.find((update) => update.n >= newest);
  const bytes = found.filter((update) => update.n <= newest).reduce((sum, update) => sum + update.bytes, 0);
  const oldest = Math.max(0, ...old.map(({ receivedAt, at }) => receivedAt - at));
  const after = first === undefined ? "never" : `${first.receivedAt - thawedAt} ms`;
  return `| ${name} | ${old.length} | ${(oldest / 1_000).toFixed(1)} s | ${bytes} | ${after} |`;
}

const rows = await Promise.all(readers.map(async (reader, index) => row(names[index] as string, await report(reader))));
const table = [
  "| sent by | old positions read after the thaw | age of the oldest | bytes | the newest, after the thaw |",
  "| --- | ---: | ---: | ---: | ---: |",
  ...rows,
].join("\n");
console.log(table);
if (process.argv.includes("--write")) writeReadme("frozen", table);

await Promise.all([endpoint.close({ drain: false }), io.close()]);
