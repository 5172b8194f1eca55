import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { Token } from "wingbeat";
import { testSocket } from "wingbeat/testing";
import type { TestKit } from "wingbeat/testing";
import { createUser, openSession, revokeSession } from "../src/accounts.ts";
import { setAnnouncement } from "../src/announcements.ts";
import type { User } from "../src/contract.ts";
import { insertDefaultPermissions } from "../src/permissions.ts";
import { presence } from "../src/presence.ts";
import { signPass, slackSocket } from "../src/socket.ts";
import type { SlackSocket } from "../src/socket.ts";
import { DATABASE_TIMEOUT, freshDatabase } from "./databases.ts";
import type { TestDatabase } from "./databases.ts";

/** What happens between the moment in which `connect` finds a session and the one in which the connection is there. */
const connecting = vi.hoisted(() => ({ onFound: async (): Promise<void> => {} }));
vi.mock("../src/accounts.ts", async (original) => {
  const accounts = await original<typeof import("../src/accounts.ts")>();
  const connectedUser: typeof accounts.connectedUser = async (...args) => {
    const user = await accounts.connectedUser(...args);
    await connecting.onFound();
    return user;
  };
  return { ...accounts, connectedUser };
});
afterEach(() => void (connecting.onFound = async () => {}));

const SECRET = "a secret that only the tests know, long enough";
let database: TestDatabase;
let kit: TestKit<SlackSocket["~contract"]>;
let ada: User;
let grace: User;

beforeAll(async () => {
  database = await freshDatabase();
  const { db } = database;
  await insertDefaultPermissions(db);
  ada = await createUser(db, { username: "ada", name: "Ada", password: "12345678" });
  grace = await createUser(db, { username: "grace", name: "Grace", password: "12345678" });
}, DATABASE_TIMEOUT);
afterAll(() => database.close());
afterEach(() => kit.close());

function start({ dev = false } = {}): void {
  const services = { db: database.db, secret: SECRET, idleMs: 1_000, dev };
  kit = testSocket(slackSocket(services), { presence: [presence], timeout: 60_000 });
}

const sessionOf = async (user: User): Promise<string> => (await openSession(database.db, user.id, "a test")).sessionId;

async function passOf(user: User): Promise<string> {
  return signPass(SECRET, { userId: user.id, sessionId: await sessionOf(user) });
}

const connect = async (user: User) => kit.connect({}, { authToken: await passOf(user) });

describe("connecting", () => {
  it("without a token is being nobody, who may hear announcements and no more", async () => {
    start();
    const anybody = await kit.connect();
    await setAnnouncement(database.db, ada.id, "Hello");

    expect(await anybody.join("user:public")).toMatchObject({
      status: "ok",
      response: { announcement: { text: "Hello" } },
    });
    for (const topic of [
      "system:presence",
      "user:role",
      `user:${ada.id}`,
      "room:1",
      `notifications:${ada.id}`,
      "crash",
    ]) {
      expect(await anybody.join(topic as never), topic).toMatchObject({ status: "error" });
    }
  });

  it("with a pass is being its user, under the id of the session", async () => {
    start();
    const sessionId = await sessionOf(ada);
    const client = await kit.connect({}, { authToken: signPass(SECRET, { userId: ada.id, sessionId }) });
    await client.subscribeAndJoin("user:role");
    kit.endpoint.broadcast(`session_socket:${sessionId}`, "disconnect", {});

    await client.assertClosed(1001);
  });

  it("is over when the session has ended before anybody could close the connection", async () => {
    start();
    const sessionId = await sessionOf(ada);
    // The session is found, and ended before its connection is there to hear of it.
    connecting.onFound = async () => {
      await revokeSession(database.db, ada.id, sessionId);
      kit.endpoint.disconnect(`session_socket:${sessionId}`);
    };
    const client = await kit.connect({}, { authToken: signPass(SECRET, { userId: ada.id, sessionId }) });
    await client.assertClosed(1001);
  });

  it("is refused with a token that is forged, expired, or for something else", async () => {
    start();
    const pass = { userId: ada.id, sessionId: await sessionOf(ada) };
    const refused = async (authToken: string): Promise<unknown> => (await kit.assertRefused({}, { authToken })).reason;

    expect(await refused("nonsense")).toBe("invalid");
    expect(await refused(signPass("another secret, as long as the first", pass))).toBe("invalid");
    expect(await refused(Token.sign(SECRET, "another salt", pass))).toBe("invalid");
    expect(
      await refused(Token.sign(SECRET, "slack socket", pass, { maxAge: 900, signedAt: Date.now() / 1000 - 901 })),
    ).toBe("expired");
    expect(await kit.assertRefused({}, { authToken: "nonsense" })).toMatchObject({ status: 403 });
  });

  it("is refused when the session has ended, or is somebody else's", async () => {
    start();
    const sessionId = await sessionOf(ada);
    const stolen = signPass(SECRET, { userId: grace.id, sessionId });
    expect(await kit.assertRefused({}, { authToken: stolen })).toMatchObject({ reason: "no session" });

    await revokeSession(database.db, ada.id, sessionId);
    const authToken = signPass(SECRET, { userId: ada.id, sessionId });
    expect(await kit.assertRefused({}, { authToken })).toMatchObject({ status: 403, reason: "no session" });
  });
});

describe("topics of one user", () => {
  it("are refused to all others, however the id is written", async () => {
    start();
    const client = await connect(ada);
    const id = String(ada.id);

    for (const topic of [
      `user:${grace.id}`,
      `user:0${id}`,
      `user:${id} `,
      `user:+${id}`,
      "user:",
      `notifications:${grace.id}`,
      `notifications:${id}.0`,
    ]) {
      expect(await client.join(topic as never), topic).toMatchObject({ status: "error" });
    }
    expect(await client.join(`user:${id}`)).toMatchObject({ status: "ok", response: { me: { user: ada } } });
    expect(await client.join(`notifications:${id}`)).toMatchObject({ status: "ok" });
  });
});

describe("user:public", () => {
  it("says who is online", async () => {
    start();
    const publicOf = async (user: User) => (await connect(user)).subscribeAndJoin("user:public");
    const people = await publicOf(ada);
    const isOnline = async (user_id: number, online: boolean): Promise<void> => {
      await people.assertReply(people.push("is_online", { user_id }), "ok", { id: user_id, online });
    };

    await isOnline(grace.id, false);
    const there = await (await connect(grace)).subscribeAndJoin("system:presence");
    await there.assertPush("presence_state");
    await isOnline(grace.id, true);
    const set = there.push("status:set", { status: "invisible" });
    await there.assertReply(set, "ok");
    await isOnline(grace.id, false);
    await there.assertReply(there.push("status:set", { status: "online" }), "ok");
    await isOnline(grace.id, true);
  });

  it("passes announcements on", async () => {
    start();
    const anybody = await (await kit.connect()).subscribeAndJoin("user:public");
    kit.endpoint.broadcast("user:public", "announcement", { id: 1, text: "Hi" });

    await anybody.assertPush("announcement", { id: 1, text: "Hi" });
  });
});

describe("user:role", () => {
  it("tells those who have the role, and nobody else", async () => {
    start();
    // Ada was the first of all.
    const [admin, user] = [
      await (await connect(ada)).subscribeAndJoin("user:role"),
      await (await connect(grace)).subscribeAndJoin("user:role"),
    ];
    kit.endpoint.broadcast("user:role", "permissionsChanged", { lookup: "admin" });
    kit.endpoint.broadcast("user:role", "permissionsChanged", { lookup: "user" });

    await admin.assertPush("permissionsChanged", { lookup: "admin" });
    await admin.assertPush("permissionsChanged", { lookup: "user" });
    // In order: had the first one been passed on, it would have come before.
    await user.assertPush("permissionsChanged", { lookup: "user" });
    await user.refutePush("permissionsChanged", { lookup: "admin" }, 0);
  });
});

describe("the channel that crashes", () => {
  it("takes nothing else with it", async () => {
    start({ dev: true });
    const client = await connect(ada);
    const [bug, sound] = [await client.subscribeAndJoin("crash"), await client.subscribeAndJoin("user:public")];
    bug.push("crash", {});
    await bug.assertTerminated("crashed");

    await sound.assertReply(sound.push("is_online", { user_id: 0 }), "ok");
  });

  it("is for development", async () => {
    start();

    expect(await (await connect(ada)).join("crash")).toMatchObject({ status: "error" });
  });
});
