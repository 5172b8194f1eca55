/**
 * The rooms that this tab has had on screen, kept for a while: coming back to one shows it at once, and joining asks
 * for what was missed alone. What was not sent yet outlives even a reload of the page.
 */
import type { Position } from "@wingbeat/client";
import { emptyRoom, roomReducer } from "./room-state.ts";
import type { Outgoing, RoomAction, RoomState } from "./room-state.ts";

/** So many rooms are kept. */
const KEPT_ROOMS = 12;

const outboxPrefix = (userId: number) => `roost:outbox:${userId}:`;

export class RoomStore {
  readonly roomId: number;
  state: RoomState;
  /** More was missed than came: the messages must be loaded anew. */
  isStale = false;
  #position: Position | null = null;
  readonly #outboxKey: string;
  readonly #listeners = new Set<() => void>();

  constructor(userId: number, roomId: number) {
    this.roomId = roomId;
    this.#outboxKey = outboxPrefix(userId) + roomId;
    this.state = emptyRoom(userId, JSON.parse(sessionStorage.getItem(this.#outboxKey) ?? "[]") as Outgoing[]);
  }

  get isIdle(): boolean {
    return this.#listeners.size === 0 && this.state.outbox.length === 0;
  }

  /** Up to where the state has everything; null while nothing is known. */
  get position(): Position | null {
    return this.state.room === null ? null : this.#position;
  }

  /** The room is on screen no more: what comes from now on is not in the state. */
  leftAt(position: Position | null): void {
    this.#position = position ?? this.#position;
    if (this.isStale) this.dispatch({ type: "forgotten" });
    this.isStale = false;
  }

  readonly dispatch = (action: RoomAction): void => {
    const before = this.state;
    this.state = roomReducer(before, action);
    if (this.state === before) return;
    if (this.state.outbox !== before.outbox) this.#keepOutbox();
    for (const changed of this.#listeners) changed();
  };

  readonly subscribe = (changed: () => void): (() => void) => {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  };

  #keepOutbox(): void {
    const { outbox } = this.state;
    if (outbox.length === 0) sessionStorage.removeItem(this.#outboxKey);
    else sessionStorage.setItem(this.#outboxKey, JSON.stringify(outbox));
    for (const changed of outboxListeners) changed();
  }
}

const stores = new Map<string, RoomStore>();
const outboxListeners = new Set<() => void>();

/** The room of this user; the same store each time, for as long as it is kept. */
export function roomStore(userId: number, roomId: number): RoomStore {
  const key = `${userId}:${roomId}`;
  const store = stores.get(key) ?? new RoomStore(userId, roomId);
  // The one that was used last goes last.
  stores.delete(key);
  for (const [other, { isIdle }] of stores) {
    if (stores.size < KEPT_ROOMS) break;
    if (isIdle) stores.delete(other);
  }
  stores.set(key, store);
  return store;
}

/** Other messages would be shown now: the rooms that are not on screen are asked for anew. */
export function forgetOtherRooms(userId: number, roomId: number): void {
  for (const [key, store] of stores) {
    if (key.startsWith(`${userId}:`) && store.roomId !== roomId) store.dispatch({ type: "forgotten" });
  }
}

/** Ids of the rooms in which something waits to be sent, with commas between: a text compares by content. */
export function roomsWithOutbox(userId: number): string {
  const prefix = outboxPrefix(userId);
  return Object.keys(sessionStorage)
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length))
    .sort()
    .join(",");
}

export function subscribeToOutboxes(changed: () => void): () => void {
  outboxListeners.add(changed);
  return () => outboxListeners.delete(changed);
}
