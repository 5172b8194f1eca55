import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { members, rooms, sessions, users } from "../src/database/schema.ts";
import { Attempts } from "../src/http/attempts.ts";
import { deviceOf } from "../src/http/client.ts";
import { Browser } from "./browser.ts";
import { testServer } from "./server.ts";

const server = testServer();

describe("logging in", () => {
  it("gives a cookie that scripts cannot read and other sites do not send", async () => {
    const browser = server.browser();
    const answer = await browser.post("/api/login", { username: "Alice", password: "roost-demo" });
    const [cookie = ""] = answer.headers.getSetCookie();

    expect(answer.status).toBe(200);
    expect(cookie).toMatch(/^roost_session=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect((await browser.get("/api/me")).body).toMatchObject({
      user: { username: "alice" },
      roles: ["admin", "user"],
    });
    const stored = await server.database.db.select().from(sessions);
    expect(JSON.stringify(stored)).not.toContain(browser.cookie.split("=")[1]);
  });

  it("gives a secure cookie when a trusted proxy says that it speaks https", async () => {
    const { port } = await server.another({ trustProxy: 1 });
    const login = (headers: Record<string, string>) =>
      new Browser(port).send("/api/login", {
        method: "POST",
        body: JSON.stringify({ username: "alice", password: "roost-demo" }),
        headers: { "content-type": "application/json", ...headers },
      });

    expect((await login({ "x-forwarded-proto": "https" })).headers.get("set-cookie")).toContain("; Secure");
    expect((await login({})).headers.get("set-cookie")).not.toContain("; Secure");
  });

  it("says the same to an unknown name and a wrong password", async () => {
    const wrong = await server.browser().post("/api/login", { username: "alice", password: "wrong" });
    const unknown = await server.browser().post("/api/login", { username: "nobody", password: "wrong" });

    expect([wrong.status, wrong.body]).toEqual([
      401,
      { reason: "unauthorized", message: "Username or password is wrong." },
    ]);
    expect([unknown.status, unknown.body]).toEqual([wrong.status, wrong.body]);
    expect(wrong.headers.getSetCookie()).toEqual([]);
  });

  it("is refused after ten wrong tries, for this name alone, however right the eleventh is", async () => {
    const attempt = async (username: string, password: string): Promise<number> =>
      (await server.browser().post("/api/login", { username, password })).status;
    const tries = await Promise.all(Array.from({ length: 10 }, () => attempt("erin", "wrong")));

    expect(new Set(tries)).toEqual(new Set([401]));
    expect(await attempt("erin", "roost-demo")).toBe(429);
    expect(await attempt("ERIN", "roost-demo")).toBe(429);
    expect(await attempt("dave", "roost-demo")).toBe(200);
  });

  it("with no text is refused", async () => {
    const browser = server.browser();

    for (const body of [
      {},
      { username: "alice" },
      { username: { $gt: "" }, password: "x" },
      { username: "a\0", password: "x" },
    ]) {
      expect(await browser.post("/api/login", body)).toMatchObject({ status: 400, body: { reason: "invalid" } });
    }
    const broken = { method: "POST", body: "{", headers: { "content-type": "application/json" } };
    expect((await browser.send("/api/login", broken)).status).toBe(400);
    const huge = { method: "POST", body: "x".repeat(70_000), headers: { "content-type": "application/json" } };
    expect((await browser.send("/api/login", huge)).status).toBe(413);
  });
});

describe("the login screen", () => {
  it("offers the demo users", async () => {
    const { body } = await server.browser().get("/api/login-screen");

    expect((body as { demoUsers: object[] }).demoUsers).toHaveLength(5);
    expect(body).toMatchObject({
      demoUsers: [{ username: "alice", name: "Alice Winter", password: "roost-demo" }, {}, {}, {}, {}],
    });
  });

  it("offers nobody where there is no demo", async () => {
    const { port } = await server.another({ demo: false });

    expect((await new Browser(port).get("/api/login-screen")).body).toEqual({ demoUsers: [] });
  });
});

describe("registering", () => {
  const frank = { username: " Frank.K ", name: "Frank K", password: "long enough" };

  it("logs the new user in, who is in the default rooms", async () => {
    const { db } = server.database;
    const browser = server.browser();
    expect((await browser.post("/api/register", frank)).status).toBe(201);

    const me = (await browser.get("/api/me")).body;
    expect(me).toMatchObject({ user: { username: "frank.k", name: "Frank K" }, roles: ["user"] });
    const joined = await db
      .select({ name: rooms.name, role: members.role })
      .from(members)
      .innerJoin(rooms, eq(rooms.id, members.roomId))
      .innerJoin(users, eq(users.id, members.userId))
      .where(eq(users.username, "frank.k"))
      .orderBy(rooms.name);
    expect(joined).toEqual([
      { name: "general", role: "member" },
      { name: "random", role: "member" },
    ]);
  });

  it("is refused with a name that is taken", async () => {
    const answer = await server.browser().post("/api/register", { ...frank, username: "alice" });

    expect(answer).toMatchObject({ status: 409, body: { reason: "taken" } });
  });

  it("is refused with what is no username, no name, or too short a password", async () => {
    const wrong = [
      { username: "a" },
      { username: "with space" },
      { username: "x".repeat(31) },
      { username: "<b>" },
      { username: "all" },
      { username: "here" },
      { name: "  " },
      { name: "x".repeat(61) },
      { password: "1234567" },
    ];
    for (const change of wrong) {
      const answer = await server.browser().post("/api/register", { ...frank, username: "fred", ...change });
      expect(answer, JSON.stringify(change)).toMatchObject({ status: 400, body: { reason: "invalid" } });
      // A sentence for people, not the schema's own words.
      expect(answer.body).toMatchObject({ message: expect.stringMatching(/^[^<>=]+\.$/) as string });
    }
  });
});

describe("attempts", () => {
  it("begin again with the next window", () => {
    const attempts = new Attempts({ limit: 2, window: 1_000 });

    expect([attempts.take("a", 0), attempts.take("a", 1), attempts.take("a", 999)]).toEqual([true, true, false]);
    expect([attempts.take("b", 2), attempts.take("a", 1_000)]).toEqual([true, true]);
  });

  it("that were none do not count", () => {
    const attempts = new Attempts({ limit: 1, window: 1_000 });
    attempts.take("a", 0);
    attempts.giveBack("a");

    expect([attempts.take("a", 1), attempts.take("a", 2)]).toEqual([true, false]);
  });

  it("keep no more keys than they may", () => {
    const attempts = new Attempts({ limit: 1, window: 1_000, maxKeys: 2 });
    for (const key of ["a", "b", "c"]) attempts.take(key, 0);

    expect([attempts.take("c", 1), attempts.take("b", 1), attempts.take("a", 1)]).toEqual([false, false, true]);
  });
});

describe("a device", () => {
  it("is named by its browser and system", () => {
    expect(deviceOf("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0")).toBe("Firefox on Linux");
    expect(deviceOf("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1")).toBe(
      "Safari on iOS",
    );
    expect(deviceOf()).toBe("Unknown browser");
  });
});
