/** Checks 4 to 13: rooms and messages. */
import { expect } from "vitest";
import { check } from "../check.ts";
import { PATIENCE } from "../person.ts";
import type { Person } from "../person.ts";

export const rooms = [
  check(
    4,
    "a message is there for the other within a second, once, and once for its author",
    async ({ open, within }) => {
      const [alice, bob] = await Promise.all([open("alice"), open("bob")]);
      const seen = bob.message("Good morning from alice");
      const startedAt = performance.now();
      await alice.say("Good morning from alice");
      await seen;
      expect(performance.now() - startedAt).toBeLessThan(within(1_500));
      // A later message shows that no second copy is under way.
      await bob.say("And from bob");
      await alice.message("And from bob");
      for (const person of [alice, bob]) expect(await person.rows("Good morning from alice").count()).toBe(1);
    },
    { fast: true },
  ),

  check(
    5,
    "a room that is not looked at turns bold, without a number; opened, it is not bold and has its line",
    async ({ open }) => {
      const [alice, carol] = await Promise.all([open("alice"), open("carol")]);
      // A moment there is enough to have read what the demo data leaves unread.
      await carol.enter("random");
      await carol.hasUnread("general", { bold: false, badge: 0 });
      await alice.say("Something new for everybody");
      await carol.hasUnread("general", { bold: true, badge: 0 });
      await carol.enter("general");
      await carol.message("Something new for everybody");
      const line = await carol.sees("unread-line");
      const row = await carol.message("Something new for everybody");
      const [lineBox, rowBox] = await Promise.all([line.boundingBox(), row.boundingBox()]);
      expect(lineBox?.y).toBeLessThan((rowBox?.y ?? 0) + (rowBox?.height ?? 0));
      await carol.hasUnread("general", { bold: false, badge: 0 });
    },
    { fast: true },
  ),

  check(
    6,
    "a mention: badge 1, bell 1, title (1); a click leads to the message, and all is zero, in the second tab too",
    async ({ open }) => {
      const [alice, carol] = await Promise.all([open("alice"), open("carol")]);
      await carol.readAndEnter("random");
      const tab = await carol.tab("random");
      const before = await carol.badges();
      await alice.say("@carol can you look at this?");
      for (const person of [carol, tab]) {
        await person.hasUnread("general", { bold: true, badge: 1 });
        await person.bellSays(1);
        await expect.poll(() => person.badges(), { timeout: PATIENCE }).toBe(before + 1);
      }
      await carol.page.bringToFront();
      await carol.click("bell");
      await carol.page.locator('[data-testid^="notification-"]').first().click();
      await carol.message("@carol can you look at this?");
      for (const person of [carol, tab]) {
        await person.hasUnread("general", { bold: false, badge: 0 });
        await person.bellSays(0);
        await expect.poll(() => person.badges(), { timeout: PATIENCE }).toBe(before);
      }
    },
    { fast: true },
  ),

  check(7, "a mention of who is looking at the room: no badge; of who is idle: a badge", async ({ open }) => {
    const [alice, carol] = await Promise.all([open("alice"), open("carol")]);
    await alice.say("@carol you are here, I see");
    await carol.message("@carol you are here, I see");
    await carol.page.waitForTimeout(600); // the server decides 250 ms after a mention
    expect(await carol.unreadOf("general")).toEqual({ bold: false, badge: 0 });
    await carol.bellSays(0);
    await carol.blur();
    await alice.statusOf("carol", "away");
    await alice.say("@carol are you still there?");
    await carol.hasUnread("general", { bold: true, badge: 1 });
    await carol.focus();
    await carol.hasUnread("general", { bold: false, badge: 0 });
  }),

  check(8, "own mention: none; one person twice: one; an unknown name: none", async ({ open }) => {
    const [alice, carol] = await Promise.all([open("alice"), open("carol")]);
    await carol.readAndEnter("random");
    await alice.say("@alice a note to myself, and @nobody.at.all");
    await alice.say("@carol and again @carol!");
    await carol.hasUnread("general", { bold: true, badge: 1 });
    await carol.bellSays(1);
    await alice.bellSays(0);
  }),

  check(
    9,
    "@all without the right: nobody is notified, and a notice says so; by an admin: everybody but the author",
    async ({ open }) => {
      const [alice, dave, carol] = await Promise.all([open("alice"), open("dave"), open("carol")]);
      await Promise.all([alice.enter("random"), carol.readAndEnter("random")]);
      await dave.say("@all look at me");
      await dave.sees("notice", /all/);
      await carol.hasUnread("general", { bold: true, badge: 0 });
      await carol.bellSays(0);
      await carol.enter("general");
      await Promise.all([carol.enter("random"), dave.enter("random"), alice.enter("general")]);
      await alice.say("@all the office closes at five");
      for (const person of [dave, carol]) {
        await person.hasUnread("general", { bold: true, badge: 1 });
        await person.bellSays(1);
      }
      await alice.bellSays(0);
    },
  ),

  check(10, "edit and delete: for all, marked, and only by those who may", async ({ open, raw }) => {
    const [alice, bob] = await Promise.all([open("alice"), open("bob")]);
    await bob.say("I will be there at nine");
    await alice.message("I will be there at nine");
    const id = await bob.act("edit", "I will be there at nine");
    await bob.the(`edit-${id}`).fill("I will be there at ten");
    await bob.click(`save-${id}`);
    await alice.sees(`msg-body-${id}`, "I will be there at ten");
    await alice.sees(`msg-edited-${id}`);
    const carol = await open("carol");
    await carol.message("I will be there at ten");
    await carol.the(`msg-${id}`).hover();
    await carol.click(`msg-menu-${id}`);
    await carol.page.getByRole("menu").waitFor();
    for (const action of ["edit", "delete"]) expect(await carol.the(`msg-${action}-${id}`).count()).toBe(0);
    const forger = await raw("carol");
    const { channel } = await forger.join(`room:${await idOfRoom(carol)}`);
    for (const [event, payload] of [
      ["message:edit", { id, body: "forged" }],
      ["message:delete", { id }],
    ] as const) {
      expect(await forger.push(channel, event, payload)).toMatchObject({
        status: "error",
        response: { reason: "forbidden" },
      });
    }
    await bob.act("delete", "I will be there at ten");
    for (const person of [alice, bob, carol]) {
      await person.sees(`msg-body-${id}`, /deleted/);
      expect(await person.rows("I will be there at ten").count()).toBe(0);
    }
  }),

  check(11, "reactions: the right count and one's own for each, and none after the second time", async ({ open }) => {
    const [alice, bob] = await Promise.all([open("alice"), open("bob")]);
    await alice.say("Who is in for lunch?");
    const id = await bob.react("thumbsup", "Who is in for lunch?");
    const [his, hers] = [bob.the(`reaction-${id}-👍`), alice.the(`reaction-${id}-👍`)];
    await expect.poll(() => hers.textContent(), { timeout: PATIENCE }).toContain("1");
    expect(await his.getAttribute("data-own")).toBe("true");
    expect(await hers.getAttribute("data-own")).not.toBe("true");
    await hers.click();
    await expect.poll(() => his.textContent(), { timeout: PATIENCE }).toContain("2");
    await his.click();
    await expect.poll(() => hers.textContent(), { timeout: PATIENCE }).toContain("1");
    await hers.click();
    await bob.seesNot(`reaction-${id}-👍`);
  }),

  check(
    12,
    "older messages come in pages, without a gap, a double or a jump, up to the start and back to the end",
    async ({ open }) => {
      const alice = await open("alice");
      await alice.page.emulateMedia({ reducedMotion: "no-preference" });
      await readBack(alice);
    },
  ),

  check(12, "the same where nothing is scrolled smoothly", async ({ open }) => readBack(await open("alice"))),

  check(
    12,
    "the address of an old message shows it with what is around it; from there to the newest",
    async ({ open }) => {
      const alice = await open("alice");
      await alice.rows().first().waitFor();
      const onScreen = async () => (await alice.page.evaluate<[number, string][]>(ON_SCREEN)).map(([seq]) => seq);
      const newest = (await onScreen()).at(-1);
      const old = new URL(alice.page.url());
      old.searchParams.set("m", "20");
      await alice.page.goto(old.href);
      await expect.poll(onScreen, { timeout: PATIENCE }).toEqual(expect.arrayContaining([18, 19, 20, 21, 22]));
      await alice.click("jump-to-latest");
      await expect.poll(async () => (await onScreen()).at(-1), { timeout: PATIENCE }).toBe(newest);
      await alice.seesNot("jump-to-latest");
    },
  ),

  check(13, "the same message sent twice is one message", async ({ open, raw }) => {
    const alice = await open("alice");
    const bob = await raw("bob");
    const { channel } = await bob.join(`room:${await idOfRoom(alice)}`);
    const payload = { clientId: "the-same", body: "Sent twice, kept once" };
    const [first, second] = await Promise.all([
      bob.push(channel, "message:send", payload),
      bob.push(channel, "message:send", payload),
    ]);
    expect(first.status).toBe("ok");
    expect(second).toMatchObject({ status: "ok", response: { message: { id: idIn(first.response) } } });
    await alice.message("Sent twice, kept once");
    await bob.push(channel, "message:send", { clientId: "another", body: "And one more" });
    await alice.message("And one more");
    expect(await alice.rows("Sent twice, kept once").count()).toBe(1);
  }),
];

const idIn = (response: unknown): number => (response as { message: { id: number } }).message.id;

/** The id of the room on somebody's screen, as its address says. */
export async function idOfRoom({ page }: { page: import("playwright-core").Page }): Promise<number> {
  await page.waitForURL(/\/room\/\d+/);
  return Number(/\/room\/(\d+)/.exec(page.url())?.[1]);
}

/** Pixels of one notch of a wheel, as Chromium has it. */
const STEP = 120;

/** Of the rows on the screen, even if only in part: seq and test id. */
const ON_SCREEN = `(() => {
  const { top, bottom } = document.querySelector(".message-scroller").getBoundingClientRect();
  return [...document.querySelectorAll('[data-testid^="msg-"][data-seq]')].flatMap((row) => {
    const box = row.getBoundingClientRect();
    return box.bottom > top && box.top < bottom ? [[Number(row.dataset.seq), row.dataset.testid]] : [];
  });
})()`;

/** No row goes by between two looks, however slow the machine is. */
const TWO_FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))";

/** Wheels up to the start of #general and down to its end again, and looks at all rows that go by. */
async function readBack(alice: Person): Promise<void> {
  const seen = new Map<number, string>();
  const look = async (): Promise<number[]> => {
    const rows = await alice.page.evaluate<[number, string][]>(ON_SCREEN);
    for (const [seq, id] of rows) {
      if (seen.has(seq)) expect(seen.get(seq)).toBe(id);
      seen.set(seq, id);
    }
    const seqs = rows.map(([seq]) => seq);
    expect(seqs).toEqual(seqs.map((_, at) => (seqs[0] ?? 0) + at));
    return seqs;
  };
  const turn = async (way: 1 | -1, isThere: () => Promise<boolean>): Promise<void> => {
    const deadline = performance.now() + 60_000;
    let [before] = await look();
    while (!(await isThere()) && performance.now() < deadline) {
      await alice.page.mouse.wheel(0, way * STEP);
      await alice.page.evaluate(TWO_FRAMES);
      const [first] = await look();
      // Messages that come in above and below move nobody.
      expect(way * ((first ?? 0) - (before ?? 0)), "moved against the wheel").toBeGreaterThanOrEqual(0);
      before = first;
    }
  };
  const isOnScreen = async (testId: string): Promise<boolean> => {
    const [found] = await alice.the(testId).all();
    const top = (await found?.boundingBox())?.y;
    return top !== undefined && top >= 0;
  };

  await alice.rows().first().waitFor();
  await alice.the("message-list").hover();
  const newest = (await look()).at(-1) ?? 0;
  await turn(-1, () => isOnScreen("start-of-conversation"));
  await alice.sees("start-of-conversation");
  expect([...seen.keys()].toSorted((a, b) => a - b)).toEqual(Array.from({ length: newest }, (_, at) => at + 1));
  expect(newest).toBeGreaterThan(200);
  expect(new Set(seen.values()).size).toBe(newest);
  await turn(1, async () => (await alice.the("jump-to-latest").count()) === 0);
  expect((await look()).at(-1)).toBe(newest);
}
