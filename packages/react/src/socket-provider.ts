import { Socket } from "@wingbeat/client";
import type { SocketOptions, TransportClass, TypedSocket } from "@wingbeat/client";
import { createElement, useEffect, useState } from "react";
import type { Context, ReactElement, ReactNode } from "react";
import { sharedSocketOf } from "./shared-socket.ts";
import type { SharedSocket } from "./shared-socket.ts";
import { useLatest } from "./use-latest.ts";

/**
 * Either your own socket, or the url and options for one. A new `url` makes a new socket. New `params` and `authToken` are
 * used for the next connection; the other options are read on the first render only.
 */
export type SocketProviderProps<Definition extends TypedSocket> = { readonly children?: ReactNode } & (
  | { readonly socket: Socket<Definition>; readonly url?: never; readonly options?: never }
  | { readonly url: string; readonly options?: SocketOptions; readonly socket?: never }
);

/** Provides `socket`, or one for `url`, to the components below, and connects it while it is mounted. */
export function ProviderOf({
  context,
  socket,
  url = "",
  options = {},
  children,
}: {
  readonly context: Context<SharedSocket | null>;
  readonly socket?: Socket | undefined;
  readonly url?: string | undefined;
  readonly options?: SocketOptions | undefined;
  readonly children?: ReactNode;
}): ReactElement {
  const latest = useLatest(options);
  const [own, setOwn] = useState(() => ({ url, socket: socket ?? socketFor(url, latest) }));
  if (socket === undefined && own.url !== url) setOwn({ url, socket: socketFor(url, latest) });
  const shared = sharedSocketOf(socket ?? own.socket);
  useEffect(() => shared.connect(), [shared]);
  return createElement(context.Provider, { value: shared }, children);
}

/** Does not connect yet, so it can be created while rendering. */
function socketFor(url: string, latest: { readonly current: SocketOptions }): Socket {
  return new Socket(url, {
    ...latest.current,
    transport: latest.current.transport ?? (globalThis as { WebSocket?: TransportClass }).WebSocket ?? NoTransport,
    params: () => provide(latest.current.params ?? {}),
    authToken: () => provide(latest.current.authToken),
  });
}

const provide = <T>(option: T | (() => T | PromiseLike<T>)): T | PromiseLike<T> =>
  typeof option === "function" ? (option as () => T | PromiseLike<T>)() : option;

/** For server-side rendering, which needs no WebSocket. In a page, a missing WebSocket throws when it connects. */
const NoTransport = function () {
  throw new Error('There is no global WebSocket: set the option transport, e.g. to the WebSocket of "ws"');
} as unknown as TransportClass;
