import type { ChannelAt, JoinFrom, RefusalOf, Socket, SocketOptions } from "@wingbeat/client";
import type { TopicsOf, TypedSocket, UntypedSocket } from "@wingbeat/client";
import { CONNECTING } from "@wingbeat/client/bindings";
import type { ConnectionSnapshot, ConnectionStatus, ParamsFor } from "@wingbeat/client/bindings";
import { computed } from "vue";
import type { ComputedRef, MaybeRefOrGetter, Ref } from "vue";
import { useStore } from "./in-page.ts";
import { createProvision } from "./provide-socket.ts";
import { useChannelOf } from "./use-channel.ts";
import type { ChannelRefs } from "./use-channel.ts";
import { useEvent } from "./use-event.ts";
import { usePendingPushes } from "./use-pending-pushes.ts";
import { usePresence } from "./use-presence.ts";
import { useRecovery } from "./use-recovery.ts";

/** `useChannel`'s arguments after the topic, each as a value, a ref or a getter. */
export type JoinParams<Definition extends TypedSocket, Topic extends string> = Sources<ParamsFor<Definition, Topic>>;
type Sources<Args extends readonly unknown[]> = { [Index in keyof Args]: MaybeRefOrGetter<Args[Index]> };

/** The composables of one socket, typed by its server. All are called in `setup`. */
export interface Hooks<Definition extends TypedSocket> {
  /**
   * Provides a socket to this component and those below: yours, or one for a url. Connects it while the component is
   * there. Server-side rendering does not connect.
   *
   * Another url makes another socket, and the channels move. `params` and `authToken` of the options are read before every
   * connection, the others when the socket is made; a socket of your own has its options.
   */
  readonly provideSocket: {
    (url: MaybeRefOrGetter<string>, options?: MaybeRefOrGetter<SocketOptions>): void;
    (socket: MaybeRefOrGetter<Socket<Definition>>): void;
  };
  /** The socket that this component or one above provides. */
  readonly useSocket: () => ComputedRef<Socket<Definition>>;
  /** The state of its connection, for example to show "reconnecting". */
  readonly useConnection: () => Readonly<Ref<ConnectionStatus>>;
  /**
   * While the connection is `refused`: what the server's `connect` has given to `refuse`, as `reason`. Else null. The
   * socket stays away until it is asked again: `socket.connect()`.
   */
  readonly useRefusal: () => Readonly<Ref<{ readonly reason: RefusalOf<Definition> } | null>>;
  /**
   * The channel of a topic, joined while the component is there. All components that use a topic share one channel; null
   * means no topic. Another topic, or params with different content, leave the channel and join again. Params that are
   * themselves a function (in a ref, or returned by the getter) are called at every join and rejoin. Components without
   * params use the channel as the others joined it; a component whose params differ from another's is `errored` while both
   * are there.
   *
   * After the params come `since` or `rewind`, for messages from before the join, where the server keeps a history of the
   * topic. The channel asks for them when it is joined, as the first component says that has one of them; a position that
   * changes later has no effect, because a channel that comes back goes on from its own.
   *
   * The result can be awaited in an async setup, below a `Suspense`: until the first join is answered, either way. Not on
   * a server, nor in the first rendering of what a server has rendered: there the state is `joining`.
   *
   * `Server` is never passed explicitly: the compiler visits the channels of a type once for each time it occurs in the
   * signature, but only once when it is a default.
   */
  readonly useChannel: <const Topic extends TopicsOf<Server>, Server extends TypedSocket = Definition>(
    topic: MaybeRefOrGetter<Topic | null>,
    ...args: [...params: JoinParams<Server, Topic>, from?: MaybeRefOrGetter<JoinFrom | undefined>]
  ) => ChannelRefs<ChannelAt<Server, Topic>> & PromiseLike<ChannelRefs<ChannelAt<Server, Topic>>>;
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
 * Composables of a socket, typed by its server: `createHooks<typeof userSocket>()`. Call it once, in a module. Each call
 * has its own place to provide a socket, so that an app can use several servers.
 */
export function createHooks<Definition extends TypedSocket = UntypedSocket>(): Hooks<Definition> {
  const { provideSocket, useShared } = createProvision();
  const ofConnection = <Value>(read: (connection: ConnectionSnapshot) => Value) => {
    const connection = useStore(useShared(), (shared) => shared, CONNECTING);
    return computed(() => read(connection.value));
  };
  const hooks = {
    provideSocket,
    useSocket: () => {
      const shared = useShared();
      return computed(() => shared.value.socket);
    },
    useConnection: () => ofConnection(({ status }) => status),
    useRefusal: () => ofConnection(({ refusal }) => refusal ?? null),
    useChannel: (
      topic: MaybeRefOrGetter<string | null>,
      params?: MaybeRefOrGetter<unknown>,
      from?: MaybeRefOrGetter<JoinFrom | undefined>,
    ) => useChannelOf(useShared(), topic, params, from),
    useEvent,
    usePresence,
    useRecovery,
    usePendingPushes,
  };
  // The same functions at run time; only the types know the server.
  return hooks as unknown as Hooks<Definition>;
}
