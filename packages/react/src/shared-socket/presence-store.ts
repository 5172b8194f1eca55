/**
 * Who is on a channel's topic, as snapshots that React can compare. One per channel, created before it joins: the
 * server sends the state only once, and a component may need it later.
 */
import { Presence } from "@wingbeat/client";
import type { PresenceChannel } from "@wingbeat/client";
import { shared } from "./shared.ts";

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

const stores = shared<PresenceChannel, PresenceStore>("presences");

/** The presence of a channel; always the same object. */
export function presenceOf(channel: PresenceChannel): PresenceStore {
  let store = stores.get(channel);
  if (store === undefined) stores.set(channel, (store = new PresenceStore(channel)));
  return store;
}

export class PresenceStore {
  #snapshot = NOBODY;
  readonly #subscribers = new Set<() => void>();
  readonly #items = new WeakMap<Entry, Entry & { readonly key: string }>();

  constructor(channel: PresenceChannel) {
    const presence = new Presence(channel);
    presence.onSync(() => {
      const { state, count } = presence;
      this.#snapshot = { list: presence.list((key, entry) => this.#item(key, entry)), state, count, synced: true };
      for (const changed of this.#subscribers) changed();
    });
  }

  get snapshot(): PresenceSnapshot {
    return this.#snapshot;
  }

  subscribe(changed: () => void): () => void {
    this.#subscribers.add(changed);
    return () => this.#subscribers.delete(changed);
  }

  #item(key: string, entry: Entry): Entry & { readonly key: string } {
    let item = this.#items.get(entry);
    if (item === undefined) this.#items.set(entry, (item = { ...entry, key }));
    return item;
  }
}
