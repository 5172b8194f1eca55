/**
 * For authors of bindings: what `@wingbeat/react`, `@wingbeat/vue` and `@wingbeat/svelte` have in common. Independent of
 * any framework. Pages use a binding, or the client itself.
 *
 * - {@link SharedSocket}: a socket whose connection and channels are shared by all components that use them. A provider
 *   calls `connect()`; a component takes the channel of its topic with `takeChannel()`, and both return a function that
 *   lets go. State is read as immutable snapshots, the same object for as long as nothing changes.
 * - {@link presenceOf}, {@link recoveryOf}, {@link pendingPushesOf}: a {@link Store} for each channel. {@link ephemeralOf}:
 *   one for each of its values.
 * - {@link ownSocket}: a socket for the `url` and `options` of a provider.
 *
 * All of it is one in a page that has bundled several copies of the client.
 */
export { ephemeralOf, NO_VALUES } from "./bindings/ephemeral-store.ts";
export type { EphemeralStore } from "./bindings/ephemeral-store.ts";
export { ownSocket } from "./bindings/own-socket.ts";
export { paramsKey } from "./bindings/params-key.ts";
export { NOTHING_PENDING, pendingPushesOf } from "./bindings/pending-store.ts";
export { NOBODY, presenceOf } from "./bindings/presence-store.ts";
export type { PresenceSnapshot } from "./bindings/presence-store.ts";
export { NOTHING_MISSED, recoveryOf } from "./bindings/recovery-store.ts";
export type { RecoverySnapshot } from "./bindings/recovery-store.ts";
export { CLOSED, CONNECTING, JOINING, SharedSocket, isAnswered, sharedSocketOf } from "./bindings/shared-socket.ts";
export type { ChannelSnapshot, ConnectionSnapshot, ConnectionStatus, Hold } from "./bindings/shared-socket.ts";
export type { Store } from "./bindings/store.ts";
export type {
  ChannelResult,
  EntryOf,
  EphemeralResult,
  JoinReply,
  ParamsFor,
  PresenceResult,
} from "./bindings/types.ts";
