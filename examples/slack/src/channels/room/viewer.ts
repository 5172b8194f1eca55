import type { Message, OwnMessage, RoomKind, RoomRights } from "../../contract.ts";
import { ownMessage } from "../../messages.ts";
import { refused } from "../../refused.ts";
import type { Visitor } from "../../visitor.ts";

/** `connect`'s assigns, and what belongs to this tab in this room. */
export interface RoomTab extends Visitor {
  readonly viewer?: Viewer;
}

/**
 * How one user sees a room. It is asked for each message and each receiver, so it is kept here; what changes it comes as
 * a broadcast.
 */
export class Viewer {
  readonly roomId: number;
  readonly isPrivate: boolean;
  readonly userId: number;
  rights: RoomRights;
  readonly #ignored: Set<number>;
  readonly #starred: Set<number>;

  constructor(of: {
    readonly room: { readonly id: number; readonly kind: RoomKind };
    readonly userId: number;
    readonly rights: RoomRights;
    readonly ignored: readonly number[];
    readonly starred: readonly number[];
  }) {
    this.roomId = of.room.id;
    this.isPrivate = of.room.kind !== "public";
    this.userId = of.userId;
    this.rights = of.rights;
    this.#ignored = new Set(of.ignored);
    this.#starred = new Set(of.starred);
  }

  /** Whether the user wants to see what somebody does. */
  readonly sees = (userId: number): boolean => !this.#ignored.has(userId);

  /** A message as the user gets it. */
  readonly own = (message: Message): OwnMessage =>
    ownMessage(message, this.userId, this.rights.permissions, this.#starred.has(message.id));

  ignore(userId: number, ignored: boolean): void {
    if (ignored) this.#ignored.add(userId);
    else this.#ignored.delete(userId);
  }

  star(messageId: number, starred: boolean): void {
    if (starred) this.#starred.add(messageId);
    else this.#starred.delete(messageId);
  }
}

/** The viewer of a joined channel. */
export function viewerOf({ assigns }: { readonly assigns: RoomTab }): Viewer {
  if (assigns.viewer === undefined) throw refused("unauthorized", "Log in first.");
  return assigns.viewer;
}
