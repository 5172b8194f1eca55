/** Checks 25 to 30: direct messages, several tabs and devices, logging out, being away. */
import { expect } from "vitest";
import { check } from "../check.ts";
import { PATIENCE } from "../person.ts";
import { watchTraffic } from "../traffic.ts";
import { idOfRoom } from "./rooms.ts";

export const directAndDevices = [
  check(
    25,
    "a direct message appears with a badge; reading clears it; who is ignored cannot write",
    async ({ open, raw }) => {
      const [dave, carol] = await Promise.all([open("dave"), open("carol")]);
      await dave.click("new-message");
      await dave.the("find-user").fill("carol");
      await dave.click("open-dm-carol");
      await dave.say("Hi Carol, a word?");
      await carol.sees("dm-dave");
      await expect.poll(() => carol.the("badge-dm-dave").textContent(), { timeout: PATIENCE }).toContain("1");
      await carol.click("dm-dave");
      await carol.message("Hi Carol, a word?");
      await carol.seesNot("badge-dm-dave");
      const id = await idOfRoom(carol);
      const ignoring = await raw("carol");
      const user = await ignoring.join(`user:${ignoring.userId}`);
      const ignored = await raw("dave");
      const { channel } = await ignored.join(`room:${id}`);
      expect((await ignoring.push(user.channel, "ignore:set", { userId: ignored.userId, ignored: true })).status).toBe(
        "ok",
      );
      expect(await ignored.push(channel, "message:send", { clientId: "blocked", body: "Hello?" })).toMatchObject({
        status: "error",
        response: { reason: "blocked" },
      });
    },
  ),

  check(
    26,
    "two tabs: reading in one clears the badge in the other; different rooms do not disturb each other",
    async ({ open }) => {
      const [alice, carol] = await Promise.all([open("alice"), open("carol")]);
      await carol.readAndEnter("random");
      const tab = await carol.tab("design");
      await alice.say("@carol one for both tabs");
      for (const person of [carol, tab]) await person.hasUnread("general", { bold: true, badge: 1 });
      await carol.enter("general");
      for (const person of [carol, tab]) await person.hasUnread("general", { bold: false, badge: 0 });
      await tab.sees("room-title", "design");
      await tab.say("I am in design");
      await carol.sees("room-title", "general");
      expect(await carol.rows("I am in design").count()).toBe(0);
    },
  ),

  check(
    27,
    "log out: all tabs of the session, no other device; everywhere: all devices, and nobody else",
    async ({ open }) => {
      const [alice, laptop, phone] = await Promise.all([open("alice"), open("carol"), open("carol")]);
      const tab = await laptop.tab();
      await laptop.click("me-menu");
      await laptop.click("logout");
      for (const person of [laptop, tab]) await person.sees("login-username");
      await phone.say("Still logged in on my phone");
      await alice.message("Still logged in on my phone");
      const again = await open("carol");
      await again.click("me-menu");
      await again.click("logout-everywhere");
      for (const person of [again, phone]) await person.sees("login-username");
      await alice.say("I am still here");
      await alice.message("I am still here");
    },
    { fast: true },
  ),

  check(
    28,
    "offline for 30 s: told so; back online all that was missed is there, in order, once; a draft is kept, and what was sent, in two rooms",
    async ({ open }) => {
      const [alice, carol] = await Promise.all([open("alice"), open("carol", { wire: true })]);
      for (const room of ["random", "general"]) await carol.readAndEnter(room);
      carol.unplug();
      await carol.sees("conn-strip");
      const sent = ["Sent while offline", "sent 2", "sent 3"];
      const elsewhere = ["Sent elsewhere", "elsewhere 2"];
      const send = async (text: string): Promise<void> => {
        await carol.write(text);
        await carol.page.keyboard.press("Enter");
      };
      await carol.enter("random");
      for (const text of elsewhere) await send(text);
      await carol.enter("general");
      for (const text of sent) await send(text);
      await carol.write("a draft that is kept");
      for (let n = 1; n <= 5; n++) await alice.say(`${n === 2 || n === 4 ? "@carol " : ""}missed ${n}`);
      await carol.page.waitForTimeout(30_000);
      carol.plugIn();
      await carol.message("missed 5");
      await carol.seesNot("conn-strip", /offline|reconnect/i);
      for (let n = 1; n <= 5; n++) expect(await carol.rows(`missed ${n}`).count()).toBe(1);
      const order = (await carol.rows(/missed \d/).allTextContents()).map((text) => /missed (\d)/.exec(text)?.[1]);
      expect(order).toEqual(["1", "2", "3", "4", "5"]);
      await alice.message("sent 3");
      await alice.say("a marker");
      await carol.message("a marker");
      for (const person of [alice, carol]) {
        const rows = await person.rows(/Sent while|sent \d/).allTextContents();
        expect(rows.map((text) => sent.find((each) => text.includes(each)))).toEqual(sent);
      }
      await alice.enter("random");
      await alice.message("elsewhere 2");
      const rows = await alice.rows(/elsewhere/).allTextContents();
      expect(rows.map((text) => elsewhere.find((each) => text.includes(each)))).toEqual(elsewhere);
      expect(await carol.the("composer").inputValue()).toBe("a draft that is kept");
    },
  ),

  check(
    29,
    "the server is started again under three tabs: all come back, and agree with the database",
    async ({ app, open }) => {
      const people = await Promise.all([open("alice"), open("bob"), open("carol")]);
      await people[0]?.say("Before the restart");
      for (const person of people) await person.message("Before the restart");
      await app.restart();
      for (const person of people) {
        await expect
          .poll(
            () =>
              person
                .the("conn-strip")
                .filter({ hasText: /offline|reconnect/i })
                .count(),
            { timeout: 2 * PATIENCE },
          )
          .toBe(0);
      }
      await people[1]?.say("After the restart");
      for (const person of people) {
        await person.message("After the restart");
        expect(await person.rows("Before the restart").count()).toBe(1);
      }
    },
  ),

  check(
    30,
    "more missed than is kept: the newest page, not 500 frames, and the rest by scrolling",
    async ({ app, open, raw }) => {
      const carol = await open("carol", { wire: true });
      const roomId = await idOfRoom(carol);
      const received = watchTraffic(carol.page);
      carol.unplug();
      await carol.sees("conn-strip");
      await app.fill(roomId, 520);
      await app.restart(); // what was kept is gone
      const bob = await raw("bob");
      const { channel } = await bob.join(`room:${roomId}`);
      await bob.push(channel, "message:send", { clientId: "last", body: "the last of many" });
      received.length = 0;
      carol.plugIn();
      await carol.message("the last of many");
      const isThere = (): boolean => received.some((frame) => frame.includes("the last of many"));
      await expect.poll(isThere, { timeout: PATIENCE }).toBe(true);
      expect(received.join("\n").split("message:new").length - 1).toBeLessThan(10);
      await carol.the("message-list").hover();
      const deadline = performance.now() + 60_000;
      while ((await carol.rows("filling 4").count()) === 0 && performance.now() < deadline) {
        await carol.page.mouse.wheel(0, -2_000);
        await carol.page.waitForTimeout(50);
      }
      await carol.rows("filling 4").first().waitFor();
    },
  ),
];
