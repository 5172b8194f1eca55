import type { ChannelAt, JoinFrom, RefusalOf, Socket, TopicsOf, TypedSocket, UntypedSocket } from "@wingbeat/client";
import { CONNECTING } from "@wingbeat/client/bindings";
import type { ChannelResult, ConnectionStatus, JoinReply, ParamsFor, SharedSocket } from "@wingbeat/client/bindings";
import { createContext, createElement, useContext } from "react";
import type { ReactElement } from "react";
import { ProviderOf } from "./socket-provider.ts";
import type { SocketProviderProps } from "./socket-provider.ts";
import { useChannelOf } from "./use-channel.ts";
import { useEvent } from "./use-event.ts";
import { usePendingPushes } from "./use-pending-pushes.ts";
import { usePresence } from "./use-presence.ts";
import { useRecovery } from "./use-recovery.ts";
import { useStore } from "./use-store.ts";
import { useSuspenseChannelOf } from "./use-suspense-channel.ts";

/** The provider of one socket and its hooks, typed by its server. */
export interface Hooks<Definition extends TypedSocket> {
  /**
   * Provides a socket to the components below: `socket`, or one for `url` and `options`. Connects it when it is mounted,
   * disconnects it when it is unmounted for good. Server-side rendering does not connect.
   */
  readonly SocketProvider: (props: SocketProviderProps<Definition>) => ReactElement;
  /** The socket of the provider above. */
  readonly useSocket: () => Socket<Definition>;
  /** The state of its connection, for example to show "reconnecting". */
  readonly useConnection: () => ConnectionStatus;
  /**
   * While the connection is `refused`: what the server's `connect` has given to `refuse`, as `reason`. Else null. The
   * socket stays away until it is asked again: `socket.connect()`.
   */
  readonly useRefusal: () => { readonly reason: RefusalOf<Definition> } | null;
  /**
   * The channel of a topic, joined while the component is mounted. All components that use a topic share one channel;
   * null means no topic. Another topic, or params with different content, leave the channel and join again; of params functions,
   * the latest is called at every join and rejoin. Components without params use the channel as the others joined it; a
   * component whose params differ from another's is `errored` while both are mounted.
   *
   * After the params come `since` or `rewind`, for messages from before the join, where the server keeps a history of the
   * topic. The channel asks for them when it is joined, as the first component says that has one of them; a position that
   * changes later has no effect, because a channel that comes back goes on from its own.
   *
   * `Server` is never passed explicitly: the compiler visits the channels of a type once for each time it occurs in the
   * signature, but only once when it is a default.
   */
  readonly useChannel: <const Topic extends TopicsOf<Server>, Server extends TypedSocket = Definition>(
    topic: Topic | null,
    ...args: [...params: ParamsFor<Server, Topic>, from?: JoinFrom]
  ) => ChannelResult<ChannelAt<Server, Topic>>;
  /**
   * `useChannel` for a component below a `Suspense`: it is suspended until the first join is accepted, and then always has a
   * `reply`. A first join that fails throws its `PushError` to the error boundary. On a server the fallback is rendered.
   */
  readonly useSuspenseChannel: <const Topic extends TopicsOf<Server>, Server extends TypedSocket = Definition>(
    topic: Topic,
    ...args: [...params: ParamsFor<Server, Topic>, from?: JoinFrom]
  ) => ChannelResult<ChannelAt<Server, Topic>> & { readonly reply: JoinReply<ChannelAt<Server, Topic>> };
  /** Calls a function for each event of a channel. */
  readonly useEvent: typeof useEvent;
  /** Who is on a channel, kept up to date. */
  readonly usePresence: typeof usePresence;
  /** What became of the messages that a channel has missed. */
  readonly useRecovery: typeof useRecovery;
  /** The pushes that have not got their replies. */
  readonly usePendingPushes: typeof usePendingPushes;
}

/**
 * Hooks of a socket, typed by its server: `createHooks<typeof userSocket>()`. Call it once, outside of components.
 * Each call has its own provider, so that an app can use several servers.
 */
export function createHooks<Definition extends TypedSocket = UntypedSocket>(): Hooks<Definition> {
  const context = createContext<SharedSocket | null>(null);
  const useShared = (): SharedSocket => {
    const shared = useContext(context);
    if (shared === null) throw new Error("This component is not inside a SocketProvider of the same createHooks()");
    return shared;
  };
  const hooks: Hooks<UntypedSocket> = {
    SocketProvider: (props) => createElement(ProviderOf, { ...props, context }),
    useSocket: () => useShared().socket,
    useConnection: () => useStore(useShared(), CONNECTING).status,
    useRefusal: () => useStore(useShared(), CONNECTING).refusal ?? null,
    useChannel: ((topic: string | null, params?: unknown, from?: JoinFrom) =>
      useChannelOf(useShared(), topic, params, from)) as Hooks<UntypedSocket>["useChannel"],
    useSuspenseChannel: ((topic: string, params?: unknown, from?: JoinFrom) =>
      useSuspenseChannelOf(useShared(), topic, params, from)) as Hooks<UntypedSocket>["useSuspenseChannel"],
    useEvent,
    usePresence,
    useRecovery,
    usePendingPushes,
  };
  // The same functions at run time; only the types know the server.
  return hooks as unknown as Hooks<Definition>;
}
