import type { Channel, ChannelContract, PresenceChannel, PresenceEntry } from "@wingbeat/client";
import { NOBODY, presenceOf } from "@wingbeat/client/bindings";
import type { EntryOf, PresenceResult } from "@wingbeat/client/bindings";
import { useStore } from "./use-store.ts";

/**
 * Who is on the channel's topic, according to the server's presence. Typed by the server when the channel declares
 * `.pushes({ ...presence.events })`; otherwise pass the type of the metas: `usePresence<{ online_at: string }>(channel)`.
 * Empty while `channel` is null.
 */
export function usePresence<Contract extends ChannelContract>(
  channel: Channel<Contract> | null,
): PresenceResult<EntryOf<Contract>>;
export function usePresence<Meta extends object>(channel: PresenceChannel | null): PresenceResult<PresenceEntry<Meta>>;
export function usePresence(channel: PresenceChannel | null): unknown {
  return useStore(channel && presenceOf(channel), NOBODY);
}
