/** The pages as people use them: two windows of a real browser. */
import { memoryStore, startSite } from "@wingbeat/example-site";
import type { Site } from "@wingbeat/example-site";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { gallery } from "../src/gallery.ts";
import { Programs } from "../src/programs.ts";
import { hasChromium, launch } from "../../../tools/test/chromium.ts";

const programs = new Programs("127.0.0.1");
const start = (port = 0): Promise<Site> => {
  const shared = { store: memoryStore(), secret: "a secret of these tests" };
  return startSite({ ...gallery(shared, programs), port, logger: false });
};

async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel("Message", { exact: true }).fill(text);
  await page.keyboard.press("Enter");
}

/** Waits until an element shows a text. */
const shows = (page: Page, selector: string, text: string): Promise<void> =>
  page.locator(selector, { hasText: text }).first().waitFor();

describe.skipIf(!hasChromium())("the gallery in a browser", () => {
  let browser: Browser;
  let site: Site;

  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    site = await start();
  });
  afterEach(() => site.close());

  /** A window of its own; a script error in it fails the test. */
  async function open(path: string): Promise<Page> {
    const context = await browser.newContext();
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    const errors: Error[] = [];
    page.on("pageerror", (error) => errors.push(error));
    onTestFinished(async () => {
      await context.close();
      expect(errors).toEqual([]);
    });
    await page.goto(`http://127.0.0.1:${site.port}${path}`);
    return page;
  }

  const post = (path: string, body: object): Promise<Response> =>
    fetch(`http://127.0.0.1:${site.port}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });

  async function enter(path: string, name: string): Promise<Page> {
    const page = await open(path);
    await page.getByLabel("Name", { exact: true }).first().fill(name);
    await page.keyboard.press("Enter");
    await shows(page, "#connection", "Connected");
    return page;
  }

  it.each([
    ["Lobby", "Who are you?"],
    ["Rooms", "Who are you?"],
    ["Forum", "Log in"],
    ["Notifications", "Who are you?"],
  ])("leads from the index to %s", async (example, question) => {
    const home = await open("/");
    const opened = home.waitForEvent("popup");
    await home.getByRole("link", { name: `Open ${example}` }).click();
    const page = await opened;
    await page.getByRole("heading", { name: question }).waitFor();
    expect(await page.title()).toBe(`${example} · Wingbeat`);
  });

  it("the forum and the notifications work beside the others", async () => {
    const page = await open("/forum/");
    await page.getByRole("button", { name: "Linus" }).click();
    await shows(page, '[data-online="true"]', "Linus");
    await page.goto(`http://127.0.0.1:${site.port}/notifications/`);
    await page.getByRole("button", { name: "Linus" }).click();
    await shows(page, "#connection", "Connected");
    await page.getByLabel("Note to yourself").fill("a note");
    await page.keyboard.press("Enter");
    await shows(page, "#inbox", "Note: a note");
  });

  it("two people chat in the lobby, and markup stays text", async () => {
    const ada = await enter("/lobby/", "Ada");
    await shows(ada, ".note", "Welcome to the lobby, Ada!");
    const grace = await enter("/lobby/", "Grace");
    await shows(ada, ".note", "Grace joined");
    await say(ada, "hello <img src=x onerror=alert(1)>");
    await shows(grace, ".message:not(.mine) .body", "hello <img src=x onerror=alert(1)>");
    await grace.getByLabel("Message", { exact: true }).pressSequentially("hm");
    await shows(ada, "#typing", "Grace …");
    await say(grace, "hello back");
    await ada.waitForFunction('document.querySelector("#typing").textContent === ""');
    await shows(ada, ".message:not(.mine) .body", "hello back");
    await shows(ada, ".message.mine .body", "hello <img src=x onerror=alert(1)>");
    expect(await ada.locator(".log img").count()).toBe(0);
    await grace.close();
    await shows(ada, ".note", "Grace left");
  });

  it("bad input gets a polite answer beside it", async () => {
    const page = await open("/lobby/");
    await page.keyboard.press("Enter");
    await shows(page, "#name-error", "Please type a name.");
    await page.keyboard.type("Ada");
    await page.keyboard.press("Enter");
    await shows(page, ".note", "Welcome");
    await say(page, " ");
    await shows(page, "#composer-error", "Write something first.");
    await say(page, "x".repeat(501));
    await shows(page, "#composer-error", "Keep it below 500 characters.");
    expect(await page.getByLabel("Message", { exact: true }).inputValue()).toHaveLength(501);
    await page.getByRole("button", { name: "chat:secret" }).click();
    await shows(page, "#join-error", "You don't have permission!");
    await page.getByRole("button", { name: "chat:nowhere" }).click();
    await shows(page, "#join-error", "chat:nowhere: Nobody has written that topic");
    await page.getByRole("button", { name: "mew_msg" }).click();
    await shows(page, "#typo-error", "The server does not know that event.");
    await say(page, "all is well");
    await shows(page, ".message .body", "all is well");
    expect(await page.locator("#composer-error").textContent()).toBe("");
  });

  it("the page comes back by itself when the server does", async () => {
    const page = await enter("/lobby/", "Ada");
    await shows(page, ".note", "Welcome");
    await site.close();
    await shows(page, "#connection", "Reconnecting…");
    await say(page, "kept");
    await shows(page, "#composer-error", "You are not connected. Your text is kept");
    site = await start(site.port);
    await shows(page, "#connection", "Connected");
    await shows(page, ".note", "Welcome");
    await page.keyboard.press("Enter");
    await shows(page, ".message.mine .body", "kept");
    expect(await page.getByLabel("Message", { exact: true }).inputValue()).toBe("");
  });

  it("a room is caught up after a restart: what the server has forgotten goes, what it got meanwhile comes", async () => {
    const page = await enter("/rooms/#12", "Ada");
    await shows(page, "#topic", "rooms:12");
    await say(page, "before");
    await shows(page, ".message.mine .body", "before");
    await site.close();
    await shows(page, "#connection", "Reconnecting…");

    site = await start(site.port);
    await post("/rooms/12/messages", { uid: "Grace", body: "while you were away" });
    await shows(page, "#connection", "Connected");
    await shows(page, ".message:not(.mine) .body", "while you were away");
    expect(await page.locator(".message").count()).toBe(1);
    await say(page, "after");
    await shows(page, ".message.mine .body", "after");
    expect(await page.locator("#topic").textContent()).toBe("rooms:12");
  });

  it("rooms: unknown ones, messages over HTTP, edits, rank, and the superadmin's copy", async () => {
    const ada = await enter("/rooms/", "Ada");
    await shows(ada, "#topic", "rooms:lobby");
    await ada.getByLabel(/^Room:/).fill("4711");
    await ada.keyboard.press("Enter");
    await shows(ada, "#doors-error", "rooms:4711: There is no such room.");
    await ada.getByLabel("Pass").fill("please");
    await ada.keyboard.press("Enter");
    await shows(ada, "#superadmin-error", "This pass does not open the superadmin room.");
    await ada.getByLabel("Pass").fill("open sesame");
    await ada.keyboard.press("Enter");
    await shows(ada, "#copies", "Copies of new messages appear here.");

    const grace = await enter("/rooms/#12", "Grace");
    await shows(grace, "#topic", "rooms:12");
    await grace.getByLabel("HTTP POST from outside").check();
    await say(grace, " ");
    await shows(grace, "#composer-error", "Write something first.");
    await say(grace, "over HTTP");
    await shows(grace, ".message.mine .body", "over HTTP");
    await shows(ada, "#copies p", "Grace in 12: over HTTP");

    await ada.getByLabel(/^Room:/).fill("12");
    await ada.keyboard.press("Enter");
    await shows(ada, ".message .body", "over HTTP");
    expect(await ada.getByRole("button", { name: "Edit" }).count()).toBe(0);
    await grace.getByRole("button", { name: "Edit" }).click();
    await grace.getByLabel("Edit your message").fill("edited");
    await grace.keyboard.press("Enter");
    await shows(ada, ".message .body", "edited");
    await grace.getByRole("button", { name: "Ask for it" }).click();
    await shows(grace, "#rank", "No. 1");
  });
});
