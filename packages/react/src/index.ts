"use client";
/**
 * React hooks for Phoenix Channels. `createHooks<typeof userSocket>()` makes them typed by your own server; the ones
 * exported here work with any server, untyped.
 */
import type { UntypedSocket } from "@wingbeat/client";
import { createHooks } from "./hooks.ts";
import type { Hooks } from "./hooks.ts";

export { createHooks } from "./hooks.ts";
export type { Hooks } from "./hooks.ts";
export type { SocketProviderProps } from "./socket-provider.ts";
export type { PendingPush, PresenceEntry } from "@wingbeat/client";
export type { ChannelResult, ConnectionStatus, EphemeralResult } from "@wingbeat/client/bindings";
export type { PresenceResult, RecoverySnapshot } from "@wingbeat/client/bindings";

const untyped: Hooks<UntypedSocket> = /* @__PURE__ */ createHooks();
/** Provides a socket to the components below: see {@link Hooks}. */
export const SocketProvider: Hooks<UntypedSocket>["SocketProvider"] = untyped.SocketProvider;
/** The socket of the provider above: see {@link Hooks}. */
export const useSocket: Hooks<UntypedSocket>["useSocket"] = untyped.useSocket;
/** The state of its connection: see {@link Hooks}. */
export const useConnection: Hooks<UntypedSocket>["useConnection"] = untyped.useConnection;
/** Why the server has refused the client: see {@link Hooks}. */
export const useRefusal: Hooks<UntypedSocket>["useRefusal"] = untyped.useRefusal;
/** The channel of a topic, joined while the component is mounted: see {@link Hooks}. */
export const useChannel: Hooks<UntypedSocket>["useChannel"] = untyped.useChannel;
/** `useChannel` for a component below a `Suspense`: see {@link Hooks}. */
export const useSuspenseChannel: Hooks<UntypedSocket>["useSuspenseChannel"] = untyped.useSuspenseChannel;
export { useEphemeral } from "./use-ephemeral.ts";
export { useEvent } from "./use-event.ts";
export { usePendingPushes } from "./use-pending-pushes.ts";
export { usePresence } from "./use-presence.ts";
export { useRecovery } from "./use-recovery.ts";
