/** What roles allow when nobody has said otherwise, and how a refusal is worded. */
import type { GlobalRole, Permission, RoomRole } from "../contract.ts";
import type { Db } from "../database.ts";
import { rolePermissions } from "../database/schema.ts";

export type Role = GlobalRole | RoomRole;

/** All permissions, and the sentence for those who lack it. */
const SENTENCES: Readonly<Record<Permission, string>> = {
  "create-public": "You may not create public channels.",
  "create-private": "You may not create private channels.",
  "create-direct": "You may not start direct messages.",
  "view-public": "You may not read channels that you are not in.",
  "edit-room": "You may not change this channel.",
  "archive-room": "You may not archive this channel.",
  "invite-user": "You may not invite people to this channel.",
  "remove-user": "You may not remove people from this channel.",
  "mute-user": "You may not mute people in this channel.",
  "set-role": "You may not change roles in this channel.",
  "post-read-only": "Only some people may write in this channel.",
  "edit-message": "You may only edit your own messages.",
  "delete-message": "You may only delete your own messages.",
  "pin-message": "You may not pin messages here.",
  "mention-all": "You may not notify everybody with @all or @here.",
  announce: "You may not make announcements.",
  "manage-roles": "You may not change roles, nor what they allow.",
  "ban-user": "You may not ban people.",
};

export const PERMISSIONS = Object.keys(SENTENCES) as readonly Permission[];

const MODERATOR: readonly Permission[] = [
  "invite-user",
  "remove-user",
  "mute-user",
  "edit-room",
  "post-read-only",
  "delete-message",
  "pin-message",
  "mention-all",
];

const DEFAULTS: Readonly<Record<Role, readonly Permission[]>> = {
  admin: PERMISSIONS,
  user: ["create-public", "create-private", "create-direct", "view-public"],
  guest: ["create-direct"],
  owner: [...MODERATOR, "archive-room", "set-role"],
  moderator: MODERATOR,
  member: ["pin-message"],
};

export const ROLES = Object.keys(DEFAULTS) as readonly Role[];

/** What is stored of somebody who is made this: admins are users, too. */
export const ROLES_OF: Readonly<Record<GlobalRole, readonly GlobalRole[]>> = {
  admin: ["user", "admin"],
  user: ["user"],
  guest: ["guest"],
};

export const GLOBAL_ROLES = Object.keys(ROLES_OF) as readonly GlobalRole[];

/** Of a direct room nobody is the owner, and no admin rules in it. */
export const IN_DIRECT_ROOMS: readonly Permission[] = ["pin-message"];

export const refusalOf = (permission: Permission): string => SENTENCES[permission];

/** Called at every start: writes the defaults when there is nothing yet. */
export async function insertDefaultPermissions(db: Db): Promise<void> {
  const [any] = await db.select().from(rolePermissions).limit(1);
  if (any !== undefined) return;
  const rows = ROLES.flatMap((role) => DEFAULTS[role].map((permission) => ({ role, permission })));
  await db.insert(rolePermissions).values(rows).onConflictDoNothing();
}
