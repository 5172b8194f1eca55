/** The application under test: in this process, or as processes of their own behind one database and one Redis. */
import { eq, inArray, sql } from "drizzle-orm";
import type { Db } from "../../src/database.ts";
import { messages, rooms, sessions, users } from "../../src/database/schema.ts";
import { startSlack } from "../../src/server.ts";
import type { Slack } from "../../src/server.ts";
import { insertDefaultPermissions } from "../../src/permissions.ts";
import { seed } from "../../src/seed.ts";
import { freshDatabase } from "../databases.ts";
import type { TestDatabase } from "../databases.ts";
import { startProcesses } from "./processes.ts";
import type { Servers } from "./processes.ts";
import { keepData } from "./snapshot.ts";

export interface AppOptions {
  /** Default: as `SLACK_TEST_DB` says, or PGlite. Several processes have PostgreSQL. */
  readonly database?: "pglite" | "postgres";
  /** More than one: real processes, with PostgreSQL and Redis. */
  readonly processes?: number;
  /** After so many ms without focus somebody is away. */
  readonly idleMs?: number;
}

export interface App {
  /** Without a slash at its end. `server` counts from 0. */
  url(server?: number): string;
  /** Ids by name. */
  readonly rooms: ReadonlyMap<string, number>;
  /** Everything as it was at the start: demo data, nobody logged in. */
  reset(): Promise<void>;
  /** Ends the servers and starts them again on the same ports. */
  restart(): Promise<void>;
  /** As if all sessions of a user had run out. */
  endSessions(username: string): Promise<void>;
  /** Puts so many messages into a room, "filling 1" and on, without telling anybody. */
  fill(roomId: number, count: number): Promise<void>;
  /** What the first server holds, and what it held before anybody came. */
  stats(): Promise<Stats>;
  readonly statsAtRest: Stats;
  close(): Promise<void>;
}

/** As `GET /debug/stats` answers. */
export interface Stats {
  readonly connections: number;
  readonly channels: number;
  readonly topics: number;
  readonly subscriptions: number;
  readonly presences: number;
  readonly timers: number;
}

export const IDLE_MS = 1_000;
const SECRET = "a secret of the acceptance tests, long enough to sign with";

export async function startApp({ processes = 1, idleMs = IDLE_MS, ...options }: AppOptions = {}): Promise<App> {
  const database = await freshDatabase(processes > 1 ? "postgres" : options.database);
  await insertDefaultPermissions(database.db);
  await seed(database.db);
  const putBack = await keepData(database.db);
  const named = await database.db.select({ id: rooms.id, name: rooms.name }).from(rooms);
  const servers =
    processes > 1
      ? await startProcesses(database, processes, { secret: SECRET, idleMs })
      : await startHere(database, idleMs);
  const stats = async (): Promise<Stats> => (await (await fetch(`${servers.urls[0]}/debug/stats`)).json()) as Stats;
  return {
    url: (server = 0) => servers.urls[server] as string,
    rooms: new Map(named.map(({ id, name }) => [name ?? "", id])),
    restart: () => servers.restart(),
    reset: putBack,
    endSessions: (username) => endSessions(database.db, username),
    fill: (roomId, count) => fill(database.db, roomId, count),
    stats,
    statsAtRest: await stats(),
    async close() {
      await servers.close();
      await database.close();
    },
  };
}

/** In this process: quick to start, and to debug. */
async function startHere(database: TestDatabase, idleMs: number): Promise<Servers> {
  const start = (port: number): Promise<Slack> =>
    startSlack({
      port,
      host: "127.0.0.1",
      database,
      idleMs,
      secretKeyBase: SECRET,
      logger: false,
      demo: true,
      dev: true,
    });
  let slack = await start(0);
  const { port } = slack;
  return {
    urls: [`http://127.0.0.1:${port}`],
    async restart() {
      await slack.close();
      slack = await start(port);
    },
    close: () => slack.close({ now: true }),
  };
}

async function endSessions(db: Db, username: string): Promise<void> {
  const user = db.select({ id: users.id }).from(users).where(eq(users.username, username));
  await db.update(sessions).set({ revokedAt: new Date() }).where(inArray(sessions.userId, user));
}

async function fill(db: Db, roomId: number, count: number): Promise<void> {
  const [room] = await db
    .update(rooms)
    .set({ lastSeq: sql`${rooms.lastSeq} + ${count}` })
    .where(eq(rooms.id, roomId))
    .returning({ lastSeq: rooms.lastSeq });
  const [author] = await db.select({ id: users.id }).from(users).where(eq(users.username, "erin"));
  if (room === undefined || author === undefined) throw new Error(`there is no room ${roomId}, or no erin`);
  const first = room.lastSeq - count + 1;
  await db.insert(messages).values(
    Array.from({ length: count }, (_, index) => ({
      roomId,
      seq: first + index,
      userId: author.id,
      clientId: `filling ${first + index}`,
      body: `filling ${index + 1}`,
    })),
  );
}
