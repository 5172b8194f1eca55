/** The payloads of `presence_state`, `presence_diff` and `presence_count`. */
import type { Changes, Entry } from "../tracker.ts";

/** A meta as it was tracked, with the refs by which clients distinguish metas. */
export type PresenceMeta<Meta extends object = object> = Meta & {
  /** Unique to this meta. */
  readonly phx_ref: string;
  /** After an update: the ref of the meta that this one replaced. */
  readonly phx_ref_prev?: string;
};

/** One key: a meta for each channel that tracks it (each device or tab), and the fields added by `fetch`. */
export type PresenceEntry<Meta extends object = object, Fields extends object = object> = {
  readonly metas: readonly PresenceMeta<Meta>[];
} & Fields;

/** Presences by key. Has no prototype, so that every string is safe as a key. */
export type PresenceState<Meta extends object = object, Fields extends object = object> = Readonly<
  Record<string, PresenceEntry<Meta, Fields>>
>;

/** The changes. After an update a key is in both: its new meta in `joins`, the old one in `leaves`. */
export type PresenceDiff<Meta extends object = object, Fields extends object = object> = {
  readonly joins: PresenceState<Meta, Fields>;
  readonly leaves: PresenceState<Meta, Fields>;
};

/** The events of a presence, for `.pushes()`. */
export type PresenceEvents<Meta extends object = object, Fields extends object = object> = {
  presence_state: PresenceState<Meta, Fields>;
  presence_diff: PresenceDiff<Meta, Fields>;
  presence_count: { readonly count: number };
};

/** A state under construction. */
type Draft = Record<string, { metas: PresenceMeta[] }>;

/** Presences in their wire format. */
export function stateOf(entries: ReadonlyMap<string, readonly Entry[]>): PresenceState {
  const state: Draft = Object.create(null);
  for (const [key, ofKey] of entries) state[key] = { metas: ofKey.map(metaOf) };
  return state;
}

/** A copy of presences for the caller. Their metas are frozen, and shared. */
export function copyState(state: PresenceState): PresenceState {
  const copy: Draft = Object.create(null);
  for (const [key, item] of Object.entries(state)) copy[key] = { ...item, metas: [...item.metas] };
  return copy;
}

/** The diffs of changes, by topic. */
export function diffsOf({ joins, leaves }: Changes): ReadonlyMap<string, PresenceDiff> {
  const diffs = new Map<string, { joins: Draft; leaves: Draft }>();
  const put = (entry: Entry, side: "joins" | "leaves"): void => {
    let diff = diffs.get(entry.topic);
    if (diff === undefined) {
      diffs.set(entry.topic, (diff = { joins: Object.create(null) as Draft, leaves: Object.create(null) as Draft }));
    }
    const item = (diff[side][entry.key] ??= { metas: [] });
    item.metas.push(metaOf(entry));
  };
  for (const entry of joins) put(entry, "joins");
  for (const entry of leaves) put(entry, "leaves");
  return diffs;
}

export const metaOf = (entry: Entry): PresenceMeta => entry.meta as PresenceMeta;
