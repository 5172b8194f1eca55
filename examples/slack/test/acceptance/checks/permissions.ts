/** Checks 14 to 20: private rooms, roles and what they allow. */
import { expect } from "vitest";
import { check } from "../check.ts";
import { PATIENCE } from "../person.ts";
import type { Person } from "../person.ts";
import { watchTraffic } from "../traffic.ts";
import { idOfRoom } from "./rooms.ts";

export const permissions = [
  check(
    14,
    "a private room: not to be found, not to be joined, and nothing of it reaches a stranger",
    async ({ open, raw }) => {
      const [alice, bob, carol] = await Promise.all([
        open("alice", { room: "secret" }),
        open("bob", { room: "secret" }),
        open("carol"),
      ]);
      const received = watchTraffic(carol.page);
      await carol.goTo("general");
      const id = await idOfRoom(alice);
      expect(await carol.the("room-secret").count()).toBe(0);
      const stranger = await raw("carol");
      const { answer, pushes } = await stranger.join(`room:${id}`);
      expect(answer).toMatchObject({ status: "error", response: { reason: "unauthorized" } });
      await alice.say("The plan is between us: xyzzy");
      await bob.message("The plan is between us: xyzzy");
      await bob.say("Understood: xyzzy");
      await alice.message("Understood: xyzzy");
      await alice.enter("general");
      await alice.say("Hello all");
      await carol.message("Hello all");
      expect(pushes).toEqual([]);
      await expect.poll(() => received.some((frame) => frame.includes("Hello all")), { timeout: PATIENCE }).toBe(true);
      expect(received.filter((frame) => frame.includes("xyzzy"))).toEqual([]);
      await carol.click("browse-channels");
      await carol.the("browse-dialog").getByText("design").first().waitFor();
      await carol.the("browse-query").fill("e");
      await carol.the("browse-dialog").getByText("general").first().waitFor();
      expect(await carol.the("browse-dialog").getByText("secret").count()).toBe(0);
    },
    { fast: true },
  ),

  check(
    15,
    "invited: the room appears and is live; kicked: it vanishes at once, and the door is closed",
    async ({ open, raw }) => {
      const [alice, carol] = await Promise.all([open("alice", { room: "secret" }), open("carol")]);
      const id = await idOfRoom(alice);
      await alice.command("/invite @carol");
      await carol.sees("room-secret");
      await carol.enter("secret");
      await alice.say("Welcome, carol");
      await carol.message("Welcome, carol");
      const watcher = await raw("carol");
      const { answer, pushes } = await watcher.join(`room:${id}`);
      expect(answer.status).toBe("ok");
      await alice.command("/kick @carol");
      await carol.seesNot("room-secret");
      await carol.seesNot("room-title", "secret");
      const before = pushes.filter(([event]) => event === "message:new").length;
      await alice.say("Now we are alone again");
      await alice.message("Now we are alone again");
      expect((await watcher.join(`room:${id}`)).answer).toMatchObject({
        status: "error",
        response: { reason: "unauthorized" },
      });
      expect(JSON.stringify(pushes)).not.toContain("Now we are alone again");
      expect(pushes.filter(([event]) => event === "message:new").length).toBeLessThanOrEqual(before + 1);
    },
  ),

  check(
    16,
    "a read-only room: the composer says so, a forged message is refused; switched off, it is live",
    async ({ open, raw }) => {
      const [alice, bob] = await Promise.all([open("alice", { room: "news" }), open("bob", { room: "news" })]);
      await bob.sees("composer-disabled");
      const forger = await raw("bob");
      const { channel } = await forger.join(`room:${await idOfRoom(bob)}`);
      expect(await forger.push(channel, "message:send", { clientId: "forged", body: "forged" })).toMatchObject({
        status: "error",
        response: { reason: "read_only" },
      });
      await alice.say("News: all is well");
      await bob.message("News: all is well");
      await alice.panel("settings");
      await alice.click("settings-readonly");
      await bob.sees("composer");
      await bob.say("Now I may speak");
      await alice.message("Now I may speak");
    },
  ),

  check(17, "muted: refused with a notice; unmuted: heard again", async ({ open, raw }) => {
    const [alice, bob] = await Promise.all([open("alice"), open("bob")]);
    await alice.command("/mute @bob");
    await bob.sees("composer-disabled");
    const forger = await raw("bob");
    const { channel } = await forger.join(`room:${await idOfRoom(bob)}`);
    expect(await forger.push(channel, "message:send", { clientId: "forged", body: "forged" })).toMatchObject({
      status: "error",
      response: { reason: "muted" },
    });
    await alice.command("/unmute @bob");
    await bob.sees("composer");
    await bob.say("Thank you");
    await alice.message("Thank you");
  }),

  check(
    18,
    "archived: gone for all and closed; unarchived: back; renamed: the same conversation everywhere",
    async ({ open, raw }) => {
      const [alice, bob, carol] = await Promise.all([
        open("alice", { room: "random" }),
        open("bob", { room: "random" }),
        open("carol"),
      ]);
      const id = await idOfRoom(alice);
      await bob.say("Before the rename");
      await alice.message("Before the rename");
      await alice.command("/archive");
      await carol.seesNot("room-random");
      // Who is in it keeps what is on the screen, to read: it goes when they go.
      await bob.sees("composer-disabled", /archived/);
      await bob.enter("general");
      await bob.seesNot("room-random");
      const forger = await raw("bob");
      const { answer, channel } = await forger.join(`room:${id}`);
      expect(answer.status).toBe("ok");
      expect(await forger.push(channel, "message:send", { clientId: "forged", body: "forged" })).toMatchObject({
        status: "error",
        response: { reason: "archived" },
      });
      await unarchive(alice);
      await carol.sees("room-random");
      await bob.enter("random");
      await alice.enter("random");
      await alice.command("/rename chatter");
      for (const person of [alice, bob, carol]) {
        await person.sees("room-chatter");
        await person.seesNot("room-random");
      }
      for (const person of [alice, bob]) {
        await person.sees("room-title", "chatter");
        await person.message("Before the rename");
      }
      await alice.say("After the rename");
      await bob.message("After the rename");
    },
  ),

  check(
    19,
    "a permission is taken away: those with the role ask anew, the switch goes, a forged room is refused",
    async ({ open, raw, visitor }) => {
      const [alice, carol] = await Promise.all([open("alice"), open("carol")]);
      const guest = await visitor();
      await guest.getByTestId("login-username").waitFor();
      const asked = { carol: 0, guest: 0 };
      carol.page.on("request", (request) => void (request.url().endsWith("/api/me") && asked.carol++));
      guest.on("request", (request) => void (request.url().endsWith("/api/me") && asked.guest++));
      await carol.click("create-channel");
      await carol.sees("create-private");
      await carol.page.keyboard.press("Escape");
      await administer(alice, "roles");
      await alice.the("perm-user-create-private").uncheck();
      await expect.poll(() => asked.carol, { timeout: PATIENCE }).toBeGreaterThan(0);
      expect(asked.guest).toBe(0);
      await carol.click("create-channel");
      await carol.sees("create-name");
      await carol.seesNot("create-private");
      const forger = await raw("carol");
      const { channel } = await forger.join(`user:${forger.userId}`);
      expect(await forger.push(channel, "room:create", { name: "hidden", kind: "private" })).toMatchObject({
        status: "error",
        response: { reason: "forbidden" },
      });
    },
  ),

  check(19, "who may not read the channel on screen any more is shown out", async ({ open }) => {
    const [alice, dave] = await Promise.all([open("alice"), open("dave", { room: "design" })]);
    await dave.sees("room-title", "design");
    await administer(alice, "roles");
    await alice.the("perm-user-view-public").uncheck();
    await dave.page.getByText("You cannot see this conversation").waitFor();
    expect(await dave.rows().count()).toBe(0);
  }),

  check(19, "made an admin, one has the administration at once; made a guest, it is gone", async ({ open }) => {
    const [alice, carol] = await Promise.all([open("alice"), open("carol")]);
    await administer(alice, "people");
    await alice.the("global-role-carol").selectOption("admin");
    await carol.click("me-menu");
    await carol.sees("admin");
    await alice.the("global-role-carol").selectOption("guest");
    await carol.seesNot("admin");
    await alice.the("global-role-alice").selectOption("user");
    await alice.page.getByText("This is the last admin").waitFor();
  }),

  check(20, "banned: told at once, with a banner, and nothing is taken any more", async ({ open, raw }) => {
    const [alice, carol] = await Promise.all([open("alice"), open("carol")]);
    const forger = await raw("carol");
    const { channel } = await forger.join(`room:${await idOfRoom(carol)}`);
    await administer(alice, "people");
    await alice.the("ban-reason").fill("for the test");
    await alice.the("ban-find").fill("carol");
    await alice.click("ban-carol");
    await carol.sees("ban-banner", "for the test");
    await carol.sees("composer-disabled");
    expect(await forger.push(channel, "message:send", { clientId: "forged", body: "forged" })).toMatchObject({
      status: "error",
      response: { reason: "banned" },
    });
  }),
];

async function administer(admin: Person, tab: "announcement" | "roles" | "people"): Promise<void> {
  await admin.click("me-menu");
  await admin.click("admin");
  await admin.click(`admin-tab-${tab}`);
}

/** Commands need a composer, which an archived room has not. */
async function unarchive(person: Person): Promise<void> {
  await person.panel("settings");
  await person.click("settings-archived");
}
