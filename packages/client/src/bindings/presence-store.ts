/**
 * Who is on a channel's topic, as snapshots. One per channel, created before it joins: the
 * server sends the state only once, and a component may need it later.
 */
import { Presence } from "../presence.ts";
import type { PresenceChannel } from "../presence.ts";
import { onePer } from "./one-per.ts";
import { WritableStore } from "./store.ts";
import type { Store } from "./store.ts";

/** One entry as the client stores it: its metas, and what the server has added. */
export interface Entry {
  readonly metas: readonly object[];
}

export interface PresenceSnapshot {
  /** The same object for as long as its entry is the same. */
  readonly list: readonly (Entry & { readonly key: string })[];
  readonly state: Readonly<Record<string, Entry>>;
  readonly count: number;
  readonly synced: boolean;
}

export const NOBODY: PresenceSnapshot = { list: [], state: {}, count: 0, synced: false };

/** The presence of a channel; always the same object. */
export const presenceOf: (channel: PresenceChannel) => Store<PresenceSnapshot> = /* @__PURE__ */ onePer(
  "presences",
  (channel) => {
    const store = new WritableStore(NOBODY);
    const presence = new Presence(channel);
    presence.onSync(() => {
      const { state, count } = presence;
      store.set({ list: presence.list(itemOf), state, count, synced: true });
    });
    return store;
  },
);

const items = /* @__PURE__ */ new WeakMap<Entry, Entry & { readonly key: string }>();

function itemOf(key: string, entry: Entry): Entry & { readonly key: string } {
  let item = items.get(entry);
  if (item === undefined) items.set(entry, (item = { ...entry, key }));
  return item;
}
