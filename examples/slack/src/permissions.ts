/** Who may do what. Every question is answered from the database: a payload never says what its sender may do. */
import { and, eq, sql } from "drizzle-orm";
import type { GlobalRole, Permission, RoomKind, RoomRights } from "./contract.ts";
import type { Db } from "./database.ts";
import { members, rolePermissions, rooms, userRoles, users } from "./database/schema.ts";
import { banned, whyNotPost } from "./permissions/posting.ts";
import type { Standing } from "./permissions/posting.ts";
import { IN_DIRECT_ROOMS, refusalOf, ROLES } from "./permissions/roles.ts";
import type { Role } from "./permissions/roles.ts";
import { refused } from "./refused.ts";

export { peopleWithRoles, setGlobalRole } from "./permissions/people.ts";
export { GLOBAL_ROLES, insertDefaultPermissions, PERMISSIONS, ROLES, ROLES_OF } from "./permissions/roles.ts";
export type { Role } from "./permissions/roles.ts";

/** Whether a user may do something: in a room, or (without one) everywhere. Whoever is banned may do nothing. */
export async function can(db: Db, userId: number, permission: Permission, roomId?: number): Promise<boolean> {
  return (await grantsOf(db, userId, roomId)).permissions.includes(permission);
}

/** Refuses ("banned" or "forbidden") with a sentence for the user when they may not. */
export async function ensureCan(db: Db, userId: number, permission: Permission, roomId?: number): Promise<void> {
  const grants = await grantsOf(db, userId, roomId);
  if (grants.banned !== null) throw banned(grants.banned);
  if (!grants.permissions.includes(permission)) throw refused("forbidden", refusalOf(permission));
}

/** Refuses ("banned") when the user is. For what everybody may do who is not. */
export async function ensureNotBanned(db: Db, userId: number): Promise<void> {
  const grants = await grantsOf(db, userId);
  if (grants.banned !== null) throw banned(grants.banned);
}

/** What a user may do everywhere. */
export async function permissionsOf(db: Db, userId: number): Promise<Permission[]> {
  return (await grantsOf(db, userId)).permissions;
}

/** What a user may do in a room right now. Refuses ("not_found") when there is no such room. */
export async function rightsIn(db: Db, userId: number, roomId: number): Promise<RoomRights> {
  const { standing, permissions } = await standingIn(db, userId, roomId);
  const refused = whyNotPost(standing);
  return { role: standing.role, post: refused === null, postRefused: refused?.response.message ?? null, permissions };
}

/** Refuses with the reason when a user may not write in a room. */
export async function ensurePost(db: Db, userId: number, roomId: number): Promise<void> {
  const refused = whyNotPost((await standingIn(db, userId, roomId)).standing);
  if (refused !== null) throw refused;
}

/** What every role allows, for the page of the admins. */
export async function allRoles(db: Db): Promise<{ role: Role; permissions: Permission[] }[]> {
  const rows = await db.select().from(rolePermissions);
  return ROLES.map((role) => ({
    role,
    permissions: rows.filter((row) => row.role === role).map(({ permission }) => permission),
  }));
}

/** Allows something to a role, or forbids it. Refuses when admins would lock themselves out. */
export async function setRolePermission(db: Db, role: Role, permission: Permission, allowed: boolean): Promise<void> {
  if (allowed) {
    await db.insert(rolePermissions).values({ role, permission }).onConflictDoNothing();
    return;
  }
  if (role === "admin" && permission === "manage-roles") {
    throw refused("invalid", "Somebody has to be able to change this back: admins keep this permission.");
  }
  await db
    .delete(rolePermissions)
    .where(sql`${rolePermissions.role} = ${role} and ${rolePermissions.permission} = ${permission}`);
}

/** Whether a user has a role, anywhere. */
export async function hasRole(db: Db, userId: number, role: string): Promise<boolean> {
  const [row] = await db
    .select({
      has: sql<boolean>`exists (select from user_roles r where r.user_id = ${userId} and r.role = ${role})
        or exists (select from members m where m.user_id = ${userId} and m.role = ${role})`,
    })
    .from(users)
    .where(eq(users.id, userId));
  return row?.has === true;
}

/** A user's global roles. */
export async function rolesOf(db: Db, userId: number): Promise<GlobalRole[]> {
  const rows = await db.select({ role: userRoles.role }).from(userRoles).where(eq(userRoles.userId, userId));
  return rows.map(({ role }) => role).sort();
}

interface Grants {
  /** Why the user is banned, or null. */
  readonly banned: string | null;
  readonly permissions: Permission[];
}

/** What the user's global roles and their role in the room allow. Somebody unknown may do nothing. */
async function grantsOf(db: Db, userId: number, roomId: number | null = null): Promise<Grants> {
  const [row] = await db
    .select({
      banned: users.bannedReason,
      kind: sql<RoomKind | null>`(select r.kind from rooms r where r.id = ${roomId}::integer)`,
      permissions: permissionsFor(userId, roomId),
    })
    .from(users)
    .where(eq(users.id, userId));
  return row === undefined ? { banned: null, permissions: [] } : granted(row);
}

const permissionsFor = (userId: number, roomId: number | null) => sql<Permission[]>`array(
  select distinct p.permission from role_permissions p where p.role in (
    select r.role from user_roles r where r.user_id = ${userId}
    union select m.role from members m where m.user_id = ${userId} and m.room_id = ${roomId}::integer
  ) order by 1
)`;

function granted({ banned, kind, permissions }: Grants & { readonly kind: RoomKind | null }): Grants {
  if (banned !== null) return { banned, permissions: [] };
  const isDirect = kind === "direct";
  return {
    banned,
    permissions: isDirect ? permissions.filter((found) => IN_DIRECT_ROOMS.includes(found)) : permissions,
  };
}

/** One query: it is asked at every message. */
async function standingIn(
  db: Db,
  userId: number,
  roomId: number,
): Promise<{ standing: Standing; permissions: Permission[] }> {
  const [row] = await db
    .select({
      kind: rooms.kind,
      name: rooms.name,
      readOnly: rooms.readOnly,
      archived: rooms.archived,
      role: members.role,
      muted: members.muted,
      // Whoever ignores somebody does not hear from them, and cannot write to them either.
      blocked: sql<boolean>`${rooms.kind} = 'direct' and exists (
        select from members a join members b on b.room_id = a.room_id
        join ignores i on i.user_id = a.user_id and i.ignored_id = b.user_id
        where a.room_id = ${roomId}
      )`,
      banned: users.bannedReason,
      permissions: permissionsFor(userId, roomId),
    })
    .from(rooms)
    .leftJoin(users, eq(users.id, userId))
    .leftJoin(members, and(eq(members.roomId, rooms.id), eq(members.userId, users.id)))
    .where(eq(rooms.id, roomId));
  if (row === undefined) throw refused("not_found", "There is no such channel.");
  const { banned: reason, permissions } = granted(row);
  const standing: Standing = { ...row, banned: reason, mayPostReadOnly: permissions.includes("post-read-only") };
  return { standing, permissions };
}
