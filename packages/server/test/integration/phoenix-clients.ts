/** The official clients, as tests run them: with `ws` as transport, quick to reconnect, closed when the test ends. */
import { Socket } from "phoenix";
import type { Channel, Push, SocketConnectOption } from "phoenix";
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

/** Asks for V1. The 1.3 client writes `vsn=2.0.0` into every URL; those before it wrote 1.0.0 into the same place. */
class V1WebSocket extends WebSocket {
  constructor(url: string) {
    super(url.replace("vsn=2.0.0", "vsn=1.0.0"));
  }
}

/** The serializer of the clients before 1.3: the message as it is. */
const v1: Options = {
  transport: V1WebSocket as never,
  encode: (message, callback) => void callback(JSON.stringify(message)),
  decode: (frame, callback) => void callback(JSON.parse(frame)),
};

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
    name: "phoenix 1.3.5 (V2, as it comes)",
    version: 2,
    socket: (url, options) => connected(new phoenix13.Socket(url, { ...quick, ...options })),
  },
  {
    name: "phoenix 1.3.5 (V1 serializer)",
    version: 1,
    socket: (url, options) => connected(new phoenix13.Socket(url, { ...quick, ...v1, ...options })),
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
