import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { eq } from "drizzle-orm";
import { afterAll, describe, expect, it } from "vitest";
import { Token } from "wingbeat";
import { attachments, messages, users } from "../src/database/schema.ts";
import type { Attachment, Me, SessionInfo } from "../src/contract.ts";
import { sessionsOf } from "../src/accounts.ts";
import { Browser } from "./browser.ts";
import { SECRET, testServer } from "./server.ts";

const page = mkdtempSync(join(tmpdir(), "slack-page-"));
afterAll(() => rmSync(page, { recursive: true, force: true }));
const server = testServer({ dev: true, page });

const PNG = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]);

async function meOf(browser: Browser): Promise<Me> {
  return (await browser.get("/api/me")).body as Me;
}

describe("requests of other sites", () => {
  it("are refused when a page could send them without asking", async () => {
    const alice = await server.as("alice");
    const body = JSON.stringify({ text: "Hacked" });
    const elsewhere = { origin: "https://evil.example", "content-type": "text/plain" };
    const forged = await alice.send("/api/admin/announcement", { method: "POST", body, headers: elsewhere });
    const upload = new FormData();
    upload.set("file", new File([PNG], "a.png"));

    expect(forged).toMatchObject({ status: 403, body: { reason: "forbidden" } });
    const form = { method: "POST", body: upload, headers: { origin: "https://evil.example" } };
    expect((await alice.send("/api/uploads", form)).status).toBe(403);
    expect((await alice.send("/api/logout-all", { method: "POST", headers: { origin: "null" } })).status).toBe(403);
    const crossSite = { ...elsewhere, origin: "", "sec-fetch-site": "cross-site" };
    expect((await alice.send("/api/logout", { method: "POST", headers: crossSite })).status).toBe(403);
    expect((await alice.get("/api/me")).status).toBe(200);
  });

  it("are told by their host, as behind a proxy with TLS the page has another scheme than the request", async () => {
    const alice = await server.as("alice");
    const { port } = server.slack;
    const statusOf = async (origin: string) => {
      const body = new FormData();
      body.set("file", new File([PNG], "a.png"));
      return (await alice.send("/api/uploads", { method: "POST", body, headers: { origin } })).status;
    };

    expect(await statusOf(`https://127.0.0.1:${port}`)).toBe(201);
    expect(await statusOf(`https://127.0.0.1:${port + 1}`)).toBe(403);
    expect(await statusOf(`https://evil.example:${port}`)).toBe(403);
    expect(await statusOf(`https://127.0.0.1.evil.example:${port}`)).toBe(403);
    // Who says neither where the request comes from, nor anything that a page of another site could not send.
    expect(await statusOf("")).toBe(403);
    expect((await alice.send("/api/logout", { method: "POST", headers: { origin: "" } })).status).toBe(403);
    const json = { origin: "", "content-type": "application/json" };
    expect((await alice.send("/api/logout", { method: "POST", body: "{}", headers: json })).status).toBe(200);
  });

  it("get no answer that lets a browser send JSON", async () => {
    const ask = { origin: "https://evil.example", "access-control-request-method": "POST" };
    const preflight = await server.browser().send("/api/login", { method: "OPTIONS", headers: ask });

    expect(preflight.headers.get("access-control-allow-origin")).toBeNull();
  });
});

describe("the page", () => {
  const html = { headers: { accept: "text/html,*/*" } };

  it("is explained when it is not built", async () => {
    const answer = await fetch(`http://127.0.0.1:${server.slack.port}/`, html);

    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain("npm run build");
  });

  it("is what the root is, also for a program that does not say what it accepts", async () => {
    writeFileSync(join(page, "index.html"), "<title>Roost</title>");
    const ask = async (path: string) => {
      // Not fetch: it accepts anything, and says so.
      const [answer] = (await once(get({ port: server.slack.port, path }), "response")) as [IncomingMessage];
      return { status: answer.statusCode, page: await text(answer) };
    };

    expect(await ask("/")).toEqual({ status: 200, page: "<title>Roost</title>" });
    expect(await ask("/room/7")).toEqual({ status: 404, page: "not found" });
  });

  it("is served on every path that asks for HTML, with a policy that lets nothing else in", async () => {
    mkdirSync(join(page, "assets"));
    writeFileSync(join(page, "index.html"), "<title>Roost</title>");
    writeFileSync(join(page, "assets", "main-abc.js"), "go()");
    const { port } = server.slack;
    const home = await fetch(`http://127.0.0.1:${port}/room/7`, html);
    const asset = await fetch(`http://127.0.0.1:${port}/assets/main-abc.js`);

    expect(await home.text()).toBe("<title>Roost</title>");
    expect(home.headers.get("cache-control")).toBe("no-cache");
    expect(home.headers.get("x-content-type-options")).toBe("nosniff");
    const policy = home.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'self'; script-src 'self'; ");
    expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:${port};`);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(asset.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(asset.headers.get("content-type")).toContain("javascript");
    expect((await fetch(`http://127.0.0.1:${port}/assets/gone.js`)).status).toBe(404);
    expect((await server.browser().get("/..%2f..%2fpackage.json")).status).toBe(404);
  });
});

describe("without a session", () => {
  it("everything but logging in is refused", async () => {
    const browser = server.browser();

    for (const path of [
      "/api/me",
      "/api/socket-token",
      "/api/files/1",
      "/api/admin/roles",
      "/api/notifications/counts",
    ]) {
      expect(await browser.get(path), path).toMatchObject({ status: 401, body: { reason: "unauthorized" } });
    }
    const forged = { headers: { cookie: "roost_session=abc" } };
    expect((await browser.send("/api/me", forged)).status).toBe(401);
  });
});

describe("sessions", () => {
  it("give a token for the socket that names them", async () => {
    const alice = await server.as("alice");
    const me = await meOf(alice);
    const { token, userId } = (await alice.get("/api/socket-token")).body as { token: string; userId: number };

    expect(userId).toBe(me.user.id);
    expect(Token.verify(SECRET, "slack socket", token)).toEqual({
      ok: true,
      data: { userId, sessionId: me.sessionId },
    });
  });

  it("end when their user logs out, and the user's other ones go on", async () => {
    const [here, there] = [await server.as("bob"), await server.as("bob")];
    const { sessionId, user } = await meOf(here);
    const told = server.next(`user:${user.id}`);
    const closed = server.next(`session_socket:${sessionId}`);
    const copy = here.cookie;

    expect((await here.post("/api/logout")).status).toBe(200);
    expect(await told).toEqual({ event: "logout", payload: { sessionId } });
    expect(await closed).toEqual({ event: "disconnect", payload: {} });
    expect(here.cookie).toBe("roost_session=");
    expect((await there.send("/api/me", { headers: { cookie: copy } })).status).toBe(401);
    expect((await there.get("/api/me")).status).toBe(200);
  });

  it("all end at once when their user wants it", async () => {
    const [here, there, other] = [await server.as("bob"), await server.as("bob"), await server.as("carol")];
    const { user } = await meOf(here);
    const { sessionId } = await meOf(there);
    const told = server.next(`user:${user.id}`);
    const closed = server.next(`session_socket:${sessionId}`);
    await here.post("/api/logout-all");

    expect(await told).toEqual({ event: "logout", payload: { sessionId: null } });
    expect(await closed).toMatchObject({ event: "disconnect" });
    expect((await there.get("/api/me")).status).toBe(401);
    expect((await other.get("/api/me")).status).toBe(200);
  });

  it("of another device can be ended, but not those of others", async () => {
    const [here, there, carol] = [await server.as("bob"), await server.as("bob"), await server.as("carol")];
    const { sessionId } = await meOf(there);

    expect((await carol.delete(`/api/sessions/${sessionId}`)).status).toBe(404);
    expect((await here.delete(`/api/sessions/${sessionId}`)).status).toBe(200);
    expect((await there.get("/api/me")).status).toBe(401);
    const { user, sessionId: current } = await meOf(here);
    const left: SessionInfo[] = await sessionsOf(server.database.db, user.id, current);
    expect(left.map(({ id }) => id)).not.toContain(sessionId);
  });
});

describe("messages over HTTP", () => {
  it("are stored, and told to those in the room, once", async () => {
    const bob = await server.as("bob");
    const told = server.next("room:1");
    const draft = { clientId: "over-http-1", body: "Hello from a program" };
    const first = await bob.post("/api/rooms/1/messages", draft);
    const second = await bob.post("/api/rooms/1/messages", draft);

    expect(first).toMatchObject({ status: 201, body: { message: { body: draft.body, user: { username: "bob" } } } });
    expect(await told).toMatchObject({ event: "message:new", payload: { body: draft.body } });
    expect(second.body).toEqual(first.body);
  });

  it("are refused where their author may not write", async () => {
    const carol = await server.as("carol");
    const draft = { clientId: "over-http-2", body: "Let me in" };

    expect((await carol.post("/api/rooms/4/messages", draft)).status).toBe(403);
    expect((await carol.post("/api/rooms/5/messages", draft)).body).toMatchObject({ reason: "read_only" });
    expect((await carol.post("/api/rooms/999/messages", draft)).status).toBe(404);
    expect((await carol.post("/api/rooms/1x/messages", draft)).status).toBe(404);
    expect((await carol.post("/api/rooms/1/messages", { ...draft, body: " " })).status).toBe(400);
  });

  it("are counted for whom they mention", async () => {
    const [alice, dave] = [await server.as("alice"), await server.as("dave")];
    const before = (await dave.get("/api/notifications/counts")).body as { mention: number };
    await alice.post("/api/rooms/1/messages", { clientId: "over-http-3", body: "@dave @dave look" });

    expect((await dave.get("/api/notifications/counts")).body).toEqual({ message: 0, mention: before.mention + 1 });
    expect((await dave.get("/api/notifications/counts?max=0")).body).toEqual({ message: 0, mention: "0+" });
  });
});

describe("uploads", () => {
  const store = async (browser: Browser, data = PNG, name = "a.png"): Promise<Attachment> =>
    (await browser.upload(data, name)).body as Attachment;

  it("are images by their first bytes, whatever they are called", async () => {
    const alice = await server.as("alice");
    const html = new TextEncoder().encode("<script>alert(1)</script>");

    expect(await alice.upload(html, "cat.png")).toMatchObject({ status: 400, body: { reason: "invalid" } });
    expect(await alice.upload(new Uint8Array(), "empty.png")).toMatchObject({ status: 400 });
    expect(await alice.upload(PNG, "../../x/cat\u202egnp.exe")).toMatchObject({
      status: 201,
      body: {
        name: "catgnp.exe",
        type: "image/png",
        size: PNG.length,
        url: expect.stringMatching(/^\/api\/files\/\d+$/) as string,
      },
    });
  });

  it("have at most 5 MB", async () => {
    const alice = await server.as("alice");
    const large = new Uint8Array(5_000_001);
    large.set(PNG);

    expect(await alice.upload(large)).toMatchObject({ status: 413, body: { message: "An image may have 5 MB." } });
    expect((await alice.upload(new Uint8Array(6_000_000))).status).toBe(413);
    expect((await alice.upload(large.subarray(0, 5_000_000))).status).toBe(201);
  });

  it("are no more than twenty that nobody has sent", async () => {
    const dave = await server.as("dave");
    const answers: number[] = [];
    for (let n = 0; n < 21; n++) answers.push((await dave.upload(PNG)).status);

    expect(answers.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 201));
    expect(answers.at(-1)).toBe(400);
  });

  it("are shown as what they are and nothing else", async () => {
    const alice = await server.as("alice");
    const { url } = await store(alice, PNG, 'b"ä.png');
    const answer = await alice.get(url);

    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("image/png");
    expect(answer.headers.get("content-disposition")).toBe(
      `inline; filename="b__.png"; filename*=UTF-8''b%22%C3%A4.png`,
    );
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect(answer.headers.get("content-security-policy")).toContain("sandbox");
  });

  it("are for their owner until they are sent, then for those who can read the message", async () => {
    const [alice, bob, carol] = [await server.as("alice"), await server.as("bob"), await server.as("carol")];
    const { id, url } = await store(alice);
    const { db } = server.database;
    expect((await bob.get(url)).status).toBe(404);

    const own = (await meOf(alice)).user.id;
    const values = { roomId: 4, seq: 1_000, userId: own, clientId: "with-file", body: "" }; // in #secret
    const [message] = await db.insert(messages).values(values).returning();
    await db.update(attachments).set({ messageId: message!.id }).where(eq(attachments.id, id));

    expect((await bob.get(url)).status).toBe(200);
    expect((await carol.get(url)).status).toBe(404);
    await db.update(messages).set({ deletedAt: new Date() }).where(eq(messages.id, message!.id));
    expect((await bob.get(url)).status).toBe(404);
  });
});

describe("health and statistics", () => {
  it("say what the server holds", async () => {
    const browser = server.browser();

    expect(await browser.get("/health")).toMatchObject({ status: 200, body: { status: "ok", connections: 0 } });
    expect((await browser.get("/debug/stats")).body).toMatchObject({ connections: 0, channels: 0, presences: 0 });
    const { port } = await server.another({ demo: false });
    expect((await new Browser(port).get("/debug/stats")).status).toBe(404);
    expect(await server.database.db.$count(users)).toBeGreaterThan(4);
  });
});
