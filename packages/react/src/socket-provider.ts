import type { Socket, SocketOptions, TypedSocket } from "@wingbeat/client";
import { createElement, useEffect, useState } from "react";
import type { Context, ReactElement, ReactNode } from "react";
import { ownSocket, sharedSocketOf } from "@wingbeat/client/bindings";
import type { SharedSocket } from "@wingbeat/client/bindings";
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
  const [own, setOwn] = useState(() => ({ url, socket: socket ?? ownSocket(url, () => latest.current) }));
  if (socket === undefined && own.url !== url) setOwn({ url, socket: ownSocket(url, () => latest.current) });
  const shared = sharedSocketOf(socket ?? own.socket);
  useEffect(() => shared.connect(), [shared]);
  return createElement(context.Provider, { value: shared }, children);
}
