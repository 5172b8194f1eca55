/** What the page knows of one room. */
import type { Attachment, Member, OwnMessage, Quote, Room, RoomRights } from "@wingbeat/example-slack/contract";

/** A message that the server has not confirmed. */
export interface Outgoing {
  readonly clientId: string;
  readonly body: string;
  readonly replyTo: Quote | null;
  readonly attachments: readonly Attachment[];
  readonly at: string;
  /** `sending` also while there is no connection. */
  readonly state: "sending" | "failed";
  /** Why it failed, as a sentence. */
  readonly error: string | null;
}

export interface RoomState {
  /** The user of this page. */
  readonly userId: number;
  /** Null until the first join. */
  readonly room: Room | null;
  readonly me: RoomRights | null;
  readonly members: readonly Member[];
  readonly messages: readonly OwnMessage[];
  /** Another number after the messages were replaced by those of another place. */
  readonly generation: number;
  readonly hasOlder: boolean;
  /** The newest messages are not here: the user has jumped back, or scrolled back very far. */
  readonly hasNewer: boolean;
  /** The greatest seq that has come, here or not; 0 for none. */
  readonly newestSeq: number;
  /** The unread line stands after this seq. */
  readonly unreadAfter: number | null;
  /** The next answer to a join says where the unread line is. */
  readonly opening: boolean;
  /** The end of the list is on screen. */
  readonly following: boolean;
  /** Somebody is there to see it: the window has the focus. */
  readonly watching: boolean;
  /** Messages of others that came while the end was not on screen. */
  readonly fresh: number;
  readonly outbox: readonly Outgoing[];
  /** What only this user is told. */
  readonly notice: string | null;
}

/** What a page of the history was asked for. */
export type PageRequest =
  | { readonly kind: "older"; readonly before: number }
  | { readonly kind: "newer"; readonly after: number }
  | { readonly kind: "around"; readonly seq: number }
  | { readonly kind: "latest" }
  /**
   * The end of the history, whatever is held: of some people other messages are shown now, or too much was missed. What came
   * after `since` stays.
   */
  | { readonly kind: "anew"; readonly since: number };
