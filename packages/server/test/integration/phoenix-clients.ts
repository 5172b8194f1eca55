/** The official clients, as tests run them: with `ws` as transport, quick to reconnect, closed when the test ends. */
import { Socket } from "phoenix";
import type { Channel, Push, SocketConnectOption } from "phoenix";
import phoenix12 from "phoenix-1.2";
import phoenix13 from "phoenix-1.3";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { gate } from "./inbox.ts";

type Options = Partial<SocketConnectOption>;

export interface PhoenixClient {
  readonly name: string;
  readonly version: 1 | 2;
  socket(url: string, options?: Options): Socket;
}

/**
 * Soon at first, then slowly. The 1.3 client sends a second join when the first is not answered in time; on V1 it could
 * not tell the end of the first channel from that of the second.
 */
const afterMs = (tries: number): number => (tries <= 1 ? 10 : 400);
const quick: Options = { transport: WebSocket as never, reconnectAfterMs: afterMs, rejoinAfterMs: afterMs };

const connected = (socket: Socket): Socket => {
  onTestFinished(() => socket.disconnect());
  socket.connect();
  return socket;
};

/** `url` is that of the mount: the client appends `/websocket` and the version. */
export const current: PhoenixClient = {
  name: "phoenix 1.8.16 (V2)",
  version: 2,
  socket: (url, options) => connected(new Socket(url, { ...quick, ...options })),
};

export const clients: readonly PhoenixClient[] = [
  current,
  {
    name: "phoenix 1.3.5 (V2)",
    version: 2,
    socket: (url, options) => connected(new phoenix13.Socket(url, { ...quick, ...options })),
  },
  {
    name: "phoenix 1.2.1 (V1)",
    version: 1,
    socket: (url, options) => connected(new phoenix12.Socket(url, { ...quick, ...options })),
  },
];

export interface Answer {
  readonly status: string;
  readonly response: unknown;
}

/** The first answer to a push or join: `ok`, `error` or `timeout`. */
export function answered(push: Push): Promise<Answer> {
  return new Promise((resolve) => {
    for (const status of ["ok", "error", "timeout"] as const) {
      push.receive(status, (response: unknown) => resolve({ status, response }));
    }
  });
}

/** The payload of the next message of an event on a channel. */
export function nextOn(channel: Channel, event: string): Promise<unknown> {
  const { passed, open } = gate<unknown>();
  channel.on(event, open);
  return passed;
}

/** Joins and waits for the answer. */
export const joined = (channel: Channel): Promise<Answer> => answered(channel.join());

/** Resolves when the socket has opened. */
export function opened(socket: Socket): Promise<void> {
  const { passed, open } = gate();
  socket.onOpen(() => open());
  if (socket.isConnected()) open();
  return passed;
}
