import type { RoomSummary, Unread } from "../../contract.ts";
import { refused } from "../../refused.ts";
import type { Visitor } from "../../visitor.ts";

/** `connect`'s assigns, and the tab. */
export interface UserTab extends Visitor {
  readonly tab?: Tab;
}

/**
 * What one tab looks at, and what it was last told of each room. Counts are always asked from the database; what is
 * known here only says whether there is anything new to tell.
 */
export class Tab {
  readonly #rooms = new Map<number, RoomSummary>();
  /** Rooms that will be looked at soon. */
  readonly #waiting = new Set<number>();
  #active = true;
  #openRoomId: number | null = null;
  /** Something came for the open room which the tab was not told, because its user sees it. */
  #suppressed = false;

  constructor(rooms: readonly RoomSummary[]) {
    for (const room of rooms) this.add(room);
  }

  /** Another room is on the screen. Gives the one that was, when its unread state has to be looked at now. */
  open(roomId: number | null): number | undefined {
    if (roomId === this.#openRoomId) return undefined;
    const left = this.#leaveOpenRoom();
    this.#openRoomId = roomId;
    return left;
  }

  /** Somebody looks at this tab, or no more. Gives the room whose unread state has to be looked at now. */
  setActive(active: boolean): number | undefined {
    if (active === this.#active) return undefined;
    this.#active = active;
    return active ? undefined : this.#leaveOpenRoom();
  }

  /** Whether the user sees what comes in this room. */
  sees(roomId: number): boolean {
    return this.#active && this.#openRoomId === roomId;
  }

  /** Something came that the user sees. */
  suppress(): void {
    this.#suppressed = true;
  }

  /** What the tab was told of a room; undefined for rooms that the user is not in. */
  room(roomId: number): RoomSummary | undefined {
    return this.#rooms.get(roomId);
  }

  get roomIds(): number[] {
    return [...this.#rooms.keys()];
  }

  /** The tab is told this of a room. */
  add(room: RoomSummary): void {
    this.#rooms.set(room.id, room);
  }

  /** Keeps what is true now. False when the tab was told that already, or something newer. */
  learn(unread: Unread): boolean {
    const room = this.#rooms.get(unread.roomId);
    if (room === undefined) return false;
    const { hasUnread, mentions, lastReadSeq } = room.unread;
    if (lastReadSeq > unread.lastReadSeq) return false;
    this.add({ ...room, unread });
    return hasUnread !== unread.hasUnread || mentions !== unread.mentions || lastReadSeq !== unread.lastReadSeq;
  }

  forget(roomId: number): void {
    this.#rooms.delete(roomId);
    this.#waiting.delete(roomId);
    if (this.#openRoomId === roomId) this.#openRoomId = null;
  }

  /** From now on the room waits to be looked at. False when it did already. */
  wait(roomId: number): boolean {
    if (this.#waiting.has(roomId)) return false;
    this.#waiting.add(roomId);
    return true;
  }

  /** The room is looked at now. */
  looked(roomId: number): void {
    this.#waiting.delete(roomId);
  }

  #leaveOpenRoom(): number | undefined {
    const left = this.#suppressed ? (this.#openRoomId ?? undefined) : undefined;
    this.#suppressed = false;
    return left;
  }
}

/** The tab of a joined channel. */
export function tabOf({ assigns }: { readonly assigns: UserTab }): Tab {
  if (assigns.tab === undefined) throw refused("unauthorized", "Log in first.");
  return assigns.tab;
}
