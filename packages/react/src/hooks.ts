import type { ChannelAt, Socket, TopicsOf, TypedSocket, UntypedSocket } from "@wingbeat/client";
import { createContext, createElement, useContext } from "react";
import type { ReactElement } from "react";
import type { ConnectionStatus, SharedSocket } from "./shared-socket.ts";
import { ProviderOf } from "./socket-provider.ts";
import type { SocketProviderProps } from "./socket-provider.ts";
import type { ChannelResult, ParamsFor } from "./types.ts";
import { useChannelOf } from "./use-channel.ts";
import { useConnectionOf } from "./use-connection.ts";
import { useEvent } from "./use-event.ts";
import { usePresence } from "./use-presence.ts";

/** The provider of one socket and its hooks, typed by its server. */
export interface Hooks<Definition extends TypedSocket> {
  /**
   * Provides a socket to the components below: `socket`, or one for `url` and `options`. Connects it when it is mounted,
   * disconnects it when it is unmounted for good. A server that renders connects nothing.
   */
  readonly SocketProvider: (props: SocketProviderProps<Definition>) => ReactElement;
  /** The socket of the provider above. */
  readonly useSocket: () => Socket<Definition>;
  /** How its connection stands, for a strip that says "reconnecting". */
  readonly useConnection: () => ConnectionStatus;
  /**
   * The channel of a topic, joined while the component is mounted. All components that use a topic share one channel;
   * null is no topic. Another topic, or params of other content, leave the channel and join anew; a params function is
   * called at every join and rejoin instead, the latest one. Components that leave out the params take the channel as
   * the others have joined it; one whose params differ from those of another is `errored` as long as both are there.
   *
   * `Server` is never given: at each call the compiler goes through the channels of a type that stands in the signature,
   * as often as it stands there. As a default it does so once.
   */
  readonly useChannel: <const Topic extends TopicsOf<Server>, Server extends TypedSocket = Definition>(
    topic: Topic | null,
    ...params: ParamsFor<Server, Topic>
  ) => ChannelResult<ChannelAt<Server, Topic>>;
  readonly useEvent: typeof useEvent;
  readonly usePresence: typeof usePresence;
}

/**
 * Hooks of a socket, typed by its server: `createHooks<typeof userSocket>()`. To be called once, outside of components.
 * Each call has a provider of its own, so that an app can use several servers.
 */
export function createHooks<Definition extends TypedSocket = UntypedSocket>(): Hooks<Definition> {
  const context = createContext<SharedSocket | null>(null);
  const useShared = (): SharedSocket => {
    const shared = useContext(context);
    if (shared === null) throw new Error("No SocketProvider of the same createHooks() is around this component");
    return shared;
  };
  const hooks: Hooks<UntypedSocket> = {
    SocketProvider: (props) => createElement(ProviderOf, { ...props, context }),
    useSocket: () => useShared().socket,
    useConnection: () => useConnectionOf(useShared()),
    useChannel: ((topic: string | null, params?: unknown) =>
      useChannelOf(useShared(), topic, params)) as Hooks<UntypedSocket>["useChannel"],
    useEvent,
    usePresence,
  };
  // The same at run time: types know more of the server.
  return hooks as unknown as Hooks<Definition>;
}
