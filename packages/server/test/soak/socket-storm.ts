/** The frame storm without a network: frames go straight into socket processes, as fast as they are handled. */
import { v2Client, v2Server } from "@wingbeat/protocol";
import { createEndpoint } from "../../src/index.ts";
import { SocketProcess } from "../../src/socket/process.ts";
import type { SocketEnvironment } from "../../src/socket/process.ts";
import type { Connection, Frame } from "../../src/transports/connection.ts";
import { userSocket } from "../integration/room.ts";
import { activeResources } from "./figures.ts";
import type { AnyFrame } from "./frames.ts";

export interface SocketStormFigures {
  frames: number;
  processes: number;
  answers: number;
  closes: Record<number, number>;
}

/** Counts what is sent, and reads every answer as a client would: a frame that no client can read throws. */
class CountingConnection implements Connection {
  readonly transport = "websocket";
  readonly bufferedBytes = 0;
  readonly figures: SocketStormFigures;
  process: SocketProcess | undefined = undefined;
  isOpen = true;

  constructor(figures: SocketStormFigures) {
    this.figures = figures;
  }

  send(frame: Frame): void {
    if (!this.isOpen) return;
    v2Client.decode(frame.data);
    this.figures.answers++;
  }

  onWritable(): void {}

  close(code: number, reason: string): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.figures.closes[code] = (this.figures.closes[code] ?? 0) + 1;
    this.process?.closed(code, reason);
  }

  pause(): void {}
  resume(): void {}
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Feeds frames to socket processes, 200 to each or until it is closed. Throws when anything is left behind. */
export async function stormIntoSockets(frames: readonly AnyFrame[]): Promise<SocketStormFigures> {
  const figures: SocketStormFigures = { frames: frames.length, processes: 0, answers: 0, closes: {} };
  const socket = userSocket();
  const endpoint = createEndpoint({ sockets: { "/socket": socket }, logger: false });
  const processes = new Set<SocketProcess>();
  const environment: SocketEnvironment = {
    endpoint,
    pubsub: endpoint.pubsub,
    path: "/socket",
    socket: socket.spec,
    processes,
    work: { running: 0 },
  };
  const resources = activeResources();
  let connection: CountingConnection | undefined;
  for (const [index, frame] of frames.entries()) {
    if (connection === undefined || !connection.isOpen || index % 200 === 0) {
      connection?.close(1000, "");
      connection = new CountingConnection(figures);
      connection.process = new SocketProcess(
        environment,
        { codec: v2Server, assigns: { name: "x" }, id: `user:${index % 7}` },
        connection,
      );
      processes.add(connection.process);
      figures.processes++;
      connection.process.receive('["1","1","room:1","phx_join",{}]');
    }
    connection.process?.receive(typeof frame === "string" ? frame : Buffer.from(frame));
    if (index % 100 === 0) await turn();
  }
  connection?.close(1000, "");
  await turn();
  const left = { processes: processes.size, subscriptions: endpoint.pubsub.size.subscriptions };
  await endpoint.close();
  if (left.processes + left.subscriptions > 0) throw new Error(`left behind: ${JSON.stringify(left)}`);
  const after = activeResources();
  if ((after["Timeout"] ?? 0) > (resources["Timeout"] ?? 0))
    throw new Error(`timers are left: ${JSON.stringify(after)}`);
  return figures;
}
