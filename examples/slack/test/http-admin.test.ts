import { describe, expect, it } from "vitest";
import type { Me } from "../src/contract.ts";
import type { Browser } from "./browser.ts";
import { testServer } from "./server.ts";

const server = testServer();

const PNG = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]);

async function meOf(browser: Browser): Promise<Me> {
  return (await browser.get("/api/me")).body as Me;
}

describe("what admins do", () => {
  it("is refused to others", async () => {
    const carol = await server.as("carol");

    expect((await carol.post("/api/admin/announcement", { text: "Me!" })).status).toBe(403);
    expect((await carol.get("/api/admin/roles")).status).toBe(403);
    expect((await carol.put("/api/admin/roles/user", { permission: "announce", allowed: true })).status).toBe(403);
    expect((await carol.post("/api/admin/ban", { userId: 1, reason: "Why not" })).status).toBe(403);
    expect((await carol.get("/api/admin/people/roles")).status).toBe(403);
    const { id } = (await meOf(carol)).user;
    expect((await carol.put(`/api/admin/people/${id}/role`, { role: "admin" })).status).toBe(403);
  });

  it("announces something to everybody, until it is taken back", async () => {
    const alice = await server.as("alice");
    const told = server.next("user:public");
    const { body } = await alice.post("/api/admin/announcement", { text: " Cake at three " });

    expect(body).toEqual({ id: expect.any(Number) as number, text: "Cake at three" });
    expect(await told).toEqual({ event: "announcement", payload: body });
    const ended = server.next("user:public");
    expect((await alice.post("/api/admin/announcement", { text: null })).body).toBeNull();
    expect(await ended).toEqual({ event: "announcement", payload: { id: null } });
    expect((await alice.post("/api/admin/announcement", { text: "  " })).status).toBe(400);
  });

  it("changes what roles may do, and tells those who have them", async () => {
    const [alice, carol] = [await server.as("alice"), await server.as("carol")];
    const told = server.next("user:role");
    const inRoom: string[] = [];
    const room = server.slack.endpoint.subscribe("room:1", ({ event }) => void inRoom.push(event));
    await alice.put("/api/admin/roles/user", { permission: "create-private", allowed: false });

    expect(await told).toEqual({ event: "permissionsChanged", payload: { lookup: "user" } });
    // Rooms on a screen hear that themselves: telling each room would be for everybody, and twice for those with the role.
    expect(inRoom).toEqual([]);
    room.unsubscribe();
    expect((await meOf(carol)).permissions).not.toContain("create-private");
    await alice.put("/api/admin/roles/user", { permission: "create-private", allowed: true });
    expect((await meOf(carol)).permissions).toContain("create-private");
    expect((await alice.put("/api/admin/roles/king", { permission: "announce", allowed: true })).status).toBe(404);
    expect((await alice.put("/api/admin/roles/user", { permission: "fly", allowed: true })).status).toBe(400);
  });

  it("makes people admins, users and guests, and tells each of them", async () => {
    const [alice, erin] = [await server.as("alice"), await server.as("erin")];
    const { id } = (await meOf(erin)).user;
    const told = server.next(`user:${id}`);
    const given = await alice.put(`/api/admin/people/${id}/role`, { role: "admin" });

    expect(given.status).toBe(200);
    expect(await told).toEqual({ event: "reauthenticate", payload: {} });
    expect(await meOf(erin)).toMatchObject({ roles: ["admin", "user"] });
    expect((await erin.get("/api/admin/people/roles")).body).toEqual({
      people: [
        { userId: (await meOf(alice)).user.id, role: "admin" },
        { userId: id, role: "admin" },
      ],
    });
    await alice.put(`/api/admin/people/${id}/role`, { role: "guest" });
    expect(await meOf(erin)).toMatchObject({ roles: ["guest"], permissions: ["create-direct"] });
    expect((await erin.get("/api/admin/people/roles")).status).toBe(403);
    await alice.put(`/api/admin/people/${id}/role`, { role: "user" });
    expect(await meOf(erin)).toMatchObject({ roles: ["user"] });
  });

  it("makes nobody what there is not, and leaves an admin", async () => {
    const alice = await server.as("alice");
    const { id } = (await meOf(alice)).user;

    expect((await alice.put(`/api/admin/people/${id}/role`, { role: "owner" })).status).toBe(400);
    expect((await alice.put("/api/admin/people/999999/role", { role: "admin" })).status).toBe(404);
    expect((await alice.put("/api/admin/people/me/role", { role: "admin" })).status).toBe(404);
    const refused = await alice.put(`/api/admin/people/${id}/role`, { role: "user" });
    expect(refused).toMatchObject({ status: 400, body: { reason: "invalid" } });
    expect(await meOf(alice)).toMatchObject({ roles: ["admin", "user"] });
  });

  it("bans people, who then may read and no more", async () => {
    const [alice, dave] = [await server.as("alice"), await server.as("dave")];
    const { user } = await meOf(dave);
    const told = server.next(`user:${user.id}`);
    await alice.post("/api/admin/ban", { userId: user.id, reason: "Too many dinosaurs" });

    expect(await told).toEqual({ event: "reauthenticate", payload: {} });
    expect(await meOf(dave)).toMatchObject({ banned: "Too many dinosaurs", permissions: [] });
    const bans = { bans: [{ userId: user.id, reason: "Too many dinosaurs" }] };
    expect(await alice.get("/api/admin/bans")).toMatchObject({ status: 200, body: bans });
    expect((await dave.get("/api/admin/bans")).status).toBe(403);
    const refused = await dave.post("/api/rooms/1/messages", { clientId: "banned", body: "Roar" });
    expect(refused).toMatchObject({ status: 403, body: { reason: "banned" } });
    expect((await dave.upload(PNG)).status).toBe(403);

    await alice.post("/api/admin/ban", { userId: user.id, reason: null });
    expect((await alice.get("/api/admin/bans")).body).toEqual({ bans: [] });
    expect((await dave.post("/api/rooms/1/messages", { clientId: "unbanned", body: "Roar" })).status).toBe(201);
  });
});

describe("the inspector", () => {
  it("shows what runs to those who may change roles, and sends the others to the workspace", async () => {
    const [alice, carol, nobody] = [await server.as("alice"), await server.as("carol"), server.browser()];
    expect(await alice.get("/inspector/snapshot/overview")).toMatchObject({ status: 200, body: { view: "overview" } });
    for (const browser of [carol, nobody]) {
      expect((await browser.get("/inspector/snapshot/overview")).status).toBe(403);
      const page = await browser.send("/inspector/", { redirect: "manual" });
      expect([page.status, page.headers.get("location")]).toEqual([302, "/"]);
    }
  });
});
