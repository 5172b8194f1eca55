/** A join storm and a publisher of 1 MB/s, while some clients have stopped reading. */
import { createEndpoint, Telemetry } from "../../src/index.ts";
import { userSocket } from "../integration/room.ts";
import { TcpClient } from "../integration/tcp-client.ts";
import { MB } from "./figures.ts";

export interface SlowReaderOptions {
  /** Clients that join and stop reading. */
  readonly stopped: number;
  /** Clients that read everything. */
  readonly readers: number;
  /** Clients that connect and join meanwhile. */
  readonly storm: number;
  readonly bytesPerSecond: number;
  /** How long to publish, in ms. Ends earlier when all stopped clients are closed and the storm is over. */
  readonly duration: number;
  readonly maxBufferedBytes: number;
}

export interface SlowReaderFigures {
  published: number;
  publishedBytes: number;
  /** Stopped clients that were closed with 1013. */
  closedSlow: number;
  stormJoined: number;
  /** Messages that a reader got in a wrong place, or not at all. */
  missed: number;
  /** The longest time from a broadcast to a reader's having it, in ms. */
  worstDelay: number;
  /** The most memory of the process above its start: bytes of heap, buffers and code. */
  peakGrowth: number;
  connectionsLeft: number;
}

const TICK = 20;

export async function runSlowReaders(options: SlowReaderOptions): Promise<SlowReaderFigures> {
  const websocket = { maxBufferedBytes: options.maxBufferedBytes };
  const endpoint = createEndpoint({ sockets: { "/socket": { socket: userSocket(), websocket } }, logger: false });
  const { port } = await endpoint.listen(0, "127.0.0.1");
  const figures: SlowReaderFigures = {
    published: 0,
    publishedBytes: 0,
    closedSlow: 0,
    stormJoined: 0,
    missed: 0,
    worstDelay: 0,
    peakGrowth: 0,
    connectionsLeft: 0,
  };
  const detach = Telemetry.attach("socket.slow_consumer", () => void figures.closedSlow++);
  const stopped = await Promise.all(Array.from({ length: options.stopped }, () => join(port, "room:news")));
  for (const client of stopped) client.socket.pause();
  const readers = await Promise.all(Array.from({ length: options.readers }, () => join(port, "room:news")));
  let publishing = true;
  const reading = readers.map((client) => read(client, figures, () => publishing));
  const storm = joinStorm(port, options.storm, figures);

  const before = memory();
  const text = "x".repeat(Math.round((options.bytesPerSecond * TICK) / 1_000));
  const until = performance.now() + options.duration;
  let isStormOver = false;
  void storm.then(() => (isStormOver = true));
  while (performance.now() < until && !(isStormOver && figures.closedSlow === options.stopped)) {
    endpoint.broadcast("room:news", "news", { n: figures.published++, at: performance.now(), text });
    figures.publishedBytes += text.length;
    figures.peakGrowth = Math.max(figures.peakGrowth, memory() - before);
    await new Promise((resolve) => setTimeout(resolve, TICK));
  }
  const stormClients = await storm;
  publishing = false;
  endpoint.broadcast("room:news", "end", {});
  const counts = await Promise.all(reading);
  figures.missed += counts.reduce((sum, count) => sum + (figures.published - count), 0);
  for (const client of [...stopped, ...readers, ...stormClients]) client.drop();
  while (endpoint.connections > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  figures.connectionsLeft = endpoint.connections;
  detach();
  await endpoint.close();
  return figures;
}

const memory = (): number => {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

async function join(port: number, topic: string): Promise<TcpClient> {
  const client = await TcpClient.open(port);
  client.send("1", "1", topic, "phx_join", {});
  await client.inbox.next();
  return client;
}

/** Reads all broadcasts; gives how many came in their place. */
async function read(client: TcpClient, figures: SlowReaderFigures, isPublishing: () => boolean): Promise<number> {
  for (let expected = 0; ; expected++) {
    const [, , , event, payload] = (await client.next()) as [null, null, string, string, { n: number; at: number }];
    if (event === "end") return expected;
    if (payload.n !== expected) throw new Error(`message ${payload.n} came when ${expected} was due`);
    if (isPublishing()) figures.worstDelay = Math.max(figures.worstDelay, performance.now() - payload.at);
  }
}

/** Connects and joins as fast as it goes, 50 at a time. */
async function joinStorm(port: number, count: number, figures: SlowReaderFigures): Promise<TcpClient[]> {
  const clients: TcpClient[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      clients.push(await join(port, `room:storm${next++ % 100}`));
      figures.stormJoined++;
    }
  };
  await Promise.all(Array.from({ length: 50 }, worker));
  return clients;
}

/** The memory that so many stopped clients may cost: their buffers, and as much again for what is on its way. */
export const boundOf = ({ stopped, maxBufferedBytes }: SlowReaderOptions): number =>
  2 * stopped * maxBufferedBytes + 100 * MB;
