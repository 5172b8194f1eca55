/** The page of notifications as people use it, in a real browser. */
import { memoryStore, startSite } from "@wingbeat/example-site";
import type { Site } from "@wingbeat/example-site";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { hasChromium, launch } from "../../../tools/test/chromium.ts";
import { openWindow, says, shows } from "../../site/test/windows.ts";
import { notifications } from "../src/server.ts";

describe.skipIf(!hasChromium())("notifications in a browser", () => {
  const shared = { store: memoryStore(), secret: "a secret of these tests" };
  let browser: Browser;
  let site: Site;

  const start = (port = 0): Promise<Site> =>
    startSite({ examples: { "/": notifications(shared) }, port, logger: false });

  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    shared.store = memoryStore();
    site = await start();
  });
  afterEach(() => site.close());

  async function enter(name: string): Promise<Page> {
    const page = await openWindow(browser, `http://127.0.0.1:${site.port}/`);
    await press(page, name);
    await says(page, "#you-name", name);
    await page.locator("#unread", { hasText: /\d/ }).waitFor(); // known when the topic is joined
    return page;
  }

  const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();
  const unread = (page: Page, count: string) => says(page, "#unread", count);
  const items = (page: Page) => page.locator("#inbox .what").allTextContents();

  async function write(page: Page, text: string): Promise<void> {
    await page.getByLabel("Comment for the board").fill(text);
    await page.keyboard.press("Enter");
    await page.waitForFunction("document.getElementById('body').value === ''"); // it is taken
  }

  it("checks 32, 33: mentions arrive once each, newest first; read on one device is read on the other, also after a reload", async () => {
    const [ada, phone] = [await enter("Ada"), await enter("Grace")];
    await write(ada, "first @grace @GRACE <img src=x onerror=alert(1)>");
    await shows(ada, "#told", "Grace: told");
    await unread(phone, "1");
    const laptop = await enter("Grace");
    await write(ada, "second @grace and @linus");
    await shows(ada, "#told", "Linus: offline");
    for (const page of [phone, laptop]) {
      await unread(page, "2");
      expect(await items(page)).toEqual([
        "Ada: second @grace and @linus",
        "Ada: first @grace @GRACE <img src=x onerror=alert(1)>",
      ]);
      expect(await page.title()).toBe("(2) Notifications · Wingbeat");
    }
    await phone.getByRole("button", { name: "Mark as read", exact: true }).first().click();
    await unread(laptop, "1");
    await shows(ada, "#stats", "1 of 3");
    await press(laptop, "Mark all as read");
    await unread(phone, "0");
    expect(await phone.title()).toBe("Notifications · Wingbeat");
    await phone.reload();
    await phone.locator('#inbox [data-read="true"]').nth(1).waitFor();
    await unread(phone, "0");
    expect(await phone.locator("#inbox img").count()).toBe(0);
  });

  it("C8: three written while the page is away: exactly these come, in order, and no other twice", async () => {
    const [ada, grace] = [await enter("Ada"), await enter("Grace")];
    await write(ada, "before @grace");
    await unread(grace, "1");
    await grace.context().setOffline(true);
    await grace.evaluate("window.dispatchEvent(new Event('offline'))");
    const { port } = site;
    await site.close();
    site = await start(port);
    await shows(ada, "#connection", "Connected");
    for (const text of ["one @grace", "two @grace", "three @grace"]) {
      await write(ada, text);
      await shows(ada, "#told", "Grace: offline");
    }
    await grace.context().setOffline(false);
    await unread(grace, "4");
    expect(await items(grace)).toEqual([
      "Ada: three @grace",
      "Ada: two @grace",
      "Ada: one @grace",
      "Ada: before @grace",
    ]);
  });

  it("C11, C14, C16: the board, muting, removing; notes go to one's own devices", async () => {
    const [ada, grace] = [await enter("Ada"), await enter("Grace")];
    await press(grace, "Read the board");
    await shows(grace, "#comments", "Nobody has written yet.");
    await write(ada, "are you reading, @grace?");
    await shows(ada, "#told", "Grace: reads the board");
    await shows(grace, "#comments .body", "are you reading, @grace?");
    await grace.locator('#inbox [data-read="true"]').waitFor();
    await unread(grace, "0");

    await press(ada, "Read the board");
    await press(ada, "Remove");
    await shows(grace, "#nothing", "Nobody has mentioned you yet.");
    expect(await grace.locator("#comments .message").count()).toBe(0);

    await press(grace, "Close the board");
    await write(ada, "now, @grace?");
    await unread(grace, "1");
    await press(grace, "Mute Ada");
    await shows(grace, "#muted", "Muted: Ada");
    await write(ada, "and now, @grace?");
    await shows(ada, "#told", "Grace: muted you");
    await press(grace, "Unmute Ada");

    await grace.getByLabel("Note to yourself").fill(" ");
    await grace.keyboard.press("Enter");
    await shows(grace, "#inbox-error", "Write something first.");
    await grace.getByLabel("Note to yourself").fill("buy milk");
    await grace.keyboard.press("Enter");
    await unread(grace, "2");
    expect((await items(grace))[0]).toBe("Note: buy milk");
  });

  it("C17: who logs out everywhere is asked who it is on every device; others go on", async () => {
    const [ada, phone, laptop] = [await enter("Ada"), await enter("Grace"), await enter("Grace")];
    await press(phone, "log out everywhere");
    for (const page of [phone, laptop]) await shows(page, "#guest-title", "Who are you?");
    await write(ada, "@grace?");
    await shows(ada, "#told", "Grace: offline");
    await press(laptop, "Grace");
    await unread(laptop, "1");
  });
});
