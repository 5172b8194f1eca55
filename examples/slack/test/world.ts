/** A small workspace for tests: people, rooms of each kind, and clients of the real socket. */
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { createEndpoint } from "wingbeat";
import type { Endpoint } from "wingbeat";
import { testSocket } from "wingbeat/testing";
import type { TestKit } from "wingbeat/testing";
import type { RefusalReason, RoomKind, RoomRole } from "../src/contract.ts";
import type { Db } from "../src/database.ts";
import * as schema from "../src/database/schema.ts";
import type { Happening } from "../src/happening.ts";
import { sendMessage } from "../src/messages.ts";
import type { Draft } from "../src/messages.ts";
import { insertDefaultPermissions } from "../src/permissions.ts";
import { presence } from "../src/presence.ts";
import type { Services } from "../src/services.ts";
import { slackSocket } from "../src/socket.ts";
import type { SlackSocket } from "../src/socket.ts";
import { DATABASE_TIMEOUT, freshDatabase } from "./databases.ts";
import type { TestDatabase } from "./databases.ts";

const NAMES = ["alice", "bob", "carol", "dave", "erin"] as const;
type Name = (typeof NAMES)[number];
type Kit = TestKit<SlackSocket["~contract"]>;

/** Ids of people and rooms: alice is an admin and owns the rooms. */
export type People = Readonly<Record<Name, number>>;

export interface World {
  readonly db: Db;
  readonly people: People;
  /** Public: alice, bob and carol are in it. */
  readonly general: number;
  /** Private: alice and bob. */
  readonly secret: number;
  /** Read-only: alice and bob. */
  readonly news: number;
  readonly endpoint: Endpoint;
  readonly kit: Kit;
  /** A tab of somebody. */
  tab(name: Name): ReturnType<Kit["socket"]>;
  close(): Promise<void>;
}

/** How long a refutation watches, in ms. */
export const SHORT = 120;

export const nobodyOnline = (): number[] => [];

export interface TestWorld extends World {
  /** Replaces it, for a test that needs other services. */
  anew(services: Partial<Services>): Promise<void>;
}

/** A world for each test of a file, all in one database. */
export function testWorld(): TestWorld {
  let database: TestDatabase;
  const world = {
    async anew(services) {
      await world.close();
      Object.assign(world, await newWorld(database, services));
    },
  } as TestWorld;
  beforeAll(async () => {
    database = await freshDatabase();
  }, DATABASE_TIMEOUT);
  beforeEach(async () => {
    Object.assign(world, await newWorld(database));
  });
  afterEach(() => world.close());
  afterAll(() => database.close());
  return world;
}

/** Everything anew, in the same database. */
async function newWorld({ db }: TestDatabase, services: Partial<Services> = {}): Promise<World> {
  // Much faster than truncating: what belongs to rooms and users goes with them.
  await db.delete(schema.rooms);
  await db.delete(schema.users);
  await db.delete(schema.rolePermissions);
  await insertDefaultPermissions(db);
  const people = await insertPeople(db);
  const { alice, bob, carol } = people;
  const two = { [alice]: "owner", [bob]: "member" } as const;
  const [general = 0, secret = 0, news = 0] = await insertRooms(db, [
    { name: "general", kind: "public", members: { ...two, [carol]: "member" } },
    { name: "secret", kind: "private", members: two },
    { name: "news", kind: "public", readOnly: true, members: two },
  ]);

  const socket = slackSocket({
    db,
    secret: "a secret of these tests",
    idleMs: 60_000,
    dev: false,
    ...services,
  });
  const endpoint = createEndpoint({ sockets: { "/socket": socket }, presence: [presence], logger: false });
  const kit: Kit = testSocket(socket, { endpoint, timeout: 60_000 });
  let tabs = 0;
  return {
    db,
    people,
    general,
    secret,
    news,
    endpoint,
    kit,
    tab(name) {
      const sessionId = `session-${++tabs}`;
      const user = { id: people[name], username: name, name: nameOf(name) };
      return kit.socket({ user, sessionId }, `session_socket:${sessionId}`);
    },
    async close() {
      await kit.close();
      await endpoint.close();
    },
  };
}

const nameOf = (username: string): string => `${username[0]?.toUpperCase()}${username.slice(1)}`;

async function insertPeople(db: Db): Promise<People> {
  const preferences = { theme: "system", desktopNotifications: false } as const;
  const rows = await db
    .insert(schema.users)
    .values(NAMES.map((username) => ({ username, name: nameOf(username), hue: 1, passwordHash: "", preferences })))
    .returning({ id: schema.users.id, username: schema.users.username });
  const people = Object.fromEntries(rows.map(({ id, username }) => [username, id])) as Record<Name, number>;
  const roles = NAMES.map((name) => ({ userId: people[name], role: "user" as const }));
  await db.insert(schema.userRoles).values([...roles, { userId: people.alice, role: "admin" }]);
  return people;
}

interface RoomOf {
  readonly name: string;
  readonly kind: Exclude<RoomKind, "direct">;
  readonly readOnly?: boolean;
  /** By user id. */
  readonly members: Readonly<Record<number, RoomRole>>;
}

/** Gives the ids, in the same order. */
async function insertRooms(db: Db, rooms: readonly RoomOf[]): Promise<number[]> {
  const rows = await db
    .insert(schema.rooms)
    .values(rooms.map(({ name, kind, readOnly = false }) => ({ name, kind, readOnly })))
    .returning({ id: schema.rooms.id });
  const ids = rows.map(({ id }) => id).sort((a, b) => a - b);
  const members = rooms.flatMap((room, index) =>
    Object.entries(room.members).map(([userId, role]) => ({ roomId: ids[index]!, userId: Number(userId), role })),
  );
  await db.insert(schema.members).values(members);
  return ids;
}

export async function insertRoom(
  db: Db,
  name: string,
  kind: Exclude<RoomKind, "direct">,
  members: Readonly<Record<number, RoomRole>>,
): Promise<number> {
  const [id = 0] = await insertRooms(db, [{ name, kind, members }]);
  return id;
}

let clientIds = 0;

/** Sends as the service does, without telling anybody. Gives everything that came of it. */
export function send(
  { db }: World,
  userId: number,
  roomId: number,
  body: string,
  { online = [], ...more }: Partial<Draft> & { readonly online?: readonly number[] } = {},
): ReturnType<typeof sendMessage> {
  const draft = { clientId: `client-${++clientIds}`, body, ...more };
  return sendMessage(db, { roomId, userId, onlineIds: () => online }, draft);
}

/** Who is notified of what has happened, in order of id. */
export function notifiedIn(happened: readonly Happening[]): number[] {
  return happened
    .flatMap((happening) => (happening.what === "notified" ? [happening.userId] : []))
    .sort((a, b) => a - b);
}

/** Refusals of services, for `expect(…).rejects`. */
export const refusal = (reason: RefusalReason) => ({ status: "error", response: { reason } });
