/**
 * Phoenix Channels in Svelte 5. `createHooks<typeof userSocket>()` makes hooks that are typed by your own server; the ones
 * exported here work with any server, untyped.
 */
import type { UntypedSocket } from "@wingbeat/client";
import { createHooks } from "./hooks.ts";
import type { Hooks } from "./hooks.ts";

export { createHooks } from "./hooks.ts";
export type { Current, Hooks } from "./hooks.ts";
export type { PendingPush, PresenceEntry } from "@wingbeat/client";
export type { ChannelResult, ConnectionStatus, EphemeralResult } from "@wingbeat/client/bindings";
export type { PresenceResult, RecoverySnapshot } from "@wingbeat/client/bindings";

const untyped: Hooks<UntypedSocket> = /* @__PURE__ */ createHooks();
/** Provides a socket to this component and those below: see {@link Hooks}. */
export const setSocket: Hooks<UntypedSocket>["setSocket"] = untyped.setSocket;
/** The socket that this component or one above has set: see {@link Hooks}. */
export const useSocket: Hooks<UntypedSocket>["useSocket"] = untyped.useSocket;
/** The state of its connection: see {@link Hooks}. */
export const useConnection: Hooks<UntypedSocket>["useConnection"] = untyped.useConnection;
/** Why the server has refused the client: see {@link Hooks}. */
export const useRefusal: Hooks<UntypedSocket>["useRefusal"] = untyped.useRefusal;
/** The channel of a topic, joined while the component is mounted: see {@link Hooks}. */
export const useChannel: Hooks<UntypedSocket>["useChannel"] = untyped.useChannel;
export { useEphemeral } from "./use-ephemeral.ts";
export { useEvent } from "./use-event.ts";
export { usePendingPushes } from "./use-pending-pushes.ts";
export { usePresence } from "./use-presence.ts";
export { useRecovery } from "./use-recovery.ts";
