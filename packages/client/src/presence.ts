/**
 * Presence on the client: follows a channel's `presence_state` and `presence_diff` events.
 *
 *     const presence = new Presence<{ online_at: string }>(channel);
 *     presence.onSync(() => render(presence.list((id, { metas }) => ({ id, devices: metas.length }))));
 */
import { run } from "./listeners.ts";
import { applyDiff, checkDiff, checkState, copyOf, syncDiff, syncState } from "./presence/sync.ts";
import type { AnyEntry, PresenceCallbacks, PresenceDiff, PresenceEntry, PresenceState } from "./presence/sync.ts";

export type { PresenceCallbacks, PresenceDiff, PresenceEntry, PresenceState };

/** What a presence needs from a channel. */
export interface PresenceChannel<Meta extends object = object, Fields extends object = object> {
  on(event: string, callback: (payload: unknown) => void): unknown;
  /** The ref of the current join; a new one means that the server will send its state again. */
  joinRef(): string | null | undefined;
  /** Logs an invalid presence event. */
  readonly socket?: { log(kind: string, message: string, data?: unknown): void };
  /** Types only: what the channel's server declares. */
  readonly "~presence"?: { readonly meta: Meta; readonly fields: Fields } | undefined;
}

export interface PresenceOptions {
  /** The names of the events. Default: `presence_state`, `presence_diff` and `presence_count`. */
  readonly events?: { readonly state: string; readonly diff: string; readonly count?: string } | undefined;
}

/** In characters of JSON. Beyond it the oldest diffs are dropped: the state most likely includes them. */
const MAX_PENDING = 1_000_000;

/**
 * `Meta` is what the server tracks, `Fields` what its `fetch` adds to each key besides `metas`: inferred from the
 * channel when its server declares `.pushes({ ...presence.events })`. Each setter takes one callback, and a second call
 * replaces it. A callback that throws is reported; the state stays correct. An invalid presence event changes nothing,
 * and is logged.
 */
export class Presence<Meta extends object = Record<string, unknown>, Fields extends object = Record<string, unknown>> {
  readonly #channel: PresenceChannel<Meta, Fields>;
  readonly #callbacks: PresenceCallbacks<PresenceEntry<Meta, Fields>> = {};
  #synced: () => unknown = () => {};
  #state: Record<string, PresenceEntry<Meta, Fields>> = copyOf({});
  /** The server's count, when it sends only that. */
  #count: number | undefined;
  #joinRef: string | null | undefined;
  /** Diffs that came before the state of their join, as JSON. */
  #pending: string[] = [];
  #pendingSize = 0;
  #pendingRef: string | null | undefined;

  constructor(channel: PresenceChannel<Meta, Fields>, options: PresenceOptions = {}) {
    const { state = "presence_state", diff = "presence_diff", count = "presence_count" } = options.events ?? {};
    this.#channel = channel;
    channel.on(state, (payload: unknown) => this.#apply(() => this.#stateCame(payload)));
    channel.on(diff, (payload: unknown) => this.#apply(() => this.#diffCame(payload)));
    channel.on(count, (payload: unknown) => this.#apply(() => this.#countCame(payload)));
  }

  /**
   * By key. A new object after every event that keeps unchanged entries: suitable for `useSyncExternalStore` and
   * `memo`.
   */
  get state(): PresenceState<PresenceEntry<Meta, Fields>> {
    return this.#state;
  }

  /** How many keys there are: as the server tells (`countOnly` of Wingbeat's presence), else those of `state`. */
  get count(): number {
    return this.#count ?? Object.keys(this.#state).length;
  }

  /** A key has new metas. `current` is its entry until now, undefined for a new key; `joined` has the new ones only. */
  onJoin(
    callback: (
      key: string,
      current: PresenceEntry<Meta, Fields> | undefined,
      joined: PresenceEntry<Meta, Fields>,
    ) => unknown,
  ): void {
    this.#callbacks.onJoin = isolated(callback);
  }

  /** Metas of a key are gone. `current` has the remaining ones, perhaps none; `left` has those that are gone. */
  onLeave(
    callback: (key: string, current: PresenceEntry<Meta, Fields>, left: PresenceEntry<Meta, Fields>) => unknown,
  ): void {
    this.#callbacks.onLeave = isolated(callback);
  }

  /**
   * A meta was updated: called with the key's entry containing the old meta and containing the new one, after the joins
   * and leaves of the same event, instead of `onJoin` and `onLeave` for these metas. Without this callback an update is
   * reported as a join and a leave, as in phoenix.js. So is a meta that was updated more than once while the client was
   * away: it does not know the one in between.
   */
  onUpdate(
    callback: (key: string, previous: PresenceEntry<Meta, Fields>, updated: PresenceEntry<Meta, Fields>) => unknown,
  ): void {
    this.#callbacks.onUpdate = isolated(callback);
  }

  /** After every event that was applied, when all other callbacks have been called. */
  onSync(callback: () => unknown): void {
    this.#synced = isolated(callback);
  }

  /** All entries, or what `by` makes of them. */
  list(): PresenceEntry<Meta, Fields>[];
  list<Item>(by: (key: string, entry: PresenceEntry<Meta, Fields>) => Item): Item[];
  list<Item>(by?: (key: string, entry: PresenceEntry<Meta, Fields>) => Item) {
    return list(this.#state, by);
  }

  /** Whether the state of the current join has not come yet: diffs wait for it. */
  inPendingSyncState(): boolean {
    return !this.#joinRef || this.#joinRef !== this.#channel.joinRef();
  }

  /** An event is applied completely or not at all: a server may send anything. Callbacks do not throw here. */
  #apply(change: () => boolean): void {
    const before = this.#state;
    let isSynced = false;
    try {
      isSynced = change();
    } catch (error) {
      this.#state = before;
      this.#channel.socket?.log("channel", (error as Error).message, error);
    }
    if (isSynced) this.#synced();
  }

  #stateCame(payload: unknown): boolean {
    checkState<PresenceEntry<Meta, Fields>>(payload);
    this.#joinRef = this.#channel.joinRef();
    this.#count = undefined;
    this.#state = syncState(this.#state, payload, this.#callbacks);
    for (const diff of this.#takePending(this.#joinRef)) {
      applyDiff(this.#state, JSON.parse(diff) as PresenceDiff<PresenceEntry<Meta, Fields>>, this.#callbacks);
    }
    return true;
  }

  #diffCame(diff: unknown): boolean {
    checkDiff<PresenceEntry<Meta, Fields>>(diff);
    if (this.inPendingSyncState()) {
      this.#keep(JSON.stringify(diff));
      return false;
    }
    this.#state = copyOf(this.#state);
    applyDiff(this.#state, diff, this.#callbacks);
    return true;
  }

  #countCame(payload: unknown): boolean {
    const { count } = (payload ?? {}) as { readonly count?: unknown };
    if (typeof count !== "number") throw new TypeError("presence_count has no count");
    this.#count = count;
    return true;
  }

  #keep(diff: string): void {
    const joinRef = this.#channel.joinRef();
    if (this.#pendingRef !== joinRef) this.#takePending(joinRef);
    this.#pendingRef = joinRef;
    this.#pending.push(diff);
    this.#pendingSize += diff.length;
    // Drops half at a time, so that a flood does not shift the list at every diff.
    while (this.#pendingSize > MAX_PENDING) {
      const oldest = this.#pending.splice(0, Math.ceil(this.#pending.length / 2));
      for (const { length } of oldest) this.#pendingSize -= length;
    }
  }

  /** Diffs of an earlier join are dropped: the new state includes them. */
  #takePending(joinRef: string | null | undefined): string[] {
    const pending = this.#pendingRef === joinRef ? this.#pending : [];
    this.#pending = [];
    this.#pendingSize = 0;
    return pending;
  }

  /** The state after a `presence_state`, for programs that keep it themselves. Its arguments stay as they are. */
  static syncState<Entry extends AnyEntry>(
    state: PresenceState<Entry>,
    newState: PresenceState<Entry>,
    onJoin?: PresenceCallbacks<Entry>["onJoin"],
    onLeave?: PresenceCallbacks<Entry>["onLeave"],
    onUpdate?: PresenceCallbacks<Entry>["onUpdate"],
  ): PresenceState<Entry> {
    return syncState(state, newState, { onJoin, onLeave, onUpdate });
  }

  /** The state after a `presence_diff`, likewise. */
  static syncDiff<Entry extends AnyEntry>(
    state: PresenceState<Entry>,
    diff: PresenceDiff<Entry>,
    onJoin?: PresenceCallbacks<Entry>["onJoin"],
    onLeave?: PresenceCallbacks<Entry>["onLeave"],
    onUpdate?: PresenceCallbacks<Entry>["onUpdate"],
  ): PresenceState<Entry> {
    return syncDiff(state, diff, { onJoin, onLeave, onUpdate });
  }

  /** The entries of a state, or what `by` makes of them. */
  static list<Entry>(state: PresenceState<Entry>): Entry[];
  static list<Entry, Item>(state: PresenceState<Entry>, by: (key: string, entry: Entry) => Item): Item[];
  static list<Entry, Item>(state: PresenceState<Entry>, by?: (key: string, entry: Entry) => Item) {
    return list(state, by);
  }
}

function list<Entry, Item>(state: PresenceState<Entry>, by?: (key: string, entry: Entry) => Item): (Entry | Item)[] {
  return Object.entries(state).map(([key, entry]) => (by === undefined ? entry : by(key, entry)));
}

/** Wraps a callback so that its errors are reported as uncaught ones. */
const isolated =
  <Args extends unknown[]>(callback: (...args: Args) => unknown) =>
  (...args: Args): void =>
    run(() => callback(...args));
