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
export type { ConnectionStatus } from "./shared-socket.ts";
export type { PresenceEntry } from "@wingbeat/client";
export type { ChannelResult, PresenceResult } from "./types.ts";

const untyped: Hooks<UntypedSocket> = /* @__PURE__ */ createHooks();
export const SocketProvider: Hooks<UntypedSocket>["SocketProvider"] = untyped.SocketProvider;
export const useSocket: Hooks<UntypedSocket>["useSocket"] = untyped.useSocket;
export const useConnection: Hooks<UntypedSocket>["useConnection"] = untyped.useConnection;
export const useRefusal: Hooks<UntypedSocket>["useRefusal"] = untyped.useRefusal;
export const useChannel: Hooks<UntypedSocket>["useChannel"] = untyped.useChannel;
export { useEvent } from "./use-event.ts";
export { usePresence } from "./use-presence.ts";
