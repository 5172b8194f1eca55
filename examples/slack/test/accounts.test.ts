import { createHash } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  authenticate,
  connectedUser,
  createUser,
  findSession,
  findUsers,
  meOf,
  openSession,
  revokeAllSessions,
  revokeSession,
  sessionsOf,
  setBan,
  setPreferences,
} from "../src/accounts.ts";
import { isFirst } from "../src/accounts/first.ts";
import { hashPassword, verifyPassword } from "../src/accounts/password.ts";
import type { User } from "../src/contract.ts";
import type { Database } from "../src/database.ts";
import { sessions, users } from "../src/database/schema.ts";
import { insertDefaultPermissions, rolesOf } from "../src/permissions.ts";
import { DATABASE_TIMEOUT, freshDatabase } from "./databases.ts";

let database: Database;
let ada: User;
let grace: User;

beforeAll(async () => {
  database = await freshDatabase();
  await insertDefaultPermissions(database.db);
  ada = await createUser(database.db, { username: "ada", name: "Ada Lovelace", password: "engine no. 1" });
  grace = await createUser(database.db, { username: "grace", name: "Grace Hopper", password: "nanosecond" });
}, DATABASE_TIMEOUT);
afterAll(() => database.close());

describe("passwords", () => {
  it("are stored as scrypt with a salt of their own", async () => {
    const [first, second] = [await hashPassword("same"), await hashPassword("same")];

    expect(first).toMatch(/^scrypt\$32768\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
    expect(first).not.toBe(second);
    expect(await verifyPassword("same", first)).toBe(true);
    expect(await verifyPassword("Same", first)).toBe(false);
  });

  it("are the same however their letters are composed", async () => {
    expect(await verifyPassword("cafe\u0301", await hashPassword("caf\u00e9"))).toBe(true);
  });

  it("of nobody are checked with the same work, and never right", async () => {
    await verifyPassword("warm up", undefined);
    const stored = await hashPassword("something");
    const measure = async (hash: string | undefined): Promise<number> => {
      const start = process.cpuUsage();
      expect(await verifyPassword("wrong", hash)).toBe(false);
      return process.cpuUsage(start).user;
    };
    const [known, unknown] = [await measure(stored), await measure(undefined)];

    // Without the work it would be a thousandth.
    expect(unknown).toBeGreaterThan(known / 4);
  });
});

describe("users", () => {
  it("are found by name in any case, with the right password only", async () => {
    expect(await authenticate(database.db, "Ada", "engine no. 1")).toEqual(ada);
    expect(await authenticate(database.db, "ada", "engine no. 2")).toBeUndefined();
    expect(await authenticate(database.db, "nobody", "engine no. 1")).toBeUndefined();
  });

  it("begin with an admin, and one alone, also when several come at the same time", async () => {
    expect([await rolesOf(database.db, ada.id), await rolesOf(database.db, grace.id)]).toEqual([
      ["admin", "user"],
      ["user"],
    ]);
    const { db, close } = await freshDatabase();
    // Without passwords, whose work would keep them apart.
    const come = (username: string): Promise<boolean> =>
      db.transaction(async (tx) => {
        const isAdmin = await isFirst(tx);
        const preferences = { theme: "system", desktopNotifications: false } as const;
        await tx.insert(users).values({ username, name: username, hue: 1, passwordHash: "", preferences });
        return isAdmin;
      });
    // More than once: at first the connections to a PostgreSQL are not there yet, and keep them apart, too.
    for (let round = 0; round < 5; round++) {
      const admins = await Promise.all(["one", "two", "three"].map(come));
      expect(admins.sort()).toEqual([false, false, true]);
      await db.delete(users);
    }
    await close();
  });

  it("cannot have a username twice", async () => {
    const again = createUser(database.db, { username: "ada", name: "Another", password: "whatever" });

    await expect(again).rejects.toMatchObject({ response: { reason: "taken", message: "The username ada is taken." } });
  });

  it("are found by parts of their names, beginnings first, with no wildcards", async () => {
    const names = async (query: string): Promise<string[]> =>
      (await findUsers(database.db, query)).map(({ username }) => username);

    expect(await names("GR")).toEqual(["grace"]);
    expect(await names("hop")).toEqual(["grace"]);
    expect(await names("a")).toEqual(["ada", "grace"]);
    expect(await names("%")).toEqual([]);
    expect(await names("_")).toEqual([]);
  });

  it("change one preference without losing the other", async () => {
    await setPreferences(database.db, ada.id, { theme: "dark" });

    expect(await setPreferences(database.db, ada.id, { desktopNotifications: true })).toEqual({
      theme: "dark",
      desktopNotifications: true,
    });
  });
});

describe("sessions", () => {
  it("are found by their secret, of which only the hash is stored", async () => {
    const { sessionId, secret } = await openSession(database.db, ada.id, "Firefox on Linux");
    const [row] = await database.db.select().from(sessions).where(eq(sessions.id, sessionId));

    expect(Buffer.from(secret, "base64url")).toHaveLength(32);
    expect(row?.secretHash).toBe(createHash("sha256").update(secret).digest("hex"));
    expect(JSON.stringify(row)).not.toContain(secret);
    expect(await findSession(database.db, secret)).toEqual({ sessionId, user: ada });
    expect(await findSession(database.db, `${secret}x`)).toBeUndefined();
  });

  it("end for one device", async () => {
    const first = await openSession(database.db, ada.id, "one");
    const second = await openSession(database.db, ada.id, "two");
    await revokeSession(database.db, ada.id, first.sessionId);

    expect(await findSession(database.db, first.secret)).toBeUndefined();
    expect(await connectedUser(database.db, ada.id, first.sessionId)).toBeUndefined();
    expect(await findSession(database.db, second.secret)).toBeDefined();
    await expect(revokeSession(database.db, ada.id, first.sessionId)).rejects.toMatchObject({
      response: { reason: "not_found" },
    });
  });

  it("of others cannot be ended or connected with", async () => {
    const { sessionId, secret } = await openSession(database.db, ada.id, "hers");

    await expect(revokeSession(database.db, grace.id, sessionId)).rejects.toMatchObject({
      response: { reason: "not_found" },
    });
    expect(await connectedUser(database.db, grace.id, sessionId)).toBeUndefined();
    expect(await findSession(database.db, secret)).toBeDefined();
  });

  it("end everywhere, for this user alone", async () => {
    const hers = await openSession(database.db, grace.id, "hers");
    const mine = [await openSession(database.db, ada.id, "a"), await openSession(database.db, ada.id, "b")];

    const ended = await revokeAllSessions(database.db, ada.id);

    expect(ended).toEqual(expect.arrayContaining(mine.map(({ sessionId }) => sessionId)));
    expect(await sessionsOf(database.db, ada.id, "")).toEqual([]);
    expect(await findSession(database.db, hers.secret)).toBeDefined();
  });

  it("are over after thirty days", async () => {
    const { secret, sessionId } = await openSession(database.db, ada.id, "old");
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 30 * 86_400_000 + 1_000 });
    try {
      expect(await findSession(database.db, secret)).toBeUndefined();
      expect(await connectedUser(database.db, ada.id, sessionId)).toBeUndefined();
    } finally {
      vi.useRealTimers();
    }
  });

  it("tell when they were last seen, and which one asks", async () => {
    await revokeAllSessions(database.db, grace.id);
    const { sessionId, secret } = await openSession(database.db, grace.id, "Chrome on Android");
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 120_000 });
    try {
      await findSession(database.db, secret);
    } finally {
      vi.useRealTimers();
    }
    const [session] = await sessionsOf(database.db, grace.id, sessionId);

    expect(session).toMatchObject({ id: sessionId, device: "Chrome on Android", current: true });
    expect(Date.parse(session?.lastSeenAt ?? "")).toBeGreaterThan(Date.parse(session?.createdAt ?? "") + 60_000);
  });
});

describe("me", () => {
  it("is the user with roles, permissions and preferences", async () => {
    const { sessionId } = await openSession(database.db, grace.id, "a");

    expect(await meOf(database.db, grace.id, sessionId)).toEqual({
      user: grace,
      sessionId,
      roles: ["user"],
      permissions: ["create-direct", "create-private", "create-public", "view-public"],
      manualStatus: "online",
      preferences: { theme: "system", desktopNotifications: false },
      banned: null,
    });
  });

  it("says why the user is banned, who may do nothing then", async () => {
    await setBan(database.db, grace.id, "Spam");
    expect(await meOf(database.db, grace.id, "s")).toMatchObject({ banned: "Spam", permissions: [] });

    await setBan(database.db, grace.id, null);
    expect(await meOf(database.db, grace.id, "s")).toMatchObject({ banned: null });
  });

  it("is never a banned admin", async () => {
    await expect(setBan(database.db, ada.id, "Try")).rejects.toMatchObject({ response: { reason: "forbidden" } });
    await expect(setBan(database.db, 999_999, "Try")).rejects.toMatchObject({ response: { reason: "not_found" } });
    const [row] = await database.db.select().from(users).where(eq(users.id, ada.id));
    expect(row?.bannedReason).toBeNull();
  });
});
