/** Three real nodes over a real Redis, and clients of theirs. */
import { Socket } from "@wingbeat/client";
import { WebSocket } from "ws";
import { Program } from "../../../../tools/test/program.ts";
import { redisEngine } from "../../../server/test/pubsub/engines.ts";
import type { LiveSocket } from "./node.ts";

export const ROOMS = 10;

const NODE = new URL("node.ts", import.meta.url).pathname;

export type Client = Awaited<ReturnType<typeof connect>>;

export interface LiveCluster {
  readonly nodes: readonly Program[];
  /** Of the first node's inspector. */
  readonly url: string;
  /** In the order of their names, `0` …; client n is on node n % 3 and in `room:` n % 10. */
  readonly clients: readonly Client[];
  /** Says something as many times, by one client after the other, and waits for the replies. */
  say(times: number): Promise<void>;
  /** How many messages were said in a room so far. */
  saidIn(room: number): number;
  /** How many clients the server's `connect` refuses. */
  refuse(times: number): Promise<void>;
  close(): Promise<void>;
}

async function connect(port: number, nth: number) {
  const socket = new Socket<LiveSocket>(`ws://127.0.0.1:${port}/socket`, {
    transport: WebSocket as never,
    params: { user: String(nth) },
    timeout: 120_000,
  });
  socket.connect();
  const room = socket.channel(`room:${nth % ROOMS}`);
  await Promise.all([room.join(), socket.channel(`user:${nth}`).join()]);
  return { socket, room };
}

export async function startCluster(count: number): Promise<LiveCluster> {
  const redis = await redisEngine([]);
  await redis.start();
  const env = { REDIS: `redis://127.0.0.1:${redis.port}`, NODE_ENV: "development" };
  const nodes = await Promise.all([0, 1, 2].map(() => Program.start(NODE, env)));
  const portOf = (nth: number): number => nodes[nth % 3]!.port;
  const said = Array.from({ length: ROOMS }, () => 0);
  const clients: Client[] = [];
  while (clients.length < count) {
    const from = clients.length;
    const names = Array.from({ length: Math.min(100, count - from) }, (_, at) => from + at);
    clients.push(...(await Promise.all(names.map((nth) => connect(portOf(nth), nth)))));
  }
  return {
    nodes,
    url: `http://localhost:${portOf(0)}/inspector/`,
    clients,
    saidIn: (room) => said[room] ?? 0,
    async say(times) {
      for (let nth = 0; nth < times; nth++) said[(nth % count) % ROOMS]!++;
      await Promise.all(
        Array.from({ length: times }, (_, nth) => clients[nth % count]!.room.push("say", { body: `message ${nth}` })),
      );
    },
    async refuse(times) {
      for (let nth = 0; nth < times; nth++) {
        const socket = new WebSocket(`ws://127.0.0.1:${portOf(nth)}/socket/websocket?vsn=2.0.0&user=nobody`);
        await new Promise((resolve) => socket.on("error", resolve));
      }
    },
    async close() {
      for (const { socket } of clients) socket.disconnect();
      await Promise.all(nodes.map((node) => node.end("SIGKILL")));
      await redis.end();
    },
  };
}
