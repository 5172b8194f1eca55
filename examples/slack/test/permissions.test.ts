import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createUser, setBan } from "../src/accounts.ts";
import type { RoomKind, RoomRole } from "../src/contract.ts";
import type { Database, Db } from "../src/database.ts";
import { ignores, members, rolePermissions, rooms, userRoles } from "../src/database/schema.ts";
import {
  allRoles,
  can,
  ensureCan,
  ensurePost,
  hasRole,
  insertDefaultPermissions,
  peopleWithRoles,
  PERMISSIONS,
  rightsIn,
  rolesOf,
  setGlobalRole,
  setRolePermission,
} from "../src/permissions.ts";
import { DATABASE_TIMEOUT, freshDatabase } from "./databases.ts";

let database: Database;
let db: Db;
let count = 0;

beforeAll(async () => {
  database = await freshDatabase();
  ({ db } = database);
  await insertDefaultPermissions(db);
  await person(); // an admin, as the first of all
}, DATABASE_TIMEOUT);
afterAll(() => database.close());

async function person(): Promise<number> {
  const { id } = await createUser(db, { username: `user${++count}`, name: `User ${count}`, password: "12345678" });
  return id;
}

interface Flags {
  readonly readOnly?: boolean;
  readonly archived?: boolean;
}

async function room(kind: RoomKind, roles: Readonly<Record<number, RoomRole>>, flags: Flags = {}): Promise<number> {
  const name = kind === "direct" ? null : `room${++count}`;
  const [added] = await db
    .insert(rooms)
    .values({ kind, name, ...flags })
    .returning();
  const roomId = added!.id;
  const rows = Object.entries(roles).map(([userId, role]) => ({ roomId, userId: Number(userId), role }));
  if (rows.length > 0) await db.insert(members).values(rows);
  return roomId;
}

describe("permissions", () => {
  it("of global roles hold everywhere", async () => {
    const [user, admin] = [await person(), await person()];
    await db.insert(userRoles).values({ userId: admin, role: "admin" });
    const roomId = await room("public", {});

    expect(await can(db, user, "create-public")).toBe(true);
    expect(await can(db, user, "delete-message", roomId)).toBe(false);
    expect(await can(db, admin, "delete-message", roomId)).toBe(true);
    expect(await can(db, 999_999, "create-public")).toBe(false);
  });

  it("of a room's roles hold in that room", async () => {
    const owner = await person();
    const [own, other] = [await room("public", { [owner]: "owner" }), await room("public", { [owner]: "member" })];

    expect(await can(db, owner, "archive-room", own)).toBe(true);
    expect(await can(db, owner, "archive-room", other)).toBe(false);
    expect(await can(db, owner, "archive-room")).toBe(false);
    await expect(ensureCan(db, owner, "archive-room", other)).rejects.toMatchObject({
      response: { reason: "forbidden", message: "You may not archive this channel." },
    });
  });

  it("are no admin's in a direct room", async () => {
    const [admin, peer] = [await person(), await person()];
    await db.insert(userRoles).values({ userId: admin, role: "admin" });
    const roomId = await room("direct", { [admin]: "member", [peer]: "member" });

    expect((await rightsIn(db, admin, roomId)).permissions).toEqual(["pin-message"]);
  });

  it("change at once for all who have the role", async () => {
    const user = await person();
    await setRolePermission(db, "user", "create-private", false);
    expect(await can(db, user, "create-private")).toBe(false);

    await setRolePermission(db, "user", "create-private", true);
    await setRolePermission(db, "user", "create-private", true);
    expect(await can(db, user, "create-private")).toBe(true);
  });

  it("of admins always leave a way back", async () => {
    await expect(setRolePermission(db, "admin", "manage-roles", false)).rejects.toMatchObject({
      response: { reason: "invalid" },
    });
    const roles = await allRoles(db);

    expect(roles.map(({ role }) => role)).toEqual(["admin", "user", "guest", "owner", "moderator", "member"]);
    expect(new Set(roles[0]?.permissions)).toEqual(new Set(PERMISSIONS));
  });

  it("are written once", async () => {
    const before = await db.select().from(rolePermissions);
    await insertDefaultPermissions(db);

    expect(await db.select().from(rolePermissions)).toHaveLength(before.length);
  });

  it("are none for who is banned", async () => {
    const user = await person();
    const roomId = await room("public", { [user]: "owner" });
    await setBan(db, user, "Spam");

    expect(await can(db, user, "create-public")).toBe(false);
    await expect(ensureCan(db, user, "edit-room", roomId)).rejects.toMatchObject({ response: { reason: "banned" } });
    expect(await rightsIn(db, user, roomId)).toEqual({
      role: "owner",
      post: false,
      postRefused: "You have been banned: Spam",
      permissions: [],
    });
  });
});

describe("roles", () => {
  it("are had globally or in some room", async () => {
    const [user, owner] = [await person(), await person()];
    await room("public", { [owner]: "owner" });

    expect(await hasRole(db, user, "user")).toBe(true);
    expect(await hasRole(db, user, "owner")).toBe(false);
    expect(await hasRole(db, owner, "owner")).toBe(true);
  });
});

describe("writing in a room", () => {
  it("is for members", async () => {
    const [member, stranger] = [await person(), await person()];
    const roomId = await room("public", { [member]: "member" });

    expect(await rightsIn(db, member, roomId)).toMatchObject({ role: "member", post: true, postRefused: null });
    expect(await rightsIn(db, stranger, roomId)).toMatchObject({ role: null, post: false });
    await expect(ensurePost(db, stranger, roomId)).rejects.toMatchObject({ response: { reason: "forbidden" } });
    await expect(ensurePost(db, member, 999_999)).rejects.toMatchObject({ response: { reason: "not_found" } });
  });

  it("is for some in a read-only room, and for nobody in an archived one", async () => {
    const [owner, member] = [await person(), await person()];
    const roles: Record<number, RoomRole> = { [owner]: "owner", [member]: "member" };
    const readOnly = await room("public", roles, { readOnly: true });
    const archived = await room("public", roles, { archived: true });

    await expect(ensurePost(db, owner, readOnly)).resolves.toBeUndefined();
    await expect(ensurePost(db, member, readOnly)).rejects.toMatchObject({ response: { reason: "read_only" } });
    await expect(ensurePost(db, owner, archived)).rejects.toMatchObject({ response: { reason: "archived" } });
  });

  it("is not for the muted", async () => {
    const member = await person();
    const roomId = await room("public", {});
    await db.insert(members).values({ roomId, userId: member, muted: true });

    await expect(ensurePost(db, member, roomId)).rejects.toMatchObject({ response: { reason: "muted" } });
  });

  it("is refused to both when one of a direct room ignores the other", async () => {
    const [one, other] = [await person(), await person()];
    const direct = await room("direct", { [one]: "member", [other]: "member" });
    const shared = await room("private", { [one]: "member", [other]: "member" });
    await expect(ensurePost(db, one, direct)).resolves.toBeUndefined();
    await db.insert(ignores).values({ userId: one, ignoredId: other });

    await expect(ensurePost(db, one, direct)).rejects.toMatchObject({ response: { reason: "blocked" } });
    await expect(ensurePost(db, other, direct)).rejects.toMatchObject({ response: { reason: "blocked" } });
    await expect(ensurePost(db, other, shared)).resolves.toBeUndefined();
  });
});

describe("global roles", () => {
  const adminIds = async (): Promise<number[]> =>
    (await peopleWithRoles(db)).flatMap(({ userId, role }) => (role === "admin" ? [userId] : []));

  /** These two are the only admins from now on. */
  async function twoAdmins(): Promise<[number, number]> {
    const [one, other] = [await person(), await person()];
    await setGlobalRole(db, one, "admin");
    await setGlobalRole(db, other, "admin");
    for (const id of await adminIds()) if (id !== one && id !== other) await setGlobalRole(db, id, "user");
    return [one, other];
  }

  it("are told of those who are not just users", async () => {
    const [guest, user] = [await person(), await person()];
    await setGlobalRole(db, guest, "guest");
    expect(await peopleWithRoles(db)).toContainEqual({ userId: guest, role: "guest" });
    expect((await peopleWithRoles(db)).map(({ userId }) => userId)).not.toContain(user);

    await setGlobalRole(db, guest, "user");
    expect((await peopleWithRoles(db)).map(({ userId }) => userId)).not.toContain(guest);
    expect(await rolesOf(db, guest)).toEqual(["user"]);
  });

  it("leave one of two admins who are taken away at the same time", async () => {
    const admins = await twoAdmins();
    // More than once: at first the connections to a PostgreSQL are not there yet, and keep the two apart.
    for (let round = 0; round < 5; round++) {
      for (const id of admins) await setGlobalRole(db, id, "admin");
      const taken = await Promise.allSettled(admins.map((id) => setGlobalRole(db, id, "user")));
      expect(taken.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    }
    const [last = 0, ...others] = await adminIds();
    expect(others).toEqual([]);
    await expect(setGlobalRole(db, last, "guest")).rejects.toMatchObject({ response: { reason: "invalid" } });
    await setGlobalRole(db, last, "admin");
    expect(await rolesOf(db, last)).toEqual(["admin", "user"]);
  });

  it("make no admin of somebody who is banned, however close together that comes", async () => {
    const user = await person();
    for (let round = 0; round < 5; round++) {
      const done = await Promise.allSettled([setBan(db, user, "Spam"), setGlobalRole(db, user, "admin")]);
      expect(done.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
      await setGlobalRole(db, user, "user");
      await setBan(db, user, null);
    }
    await setGlobalRole(db, user, "admin");
    await expect(setBan(db, user, "Spam")).rejects.toMatchObject({ response: { reason: "forbidden" } });
    await expect(setGlobalRole(db, 999_999, "admin")).rejects.toMatchObject({ response: { reason: "not_found" } });
  });
});
