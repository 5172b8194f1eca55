/**
 * Who is there, on the client: follows a channel's `presence_state` and `presence_diff` events.
 *
 *     const presence = new Presence<{ online_at: string }>(channel);
 *     presence.onSync(() => render(presence.list((id, { metas }) => ({ id, devices: metas.length }))));
 */
import { run } from "./listeners.ts";
import { applyDiff, copyOf, syncDiff, syncState } from "./presence/sync.ts";
import type { AnyEntry, PresenceCallbacks, PresenceDiff, PresenceEntry, PresenceState } from "./presence/sync.ts";

export type { PresenceCallbacks, PresenceDiff, PresenceEntry, PresenceState };

/** What a presence needs of a channel. */
export interface PresenceChannel {
  on(event: string, callback: (payload: never) => void): unknown;
  /** The ref of the current join; another one means that the server will send its state anew. */
  joinRef(): string | null | undefined;
}

export interface PresenceOptions {
  /** The names of the two events. Default: `{ state: "presence_state", diff: "presence_diff" }`. */
  readonly events?: { readonly state: string; readonly diff: string } | undefined;
}

/**
 * `Meta` is what the server tracks, `Fields` what its `fetch` adds to each key beside `metas`. Each setter takes one
 * callback, and a second call replaces it. A callback that throws is reported as uncaught; the state stays right.
 */
export class Presence<Meta extends object = Record<string, unknown>, Fields extends object = Record<string, unknown>> {
  readonly #channel: PresenceChannel;
  readonly #callbacks: PresenceCallbacks<PresenceEntry<Meta, Fields>> = {};
  #synced: () => unknown = () => {};
  #state: Record<string, PresenceEntry<Meta, Fields>> = copyOf({});
  #joinRef: string | null | undefined;
  /** Diffs that came before the state of their join. */
  #pending: PresenceDiff<PresenceEntry<Meta, Fields>>[] = [];
  #pendingRef: string | null | undefined;

  constructor(channel: PresenceChannel, options: PresenceOptions = {}) {
    const { state, diff } = options.events ?? { state: "presence_state", diff: "presence_diff" };
    this.#channel = channel;
    channel.on(state, (payload: PresenceState<PresenceEntry<Meta, Fields>>) => this.#stateCame(payload));
    channel.on(diff, (payload: PresenceDiff<PresenceEntry<Meta, Fields>>) => this.#diffCame(payload));
  }

  /** By key. A new object after every event, with unchanged entries kept: fit for `useSyncExternalStore` and `memo`. */
  get state(): PresenceState<PresenceEntry<Meta, Fields>> {
    return this.#state;
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
   * A meta was updated: called with the key's entry around the old meta and around the new one, after the joins and
   * leaves of the same event, and instead of `onJoin` and `onLeave` for these metas. Without this callback an update
   * comes as a join and a leave, as in phoenix.js. So does a meta that was updated more than once while the client was
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

  #stateCame(payload: PresenceState<PresenceEntry<Meta, Fields>>): void {
    this.#joinRef = this.#channel.joinRef();
    this.#state = syncState(this.#state, payload, this.#callbacks);
    for (const diff of this.#takePending(this.#joinRef)) applyDiff(this.#state, diff, this.#callbacks);
    this.#synced();
  }

  #diffCame(diff: PresenceDiff<PresenceEntry<Meta, Fields>>): void {
    if (this.inPendingSyncState()) {
      const joinRef = this.#channel.joinRef();
      this.#pending = [...this.#takePending(joinRef), diff];
      this.#pendingRef = joinRef;
      return;
    }
    this.#state = copyOf(this.#state);
    applyDiff(this.#state, diff, this.#callbacks);
    this.#synced();
  }

  /** Diffs of an earlier join are forgotten: the new state has them, and what came after them as well. */
  #takePending(joinRef: string | null | undefined): PresenceDiff<PresenceEntry<Meta, Fields>>[] {
    const pending = this.#pendingRef === joinRef ? this.#pending : [];
    this.#pending = [];
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

/** A callback whose error goes where uncaught errors go. */
const isolated =
  <Args extends unknown[]>(callback: (...args: Args) => unknown) =>
  (...args: Args): void =>
    run(() => callback(...args));
