/** The server as a program, on a folder of its own with the demo data, a large room, and people who are logged in. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { eq, sql } from "drizzle-orm";
import type { Browser, Page } from "playwright-core";
import { freePort } from "../../../../tools/test/free-port.ts";
import { startProgram } from "../../../site/test/processes.ts";
import type { Program } from "../../../site/test/processes.ts";
import { openSession } from "../../src/accounts.ts";
import { openDatabase } from "../../src/database.ts";
import type { Db } from "../../src/database.ts";
import { messages, rooms, users } from "../../src/database/schema.ts";
import { COOKIE } from "../../src/http/app.ts";
import { insertDefaultPermissions } from "../../src/permissions.ts";
import { seed } from "../../src/seed.ts";

export const LARGE_ROOM = "random";
const LARGE = 10_000;
const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
const PEOPLE = ["alice", "bob"] as const;

export interface FiguresServer {
  readonly url: string;
  /** A process that has answered nothing yet. Ends the one before. */
  start(): Promise<void>;
  /** A browser of their own for somebody, who is logged in by its cookie. `script` runs before the page's own. */
  visit(browser: Browser, who: (typeof PEOPLE)[number], script: string): Promise<Page>;
  close(): Promise<void>;
}

export async function prepareServer(): Promise<FiguresServer> {
  const folder = mkdtempSync(join(tmpdir(), "slack-figures-"));
  const secrets = await fillDatabase(join(folder, "database"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let program: Program | undefined;
  return {
    url,
    async start() {
      await program?.stop();
      const environment = { PORT: String(port), HOST: "127.0.0.1", DATA_DIR: folder, DATABASE_URL: "", REDIS_URL: "" };
      program = await startProgram(process.execPath, [MAIN], environment, /localhost:(\d+)/);
    },
    async visit(browser, who, script) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
      await context.addCookies([{ name: COOKIE, value: secrets.get(who) ?? "", url, httpOnly: true, sameSite: "Lax" }]);
      await context.addInitScript(script);
      return context.newPage();
    },
    async close() {
      await program?.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Gives the secrets of their cookies, by username. */
async function fillDatabase(folder: string): Promise<ReadonlyMap<string, string>> {
  const database = await openDatabase({ folder });
  await insertDefaultPermissions(database.db);
  await seed(database.db);
  await fillRoom(database.db);
  const secrets = new Map<string, string>();
  for (const username of PEOPLE) {
    const [user] = await database.db.select({ id: users.id }).from(users).where(eq(users.username, username));
    if (user === undefined) throw new Error(`there is no ${username}`);
    secrets.set(username, (await openSession(database.db, user.id, "the figures")).secret);
  }
  await database.close();
  return secrets;
}

/** Long and short messages of all people, with a little markup, a minute between them. */
async function fillRoom(db: Db): Promise<void> {
  const people = await db.select({ id: users.id }).from(users).orderBy(users.id);
  const [room] = await db
    .update(rooms)
    .set({ lastSeq: sql`${rooms.lastSeq} + ${LARGE}` })
    .where(eq(rooms.name, LARGE_ROOM))
    .returning({ id: rooms.id, lastSeq: rooms.lastSeq });
  if (room === undefined) throw new Error(`there is no #${LARGE_ROOM}`);
  const begin = Date.now() - LARGE * 60_000;
  const rows = Array.from({ length: LARGE }, (_, index) => ({
    roomId: room.id,
    seq: room.lastSeq - LARGE + 1 + index,
    userId: people[Math.floor(index / 3) % people.length]?.id ?? 0,
    clientId: `figures ${index}`,
    createdAt: new Date(begin + index * 60_000),
    body: bodyOf(index),
  }));
  for (let from = 0; from < LARGE; from += 500) await db.insert(messages).values(rows.slice(from, from + 500));
}

const WORDS =
  "the plan for *next* week is in `plan.md` and https://example.com/notes has the rest :tada: _nearly_ done".split(" ");

const bodyOf = (index: number): string =>
  Array.from({ length: 3 + ((index * 7) % 40) }, (_, word) => WORDS[(index + word) % WORDS.length]).join(" ");
