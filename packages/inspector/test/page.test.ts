/** The page as people use it, in a real browser, over an invented world. */
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { axeFaults, overflowOf } from "../../../tools/test/axe.ts";
import { hasChromium, launch } from "../../../tools/test/chromium.ts";
import { startFake } from "./fake/server.ts";
import type { FakeServer } from "./fake/server.ts";
import { HOSTILE, NODES } from "./fake/world.ts";

describe.skipIf(!hasChromium())("the inspector's page", () => {
  let browser: Browser;
  let fake: FakeServer;

  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    fake = await startFake();
  });
  afterEach(() => fake.close());

  /** A window of its own. An error in it, or something that its policy forbids, fails the test. */
  async function open(place = "overview", options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => message.text().includes("Content Security Policy") && errors.push(message.text()));
    onTestFinished(async () => {
      await context.close();
      expect(errors).toEqual([]);
    });
    await page.goto(`${fake.url}#/${place}`);
    return page;
  }

  async function visit(page: Page, place: string): Promise<void> {
    await page.evaluate(`location.hash = ${JSON.stringify(`#/${place}`)}`);
  }

  const heading = (page: Page, name: string | RegExp) => page.getByRole("heading", { level: 1, name }).waitFor();
  const says = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();
  const focused = (page: Page) => page.evaluate<string>("document.activeElement.textContent");
  const someone = () => fake.inspection.world.clients[0]!;
  const placeOf = ({ node, key } = someone()) => `connection?node=${encodeURIComponent(node)}&key=${key}`;

  /** Each place, and what is there only when its answer has come. */
  const places = (): readonly (readonly [place: string, text: string | RegExp])[] => [
    ["overview", "is degraded: it does not reach"],
    ["doors", "maxConnectionsPerAddress"],
    ["connections", /^(200 of 646|36 connected)/],
    [placeOf(), "room:{id}"],
    ["topics", "user:ada.0"],
    ["topic?topic=lobby", /^people: /],
    ["events", "reaction:*"],
    ["errors", "37×"],
    ["pressure", "Busy channels"],
    ["presence", "Largest topics"],
    ["history", "Clients caught up"],
    ["cluster", "connect ECONNREFUSED"],
    ["tap", "A tap ends by itself"],
    ["tap?topic=lobby", "{ on: boolean }"],
  ];

  it("all views open, and are for everybody: axe finds nothing, light and dark", async () => {
    // It looks at each row.
    await fake.close();
    fake = await startFake({ clients: 30 });
    const page = await open("overview", { colorScheme: "light" });
    const found: string[] = [];
    for (const [place, text] of places()) {
      await visit(page, place);
      await says(page, text);
      if (place === "errors") await page.locator("summary").first().click();
      for (const finding of await axeFaults(page)) found.push(`${place}, light: ${finding}`);
      await page.emulateMedia({ colorScheme: "dark" });
      for (const finding of await axeFaults(page, ["color-contrast"])) found.push(`${place}, dark: ${finding}`);
      await page.emulateMedia({ colorScheme: "light" });
    }
    expect(found).toEqual([]);
  });

  it("no view is wider than a phone, nor breaks on a very wide screen", async () => {
    const page = await open("overview", { viewport: { width: 390, height: 844 } });
    for (const width of [390, 2560]) {
      await page.setViewportSize({ width, height: 844 });
      for (const [place, text] of [
        ...places(),
        [`topic?${new URLSearchParams({ topic: HOSTILE.long.slice(0, 1_000) })}`, "Broadcasts"] as const,
      ]) {
        await visit(page, place);
        await page.getByText(text).first().waitFor({ state: "attached" });
        expect([place, width, await overflowOf(page)]).toEqual([place, width, 0]);
      }
    }
    await page.setViewportSize({ width: 390, height: 844 });
    await page
      .getByRole("button", { name: "Topic" })
      .or(page.getByRole("button", { name: "Topics" }))
      .first()
      .click();
    await page.getByRole("link", { name: "Errors" }).click();
    await heading(page, "Errors");
  });

  it("everything can be done with keys", async () => {
    const page = await open();
    await says(page, "3 of 3 nodes");
    await page.keyboard.press("Tab");
    expect(await focused(page)).toBe("Skip to the view");
    await page.keyboard.press("Enter");
    expect(await focused(page)).toBe("Overview");
    await page.keyboard.press("/");
    await heading(page, "Connections");
    await expect.poll(() => page.evaluate("document.activeElement.matches('[data-search]')")).toBe(true);
    await page.keyboard.type("user_socket:radia.1");
    await expect.poll(() => page.evaluate("document.querySelectorAll('tbody tr').length < 20")).toBe(true);
    await expect.poll(() => page.evaluate("location.hash.includes('radia')")).toBe(true);
    while (!(await focused(page)).startsWith("user_socket:radia")) await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await heading(page, /^user_socket:radia/);
    await page.keyboard.press("g");
    await page.keyboard.press("l");
    await heading(page, "Cluster");
    expect(await page.title()).toBe("Cluster · Wingbeat inspector");
    await page.keyboard.press(".");
    await page.getByRole("button", { name: "Continue" }).waitFor();
    await page.keyboard.press(".");
    await page.getByRole("button", { name: "Pause" }).waitFor();
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.goBack();
    await heading(page, /^user_socket:radia/);
  });

  it("names that clients chose are text, and harm nothing", async () => {
    const page = await open("topics?topic=" + encodeURIComponent("<img"));
    await says(page, HOSTILE.markup);
    await visit(page, "topics?topic=" + encodeURIComponent("room:"));
    await says(page, "\\u202e");
    for (const shown of [
      "room:\\u202egnp.exe",
      "room:\\0\\u001b[31mred\\u0007\\n\\u2028next",
      "room:\\u200b\\ufeffghost",
    ]) {
      await page.getByRole("link", { name: shown }).waitFor();
    }
    await says(page, "… 4,005 characters");
    expect(await page.locator("main img, main script").count()).toBe(0);
    expect(await page.title()).toBe("Topics · Wingbeat inspector");
    const heights = await page.evaluate<number[]>(
      "[...document.querySelectorAll('tbody tr')].map((row) => Math.round(row.getBoundingClientRect().height))",
    );
    expect(new Set(heights)).toEqual(new Set([32]));
    await page.getByRole("link", { name: "room:\\u202egnp.exe" }).click();
    await heading(page, "room:\\u202egnp.exe");
    expect(await page.locator("main").innerHTML()).not.toContain("\u202e");
  });

  it("a connection is disconnected after a question, by somebody who may", async () => {
    const client = someone();
    const page = await open(placeOf(client));
    const ask = () => page.getByRole("button", { name: "Disconnect…" }).click();
    await ask();
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(fake.inspection.acts).toEqual([]);
    await ask();
    await page.getByRole("button", { name: "Disconnect", exact: true }).click();
    await says(page, /^Disconnected /);
    expect(fake.inspection.acts).toEqual([
      { action: "disconnect", connection: { node: client.node, key: client.key } },
    ]);
    await says(page, "This connection has ended");
  });

  it("somebody who may only look is offered nothing else", async () => {
    fake.may = [];
    const page = await open(placeOf());
    await says(page, "room:{id}");
    expect(await page.getByRole("button", { name: /Disconnect/ }).count()).toBe(0);
    await visit(page, "tap?topic=lobby");
    await says(page, "did not give you “payloads”");
    expect(await page.getByLabel("Show payloads").isDisabled()).toBe(true);
  });

  it("rows stay in place while somebody has the focus among them", async () => {
    const page = await open("connections");
    const link = page.locator("tbody a", { hasText: /^user_socket:/ }).nth(1);
    await link.focus();
    const name = await link.textContent();
    const { world } = fake.inspection;
    const newest = { ...someone(), key: 9_001, id: "user_socket:newest", connectedAt: Date.now() };
    world.clients = [...world.clients.filter(({ id }) => id !== name), newest];
    await page.locator("tbody tr").last().getByText("user_socket:newest").waitFor();
    expect(await focused(page)).toBe(name);
    expect(await page.locator("tbody tr[data-gone]").textContent()).toContain(name);
    await page.getByRole("button", { name: "Since" }).focus();
    await page.locator("tbody tr").first().getByText("user_socket:newest").waitFor();
  });

  it("what is selected stays selected", async () => {
    const page = await open("events");
    await says(page, "reaction:*");
    await page.evaluate("document.getSelection().selectAllChildren(document.querySelector('tbody td.c-figure'))");
    await says(page, "Held while you select");
    const before = await page.evaluate("document.getSelection().toString()");
    const answered = fake.inspection.asked.length;
    await expect.poll(() => fake.inspection.asked.length).toBeGreaterThan(answered + 4);
    expect(await page.evaluate("document.getSelection().toString()")).toBe(before);
    await page.evaluate("document.getSelection().empty()");
    await page.locator(".status").getByText("Live").waitFor();
  });

  it("a tap shows messages, pairs replies, filters, pauses, and reveals payloads", async () => {
    const page = await open("tap");
    await page.getByLabel("Topic, exactly").fill("room:1");
    await page.keyboard.press("Enter");
    await says(page, "{ body: string, tags: [string] }");
    await says(page, /14 left out because there were too many/);
    await page.getByRole("button", { name: "Pause", exact: true }).last().click();
    const lines = page.locator(".frame");
    const before = await lines.count();
    await page.getByRole("button", { name: /^Continue \([1-9]/ }).waitFor();
    expect(await lines.count()).toBe(before);
    await page
      .getByRole("button", { name: /^its reply/ })
      .first()
      .click();
    expect(await page.evaluate("document.activeElement.querySelector('.frame-event').textContent")).toBe("phx_reply");
    await page.getByRole("button", { name: "out", exact: true }).click();
    expect(await page.locator(".frame[data-direction=in]").count()).toBe(0);
    await page.getByLabel("Contains").fill("status");
    await expect
      .poll(() =>
        page.evaluate("[...document.querySelectorAll('.frame-event')].every((one) => one.textContent === 'phx_reply')"),
      )
      .toBe(true);
    await page.getByRole("button", { name: /^Continue/ }).click();
    await page.getByLabel("Contains").fill("timeouts?");
    await page.getByRole("button", { name: "both" }).click();
    await says(page, "No message matches the filter.");
    await page.getByLabel("Show payloads").check();
    await says(page, '"body":"Is anybody else seeing timeouts?"');
  });

  it("a node that is silent is named", async () => {
    const page = await open("connections");
    await says(page, "3 of 3 nodes");
    fake.inspection.silent.add(NODES[2]);
    await says(page, "2 of 3 nodes have answered.");
    await page.locator(".status").getByText("2 of 3 nodes").waitFor();
  });

  it("somebody who is not let in sees nothing, and can try again", async () => {
    fake.open = false;
    const page = await open();
    await heading(page, "You are not let in");
    expect(await axeFaults(page)).toEqual([]);
    expect(await page.getByText("nodes").count()).toBe(0);
    fake.open = true;
    await page.getByRole("button", { name: "Try again" }).click();
    await heading(page, "Overview");
    await says(page, "3 of 3 nodes");
  });

  it("a lost connection is told, what was seen stays, and the page comes back by itself", async () => {
    const page = await open("topics");
    await says(page, "user:ada.0");
    const { port } = fake;
    await fake.close();
    await says(page, /^The connection is lost\. What you see is of/);
    await page.getByRole("link", { name: "lobby" }).waitFor();
    fake = await startFake({ port });
    await page.locator(".status").getByText("Live").waitFor();
    await page.locator(".alert").waitFor({ state: "detached" });
  });

  it("light and dark can be chosen, and the choice is kept", async () => {
    const page = await open();
    const ground = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
    const light = await ground();
    await page.getByLabel("Theme").selectOption("dark");
    expect(await ground()).not.toBe(light);
    await page.reload();
    await heading(page, "Overview");
    expect(await page.getByLabel("Theme").inputValue()).toBe("dark");
    expect(await ground()).not.toBe(light);
  });
});
