/** The tables, for Drizzle; columns are named in snake_case (`createdAt` is created_at). `migrations/` is made from this file: see the README on how to change it. */
import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  customType,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import type {
  GlobalRole,
  ManualStatus,
  NotifyLevel,
  Notification,
  Permission,
  Preferences,
  RoomKind,
  RoomRole,
} from "../contract.ts";

const id = () => integer().primaryKey().generatedAlwaysAsIdentity();
const bigId = () => bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity();
const now = () => timestamp({ withTimezone: true }).notNull().defaultNow();
const time = () => timestamp({ withTimezone: true });
const bytes = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => "bytea" });
const searchWords = customType<{ data: string }>({ dataType: () => "tsvector" });

export const users = pgTable("users", {
  id: id(),
  /** In lower case. */
  username: text().notNull().unique(),
  name: text().notNull(),
  /** scrypt with its parameters and salt, see accounts/password.ts. */
  passwordHash: text().notNull(),
  hue: integer().notNull(),
  manualStatus: text().$type<ManualStatus>().notNull().default("online"),
  preferences: jsonb().$type<Preferences>().notNull(),
  bannedReason: text(),
  createdAt: now(),
});

export const sessions = pgTable(
  "sessions",
  {
    /** Public: names the session to its user and in topics. */
    id: text().primaryKey(),
    userId: integer()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** SHA-256 of the cookie's value, which is nowhere else. */
    secretHash: text().notNull().unique(),
    device: text().notNull(),
    createdAt: now(),
    lastSeenAt: now(),
    expiresAt: timestamp({ withTimezone: true }).notNull(),
    revokedAt: time(),
  },
  (table) => [index("sessions_of_user").on(table.userId)],
);

export const userRoles = pgTable(
  "user_roles",
  {
    userId: integer()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    role: text().$type<GlobalRole>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.role] })],
);

/** What a role allows: global roles everywhere, owner and moderator in their rooms. */
export const rolePermissions = pgTable(
  "role_permissions",
  {
    role: text().$type<GlobalRole | RoomRole>().notNull(),
    permission: text().$type<Permission>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.role, table.permission] })],
);

export const rooms = pgTable(
  "rooms",
  {
    id: id(),
    kind: text().$type<RoomKind>().notNull(),
    /** Of a direct room: null. */
    name: text(),
    topic: text().notNull().default(""),
    readOnly: boolean().notNull().default(false),
    archived: boolean().notNull().default(false),
    /** New users are in it. */
    isDefault: boolean().notNull().default(false),
    /** The number of its last message. */
    lastSeq: integer().notNull().default(0),
    /** Of a direct room: `<lower user id>:<higher user id>`, so that two people have one. */
    directKey: text().unique(),
    createdBy: integer().references(() => users.id, { onDelete: "set null" }),
    createdAt: now(),
  },
  (table) => [uniqueIndex("rooms_name").on(sql`lower(${table.name})`)],
);

export const members = pgTable(
  "members",
  {
    roomId: integer()
      .notNull()
      .references(() => rooms.id, { onDelete: "cascade" }),
    userId: integer()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    role: text().$type<RoomRole>().notNull().default("member"),
    lastReadSeq: integer().notNull().default(0),
    starred: boolean().notNull().default(false),
    hidden: boolean().notNull().default(false),
    muted: boolean().notNull().default(false),
    notify: text().$type<NotifyLevel>().notNull().default("all"),
    joinedAt: now(),
  },
  (table) => [primaryKey({ columns: [table.roomId, table.userId] }), index("members_of_user").on(table.userId)],
);

export const messages = pgTable(
  "messages",
  {
    id: bigId(),
    roomId: integer()
      .notNull()
      .references(() => rooms.id, { onDelete: "cascade" }),
    seq: integer().notNull(),
    userId: integer()
      .notNull()
      .references(() => users.id),
    clientId: text().notNull(),
    kind: text().$type<"message" | "system">().notNull().default("message"),
    body: text().notNull(),
    replyTo: bigint({ mode: "number" }),
    createdAt: now(),
    editedAt: time(),
    deletedAt: time(),
    pinnedAt: time(),
    words: searchWords().generatedAlwaysAs(sql`to_tsvector('simple', body)`),
  },
  (table) => [
    unique("messages_seq").on(table.roomId, table.seq),
    unique("messages_client_id").on(table.roomId, table.userId, table.clientId),
    foreignKey({ columns: [table.replyTo], foreignColumns: [table.id] }).onDelete("set null"),
    index("messages_words").using("gin", table.words),
    index("messages_pinned")
      .on(table.roomId)
      .where(sql`pinned_at is not null`),
  ],
);

/** One row for each person that a message mentions, `@all` and `@here` resolved. */
export const mentions = pgTable(
  "mentions",
  {
    messageId: bigint({ mode: "number" })
      .notNull()
      .references(() => messages.id, { onDelete: "cascade" }),
    userId: integer()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    roomId: integer()
      .notNull()
      .references(() => rooms.id, { onDelete: "cascade" }),
    seq: integer().notNull(),
    kind: text().$type<"user" | "all" | "here">().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.messageId, table.userId] }),
    index("mentions_of_user").on(table.userId, table.roomId, table.seq),
  ],
);

export const notifications = pgTable(
  "notifications",
  {
    id: bigId(),
    userId: integer()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    kind: text().$type<Notification["kind"]>().notNull(),
    actorId: integer()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    roomId: integer()
      .notNull()
      .references(() => rooms.id, { onDelete: "cascade" }),
    messageId: bigint({ mode: "number" }).references(() => messages.id, { onDelete: "cascade" }),
    seq: integer(),
    excerpt: text().notNull(),
    createdAt: now(),
    readAt: time(),
  },
  (table) => [
    index("notifications_of_user").on(table.userId, table.id),
    index("notifications_unread")
      .on(table.userId, table.roomId)
      .where(sql`read_at is null`),
    unique("notifications_once").on(table.userId, table.messageId),
  ],
);

export const reactions = pgTable(
  "reactions",
  {
    messageId: bigint({ mode: "number" })
      .notNull()
      .references(() => messages.id, { onDelete: "cascade" }),
    userId: integer()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    emoji: text().notNull(),
    createdAt: now(),
  },
  (table) => [primaryKey({ columns: [table.messageId, table.userId, table.emoji] })],
);

export const stars = pgTable(
  "stars",
  {
    userId: integer()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    messageId: bigint({ mode: "number" })
      .notNull()
      .references(() => messages.id, { onDelete: "cascade" }),
    createdAt: now(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.messageId] })],
);

export const attachments = pgTable(
  "attachments",
  {
    id: id(),
    userId: integer()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** Null until a message that has it is sent. */
    messageId: bigint({ mode: "number" }).references(() => messages.id, { onDelete: "cascade" }),
    name: text().notNull(),
    type: text().notNull(),
    size: integer().notNull(),
    data: bytes().notNull(),
    createdAt: now(),
  },
  (table) => [index("attachments_of_message").on(table.messageId)],
);

/** Who does not want messages of whom: nothing of theirs is shown, and they cannot write to the user directly. */
export const ignores = pgTable(
  "ignores",
  {
    userId: integer()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    ignoredId: integer()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
  },
  (table) => [primaryKey({ columns: [table.userId, table.ignoredId] })],
);

export const announcements = pgTable("announcements", {
  id: id(),
  text: text().notNull(),
  createdBy: integer()
    .notNull()
    .references(() => users.id, { onDelete: "cascade" }),
  createdAt: now(),
  endedAt: time(),
});
