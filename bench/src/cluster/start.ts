import type { ServerAddress } from "../load-client.ts";
import { end, nextMessage, spawnPinned } from "../pinned.ts";

/** A cluster under test: the processes are its primary and its workers. */
export interface RunningCluster extends ServerAddress {
  pids: number[];
  stop(): Promise<void>;
}

/** Starts a server with this many workers, on any core. `works`: whether its handler does some work. */
export async function startCluster(workers: number, works: boolean): Promise<RunningCluster> {
  const child = spawnPinned(null, "./cluster/server.js", [String(workers), works ? "work" : "echo"]);
  const { port, pids } = await nextMessage<{ port: number; pids: number[] }>(child, "the cluster");
  return { protocol: "phoenix", host: "127.0.0.1", port, path: "", pids, stop: () => end(child) };
}
