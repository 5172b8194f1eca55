import type { Permission } from "@wingbeat/example-slack/contract";
import type { RolePermissions } from "../../api.ts";

const NAMES: Readonly<Record<Permission, string>> = {
  "create-public": "Create public channels",
  "create-private": "Create private channels",
  "create-direct": "Start direct messages",
  "view-public": "Read public channels",
  "edit-room": "Rename, set the topic",
  "archive-room": "Archive channels",
  "invite-user": "Invite people",
  "remove-user": "Remove people",
  "mute-user": "Mute people",
  "set-role": "Give roles in a channel",
  "post-read-only": "Write in read-only channels",
  "edit-message": "Edit others’ messages",
  "delete-message": "Delete others’ messages",
  "pin-message": "Pin messages",
  "mention-all": "Use @all and @here",
  announce: "Make announcements",
  "manage-roles": "Give and change roles",
  "ban-user": "Ban people",
};

/** In the order of the table. */
export const PERMISSION_NAMES = Object.entries(NAMES) as readonly (readonly [Permission, string])[];

/** The roles, one of which allows something or does not. */
export function withPermission(
  roles: readonly RolePermissions[],
  role: string,
  permission: Permission,
  allowed: boolean,
): readonly RolePermissions[] {
  return roles.map((entry) => {
    if (entry.role !== role) return entry;
    const others = entry.permissions.filter((other) => other !== permission);
    return { ...entry, permissions: allowed ? [...others, permission] : others };
  });
}
