import type { Channel, ChannelContract, PresenceChannel, PresenceEntry } from "@wingbeat/client";
import { NOBODY, presenceOf } from "@wingbeat/client/bindings";
import type { EntryOf, PresenceResult } from "@wingbeat/client/bindings";
import { live, read } from "./reactive.ts";

/**
 * Who is on the channel's topic, according to the server's presence. Typed by the server when the channel declares
 * `.pushes({ ...presence.events })`; otherwise pass the type of the metas:
 * `usePresence<{ online_at: string }>(() => room.channel)`. Empty while `channel` returns null.
 */
export function usePresence<Contract extends ChannelContract>(
  channel: () => Channel<Contract> | null,
): PresenceResult<EntryOf<Contract>>;
export function usePresence<Meta extends object>(
  channel: () => PresenceChannel | null,
): PresenceResult<PresenceEntry<Meta>>;
export function usePresence(channel: () => PresenceChannel | null): PresenceResult<object> {
  return live<PresenceResult<object>>(NOBODY, (field) => {
    const now = channel();
    if (now === null) return NOBODY[field];
    const store = presenceOf(now);
    return read(store, field, () => store.snapshot[field]);
  });
}
