import type { ProtocolName } from "./load/protocols.ts";
import { end, nextMessage, spawnPinned } from "./pinned.ts";

export type ServerName = "wingbeat" | "socketio" | "ws" | "phoenix";

/** A Phoenix server that is already running. */
export interface PhoenixAt {
  url: URL;
  pid: number;
}

/** A server under test. */
export interface RunningServer {
  pid: number;
  protocol: ProtocolName;
  host: string;
  port: number;
  /** The WebSocket's request target; empty for the protocol's usual one. */
  path: string;
  /**
   * Asks for a garbage collection; resolves when it is done (at once where it cannot be asked) with what is left on the
   * heap, in bytes (0 where it cannot be asked).
   */
  collect(): Promise<number>;
  stop(): Promise<void>;
}

/** How a server is started: its script, relative to this folder, and the protocol that it speaks. */
export interface ServerProgram {
  script: string;
  protocol: ProtocolName;
  args?: string[];
}

const SERVER_CORE = 0;

const started: Readonly<Record<Exclude<ServerName, "phoenix">, ServerProgram>> = {
  wingbeat: { script: "./servers/wingbeat.js", protocol: "phoenix" },
  socketio: { script: "./servers/socketio.js", protocol: "socketio" },
  ws: { script: "./servers/ws.js", protocol: "plain" },
};

/** Starts the server of the message tests on a free port of 127.0.0.1. */
export function startServer(name: Exclude<ServerName, "phoenix">): Promise<RunningServer> {
  return launch(started[name]);
}

/** Starts a server on a free port of 127.0.0.1: a script of this package that reports its port. */
export async function launch({ script, protocol, args = [] }: ServerProgram): Promise<RunningServer> {
  const child = spawnPinned(SERVER_CORE, script, args, ["--expose-gc"]);
  const { port } = await nextMessage<{ port: number }>(child, script);
  return {
    pid: child.pid!,
    protocol,
    host: "127.0.0.1",
    port,
    path: "",
    async collect() {
      const collected = nextMessage<{ heapBytes: number }>(child, script);
      child.send("collect");
      return (await collected).heapBytes;
    },
    stop: () => end(child),
  };
}

/** Uses a Phoenix server that is already running: it keeps running, and its garbage collection is not forced. */
export function runningPhoenix({ url, pid }: PhoenixAt): RunningServer {
  return {
    pid,
    protocol: "phoenix",
    host: url.hostname,
    port: Number(url.port),
    path: `${url.pathname}?vsn=2.0.0`,
    collect: () => Promise.resolve(0),
    stop: () => Promise.resolve(),
  };
}
