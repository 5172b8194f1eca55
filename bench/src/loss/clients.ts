/**
 * Clients with their defaults, through a network that is cut. Arguments: kind of client, kind of its server, port of the
 * server, how many clients, cuts per second.
 */
import { Socket } from "@wingbeat/client";
import { io } from "socket.io-client";
import { WebSocket } from "ws";
import { Cutter } from "./cutter.ts";
import { Reader } from "./reader.ts";
import type { Numbered } from "./servers/publishing.ts";

const [client, kind, port, count, perSecond] = process.argv.slice(2);

/** Starts a client that gives all it gets to a reader. */
type Start = (url: string, reader: Reader) => void;

const wingbeat: Start = (url, reader) => {
  const socket = new Socket(`ws://${url}/socket`, { transport: WebSocket as never });
  const channel = socket.channel("room");
  channel.on("message", (message: Numbered) => reader.read(message.n));
  channel.onRecover(({ recovered }) => {
    if (!recovered) reader.told();
  });
  channel.join();
  socket.connect();
};

const socketio: Start = (url, reader) => {
  const socket = io(`http://${url}`, { transports: ["websocket"], forceNew: true });
  let isBack = false;
  socket.on("message", (message: Numbered) => reader.read(message.n));
  socket.on("connect", () => {
    // Without recovery it says so each time, whether or not anything was missed.
    if (kind === "recovery" && isBack && !socket.recovered) reader.told();
    isBack = true;
  });
};

const cutter = new Cutter(Number(port));
const url = `127.0.0.1:${await cutter.start()}`;
const readers = Array.from({ length: Number(count) }, () => new Reader());
for (const reader of readers) (client === "socketio" ? socketio : wingbeat)(url, reader);
while (readers.some(({ isReading }) => !isReading)) await new Promise((resolve) => setTimeout(resolve, 20));

const timer = setInterval(() => cutter.cut(), 1_000 / Number(perSecond));
process.send?.("ready");
process.on("message", (order: "stop" | { last: number }) => {
  clearInterval(timer);
  if (order === "stop") process.send?.("stopped");
  else process.send?.({ cuts: cutter.cuts, readers: readers.map((reader) => reader.account(order.last)) });
});
process.on("disconnect", () => process.exit());
