/** The gallery's page: what it says, what a click does, and two windows on one page. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { memoryStore, startSite } from "@wingbeat/example-site";
import type { Site } from "@wingbeat/example-site";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { EXAMPLES, FLAGSHIP } from "../src/catalog.ts";
import { gallery } from "../src/gallery.ts";
import { countLines } from "../src/lines.ts";
import { Programs } from "../src/programs.ts";
import { axeFaults, overflowOf } from "../../../tools/test/axe.ts";
import { hasChromium, launch } from "../../../tools/test/chromium.ts";
import { Program } from "../../../tools/test/program.ts";
import { openWindow, says } from "../../site/test/windows.ts";

const programs = new Programs("127.0.0.1");
const data = mkdtempSync(join(tmpdir(), "wingbeat-gallery-"));
let site: Site;
let url: string;

beforeAll(async () => {
  const shared = { store: memoryStore(), secret: "a secret of these tests" };
  site = await startSite({ ...gallery(shared, programs), port: 0, logger: false });
  url = `http://127.0.0.1:${site.port}`;
});
afterAll(async () => {
  await programs.close();
  await site.close();
  rmSync(data, { recursive: true });
});

/** Programs that the gallery starts keep their data here. */
const keepDataApart = () => vi.stubEnv("DATA", data);

describe("the gallery", () => {
  it.each([FLAGSHIP, ...EXAMPLES])("has $name's pictures, sources and lines", ({ name }) => {
    for (const scheme of ["light", "dark"]) {
      const picture = new URL(`../web/pictures/${name}-${scheme}.webp`, import.meta.url);
      expect(existsSync(picture), `${fileURLToPath(picture)} is missing: npm run pictures -- ${name}`).toBe(true);
      expect(readFileSync(picture).length).toBeLessThan(100_000);
    }
    expect(existsSync(new URL(`../../${name}/README.md`, import.meta.url))).toBe(true);
    expect(countLines(name)).toBeGreaterThan(50);
  });

  it("counts lines of code, without tests and what is generated", () => {
    expect(countLines("chat")).toBeLessThan(350);
    expect(countLines("no such example")).toBe(0);
  });

  it("starts a program when it is opened, once, and leads to it", async () => {
    keepDataApart();
    const open = (search = "") => fetch(`${url}/open/chat/${search}`, { redirect: "manual" });
    const [first, second] = await Promise.all([open(), open("?name=Ada")]);
    expect(first.status).toBe(307);
    const address = first.headers.get("location") ?? "";
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    expect(second.headers.get("location")).toBe(`${address}?name=Ada`);
    expect(await (await fetch(address)).text()).toContain("<h1>Chat</h1>");
  });

  it("says what a program says that does not start, and tries again with the next click", async () => {
    vi.stubEnv("SECRET_KEY_BASE", "short");
    const open = () => fetch(`${url}/open/slack/`, { redirect: "manual" });
    for (const response of [await open(), await open()]) {
      expect(response.status).toBe(503);
      expect(await response.text()).toContain("SECRET_KEY_BASE is too short");
    }
  });

  it("ends the programs that it has started when it is stopped", async () => {
    const program = await Program.start(fileURLToPath(new URL("../dist/main.js", import.meta.url)), { DATA: data });
    const response = await fetch(`http://127.0.0.1:${program.port}/open/chat/`, { redirect: "manual" });
    const address = response.headers.get("location") ?? "";
    expect((await fetch(address)).status).toBe(200);
    await program.end("SIGTERM");
    const answers = () => fetch(address).then(Boolean, () => false);
    await expect.poll(answers).toBe(false);
  });

  it("starts nothing for pages of other sites", async () => {
    const headers = { "sec-fetch-site": "cross-site" };
    expect((await fetch(`${url}/open/chat/`, { headers, redirect: "manual" })).status).toBe(404);
  });

  it.each(["/open/lobby/", "/open/nothing/", "/open/../slack/", "/open/"])("has nothing at %s", async (path) => {
    expect((await fetch(url + path, { redirect: "manual" })).status).toBe(404);
  });
});

describe.skipIf(!hasChromium())("the gallery's page in a browser", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());

  it("shows two windows of an example side by side: two people, who stay who they are", async () => {
    const page = await openWindow(browser, url);
    await page.getByRole("button", { name: "Two windows of Lobby" }).click();
    const [one, two] = [1, 2].map((number) => page.frameLocator(`iframe[title="Lobby, window ${number}"]`));
    for (const [frame, name] of [
      [one!, "Ada"],
      [two!, "Grace"],
    ] as const) {
      await frame.getByLabel("Name", { exact: true }).fill(name);
      await frame.getByLabel("Name", { exact: true }).press("Enter");
      await frame.getByText(`Welcome to the lobby, ${name}!`).waitFor();
    }
    await two!.getByLabel("Message", { exact: true }).fill("hello");
    await two!.getByLabel("Message", { exact: true }).press("Enter");
    await one!.locator(".message:not(.mine)", { hasText: "hello" }).waitFor();
    await two!.locator(".message.mine", { hasText: "hello" }).waitFor();

    // A reload of a window: the same person, although both share a storage.
    await page.evaluate('document.querySelectorAll("iframe")[0].contentWindow.location.reload()');
    await one!.getByText("Welcome to the lobby, Ada!").waitFor();
    await page.getByRole("button", { name: "Close the windows of Lobby" }).click();
    await page.getByRole("img", { name: "Lobby, as it looks" }).waitFor();
  });

  it("shows two windows of a program of its own", async () => {
    keepDataApart();
    const page = await openWindow(browser, url);
    await page.getByRole("button", { name: "Two windows of Chat", exact: true }).click();
    const frame = page.frameLocator('iframe[title="Chat, window 2"]');
    await frame.getByText("Here: Ada, Grace").waitFor();
  });

  it.each([
    [390, "light"],
    [390, "dark"],
    [820, "light"],
    [1440, "dark"],
  ] as const)("is accessible and fits %i px, %s", async (width, colorScheme) => {
    const page = await openWindow(browser, url);
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    expect(await axeFaults(page)).toEqual([]);
    expect(await overflowOf(page)).toBe(0);
    await page.keyboard.press("Tab");
    await says(page, "a:focus", "Documentation");
  });
});
