import { and, asc, eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { authenticate } from "../src/accounts.ts";
import type { Database, Db } from "../src/database.ts";
import {
  members,
  mentions,
  messages,
  notifications,
  reactions,
  rooms,
  userRoles,
  users,
} from "../src/database/schema.ts";
import { insertDefaultPermissions } from "../src/permissions.ts";
import { demoUsers, seed } from "../src/seed.ts";
import { readTalks } from "../src/seed/script.ts";
import { DATABASE_TIMEOUT, freshDatabase } from "./databases.ts";

const NOW = new Date("2026-03-12T00:20:00");
let database: Database;
let db: Db;
let offeredBefore: readonly object[];
let wasSeeded: boolean;

beforeAll(async () => {
  database = await freshDatabase();
  ({ db } = database);
  await insertDefaultPermissions(db);
  offeredBefore = await demoUsers(db);
  wasSeeded = await seed(db, NOW);
}, DATABASE_TIMEOUT);
afterAll(() => database.close());

const roomNamed = async (name: string) => (await db.select().from(rooms).where(eq(rooms.name, name)))[0]!;

describe("the demo data", () => {
  it("is written once, also by two that begin together", async () => {
    const before = await db.$count(messages);
    expect(offeredBefore).toEqual([]);
    expect(wasSeeded).toBe(true);

    expect(await Promise.all([seed(db, NOW), seed(db, NOW)])).toEqual([false, false]);
    expect(await db.$count(messages)).toBe(before);
    expect(await db.$count(users)).toBe(5);
  });

  it("has people who can log in, one of them an admin", async () => {
    const offered = await demoUsers(db);
    expect(offered.map(({ username }) => username)).toEqual(["alice", "bob", "carol", "dave", "erin"]);

    const alice = await authenticate(db, "alice", offered[0]?.password ?? "");
    const admins = await db.select().from(userRoles).where(eq(userRoles.role, "admin"));
    expect(admins.map(({ userId }) => userId)).toEqual([alice?.id]);
  });

  it("has rooms of each kind", async () => {
    const found = await db.select().from(rooms).orderBy(asc(rooms.id));

    expect(found.map(({ kind, name }) => `${kind} ${name ?? ""}`.trim())).toEqual([
      "public general",
      "public random",
      "public design",
      "private secret",
      "public news",
      "public old",
      "direct",
      "direct",
    ]);
    expect(await roomNamed("news")).toMatchObject({ readOnly: true });
    expect(await roomNamed("old")).toMatchObject({ archived: true });
    expect(found.filter(({ isDefault }) => isDefault).map(({ name }) => name)).toEqual(["general", "random"]);
    expect(found.at(-2)?.directKey).toMatch(/^\d+:\d+$/);
  });

  it("has more than 200 messages in #general, numbered without gaps, in the order of their times, none in the future", async () => {
    const general = await roomNamed("general");
    const talk = await db.select().from(messages).where(eq(messages.roomId, general.id)).orderBy(asc(messages.seq));
    const times = talk.map(({ createdAt }) => createdAt.getTime());

    expect(talk.length).toBeGreaterThan(200);
    expect(talk.map(({ seq }) => seq)).toEqual(talk.map((_, index) => index + 1));
    expect(general.lastSeq).toBe(talk.length);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.at(-1)).toBeLessThan(NOW.getTime());
    expect(talk.filter(({ body }) => /[{}]|\(re \d|\\n/.test(body))).toEqual([]);
    expect(talk.some(({ body }) => body.includes("\n"))).toBe(true);
    expect(talk.some(({ replyTo }) => replyTo !== null)).toBe(true);
    expect(talk.some(({ pinnedAt }) => pinnedAt !== null)).toBe(true);
  });

  it("has unread rooms and mentions that agree with the notifications", async () => {
    const general = await roomNamed("general");
    const [carol] = await db.select().from(users).where(eq(users.username, "carol"));
    const [member] = await db
      .select()
      .from(members)
      .where(and(eq(members.roomId, general.id), eq(members.userId, carol!.id)));
    const unread = await db.$count(
      mentions,
      and(
        eq(mentions.userId, carol!.id),
        eq(mentions.roomId, general.id),
        sql`${mentions.seq} > ${member!.lastReadSeq}`,
      ),
    );
    const told = await db.$count(
      notifications,
      and(
        eq(notifications.userId, carol!.id),
        eq(notifications.roomId, general.id),
        sql`${notifications.readAt} is null`,
      ),
    );

    expect(member!.lastReadSeq).toBeLessThan(general.lastSeq);
    expect(unread).toBe(1);
    expect(told).toBe(unread);
    expect(await db.$count(reactions)).toBeGreaterThan(50);
  });

  it("has notifications in the order of their times, whatever room they are of", async () => {
    const told = await db.select().from(notifications).orderBy(asc(notifications.id));
    const times = told.map(({ createdAt }) => createdAt.getTime());

    expect(new Set(told.map(({ roomId }) => roomId)).size).toBeGreaterThan(1);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });
});

describe("a script", () => {
  it("says who, what, when, and what others did with it", () => {
    const lines = String.raw`
      bob: Look, two\nlines.  {pin} {👍 alice carol}
      alice: Nice! (re 1)
    `;
    const now = new Date("2026-03-12T12:00:00");

    expect(readTalks([{ from: [1, "09:30"], lines }], now)).toEqual([
      {
        username: "bob",
        body: "Look, two\nlines.",
        at: new Date("2026-03-11T09:30:00"),
        isPinned: true,
        reactions: [{ emoji: "👍", usernames: ["alice", "carol"] }],
        repliesTo: 0,
      },
      {
        username: "alice",
        body: "Nice!",
        at: new Date("2026-03-11T09:31:00"),
        isPinned: false,
        reactions: [],
        repliesTo: 1,
      },
    ]);
  });
});
