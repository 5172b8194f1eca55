/**
 * Vue composables for Phoenix Channels. `createHooks<typeof userSocket>()` makes them typed by your own server; the ones
 * exported here work with any server, untyped.
 */
import type { UntypedSocket } from "@wingbeat/client";
import { createHooks } from "./hooks.ts";
import type { Hooks } from "./hooks.ts";

export { createHooks } from "./hooks.ts";
export type { Hooks, JoinParams } from "./hooks.ts";
export type { ChannelRefs } from "./use-channel.ts";
export type { PresenceRefs } from "./use-presence.ts";
export type { PendingPush, PresenceEntry } from "@wingbeat/client";
export type { ConnectionStatus, RecoverySnapshot } from "@wingbeat/client/bindings";

const untyped: Hooks<UntypedSocket> = /* @__PURE__ */ createHooks();
/** Provides a socket to the component that calls it and those below: see {@link Hooks}. */
export const provideSocket: Hooks<UntypedSocket>["provideSocket"] = untyped.provideSocket;
/** The socket that was provided: see {@link Hooks}. */
export const useSocket: Hooks<UntypedSocket>["useSocket"] = untyped.useSocket;
/** The state of its connection: see {@link Hooks}. */
export const useConnection: Hooks<UntypedSocket>["useConnection"] = untyped.useConnection;
/** Why the server has refused the client: see {@link Hooks}. */
export const useRefusal: Hooks<UntypedSocket>["useRefusal"] = untyped.useRefusal;
/** The channel of a topic, joined while the component is there: see {@link Hooks}. */
export const useChannel: Hooks<UntypedSocket>["useChannel"] = untyped.useChannel;
export { useEphemeral } from "./use-ephemeral.ts";
export type { EphemeralRefs } from "./use-ephemeral.ts";
export { useEvent } from "./use-event.ts";
export { usePendingPushes } from "./use-pending-pushes.ts";
export { usePresence } from "./use-presence.ts";
export { useRecovery } from "./use-recovery.ts";
