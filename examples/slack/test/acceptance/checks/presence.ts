/** Checks 21 to 24: who is there, and who types. Check 23 is the forum's. */
import { expect } from "vitest";
import { check } from "../check.ts";
import { IDLE_MS } from "../app.ts";

export const presence = [
  check(
    21,
    "green while a tab is open, also when the first of two is closed; grey after the last",
    async ({ open }) => {
      const alice = await open("alice");
      await alice.statusOf("bob", "offline");
      const bob = await open("bob");
      await alice.statusOf("bob", "online");
      const second = await bob.tab();
      await second.statusOf("alice", "online");
      await bob.page.close();
      await second.say("Still here in my second tab");
      await alice.message("Still here in my second tab");
      await alice.statusOf("bob", "online");
      await second.page.close();
      await alice.statusOf("bob", "offline");
    },
    { fast: true },
  ),

  check(
    22,
    "away when idle, back with the focus; busy stays through both and a reload; invisible is offline to others",
    async ({ open }) => {
      const [alice, bob] = await Promise.all([open("alice"), open("bob")]);
      await alice.statusOf("bob", "online");
      await bob.blur();
      await alice.statusOf("bob", "away");
      await bob.focus();
      await alice.statusOf("bob", "online");
      await bob.click("me-menu");
      await bob.click("status-busy");
      await alice.statusOf("bob", "busy");
      await bob.blur();
      await bob.page.waitForTimeout(IDLE_MS * 1.5); // the idle timer runs out
      await bob.focus();
      await bob.say("I am busy all the same");
      await alice.message("I am busy all the same");
      await alice.statusOf("bob", "busy");
      await bob.goTo("general");
      await bob.say("Also after a reload");
      await alice.message("Also after a reload");
      await alice.statusOf("bob", "busy");
      await bob.click("me-menu");
      await bob.click("status-invisible");
      await alice.statusOf("bob", "offline");
      await bob.say("You cannot see me");
      await alice.message("You cannot see me");
      await alice.statusOf("bob", "offline");
      await bob.click("me-menu");
      await bob.click("status-online");
      await alice.statusOf("bob", "online");
    },
  ),

  check(
    24,
    "typing is seen by others, not by oneself; it ends with the message, with silence, and with the tab",
    async ({ open }) => {
      const [alice, bob] = await Promise.all([open("alice"), open("bob")]);
      await alice.the("composer").click();
      await alice.page.keyboard.type("I am thinking");
      await bob.sees("typing-line", /alice/i);
      expect(await alice.the("typing-line").filter({ hasText: /alice/i }).count()).toBe(0);
      await alice.page.keyboard.press("Enter");
      await bob.message("I am thinking");
      await bob.seesNot("typing-line", /alice/i);
      await alice.page.keyboard.type("and then");
      await bob.sees("typing-line", /alice/i);
      await bob.seesNot("typing-line", /alice/i);
      await alice.page.keyboard.type(" again");
      await bob.sees("typing-line", /alice/i);
      await alice.page.close();
      await bob.seesNot("typing-line", /alice/i);
    },
  ),
];
