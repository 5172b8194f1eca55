/** Pictures of every screen, for people to look at: `artifacts/slack/screens/`. Each waits for what it is a picture of. */
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { check } from "./check.ts";
import type { Person } from "./person.ts";

const FOLDER = fileURLToPath(new URL("../../../../artifacts/slack/screens/", import.meta.url));
const PHONE = { width: 390, height: 844 };

const PANELS = ["members", "pinned", "starred", "mentions", "files", "search", "settings"] as const;

/** Like checks, so that they are run in the same way. Their numbers only order them. */
export const SCREENS = [
  check(1, "login", async ({ visitor }) => {
    const page = await visitor();
    await page.getByTestId("demo-alice").waitFor();
    await both(page, "login");
    await page.setViewportSize(PHONE);
    await picture(page, "phone-login");
  }),

  check(2, "workspace", async ({ open }) => {
    const [alice, bob] = await Promise.all([open("alice"), open("bob")]);
    await bob.the("composer").click();
    await bob.page.keyboard.type("Sounds good, I");
    await alice.sees("typing-line", /bob/);
    await both(alice.page, "workspace");
    await alice.act("star", "could you two show the booking page");
    await alice.the("room-title").hover();
    await alice.click("dm-bob");
    await alice.sees("room-title", "Bob");
    await both(alice.page, "direct");
  }),

  check(3, "panels", async ({ open }) => {
    const alice = await open("alice");
    await alice.act("star", "could you two show the booking page");
    for (const name of PANELS) {
      await alice.panel(name);
      if (name === "search") {
        await alice.the("search-input").fill("booking");
        await alice.page.locator('[data-testid^="hit-"]').first().waitFor();
      }
      await alice.page.getByLabel("Loading", { exact: true }).waitFor({ state: "detached" });
      await both(alice.page, `panel-${name}`);
    }
  }),

  check(4, "what opens on a message and at the composer", async ({ open }) => {
    const bob = await open("bob");
    await bob.say("Shall we meet at the booking page?");
    const id = await bob.act("react", "Shall we meet at the booking page?");
    await bob.sees("emoji-search");
    await both(bob.page, "emoji-picker");
    await bob.page.keyboard.press("Escape");
    await bob.the(`msg-${id}`).hover();
    await bob.click(`msg-menu-${id}`);
    await bob.sees(`msg-delete-${id}`);
    await both(bob.page, "message-menu");
    await bob.click(`msg-delete-${id}`);
    await bob.sees("confirm-delete");
    await both(bob.page, "confirm-delete");
    await bob.page.keyboard.press("Escape");
    await bob.act("edit", "Shall we meet at the booking page?");
    await bob.sees(`edit-${id}`);
    await both(bob.page, "edit");
    await bob.page.keyboard.press("Escape");
    for (const [name, text] of [
      ["autocomplete", "@a"],
      ["commands", "/"],
    ] as const) {
      await bob.write("");
      await bob.page.keyboard.type(text);
      await bob.page.getByRole("listbox").waitFor();
      await both(bob.page, name);
    }
  }),

  check(5, "menus and dialogs", async ({ open }) => {
    const alice = await open("alice");
    await alice.click("bell");
    await alice.page.locator('[data-testid^="notification-"]').first().waitFor();
    await closing(alice, "notifications");
    await alice.click("me-menu");
    await alice.sees("status-busy");
    await closing(alice, "me-menu");
    const dialogs = [
      ["browse", ["browse-channels"], "browsed-design"],
      ["create", ["create-channel"], "create-name"],
      ["new-message", ["new-message"], "open-dm-carol"],
      ["switcher", ["open-switcher"], "switcher-input"],
      ["sessions", ["me-menu", "sessions"], "sessions-dialog"],
      ["admin-announcement", ["me-menu", "admin"], "admin-announcement"],
      ["admin-roles", ["me-menu", "admin", "admin-tab-roles"], "perm-user-create-private"],
      ["admin-people", ["me-menu", "admin", "admin-tab-people"], "ban-carol"],
    ] as const;
    for (const [name, clicks, shown] of dialogs) {
      for (const testId of clicks) await alice.click(testId);
      await alice.sees(shown);
      await closing(alice, `dialog-${name}`);
    }
    await alice.panel("members");
    await alice.the("member-carol").getByRole("button").first().click();
    await alice.sees("profile");
    await closing(alice, "dialog-profile");
    await alice.page.keyboard.press("Control+/");
    await alice.sees("shortcuts-dialog");
    await closing(alice, "dialog-shortcuts");
  }),

  check(6, "rooms that are closed, and what stands above all", async ({ open }) => {
    const [alice, carol] = await Promise.all([open("alice"), open("carol", { room: "news", wire: true })]);
    await both(carol.page, "read-only");
    await alice.click("me-menu");
    await alice.click("admin");
    await alice.the("admin-announcement").fill("The kitchen is closed from two to three.");
    await alice.click("admin-announce");
    await carol.sees("banner");
    await both(carol.page, "announcement");
    carol.unplug();
    await carol.sees("conn-strip");
    await both(carol.page, "reconnecting");
    carol.plugIn();
  }),

  check(7, "phone", async ({ open }) => {
    const alice = await open("alice");
    await alice.page.setViewportSize(PHONE);
    await both(alice.page, "phone-room");
    await alice.click("open-sidebar");
    await alice.the("room-random").waitFor();
    await both(alice.page, "phone-sidebar");
    await alice.page.mouse.click(PHONE.width - 20, PHONE.height / 2); // beside it
    await alice.click("open-members");
    await alice.sees("panel-members");
    await both(alice.page, "phone-panel");
    await alice.click("close-panel");
    await alice.click("open-sidebar");
    await alice.click("browse-channels");
    await alice.sees("browsed-design");
    await both(alice.page, "phone-dialog");
  }),
];

/** In light and in dark, and closed again. */
async function closing(person: Person, name: string): Promise<void> {
  await both(person.page, name);
  await person.page.keyboard.press("Escape");
  await person.page.locator('[role="dialog"], [role="menu"]').waitFor({ state: "detached" });
}

async function both(page: Page, name: string): Promise<void> {
  await picture(page, name);
  await page.emulateMedia({ colorScheme: "dark" });
  await picture(page, `${name}-dark`);
  await page.emulateMedia({ colorScheme: "light" });
}

async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  await page.screenshot({ path: `${FOLDER}${name}.png`, animations: "disabled" });
}
