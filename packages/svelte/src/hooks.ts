import type { ChannelAt, JoinFrom, RefusalOf, Socket, SocketOptions } from "@wingbeat/client";
import type { TopicsOf, TypedSocket, UntypedSocket } from "@wingbeat/client";
import { ownSocket, sharedSocketOf } from "@wingbeat/client/bindings";
import type { ChannelResult, ConnectionStatus, ParamsFor, SharedSocket } from "@wingbeat/client/bindings";
import { getContext, setContext, untrack } from "svelte";
import { read, whileMounted } from "./reactive.ts";
import { useChannelOf } from "./use-channel.ts";
import { useEvent } from "./use-event.ts";
import { usePendingPushes } from "./use-pending-pushes.ts";
import { usePresence } from "./use-presence.ts";
import { useRecovery } from "./use-recovery.ts";

/** A value that changes: effects and templates that read `current` run again. */
export interface Current<Value> {
  readonly current: Value;
}

/** The arguments of a hook as Svelte wants them: functions that read the current values. */
type Getters<Args extends readonly unknown[]> = { readonly [Index in keyof Args]: () => Args[Index] };

/** The socket in context and its hooks, typed by its server. All are called while a component is initialised. */
export interface Hooks<Definition extends TypedSocket> {
  /**
   * Provides a socket to this component and those below: yours, or one for a url. Connects it when the component is
   * mounted, disconnects it when it is unmounted for good. Server-side rendering does not connect.
   *
   * Arguments are getters. Another url makes another socket, and the channels move. `params` and `authToken` of the options
   * are read for every connection, the others when the socket is made; a socket of your own has its options.
   */
  readonly setSocket: {
    (url: () => string, options?: () => SocketOptions): void;
    (socket: () => Socket<Definition>): void;
  };
  /** The socket that this component or one above has set. */
  readonly useSocket: () => Current<Socket<Definition>>;
  /** The state of its connection, for example to show "reconnecting". */
  readonly useConnection: () => Current<ConnectionStatus>;
  /**
   * While the connection is `refused`: what the server's `connect` has given to `refuse`, as `reason`. Else null. The
   * socket stays away until it is asked again: `socket.connect()`.
   */
  readonly useRefusal: () => Current<{ readonly reason: RefusalOf<Definition> } | null>;
  /**
   * The channel of a topic, joined while the component is mounted. All components that use a topic share one channel;
   * null means no topic. Arguments are getters: `useChannel(() => \`room:${id}\`)`. Another topic, or params with
   * different content, leave the channel and join again; params that are a function are called at every join and rejoin.
   * Components without params use the channel as the others joined it; a component whose params differ from another's is
   * `errored` while both are mounted.
   *
   * After the params come `since` or `rewind`, for messages from before the join, where the server keeps a history of the
   * topic. The channel asks for them when it is joined, as the first component says that has one of them; a position that
   * changes later has no effect, because a channel that comes back goes on from its own.
   *
   * The result is one object with reactive fields: read `room.state`, and do not destructure it.
   *
   * `Server` is never passed explicitly: the compiler visits the channels of a type once for each time it occurs in the
   * signature, but only once when it is a default.
   */
  readonly useChannel: <const Topic extends TopicsOf<Server>, Server extends TypedSocket = Definition>(
    topic: () => Topic | null,
    ...args: Getters<[...params: ParamsFor<Server, Topic>, from?: JoinFrom]>
  ) => ChannelResult<ChannelAt<Server, Topic>>;
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
 * Hooks of a socket, typed by its server: `createHooks<typeof userSocket>()`. Call it once, in a module. Each call has its
 * own context, so that an app can use several servers.
 */
export function createHooks<Definition extends TypedSocket = UntypedSocket>(): Hooks<Definition> {
  const context = Symbol("wingbeat socket");
  const useShared = (): (() => SharedSocket) => {
    const shared = getContext<(() => SharedSocket) | undefined>(context);
    if (shared !== undefined) return shared;
    throw new Error("No socket is set: call setSocket() of the same createHooks() in this component or one above");
  };
  const hooks: Hooks<UntypedSocket> = {
    setSocket: (from: () => string | Socket, options: () => SocketOptions = () => ({})) => {
      const shared = sharedOf(from, options);
      setContext(context, shared);
      whileMounted(
        () => [shared()],
        () => shared().connect(),
      );
    },
    useSocket: () => currentOf(useShared(), ({ socket }) => socket),
    useConnection: () => currentOf(useShared(), (now) => read(now, "status", () => now.snapshot.status)),
    useRefusal: () =>
      currentOf(useShared(), (now) => read(now, "refusal", () => now.snapshot.refusal as never) ?? null),
    useChannel: ((topic: () => string | null, params?: () => unknown, from?: () => JoinFrom | undefined) =>
      useChannelOf(useShared(), topic, params, from)) as Hooks<UntypedSocket>["useChannel"],
    useEvent,
    usePresence,
    useRecovery,
    usePendingPushes,
  };
  // The same functions at run time; only the types know the server.
  return hooks as unknown as Hooks<Definition>;
}

/** The shared state of the socket that a getter returns, or of one for the url that it returns. */
function sharedOf(from: () => string | Socket, options: () => SocketOptions): () => SharedSocket {
  let last: { readonly from: string | Socket; readonly shared: SharedSocket } | undefined;
  const latest = () => untrack(options);
  return () => {
    const now = from();
    if (last?.from !== now) {
      last = { from: now, shared: sharedSocketOf(typeof now === "string" ? ownSocket(now, latest) : now) };
    }
    return last.shared;
  };
}

function currentOf<Value>(shared: () => SharedSocket, get: (shared: SharedSocket) => Value): Current<Value> {
  return {
    get current() {
      return get(shared());
    },
  };
}
