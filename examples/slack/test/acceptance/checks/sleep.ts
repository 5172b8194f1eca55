/** Check 41, beside the list: laptops that are put to sleep. */
import { expect } from "vitest";
import { check } from "../check.ts";
import { PATIENCE } from "../person.ts";
import type { Person } from "../person.ts";

/** The server waits so many ms at most for a sign of life. */
const GIVEN_UP = 100_000;

const MISSED = Array.from({ length: 40 }, (_, index) => index + 1);
const sent = ({ username }: Person): string => `Sent by ${username} as the lid closes`;

export const sleep = [
  check(
    41,
    "a laptop sleeps, a moment or long, with a network or without: all that was missed is there, in order, once",
    async ({ open }) => {
      const [alice, bob] = await Promise.all([open("alice"), open("bob", { room: "random" })]);
      // Dave's connection outlives the short sleep, and the server ends it in the long one. Carol's network goes as well.
      const [dave, carol] = [await open("dave", { laptop: true }), await open("carol", { laptop: true, wire: true })];
      const sleepers = [dave, carol];
      await alice.panel("members");
      for (const sleeper of sleepers) await sleeper.readAndEnter("random");
      for (const sleeper of sleepers) await sleeper.readAndEnter("general");

      dave.sleep();
      await alice.say("Just a blink");
      await alice.page.waitForTimeout(3_000);
      dave.wake();
      await dave.message("Just a blink");
      expect(await dave.the("conn-strip").count()).toBe(0);

      for (const text of ["Meet at nine", "Never mind", "Who is in for lunch?"]) await alice.say(text);
      for (const sleeper of sleepers) {
        await sleeper.message("Who is in for lunch?");
        await sleeper.write(sent(sleeper));
        sleeper.loseSignal();
        await sleeper.page.keyboard.press("Enter");
        await sleeper.page.keyboard.insertText("a draft that is kept");
        sleeper.sleep();
      }
      const half = MISSED.length / 2;
      for (const n of MISSED.slice(0, half)) await alice.say(`missed ${n}`);
      const edited = await alice.act("edit", "Meet at nine");
      await alice.the(`edit-${edited}`).fill("Meet at ten");
      await alice.click(`save-${edited}`);
      const deleted = await alice.act("delete", "Never mind");
      const reacted = await alice.react("thumbsup", "Who is in for lunch?");
      await bob.say("@carol @dave are you there?");
      for (const { username } of sleepers) await alice.statusOf(username, "offline", GIVEN_UP);
      for (const n of MISSED.slice(half)) await alice.say(`missed ${n}`);
      await bob.say("@carol @dave still asleep?");

      for (const sleeper of sleepers) sleeper.wake();
      for (const sleeper of sleepers) {
        sleeper.plugIn();
        await hasAll(sleeper);
        await sleeper.sees(`msg-body-${edited}`, "Meet at ten");
        await sleeper.sees(`msg-body-${deleted}`, /deleted/);
        await sleeper.sees(`reaction-${reacted}-👍`);
        expect(await sleeper.the("composer").inputValue()).toBe("a draft that is kept");
        await alice.statusOf(sleeper.username, "online");
      }
      for (const sleeper of sleepers) {
        for (const text of sleepers.map(sent)) {
          await sleeper.message(text);
          expect(await sleeper.rows(text).count()).toBe(1);
        }
        await sleeper.goTo("general"); // as the database says
        await hasAll(sleeper);
      }
    },
  ),
];

async function hasAll(sleeper: Person): Promise<void> {
  const missed = async (): Promise<number[]> => {
    const rows = await sleeper.rows(/missed \d/).allTextContents();
    return rows.map((text) => Number(/missed (\d+)/.exec(text)?.[1]));
  };
  await expect.poll(missed, { timeout: 2 * PATIENCE }).toEqual(MISSED);
  await sleeper.hasUnread("general", { bold: false, badge: 0 });
  await sleeper.hasUnread("random", { bold: true, badge: 2 });
  await sleeper.bellSays(2);
}
