/**
 * What goes over the wire between the Slack clone's server and its page. Types only: the page imports them, the server's
 * channels declare their replies and pushes with them. Ids are numbers, times are ISO 8601 texts in UTC, `seq` numbers a
 * room's messages from 1 without gaps.
 */

/** A person as everybody sees them. */
export interface User {
  readonly id: number;
  readonly username: string;
  readonly name: string;
  /** Hue of the avatar, 0 to 359. */
  readonly hue: number;
}

/** What somebody chose by hand. `invisible` looks like `offline` to others. */
export type ManualStatus = "online" | "away" | "busy" | "invisible";
/** What others see. */
export type Status = "online" | "away" | "busy" | "offline";

export type RoomKind = "public" | "private" | "direct";
export type RoomRole = "owner" | "moderator" | "member";
export type GlobalRole = "admin" | "user" | "guest";

/** What a role may allow. Global roles hold everywhere, a room's roles in that room. */
export type Permission =
  | "create-public"
  | "create-private"
  | "create-direct"
  | "view-public"
  | "edit-room"
  | "archive-room"
  | "invite-user"
  | "remove-user"
  | "mute-user"
  | "set-role"
  | "post-read-only"
  | "edit-message"
  | "delete-message"
  | "pin-message"
  | "mention-all"
  | "announce"
  | "manage-roles"
  | "ban-user";

/** A room in the sidebar of one user. */
export interface RoomSummary {
  readonly id: number;
  readonly kind: RoomKind;
  /** Without `#`. Of a direct room: the other's name. */
  readonly name: string;
  readonly topic: string;
  readonly readOnly: boolean;
  readonly archived: boolean;
  readonly lastSeq: number;
  readonly starred: boolean;
  readonly hidden: boolean;
  readonly notify: NotifyLevel;
  /** Of a direct room: the other person. */
  readonly peer: User | null;
  readonly unread: Unread;
}

/** What a user is told of a room. */
export type NotifyLevel = "all" | "mentions" | "none";

export interface Unread {
  readonly roomId: number;
  /** Messages of others after `lastReadSeq`: the room is bold. */
  readonly hasUnread: boolean;
  /** Unread mentions; in a direct room all unread messages. The number on the badge. */
  readonly mentions: number;
  readonly lastReadSeq: number;
}

/** A room in the dialog that lists all public ones. */
export interface BrowsedRoom {
  readonly id: number;
  readonly kind: RoomKind;
  readonly name: string;
  readonly topic: string;
  readonly members: number;
  readonly joined: boolean;
  readonly archived: boolean;
}

export interface Reaction {
  readonly emoji: string;
  readonly userIds: readonly number[];
}

export interface Attachment {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  /** Bytes. */
  readonly size: number;
  /** Where the page loads it: `/api/files/<id>`. */
  readonly url: string;
}

export interface Message {
  readonly id: number;
  readonly roomId: number;
  readonly seq: number;
  /** Made by the sender's page, so that a message that is sent twice is stored once. */
  readonly clientId: string;
  /** `system`: told by the server about its author ("joined", "renamed …"). */
  readonly kind: "message" | "system";
  readonly user: User;
  /** Plain text with light markup; never HTML. Empty when deleted. */
  readonly body: string;
  readonly at: string;
  readonly editedAt: string | null;
  readonly deleted: boolean;
  readonly pinned: boolean;
  readonly replyTo: Quote | null;
  readonly reactions: readonly Reaction[];
  readonly attachments: readonly Attachment[];
  /** Usernames that the body mentions, as they were found; `all` and `here` too. */
  readonly mentions: readonly string[];
}

/** The message that another one answers. */
export interface Quote {
  readonly id: number;
  readonly seq: number;
  readonly username: string;
  readonly excerpt: string;
}

/** A message as one user gets it. */
export interface OwnMessage extends Message {
  readonly isEditable: boolean;
  readonly starred: boolean;
}

export interface Member {
  readonly user: User;
  readonly role: RoomRole;
  readonly muted: boolean;
}

export interface Room {
  readonly id: number;
  readonly kind: RoomKind;
  readonly name: string;
  readonly topic: string;
  readonly readOnly: boolean;
  readonly archived: boolean;
  readonly lastSeq: number;
  readonly peer: User | null;
}

/** What the user may do in this room right now. */
export interface RoomRights {
  readonly role: RoomRole | null;
  readonly post: boolean;
  /** Why `post` is false, as a sentence for the composer. */
  readonly postRefused: string | null;
  readonly permissions: readonly Permission[];
}

export interface RoomJoined {
  readonly room: Room;
  readonly me: RoomRights;
  readonly members: readonly Member[];
  /** The newest, in the order of `seq`. */
  readonly messages: readonly OwnMessage[];
  /** There are older ones than the first of `messages`. */
  readonly hasMore: boolean;
  /** The ids of all messages that the user has starred here. */
  readonly starred: readonly number[];
  readonly lastReadSeq: number;
}

export interface HistoryPage {
  readonly messages: readonly OwnMessage[];
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
}

export interface Notification {
  readonly id: number;
  readonly kind: "mention" | "direct" | "invite";
  readonly actor: User;
  readonly roomId: number;
  readonly roomName: string;
  readonly messageId: number | null;
  readonly seq: number | null;
  readonly excerpt: string;
  readonly at: string;
  readonly read: boolean;
}

export interface NotificationsJoined {
  readonly unread: number;
  /** The newest first; with `after` those after it. */
  readonly items: readonly Notification[];
  /** The id of the oldest of `items`, for `list`; null when there are no older ones. */
  readonly cursor: number | null;
}

/** Somebody's global role: of several the one that stands first in `GlobalRole`. */
export interface PersonRole {
  readonly userId: number;
  readonly role: GlobalRole;
}

/** Somebody who may read and do nothing else, and why. */
export interface Ban {
  readonly userId: number;
  readonly reason: string;
}

export interface SessionInfo {
  readonly id: string;
  readonly device: string;
  readonly createdAt: string;
  readonly lastSeenAt: string;
  readonly current: boolean;
}

/** The user of this page. */
export interface Me {
  readonly user: User;
  readonly sessionId: string;
  readonly roles: readonly GlobalRole[];
  readonly permissions: readonly Permission[];
  readonly manualStatus: ManualStatus;
  readonly preferences: Preferences;
  /** Why the user is banned; null when they are not. */
  readonly banned: string | null;
}

export interface Preferences {
  readonly theme: "system" | "light" | "dark";
  readonly desktopNotifications: boolean;
}

export interface UserJoined {
  readonly me: Me;
  readonly rooms: readonly RoomSummary[];
  readonly announcement: Announcement | null;
  /** Ids of the users whom this one ignores. */
  readonly ignored: readonly number[];
}

export interface Announcement {
  readonly id: number;
  readonly text: string;
}

export interface SearchHit {
  readonly message: Message;
  readonly room: Pick<RoomSummary, "kind" | "name">;
}

/** Answers of everything that is refused: `message` is a sentence for the user. */
export interface Refusal {
  readonly reason: RefusalReason;
  readonly message: string;
}
export type RefusalReason =
  | "unauthorized"
  | "forbidden"
  | "not_found"
  | "invalid"
  | "archived"
  | "read_only"
  | "muted"
  | "blocked"
  | "banned"
  | "taken"
  | "rate_limited";

// ---- what the server pushes, by topic

/** `system:presence`, beside presence_state and presence_diff. */
export interface PresenceMeta {
  readonly status: Status;
  readonly username: string;
}

/** `user:public` */
export type PublicPushes = {
  readonly announcement: Announcement | { readonly id: null };
};

/** `user:role` */
export type RolePushes = {
  readonly permissionsChanged: { readonly lookup: string };
};

/** `user:<id>`: what the page gets. */
export type UserPushes = {
  readonly "room:added": { readonly room: RoomSummary; readonly open: boolean };
  readonly "room:removed": {
    readonly roomId: number;
    readonly name: string;
    readonly why: "left" | "kicked" | "deleted";
  };
  /** Name, topic, flags, or the user's own star, hidden or notify have changed. */
  readonly "room:changed": { readonly room: RoomSummary };
  readonly unread: Unread;
  readonly reauthenticate: Record<never, never>;
  /** The session has ended. `sessionId` null: all of them. */
  readonly logout: { readonly sessionId: string | null };
  readonly newMessage: { readonly roomId: number; readonly from: User };
  readonly refreshMentions: { readonly unread: number };
  readonly preferences: Preferences;
  readonly status: { readonly manualStatus: ManualStatus };
  /** Somebody is ignored, or heard again. */
  readonly ignored: { readonly userId: number; readonly ignored: boolean };
  readonly error: { readonly code: string; readonly message: string };
};

/** Commands that other parts of the server address to a user's channel. The page never gets them. */
export type UserCommands = {
  readonly "room:join": { readonly roomId: number; readonly open: boolean };
  readonly "room:leave": {
    readonly roomId: number;
    readonly name: string;
    readonly why: "left" | "kicked" | "deleted";
  };
  readonly "room:mention": { readonly roomId: number; readonly seq: number };
  readonly "user:state": { readonly state: "active" | "idle" };
  readonly "direct:new": { readonly roomId: number };
};

/** `room:<id>` */
export type RoomPushes = {
  readonly "message:new": Message | OwnMessage;
  readonly "message:updated": Message | OwnMessage;
  readonly "message:deleted": { readonly id: number; readonly seq: number };
  readonly reaction: { readonly messageId: number; readonly seq: number; readonly reactions: readonly Reaction[] };
  readonly pinned: { readonly messageId: number; readonly seq: number; readonly pinned: boolean; readonly by: User };
  readonly "room:update": { readonly room: Room };
  readonly "member:joined": { readonly member: Member };
  readonly "member:left": { readonly userId: number; readonly username: string; readonly why: "left" | "kicked" };
  readonly "member:changed": { readonly member: Member };
  /** What this user may do has changed: made for each of them. */
  readonly "room:state": RoomRights;
  /** Only this user sees it: answers of commands. */
  readonly notice: { readonly text: string };
};

/** Commands to everybody's channel of a room. The page never gets them. */
export type RoomCommands = {
  /** What people may do here has changed: each channel asks what its own user may, and pushes `room:state`. */
  readonly "room:state_change": Record<never, never>;
};

/** `notifications:<id>` */
export type NotificationPushes = {
  readonly new_notification: { readonly notification: Notification; readonly unread: number };
  readonly read: { readonly ids: readonly number[]; readonly unread: number };
  readonly retract: { readonly ids: readonly number[]; readonly unread: number };
};
