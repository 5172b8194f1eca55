import { Socket } from "../socket.ts";
import type { SocketOptions } from "../socket/options.ts";
import type { TransportClass } from "../transport.ts";

/**
 * The socket of a provider that was given a `url` and options, not a socket of the application. `latest` returns the
 * options as of now: their `params` and `authToken` are read before every connection, the others once. Does not connect
 * and needs no WebSocket yet, so it can be created while rendering, also on a server.
 */
export function ownSocket(url: string, latest: () => SocketOptions): Socket {
  const options = latest();
  return new Socket(url, {
    ...options,
    transport: options.transport ?? (globalThis as { WebSocket?: TransportClass }).WebSocket ?? NoTransport,
    params: () => provide(latest().params ?? {}),
    authToken: () => provide(latest().authToken),
  });
}

const provide = <T>(option: T | (() => T | PromiseLike<T>)): T | PromiseLike<T> =>
  typeof option === "function" ? (option as () => T | PromiseLike<T>)() : option;

/** For server-side rendering, which needs no WebSocket. In a page, a missing WebSocket throws when it connects. */
const NoTransport = function () {
  throw new Error("no global WebSocket: pass the option transport, in Node 20 { transport: WebSocket } from ws");
} as unknown as TransportClass;
