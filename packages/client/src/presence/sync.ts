/**
 * A client's copy of the presences of a topic: pure functions that apply the server's messages (`presence_state`, the
 * whole state, and `presence_diff`, the changes) and report the difference. Metas are identified by their `phx_ref`.
 */

/** The fields that the server adds to every meta. */
export interface MetaRefs {
  readonly phx_ref: string;
  /** After an update: the `phx_ref` of the meta that this one replaces. */
  readonly phx_ref_prev?: string;
}

/** One key: a meta for each process that tracks it, oldest first, and the fields added by the server's `fetch`. */
export type PresenceEntry<
  Meta extends object = Record<string, unknown>,
  Fields extends object = Record<string, unknown>,
> = Fields & { readonly metas: readonly (Meta & MetaRefs)[] };

/**
 * By key. Objects created by this module have no prototype, so `constructor` and `__proto__` are keys like any other.
 */
export type PresenceState<Entry> = Readonly<Record<string, Entry>>;

/** Who has come and who has gone, by key: the payload of `presence_diff`. */
export interface PresenceDiff<Entry> {
  readonly joins: PresenceState<Entry>;
  readonly leaves: PresenceState<Entry>;
}

export interface PresenceCallbacks<Entry> {
  /** `current` is the key's entry before the join, if it had one; `joined` has the new metas only. */
  onJoin?: ((key: string, current: Entry | undefined, joined: Entry) => unknown) | undefined;
  /** `current` is what remains of the key, possibly without metas; `left` has the metas that are gone. */
  onLeave?: ((key: string, current: Entry, left: Entry) => unknown) | undefined;
  /**
   * One meta was replaced: it left, and the meta that joined the same key in the same diff names it in `phx_ref_prev`.
   * Both entries have this one meta. Called after the diff's joins and leaves; `onJoin` and `onLeave` are not called
   * for these metas. Without this callback an update is a join and a leave.
   */
  onUpdate?: ((key: string, previous: Entry, updated: Entry) => unknown) | undefined;
}

/** The minimal shape of an entry. */
export interface AnyEntry {
  readonly metas: readonly MetaRefs[];
}

type MutableState<Entry> = Record<string, Entry>;
type Report<Entry, Current> = ((key: string, current: Current, changed: Entry) => unknown) | undefined;

/** The state after a `presence_state`. Neither argument is changed. */
export function syncState<Entry extends AnyEntry>(
  current: PresenceState<Entry>,
  next: PresenceState<Entry>,
  callbacks: PresenceCallbacks<Entry> = {},
): MutableState<Entry> {
  return syncDiff(current, difference(copyOf(current), next), callbacks);
}

/** The state after a `presence_diff`. Neither argument is changed. */
export function syncDiff<Entry extends AnyEntry>(
  current: PresenceState<Entry>,
  diff: PresenceDiff<Entry>,
  callbacks: PresenceCallbacks<Entry> = {},
): MutableState<Entry> {
  const state = copyOf(current);
  applyDiff(state, diff, callbacks);
  return state;
}

/** Applies changes to a mutable state, so that callbacks can read it. Its entries are replaced, not changed. */
export function applyDiff<Entry extends AnyEntry>(
  state: MutableState<Entry>,
  diff: PresenceDiff<Entry>,
  { onJoin, onLeave, onUpdate }: PresenceCallbacks<Entry>,
): void {
  const updates = onUpdate === undefined ? [] : updatesIn(diff);
  const updated = new Set(updates.flatMap(({ metas }) => metas));

  for (const [key, joined] of Object.entries(diff.joins)) {
    const current = state[key];
    const kept = current === undefined ? [] : without(current.metas, joined.metas);
    const copy = clone(joined);
    state[key] = { ...copy, metas: [...kept, ...copy.metas] };
    report(onJoin, key, current, joined, updated);
  }
  for (const [key, left] of Object.entries(diff.leaves)) {
    const current = state[key];
    if (current === undefined) continue;
    const remaining = { ...current, metas: without(current.metas, left.metas) };
    state[key] = remaining;
    report(onLeave, key, remaining, left, updated);
    if (remaining.metas.length === 0) delete state[key];
  }
  for (const { key, metas } of updates) {
    const [previous, next] = metas;
    onUpdate?.(key, withMetas(diff.leaves, key, previous), withMetas(diff.joins, key, next));
  }
}

/** Throws for anything but a `presence_state`: a server may send anything. */
export function checkState<Entry>(value: unknown): asserts value is PresenceState<Entry> {
  const isState =
    isRecord(value) &&
    Object.values(value).every(
      (entry) => isRecord(entry) && Array.isArray(entry["metas"]) && entry["metas"].every((meta) => isRecord(meta)),
    );
  if (!isState) throw new TypeError("ignoring an invalid presence_state");
}

/** Likewise for a `presence_diff`. */
export function checkDiff<Entry>(value: unknown): asserts value is PresenceDiff<Entry> {
  const { joins, leaves } = (value ?? {}) as Record<string, unknown>;
  checkState(joins);
  checkState(leaves);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A shallow copy without prototype. */
export function copyOf<Entry>(state: PresenceState<Entry>): MutableState<Entry> {
  return Object.assign(Object.create(null) as MutableState<Entry>, state);
}

/** The joins and leaves that lead from `state`, which has no prototype, to `next`. */
function difference<Entry extends AnyEntry>(
  state: PresenceState<Entry>,
  next: PresenceState<Entry>,
): PresenceDiff<Entry> {
  const joins = copyOf<Entry>({});
  const leaves = copyOf<Entry>({});
  for (const [key, entry] of Object.entries(state)) if (!Object.hasOwn(next, key)) leaves[key] = entry;
  for (const [key, entry] of Object.entries(next)) {
    const current = state[key];
    const joined = current === undefined ? entry.metas : without(entry.metas, current.metas);
    const left = current === undefined ? [] : without(current.metas, entry.metas);
    if (current === undefined || joined.length > 0) joins[key] = { ...entry, metas: joined };
    if (current !== undefined && left.length > 0) leaves[key] = { ...current, metas: left };
  }
  return { joins, leaves };
}

interface Update {
  readonly key: string;
  readonly metas: readonly [previous: MetaRefs, next: MetaRefs];
}

function updatesIn<Entry extends AnyEntry>({ joins, leaves }: PresenceDiff<Entry>): Update[] {
  return Object.entries(joins).flatMap(([key, joined]) => {
    const left = leaves[key]?.metas ?? [];
    return joined.metas.flatMap((next): Update[] => {
      const previous = left.find((meta) => meta.phx_ref === next.phx_ref_prev);
      return previous === undefined ? [] : [{ key, metas: [previous, next] }];
    });
  });
}

/** Calls back for the metas that are not updates. Callbacks get copies: changing them does not change the state. */
function report<Entry extends AnyEntry, Current>(
  callback: Report<Entry, Current>,
  key: string,
  current: Current,
  changed: Entry,
  updated: ReadonlySet<MetaRefs>,
): void {
  const metas = changed.metas.filter((meta) => !updated.has(meta));
  if (metas.length > 0 || changed.metas.length === 0) callback?.(key, current, clone({ ...changed, metas }));
}

const withMetas = <Entry extends AnyEntry>(state: PresenceState<Entry>, key: string, meta: MetaRefs): Entry =>
  clone({ ...(state[key] as Entry), metas: [meta] });

function without<Meta extends MetaRefs>(metas: readonly Meta[], removed: readonly MetaRefs[]): Meta[] {
  const refs = new Set(removed.map((meta) => meta.phx_ref));
  return metas.filter((meta) => !refs.has(meta.phx_ref));
}

/** Presences are JSON; `structuredClone` is not available everywhere. */
const clone = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value)) as Value;
