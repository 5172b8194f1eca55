/** The channel and socket cases that the forum behind seed 003 has in its own tests, and the ones it lacks. */
import { memoryStore } from "@wingbeat/example-site";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createEndpoint, Token } from "wingbeat";
import { testSocket } from "wingbeat/testing";
import type { TestChannel, TestKit } from "wingbeat/testing";
import { forumSocket } from "../src/server.ts";
import type { ForumSocket } from "../src/server.ts";
import { Sessions } from "../src/sessions.ts";
import { online } from "../src/user-channels.ts";

const SECRET = "a secret of these tests";
const ADA = 1;

let sessions: Sessions;
let kit: TestKit<ForumSocket["~contract"]>;

/** A client with a session of its own. */
async function connectAs(userId: number) {
  const { token, sessionId } = await sessions.open(userId);
  return { client: await kit.connect({ token }), token, sessionId };
}

/** What is broadcast from elsewhere arrives once, and never again. */
async function exactlyOnce(channel: Pick<TestChannel, "assertPush" | "refutePush">, event: string, payload: object) {
  expect(await channel.assertPush(event, payload)).toEqual(payload);
  await channel.refutePush(event);
}

beforeEach(() => {
  sessions = new Sessions(memoryStore(), SECRET);
  const socket = forumSocket(sessions);
  const endpoint = createEndpoint({ sockets: { "/forum/socket": socket }, presence: [online], logger: false });
  kit = testSocket(socket, { endpoint });
});
afterEach(async () => {
  await kit.close();
  await kit.endpoint.close();
});

describe("socket", () => {
  it("1: refuses a bad token", async () => {
    expect(await kit.assertRefused({ token: "bad.token" })).toMatchObject({ status: 403, reason: "no session" });
  });

  it("2: refuses a token that is well signed, but of no session", async () => {
    const session = { userId: ADA, sessionId: "never opened" };
    expect(await kit.assertRefused({ token: Token.sign(SECRET, "forum session", session) })).toMatchObject({
      status: 403,
    });
  });

  it("3: accepts the token of a session, and assigns member and session", async () => {
    const { client, sessionId } = await connectAs(ADA);
    expect(client.assigns).toEqual({ userId: ADA, sessionId });
  });

  it("4: accepts who has no token, with no assigns", async () => {
    expect((await kit.connect()).assigns).toEqual({});
  });

  it("refuses a token that is older than 28 days, and one of a session that is closed", async () => {
    const { token, ...session } = await sessions.open(ADA);
    const old = { signedAt: Date.now() / 1000 - 29 * 86_400 };
    const { userId, sessionId } = session;
    await kit.assertRefused({ token: Token.sign(SECRET, "forum session", { userId, sessionId }, old) });
    await kit.connect({ token });
    await sessions.close(session);
    await kit.assertRefused({ token });
  });
});

describe("user:public", () => {
  it("1: a member joins", async () => {
    const { client, sessionId } = await connectAs(ADA);
    expect((await client.join("user:public")).status).toBe("ok");
    expect(client.id).toBe(`session_socket:${sessionId}`);
  });

  it("2: a guest joins", async () => {
    const client = await kit.connect();
    expect((await client.join("user:public")).status).toBe("ok");
    expect(client.id).toBeNull();
  });

  it("3: is_online of the member who asks is true", async () => {
    const { client } = await connectAs(ADA);
    const channel = await client.subscribeAndJoin("user:public");
    await channel.assertReply(channel.push("is_online", { user_id: ADA }), "ok", { id: ADA, online: true });
  });

  it("4: is_online of an unknown id is false", async () => {
    const { client } = await connectAs(ADA);
    const channel = await client.subscribeAndJoin("user:public");
    await channel.assertReply(channel.push("is_online", { user_id: 99 }), "ok", { id: 99, online: false });
  });

  it("5: announcement is pushed exactly once", async () => {
    const channel = await (await connectAs(ADA)).client.subscribeAndJoin("user:public");
    channel.broadcastFrom("announcement", { motd: "message" });
    await exactlyOnce(channel, "announcement", { motd: "message" });
  });
});

describe("user:role", () => {
  it("6: a member joins", async () => {
    expect((await (await connectAs(ADA)).client.join("user:role")).status).toBe("ok");
  });

  it("7: a guest is refused", async () => {
    expect(await (await kit.connect()).join("user:role")).toMatchObject({
      status: "error",
      response: { reason: "unauthorized, cannot join 'user:role' channel" },
    });
  });

  it("8: permissionsChanged is pushed exactly once", async () => {
    const channel = await (await connectAs(ADA)).client.subscribeAndJoin("user:role");
    channel.broadcastFrom("permissionsChanged", { lookup: "user" });
    await exactlyOnce(channel, "permissionsChanged", { lookup: "user" });
  });
});

describe("user:<id>", () => {
  it("9: a member joins", async () => {
    expect((await (await connectAs(ADA)).client.join("user:1")).status).toBe("ok");
  });

  it("10: a guest is refused", async () => {
    expect(await (await kit.connect()).join("user:1")).toMatchObject({
      status: "error",
      response: { reason: "unauthorized, cannot join 'user:1' channel" },
    });
  });

  it.each(["user:2", "user:01", "user:1 ", "user:undefined", "user:1:2"] as const)(
    "refuses a member whose topic it is not: %j",
    async (topic) => {
      expect(await (await connectAs(ADA)).client.join(topic)).toMatchObject({ status: "error" });
    },
  );

  it("refuses a guest whatever the id", async () => {
    expect(await (await kit.connect()).join("user:undefined")).toMatchObject({ status: "error" });
  });

  it.each([
    ["11", "reauthenticate", {}],
    ["12", "logout", { token: "some_token" }],
    ["13", "newMessage", {}],
    ["14", "refreshMentions", {}],
  ] as const)("%s: %s is pushed exactly once", async (_number, event, payload) => {
    const channel = await (await connectAs(ADA)).client.subscribeAndJoin("user:1");
    channel.broadcastFrom(event, payload as never);
    await exactlyOnce(channel, event, payload);
  });
});

describe("is_online", () => {
  it("is true until the last tab is closed", async () => {
    const asking = await (await kit.connect()).subscribeAndJoin("user:public");
    const expectOnline = (online: boolean) =>
      asking.assertReply(asking.push("is_online", { user_id: ADA }), "ok", { id: ADA, online });
    const [first, second] = [(await connectAs(ADA)).client, (await connectAs(ADA)).client];
    await expectOnline(false);
    await Promise.all([first.join("user:public"), second.join("user:public")]);
    await expectOnline(true);
    const left = () => asking.assertPush("presence_diff", { leaves: (leaves: object) => "1" in leaves });
    first.close();
    await left();
    await expectOnline(true);
    second.close();
    await left();
    await expectOnline(false);
  });

  it("is asked for on user:public only", async () => {
    const channel = await (await connectAs(ADA)).client.subscribeAndJoin("user:1");
    const ref = channel.push("is_online" as never, { user_id: ADA } as never);
    await channel.assertReply(ref, "error" as never, { reason: "unknown event" } as never);
  });

  it("wants a number", async () => {
    const channel = await (await kit.connect()).subscribeAndJoin("user:public");
    const ref = channel.push("is_online", { user_id: "1" as never });
    await channel.assertReply(ref, "error", { reason: "invalid payload" } as never);
  });
});
