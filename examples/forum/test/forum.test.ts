/** Seed 003, line by line, over the network: S3-.. are the numbers of what it shows. */
import { Socket as TypedSocket } from "@wingbeat/client";
import { memoryStore, startSite } from "@wingbeat/example-site";
import type { Example, Site } from "@wingbeat/example-site";
import type { Socket } from "phoenix";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { connect, handshake, Seat } from "../../site/test/visitor.ts";
import { forum } from "../src/server.ts";
import type { ForumSocket, Login } from "../src/server.ts";
import { online } from "../src/user-channels.ts";

const [ADA, GRACE, LINUS, MARGARET] = [1, 2, 3, 4] as const;

let site: Site;
const mount = (): string => `ws://127.0.0.1:${site.port}/forum/socket`;
const start = (example: Example): Promise<Site> => startSite({ examples: { "/": example }, port: 0, logger: false });

async function api(method: "GET" | "POST", name: string, token?: string, body?: object) {
  const response = await fetch(`http://127.0.0.1:${site.port}/forum/api/${name}`, {
    method,
    headers: {
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** A member with a session of their own, on all three topics. */
class Visitor {
  readonly login: Login;
  readonly socket: Socket;
  readonly public: Seat;
  readonly role: Seat;
  readonly own: Seat;

  constructor(userId: number, login: Login) {
    this.login = login;
    this.socket = connect(mount(), { token: login.token });
    this.public = new Seat(this.socket, "user:public");
    this.role = new Seat(this.socket, "user:role");
    this.own = new Seat(this.socket, `user:${userId}`);
  }

  post(name: string, body?: object) {
    return api("POST", name, this.login.token, body);
  }

  get(name: string) {
    return api("GET", name, this.login.token);
  }

  /** What has come on the topics for members since the last time. */
  async heard(): Promise<unknown[]> {
    return [...(await this.role.rest()), ...(await this.own.rest())];
  }
}

async function enter(userId: number): Promise<Visitor> {
  const { body } = await api("POST", "login", undefined, { user_id: userId });
  const visitor = new Visitor(userId, body as unknown as Login);
  const answers = await Promise.all([visitor.public.join(), visitor.role.join(), visitor.own.join()]);
  expect(answers.map(({ status }) => status)).toEqual(["ok", "ok", "ok"]);
  return visitor;
}

async function guest(): Promise<Seat> {
  const seat = new Seat(connect(mount(), {}), "user:public");
  expect((await seat.join()).status).toBe("ok");
  return seat;
}

const isOnline = async (seat: Seat, user_id: number) => (await seat.push("is_online", { user_id })).response;

/** Resolves with the keys of the next presence_diff. */
async function nextDiff(seat: Seat): Promise<{ joins: string[]; leaves: string[] }> {
  const { joins, leaves } = await seat.nextOf<{ joins: object; leaves: object }>("presence_diff");
  return { joins: Object.keys(joins), leaves: Object.keys(leaves) };
}

beforeEach(async () => {
  site = await start(forum({ store: memoryStore(), secret: "a secret of these tests" }));
});
afterEach(() => site.close());

describe("the three topics", () => {
  it("S3-01, S3-07: user:public is for everybody", async () => {
    expect(await handshake(`${mount()}/websocket?vsn=2.0.0`)).toBe(101);
    expect(await new Seat(connect(mount(), {}), "user:public").join()).toEqual({ status: "ok", response: {} });
    await enter(ADA);
  });

  it("S3-02, S3-07: user:<id> is for the member with that id", async () => {
    const { socket } = await enter(LINUS);
    const [others, anybodys] = [new Seat(socket, "user:1"), new Seat(connect(mount(), {}), "user:1")];
    for (const seat of [others, anybodys]) {
      const refusal = { reason: "unauthorized, cannot join 'user:1' channel" };
      expect(await seat.join()).toEqual({ status: "error", response: refusal });
      seat.channel.leave();
    }
    site.endpoint.broadcast("user:1", "newMessage", {});
    await enter(LINUS);
    expect([...others.waiting, ...anybodys.waiting]).toEqual([]);
  });

  it("S3-03: user:role is for members", async () => {
    const seat = new Seat(connect(mount(), {}), "user:role");
    const refusal = { reason: "unauthorized, cannot join 'user:role' channel" };
    expect(await seat.join()).toEqual({ status: "error", response: refusal });
    seat.channel.leave();
  });

  it("refuses a token that is none with 403", async () => {
    expect(await handshake(`${mount()}/websocket?vsn=2.0.0&token=abc`)).toBe(403);
    const { login } = await enter(ADA);
    expect(await handshake(`${mount()}/websocket?vsn=2.0.0&token=${login.token}`)).toBe(101);
    await api("POST", "logout", login.token);
    expect(await handshake(`${mount()}/websocket?vsn=2.0.0&token=${login.token}`)).toBe(403);
  });
});

describe("what the server says", () => {
  it("S3-04, S3-05: announcement goes to everybody, and carries the text that is also there to fetch", async () => {
    const [ada, linus, anybody] = [await enter(ADA), await enter(LINUS), await guest()];
    expect((await ada.post("announcement", { motd: " Welcome! " })).status).toBe(200);
    for (const seat of [ada.public, linus.public, anybody]) {
      expect(await seat.nextOf("announcement")).toEqual({ motd: "Welcome!" });
    }
    expect((await api("GET", "announcement")).body).toEqual({ motd: "Welcome!" });
    expect([await ada.heard(), await linus.heard()]).toEqual([[], []]);
  });

  it("S3-04: reauthenticate goes to the member whose account has changed, who fetches it", async () => {
    const [grace, linus, margaret] = [await enter(GRACE), await enter(LINUS), await enter(MARGARET)];
    await grace.post("ban", { user_id: LINUS, banned: true });
    expect(await linus.heard()).toEqual([["reauthenticate", {}]]);
    expect((await linus.get("me")).body).toMatchObject({ name: "Linus", isBanned: true, mayMessage: false });
    expect([await grace.heard(), await margaret.heard()]).toEqual([[], []]);
    await grace.post("ban", { user_id: LINUS, banned: false });
    expect((await linus.get("me")).body).toMatchObject({ isBanned: false, mayMessage: true });
  });

  it("S3-04: newMessage and refreshMentions go to the one they are for, who fetches the counts", async () => {
    const [ada, linus] = [await enter(ADA), await enter(LINUS)];
    const laptop = await enter(LINUS);
    await ada.post("message", { user_id: LINUS });
    await ada.post("mention", { user_id: LINUS });
    await ada.post("mention", { user_id: LINUS });
    const signals = [
      ["newMessage", {}],
      ["refreshMentions", {}],
      ["refreshMentions", {}],
    ];
    expect(await linus.heard()).toEqual(signals);
    expect(await laptop.heard()).toEqual(signals);
    expect(await ada.heard()).toEqual([]);
    expect((await linus.get("counts")).body).toEqual({ message: 1, mention: 2 });

    await linus.post("dismiss", { type: "mention" });
    expect(await laptop.heard()).toEqual([["refreshMentions", {}]]);
    expect((await laptop.get("counts")).body).toEqual({ message: 1, mention: 0 });
  });

  it("S3-04, S3-11: permissionsChanged names the role, and all members hear it", async () => {
    const [ada, grace, linus, anybody] = [await enter(ADA), await enter(GRACE), await enter(LINUS), await guest()];
    await ada.post("roles", { lookup: "user", messages: false });
    for (const member of [ada, grace, linus]) {
      expect(await member.heard()).toEqual([["permissionsChanged", { lookup: "user" }]]);
    }
    expect((await linus.get("me")).body).toMatchObject({ mayMessage: false });
    expect((await grace.get("me")).body).toMatchObject({ mayMessage: true }); // as a moderator
    expect((await linus.post("message", { user_id: ADA })).status).toBe(403);
    expect((await anybody.rest()).filter(([event]) => event !== "presence_diff")).toEqual([]);
  });

  it("S3-04: logout reaches all tabs, ends the session it names, and no other one", async () => {
    const [phone, laptop] = [await enter(LINUS), await enter(LINUS)];
    const tab = new Seat(connect(mount(), { token: phone.login.token }), "user:3");
    await tab.join();
    await phone.post("logout");
    const logout = { token: phone.login.sessionId };
    expect(await phone.own.nextOf("logout")).toEqual(logout);
    expect(await tab.nextOf("logout")).toEqual(logout);
    expect(await laptop.heard()).toEqual([["logout", logout]]);
    expect(logout.token).not.toContain(phone.login.token);

    expect((await phone.get("me")).status).toBe(401);
    expect((await laptop.get("me")).status).toBe(200);
    // A tab that does not listen is cut off all the same.
    site.endpoint.broadcast("user:3", "newMessage", {});
    expect(await laptop.heard()).toEqual([["newMessage", {}]]);
    expect([phone.own.waiting, tab.waiting]).toEqual([[], []]);
  });
});

describe("is_online", () => {
  it("S3-06, S3-12: tells whether a member is there, by the key that presence keeps as text", async () => {
    const ada = await enter(ADA);
    expect(await isOnline(ada.public, ADA)).toEqual({ id: ADA, online: true });
    expect(await isOnline(ada.public, LINUS)).toEqual({ id: LINUS, online: false });
    expect(online.getByKey(site.endpoint, "user:public", ADA)).toEqual(
      online.getByKey(site.endpoint, "user:public", String(ADA)),
    );
    expect(online.getByKey(site.endpoint, "user:public", LINUS)).toBeUndefined();
  });

  it("S3-08: members are tracked when they have joined, guests are not", async () => {
    const watching = await guest();
    await guest();
    const linus = await enter(LINUS);
    expect(await nextDiff(watching)).toEqual({ joins: ["3"], leaves: [] });
    expect(Object.keys(online.list(site.endpoint, "user:public"))).toEqual(["3"]);
    linus.socket.disconnect();
    expect(await nextDiff(watching)).toEqual({ joins: [], leaves: ["3"] });
    expect(await isOnline(watching, LINUS)).toEqual({ id: LINUS, online: false });
  });

  it("S3-08: two tabs, one closed: still online; a tab that is killed: offline at once", async () => {
    const watching = await guest();
    const [first, second] = [await enter(LINUS), await enter(LINUS)];
    await nextDiff(watching);
    await nextDiff(watching);
    first.socket.disconnect();
    expect(await nextDiff(watching)).toEqual({ joins: [], leaves: ["3"] });
    expect(await isOnline(watching, LINUS)).toEqual({ id: LINUS, online: true });
    (second.socket as unknown as { conn: WebSocket }).conn.terminate();
    await nextDiff(watching);
    expect(await isOnline(watching, LINUS)).toEqual({ id: LINUS, online: false });
  });

  it("S3-08: a computer that has vanished is offline after the time that a client may be silent", async () => {
    await site.close();
    const example = forum({ store: memoryStore(), secret: "a secret of these tests" });
    const socket = example.sockets["/forum/socket"] as never;
    site = await start({ ...example, sockets: { "/forum/socket": { socket, websocket: { timeout: 500 } } } });
    const { body } = await api("POST", "login", undefined, { user_id: LINUS });
    const silent = new WebSocket(`${mount()}/websocket?vsn=2.0.0&token=${(body as unknown as Login).token}`, {
      autoPong: false,
    });
    onTestFinished(() => silent.terminate());
    silent.on("open", () => silent.send('["1","1","user:public","phx_join",{}]'));
    await new Promise((resolve) => silent.once("message", resolve));
    expect(online.count(site.endpoint, "user:public")).toBe(1);
    await new Promise((resolve) => silent.once("close", resolve));
    expect(online.count(site.endpoint, "user:public")).toBe(0);
  });

  it("S3-09: channels live and end under their connection: all three come back after a restart of the server", async () => {
    const store = memoryStore();
    await site.close();
    site = await start(forum({ store, secret: "a secret of these tests" }));
    const linus = await enter(LINUS);
    const { port } = site;
    const away = new Promise((resolve) => linus.own.channel.onError(resolve));
    await site.close();
    await away;
    const back = [linus.public, linus.role, linus.own].map(
      ({ channel }) =>
        new Promise((resolve) => {
          (
            channel as unknown as { joinPush: { receive(status: "ok", callback: (value: unknown) => void): void } }
          ).joinPush.receive("ok", resolve);
        }),
    );
    site = await startSite({
      examples: { "/": forum({ store, secret: "a secret of these tests" }) },
      port,
      logger: false,
    });
    await Promise.all(back);
    expect(await isOnline(linus.public, LINUS)).toEqual({ id: LINUS, online: true });
  });
});

describe("with our own client", () => {
  it("S3-06: knows topics, events and replies by the type of the server", async () => {
    const { login } = await enter(ADA);
    const socket = new TypedSocket<ForumSocket>(mount(), {
      transport: WebSocket as never,
      params: () => ({ token: login.token }),
    });
    onTestFinished(() => socket.disconnect());
    socket.connect();
    const channel = socket.channel("user:public");
    await channel.join();
    const reply: { id: number; online: boolean } = await channel.push("is_online", { user_id: ADA });
    expect(reply).toEqual({ id: ADA, online: true });
    const own = socket.channel("user:2");
    await expect(own.join()).rejects.toMatchObject({
      reason: "refused",
      response: { reason: "unauthorized, cannot join 'user:2' channel" },
    });
    own.leave();
    // @ts-expect-error -- there is no such event
    await expect(channel.push("is_offline", {})).rejects.toMatchObject({ response: { reason: "unknown event" } });
  });
});

describe("who may do what", () => {
  it.each([
    ["announcement", { motd: "x" }, LINUS, 403],
    ["announcement", { motd: "x".repeat(201) }, ADA, 400],
    ["ban", { user_id: MARGARET, banned: true }, LINUS, 403],
    ["ban", { user_id: ADA, banned: true }, GRACE, 403],
    ["ban", { user_id: 99, banned: true }, GRACE, 404],
    ["roles", { lookup: "user", messages: false }, GRACE, 403],
    ["roles", { lookup: "admin", messages: false }, ADA, 400],
    ["message", { user_id: LINUS }, LINUS, 400],
    ["mention", { user_id: "3" }, ADA, 400],
    ["nothing", {}, ADA, 404],
  ])("POST %s %j as member %i is answered with %i, and nobody hears of it", async (name, body, userId, status) => {
    const visitor = await enter(userId);
    const answer = await visitor.post(name, body);
    expect([answer.status, answer.body]).toEqual([status, { error: expect.stringMatching(/^[A-Z]/) }]);
    expect(await visitor.heard()).toEqual([]);
    expect((await visitor.public.rest()).filter(([event]) => event === "announcement")).toEqual([]);
  });

  it.each(["me", "counts"])("GET %s wants a login", async (name) => {
    expect((await api("GET", name)).status).toBe(401);
    expect((await api("GET", name, "x")).status).toBe(401);
  });

  it("keeps 20 sessions of a member", async () => {
    const tokens: string[] = [];
    for (let count = 0; count < 21; count++) {
      tokens.push((await api("POST", "login", undefined, { user_id: ADA })).body["token"] as string);
    }
    const statuses = await Promise.all([tokens[0], tokens[1], tokens[20]].map((token) => api("GET", "me", token)));
    expect(statuses.map(({ status }) => status)).toEqual([401, 200, 200]);
  });
});
