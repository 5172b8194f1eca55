/** Checks 31 to 33, 35, 38 to 40: announcements, notifications, and what must not happen. */
import { expect } from "vitest";
import { check } from "../check.ts";
import { PATIENCE } from "../person.ts";
import { idOfRoom } from "./rooms.ts";

export const around = [
  check(31, "an announcement is a banner in all tabs, of visitors too", async ({ open, visitor }) => {
    const [alice, bob] = await Promise.all([open("alice"), open("bob")]);
    const guest = await visitor();
    await guest.getByTestId("login-username").waitFor();
    await alice.click("me-menu");
    await alice.click("admin");
    await alice.the("admin-announcement").fill("Lunch is served");
    await alice.click("admin-announce");
    await bob.sees("banner", "Lunch is served");
    await guest.getByTestId("banner").filter({ hasText: "Lunch is served" }).waitFor();
  }),

  check(32, "notifications:<id> is for one person; several people are told, once each", async ({ open, raw }) => {
    const alice = await open("alice");
    const [bob, carol, dave] = await Promise.all([raw("bob"), raw("carol"), raw("dave")]);
    expect((await bob.join(`notifications:${carol.userId}`)).answer).toMatchObject({
      status: "error",
      response: { reason: "unauthorized" },
    });
    for (const odd of [`0${bob.userId}`, `${bob.userId} `, "", "x"]) {
      expect((await bob.join(`notifications:${odd}`)).answer.status, odd).toBe("error");
    }
    const inboxes = await Promise.all(
      [bob, carol, dave].map((client) => client.join(`notifications:${client.userId}`)),
    );
    for (const { answer } of inboxes)
      expect(answer).toMatchObject({ status: "ok", response: { unread: expect.any(Number) } });
    await alice.say("@bob @carol @dave @bob please have a look");
    for (const { pushes } of inboxes) {
      const told = (): number => pushes.filter(([event]) => event === "new_notification").length;
      await expect.poll(told, { timeout: PATIENCE }).toBe(1);
    }
    await alice.say("@bob a second one");
    const [first] = inboxes;
    await expect
      .poll(() => first?.pushes.filter(([event]) => event === "new_notification").length, { timeout: PATIENCE })
      .toBe(2);
    expect(inboxes[1]?.pushes.filter(([event]) => event === "new_notification")).toHaveLength(1);
  }),

  check(33, "read on one device, read on the other, also after a reload", async ({ open }) => {
    const [alice, laptop, phone] = await Promise.all([open("alice"), open("carol"), open("carol")]);
    for (const device of [laptop, phone]) await device.readAndEnter("random");
    await alice.say("@carol number one");
    await alice.say("@carol number two");
    for (const device of [laptop, phone]) await device.bellSays(2);
    await laptop.click("bell");
    await laptop.click("read-all");
    for (const device of [laptop, phone]) await device.bellSays(0);
    await phone.goTo("random");
    await phone.bellSays(0);
  }),

  check(35, "a handler that throws ends its channel alone, which joins again", async ({ open, raw }) => {
    const [alice, bob] = await Promise.all([open("alice"), open("bob")]);
    const client = await raw("alice");
    const { channel } = await client.join("crash");
    const room = await client.join(`room:${await idOfRoom(alice)}`);
    const errors: string[] = [];
    for (const each of [channel, room.channel]) each.onError(() => void errors.push(each.topic));
    void client.push(channel, "crash", {});
    await expect.poll(() => errors, { timeout: PATIENCE }).toEqual(["crash"]);
    await expect.poll(() => channel.state, { timeout: PATIENCE }).toBe("joined");
    await bob.say("Nothing has happened to us");
    await alice.message("Nothing has happened to us");
    await expect
      .poll(() => JSON.stringify(room.pushes).includes("Nothing has happened to us"), { timeout: PATIENCE })
      .toBe(true);
    expect(errors).toEqual(["crash"]);
  }),

  check(38, "the official phoenix client joins, pushes, is answered and told", async ({ open, raw }) => {
    const alice = await open("alice");
    const client = await raw("bob");
    const { answer, channel } = await client.join(`room:${await idOfRoom(alice)}`);
    expect(answer).toMatchObject({ status: "ok", response: { room: { name: "general" } } });
    expect(await client.push(channel, "message:send", { clientId: "phx", body: "From phoenix.js" })).toMatchObject({
      status: "ok",
      response: { message: { body: "From phoenix.js" } },
    });
    await alice.message("From phoenix.js");
    const presence = await client.join("system:presence");
    await expect
      .poll(() => presence.pushes.some(([event]) => event === "presence_state"), { timeout: PATIENCE })
      .toBe(true);
  }),

  check(39, "markup in names, topics and messages is text everywhere", async ({ open }) => {
    const [alice, carol] = await Promise.all([open("alice"), open("carol")]);
    await carol.readAndEnter("random");
    const dialogs: string[] = [];
    for (const person of [alice, carol]) {
      person.page.on("dialog", (dialog) => {
        dialogs.push(dialog.message());
        void dialog.dismiss();
      });
    }
    const attack = '<img src=x onerror="alert(1)">';
    await alice.say(`@carol ${attack}`);
    await carol.bellSays(1);
    await carol.click("bell");
    await carol.page.locator('[data-testid^="notification-"]').filter({ hasText: "<img" }).first().waitFor();
    await carol.page.keyboard.press("Escape");
    await alice.command(`/topic ${attack}`);
    await alice.sees("room-topic", "<img src=x");
    await carol.enter("general");
    await carol.sees("room-topic", "<img src=x");
    await carol.message(attack);
    expect(await carol.page.locator("img[src=x]").count()).toBe(0);
    expect(dialogs).toEqual([]);
  }),

  check(
    40,
    "when all tabs are closed the server holds no connection, channel, subscription or timer",
    async ({ app, open }) => {
      const { topics, subscriptions, timers } = app.statsAtRest;
      // Whoever polled in the check before this one is not missed at once.
      await expect.poll(async () => (await app.stats()).connections, { timeout: 2 * PATIENCE }).toBe(0);
      const people = await Promise.all([open("alice"), open("bob")]);
      const busy = await app.stats();
      expect(busy.connections).toBe(2);
      expect(busy.channels).toBeGreaterThanOrEqual(10);
      for (const { page } of people) await page.close();
      await expect
        .poll(() => app.stats(), { timeout: 2 * PATIENCE })
        .toMatchObject({ connections: 0, channels: 0, presences: 0, topics, subscriptions });
      await expect.poll(async () => (await app.stats()).timers, { timeout: 2 * PATIENCE }).toBeLessThanOrEqual(timers);
    },
  ),
];
