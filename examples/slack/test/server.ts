/** The server for tests of its HTTP side, with the demo data. */
import { scryptSync } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, vi } from "vitest";
import type { Broadcast } from "wingbeat";
import { openSession } from "../src/accounts.ts";
import { users } from "../src/database/schema.ts";
import { COOKIE } from "../src/http/app.ts";
import { PASSWORD } from "../src/seed/people.ts";
import { startSlack } from "../src/server.ts";
import type { Slack, SlackOptions } from "../src/server.ts";
import { Browser } from "./browser.ts";
import { DATABASE_TIMEOUT, freshDatabase } from "./databases.ts";
import type { TestDatabase } from "./databases.ts";

export const SECRET = "a secret that only the tests know, long enough";

// A password costs time on purpose, and more of it on a machine that does other things as well.
vi.setConfig({ testTimeout: 60_000 });

export interface TestServer {
  readonly slack: Slack;
  readonly database: TestDatabase;
  /** Nobody is logged in. */
  browser(): Browser;
  /** Logged in, without the work that a password takes. */
  as(username: string): Promise<Browser>;
  /** Resolves with the next broadcast on a topic. */
  next(topic: string): Promise<Pick<Broadcast, "event" | "payload">>;
  /** Another server on the same database, until the end of the file. */
  another(options: Partial<SlackOptions>): Promise<Slack>;
}

/** The demo users' password, at next to no cost. */
function cheapHash(): string {
  const salt = Buffer.from("salt");
  const hash = scryptSync(PASSWORD, salt, 32, { N: 64, r: 8, p: 1 });
  return `scrypt$64$8$1$${salt.toString("base64url")}$${hash.toString("base64url")}`;
}

/** Starts a server before the tests of a file, and ends it after them. */
export function testServer(options: Partial<SlackOptions> = {}): TestServer {
  let slack: Slack;
  let database: TestDatabase;
  const others: Slack[] = [];
  const start = (options: Partial<SlackOptions>): Promise<Slack> =>
    startSlack({ port: 0, database, secretKeyBase: SECRET, logger: false, ...options });
  beforeAll(async () => {
    database = await freshDatabase();
    slack = await start(options);
    await database.db.update(users).set({ passwordHash: cheapHash() });
  }, DATABASE_TIMEOUT);
  afterAll(async () => {
    for (const server of [slack, ...others]) await server.close({ now: true });
    await database.close();
  });
  return {
    get slack() {
      return slack;
    },
    get database() {
      return database;
    },
    browser: () => new Browser(slack.port),
    async as(username) {
      const [user] = await database.db.select({ id: users.id }).from(users).where(eq(users.username, username));
      if (user === undefined) throw new Error(`there is no ${username}`);
      const { secret } = await openSession(database.db, user.id, "a test");
      return new Browser(slack.port, `${COOKIE}=${secret}`);
    },
    next: (topic) =>
      new Promise((resolve) => {
        const subscription = slack.endpoint.subscribeUnchecked(topic, ({ event, payload }) => {
          subscription.unsubscribe();
          resolve({ event, payload });
        });
      }),
    async another(options) {
      const server = await start(options);
      others.push(server);
      return server;
    },
  };
}
