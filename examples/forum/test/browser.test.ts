/** The forum's page as people use it, in a real browser. */
import { memoryStore, startSite } from "@wingbeat/example-site";
import type { Site } from "@wingbeat/example-site";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { hasChromium, launch } from "../../../tools/test/chromium.ts";
import { openWindow, says, shows } from "../../site/test/windows.ts";
import { forum } from "../src/server.ts";

describe.skipIf(!hasChromium())("the forum in a browser", () => {
  let browser: Browser;
  let site: Site;

  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    const shared = { store: memoryStore(), secret: "a secret of these tests" };
    site = await startSite({ examples: { "/": forum(shared) }, port: 0, logger: false });
  });
  afterEach(() => site.close());

  async function open(): Promise<Page> {
    const page = await openWindow(browser, `http://127.0.0.1:${site.port}/`);
    await shows(page, "#connection", "Connected");
    return page;
  }

  async function enter(name: string): Promise<Page> {
    const page = await open();
    await page.getByRole("button", { name: new RegExp(`^${name}`) }).click();
    await says(page, "#you-name", name);
    await hearsItsTopics(page);
    return page;
  }

  /** The counts are fetched when the member's own topic is joined. */
  const hearsItsTopics = (page: Page) => page.locator("#count-message", { hasText: /\d/ }).waitFor();

  /** The second tab of a session. */
  async function secondTab(page: Page): Promise<Page> {
    const opened = page.context().waitForEvent("page");
    await page.getByRole("link", { name: "Second tab of this session" }).click();
    const tab = await opened;
    await hearsItsTopics(tab);
    return tab;
  }

  const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();
  const isOnline = (page: Page, name: string, online: boolean) => shows(page, `[data-online="${online}"]`, name);
  /** The events in a tab's log. */
  const told = async (page: Page) =>
    (await page.locator("#log code").allTextContents()).map((text) => text.split(" ")[0]);

  it("checks 21, 23: dots: green at once, green while a tab is left, grey after the last one; guests are not counted", async () => {
    const guest = await open();
    await shows(guest, "#members", "Margaret");
    for (const name of ["Ada", "Grace", "Linus", "Margaret"]) await isOnline(guest, name, false);
    const grace = await enter("Grace");
    await isOnline(guest, "Grace", true);
    const second = await secondTab(grace);
    await isOnline(second, "Grace", true);
    await grace.close();
    // Grey would come with the diff of that leave, so something later is waited for.
    const linus = await enter("Linus");
    await isOnline(guest, "Linus", true);
    await isOnline(guest, "Grace", true);
    await second.close();
    await isOnline(guest, "Grace", false);
    await press(linus, "Log out");
    await isOnline(guest, "Linus", false);
  });

  it("check 21: the dot of a browser that is killed turns grey", async () => {
    const guest = await open();
    const other = await launch();
    const page = await (await other.newContext()).newPage();
    await page.goto(`http://127.0.0.1:${site.port}/`);
    await press(page, "Linus");
    await isOnline(guest, "Linus", true);
    const session = await other.newBrowserCDPSession();
    await session.send("Browser.crash").catch(() => {}); // nobody is left to answer
    await isOnline(guest, "Linus", false);
  });

  it("checks 31, 34: six buttons, six broadcasts, each to the topic it is for", async () => {
    const [guest, ada, grace, linus] = [await open(), await enter("Ada"), await enter("Grace"), await enter("Linus")];

    await press(ada, "Message Linus");
    await says(linus, "#count-message", "1");
    await press(grace, "Mention Linus");
    await says(linus, "#count-mention", "1");
    await press(grace, "Ban Linus");
    await says(linus, "#banned", "You are banned: you cannot write.");
    await press(linus, "Mention Ada");
    await says(linus, "#members-error", "You are banned.");
    await press(grace, "Unban Linus");
    await says(linus, "#may", "You may send private messages.");

    await ada.getByLabel("Users", { exact: true }).uncheck();
    await says(linus, "#may", "You may not send private messages.");
    await ada.getByLabel("Moderators", { exact: true }).uncheck();
    await says(grace, "#may", "You may not send private messages.");
    await shows(linus, "#log p", "→ not your role");
    const roles = ["permissionsChanged", "permissionsChanged"];
    const forLinus = ["newMessage", "refreshMentions", "reauthenticate", "reauthenticate"];
    expect(await told(linus)).toEqual([...forLinus, ...roles]);
    await press(linus, "Message Ada");
    await says(linus, "#members-error", "You may not send private messages.");

    await ada.getByLabel("Announcement", { exact: true }).last().fill("Closed <b>tonight</b>");
    await press(ada, "Announce");
    for (const page of [guest, ada, grace, linus]) await says(page, "#banner", "Closed <b>tonight</b>");
    await linus.reload(); // who comes later sees it too
    await says(linus, "#banner", "Closed <b>tonight</b>");
    expect(await linus.locator("#admin").isVisible()).toBe(false);

    expect(await told(guest)).toEqual(["announcement"]);
    expect(await told(ada)).toEqual([...roles, "announcement"]);
    expect(await told(grace)).toEqual([...roles, "announcement"]);
  });

  it("check 34: tabs of a session agree on what is read, and a logout ends them, but no other login", async () => {
    const linus = await enter("Linus");
    const [tab, laptop] = [await secondTab(linus), await enter("Linus")];
    site.endpoint.broadcast("user:3", "newMessage", {});
    await tab.locator('[data-dismiss="message"]').click();
    for (const page of [linus, tab, laptop])
      await page.locator("#log p:nth-child(2)", { hasText: "newMessage" }).waitFor();

    await press(linus, "Log out");
    for (const page of [linus, tab]) {
      await says(page, "#you-name", "a guest");
      await shows(page, "#log p", "→ logs out");
      await shows(page, "#connection", "Connected");
    }
    await shows(laptop, "#log p", "→ another session");
    expect(await laptop.locator("#you-name").textContent()).toBe("Linus");
    await isOnline(tab, "Linus", true); // on the laptop
  });

  it("stays logged in over a reload, and goes on as a guest when the server has forgotten the session", async () => {
    const ada = await enter("Ada");
    await ada.reload();
    await says(ada, "#you-name", "Ada");
    const { port } = site;
    await site.close();
    await shows(ada, "#connection", "Reconnecting…");
    const shared = { store: memoryStore(), secret: "a secret of these tests" };
    site = await startSite({ examples: { "/": forum(shared) }, port, logger: false });
    await says(ada, "#you-name", "a guest");
    await shows(ada, "#connection", "Connected");
  });
});
