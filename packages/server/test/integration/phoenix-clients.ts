/** The official clients, as tests run them: quick to reconnect, closed when the test ends. */
import { LongPoll, Socket } from "phoenix";
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
  readonly transport: "websocket" | "longpoll";
  /** Whether it rejoins its channels when its long-poll session is gone. */
  readonly noticesLostSession: boolean;
  socket(url: string, options?: Options): Socket;
}

/**
 * Soon at first, then slowly. The 1.3 client sends a second join when the first is not answered in time; on V1 it could
 * not tell the end of the first channel from that of the second.
 */
const afterMs = (tries: number): number => (tries <= 1 ? 10 : 400);
const quick: Options = { reconnectAfterMs: afterMs, rejoinAfterMs: afterMs };

type SocketClass = new (url: string, options: Options) => Socket;

/** `url` is that of the mount: the client appends `/websocket` or `/longpoll`, and the version. */
function client(name: string, version: 1 | 2, Class: SocketClass, own: Options): PhoenixClient {
  const transport = own.transport === (WebSocket as unknown) ? "websocket" : "longpoll";
  return {
    name: `${name} (V${version}, ${transport})`,
    version,
    transport,
    noticesLostSession: name.includes("1.8"),
    socket: (url, options) => {
      const socket = new Class(url, { ...quick, ...own, ...options });
      onTestFinished(() => socket.disconnect());
      socket.connect();
      return socket;
    },
  };
}

const overWebSocket: Options = { transport: WebSocket as never };

/** A transport that the present client does not know as its own: only then does it take another encoding. */
class V1LongPoll extends LongPoll {}

interface Decoded {
  readonly join_ref?: string | null;
  readonly ref: string | null;
  readonly topic: string;
  readonly event: string;
  readonly payload: unknown;
}

const overV1LongPoll = {
  transport: V1LongPoll as never,
  vsn: "1.0.0",
  encode: ({ topic, event, payload, ref }: Decoded, callback: (text: string) => void) =>
    callback(JSON.stringify({ topic, event, payload, ref })),
  decode: (text: string, callback: (message: Decoded) => void) => callback(JSON.parse(text) as Decoded),
} as unknown as Options;

export const current = client("phoenix 1.8.16", 2, Socket, overWebSocket);
export const currentLongPoll = client("phoenix 1.8.16", 2, Socket, { transport: LongPoll as never });

export const clients: readonly PhoenixClient[] = [
  current,
  client("phoenix 1.3.5", 2, phoenix13.Socket, overWebSocket),
  client("phoenix 1.2.1", 1, phoenix12.Socket, overWebSocket),
  currentLongPoll,
  client("phoenix 1.8.16", 1, Socket, overV1LongPoll),
];

/**
 * Over a browser's XMLHttpRequest, which the old client needs. Long polling of 1.2 and before wants messages that are no
 * strings: Phoenix has not sent them since 1.3.
 */
export const xhrClients: readonly PhoenixClient[] = [
  client("phoenix 1.3.5", 2, phoenix13.Socket, { transport: phoenix13.LongPoll as never }),
  currentLongPoll,
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
