/** What has happened in the database, as services tell it. `announce.ts` turns it into broadcasts. */
import type { Member, Message, Notification, Reaction, Room, Unread, User } from "./contract.ts";

export type Happening =
  | { readonly what: "message"; readonly message: Message }
  | { readonly what: "edited"; readonly message: Message }
  | { readonly what: "deleted"; readonly roomId: number; readonly id: number; readonly seq: number }
  | ({ readonly what: "reacted"; readonly roomId: number } & Reacted)
  | ({ readonly what: "pinned"; readonly roomId: number } & Pinned)
  /** Name, topic or flags are others now. */
  | { readonly what: "room"; readonly room: Room }
  /** What people may do in the room may have changed. */
  | { readonly what: "rights"; readonly roomId: number }
  | { readonly what: "joined"; readonly roomId: number; readonly member: Member }
  /** Role or mute. */
  | { readonly what: "member"; readonly roomId: number; readonly member: Member }
  | {
      readonly what: "left";
      readonly roomId: number;
      readonly roomName: string;
      readonly user: User;
      readonly why: "left" | "kicked";
    }
  /** A room is to stand in somebody's sidebar (again). */
  | { readonly what: "shown"; readonly userId: number; readonly roomId: number; readonly direct: boolean }
  | {
      readonly what: "notified";
      readonly userId: number;
      readonly notification: Notification;
      readonly unread: number;
    }
  | { readonly what: "retracted"; readonly userId: number; readonly ids: readonly number[]; readonly unread: number }
  /** Notifications were read. */
  | { readonly what: "seen"; readonly userId: number; readonly ids: readonly number[]; readonly unread: number }
  /** A room was read. */
  | { readonly what: "read"; readonly userId: number; readonly unread: Unread }
  /** Star, hidden or notify of a user's own room. */
  | { readonly what: "preferred"; readonly userId: number; readonly roomId: number }
  | { readonly what: "starred"; readonly userId: number; readonly messageId: number; readonly starred: boolean }
  | { readonly what: "ignored"; readonly userId: number; readonly ignoredId: number; readonly ignored: boolean };

export interface Reacted {
  readonly messageId: number;
  readonly seq: number;
  readonly reactions: readonly Reaction[];
}

export interface Pinned {
  readonly messageId: number;
  readonly seq: number;
  readonly pinned: boolean;
  readonly by: User;
}

/** What a service that changes something gives. */
export interface Outcome<Result> {
  readonly result: Result;
  /** In the order in which it is to be told. */
  readonly happened: readonly Happening[];
}
