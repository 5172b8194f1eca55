import type { Channel, ChannelContract, PresenceChannel, PresenceEntry } from "@wingbeat/client";
import { NOBODY, presenceOf } from "@wingbeat/client/bindings";
import type { EntryOf, PresenceResult } from "@wingbeat/client/bindings";
import type { ComputedRef, MaybeRefOrGetter } from "vue";
import { refsOf, useStore } from "./in-page.ts";

/** What `usePresence` returns: see the fields of `PresenceResult`. Do not change what is in them. */
export type PresenceRefs<Entry> = {
  readonly [Field in keyof PresenceResult<Entry>]: ComputedRef<PresenceResult<Entry>[Field]>;
};

/**
 * Who is on the channel's topic, according to the server's presence. Typed by the server when the channel declares
 * `.pushes({ ...presence.events })`; otherwise pass the type of the metas: `usePresence<{ online_at: string }>(channel)`.
 * Empty while `channel` is null.
 */
export function usePresence<Contract extends ChannelContract>(
  channel: MaybeRefOrGetter<Channel<Contract> | null>,
): PresenceRefs<EntryOf<Contract>>;
export function usePresence<Meta extends object>(
  channel: MaybeRefOrGetter<PresenceChannel | null>,
): PresenceRefs<PresenceEntry<Meta>>;
export function usePresence(channel: MaybeRefOrGetter<PresenceChannel | null>): PresenceRefs<unknown> {
  return refsOf(useStore(channel, presenceOf, NOBODY)) as unknown as PresenceRefs<unknown>;
}
