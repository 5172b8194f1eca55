import type { ProtocolName } from "./load/protocols.ts";
import { end, nextMessage, spawnPinned } from "./pinned.ts";

export type ServerName = "wingbeat" | "socketio" | "ws" | "phoenix";

/** A Phoenix server that somebody else has started. */
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
  /** Asks for a garbage collection; resolves when it is done (at once where it cannot be asked). */
  collect(): Promise<void>;
  stop(): Promise<void>;
}

const SERVER_CORE = 0;

const started: Readonly<Record<Exclude<ServerName, "phoenix">, { script: string; protocol: ProtocolName }>> = {
  wingbeat: { script: "./servers/wingbeat.js", protocol: "phoenix" },
  socketio: { script: "./servers/socketio.js", protocol: "socketio" },
  ws: { script: "./servers/ws.js", protocol: "plain" },
};

/** Starts one of our servers on a free port of 127.0.0.1. */
export async function startServer(name: Exclude<ServerName, "phoenix">): Promise<RunningServer> {
  const { script, protocol } = started[name];
  const child = spawnPinned(SERVER_CORE, script, [], ["--expose-gc"]);
  const { port } = await nextMessage<{ port: number }>(child, `the ${name} server`);
  return {
    pid: child.pid!,
    protocol,
    host: "127.0.0.1",
    port,
    path: "",
    async collect() {
      const collected = nextMessage(child, `the ${name} server`);
      child.send("collect");
      await collected;
    },
    stop: () => end(child),
  };
}

/** Uses a Phoenix server that is already running: it keeps running, and collects garbage when it likes. */
export function runningPhoenix({ url, pid }: PhoenixAt): RunningServer {
  return {
    pid,
    protocol: "phoenix",
    host: url.hostname,
    port: Number(url.port),
    path: `${url.pathname}?vsn=2.0.0`,
    collect: () => Promise.resolve(),
    stop: () => Promise.resolve(),
  };
}
