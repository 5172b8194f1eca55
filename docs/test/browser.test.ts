/** The built site in Chromium: fast, steady, quiet, readable by everybody, on a phone and in the dark. */
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { hasChromium, launch } from "../../tools/test/chromium.ts";
import { serveSite } from "./files.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PAGES = ["/", "/guide/channels", "/reference/errors", "/reference/api/wingbeat/interfaces/Channel"];

/** When the largest part of the page was painted, in ms, and how far things have moved until then. */
const FIGURES = `new Promise((resolve) => {
  let moved = 0;
  new PerformanceObserver((list) => list.getEntries().forEach(({ value }) => (moved += value)))
    .observe({ type: "layout-shift", buffered: true });
  // What is buffered is delivered to both observers before the next frame.
  new PerformanceObserver((list) => {
    const painted = list.getEntries().at(-1).startTime;
    requestAnimationFrame(() => resolve({ painted, moved }));
  }).observe({ type: "largest-contentful-paint", buffered: true });
})`;

describe.skipIf(!hasChromium())("the site in a browser", () => {
  let browser: Browser;
  let site: Awaited<ReturnType<typeof serveSite>>;

  beforeAll(async () => {
    [browser, site] = await Promise.all([launch(), serveSite()]);
  });
  afterAll(async () => {
    await browser.close();
    site.server.close();
  });

  /** A page that fails the test for what goes beyond this machine, and for what the console says. */
  async function open(path: string, options: Parameters<Browser["newContext"]>[0] = {}): Promise<Page> {
    const context: BrowserContext = await browser.newContext(options);
    const page = await context.newPage();
    const faults: string[] = [];
    page.on("console", (message) => void (message.type() === "error" && faults.push(message.text())));
    page.on("pageerror", (error) => void faults.push(String(error)));
    page.on("request", (request) => {
      if (!request.url().startsWith(site.url) && !request.url().startsWith("data:")) faults.push(request.url());
    });
    onTestFinished(async () => {
      await context.close();
      expect(faults).toEqual([]);
    });
    await page.goto(site.url + path, { waitUntil: "networkidle" });
    return page;
  }

  it("paints the first page within a second, and nothing moves", async () => {
    const page = await open("/", { viewport: { width: 1440, height: 900 } });
    const figures = await page.evaluate<{ painted: number; moved: number }>(FIGURES);
    expect(figures.moved).toBeLessThan(0.02);
    expect(figures.painted).toBeGreaterThan(0);
    expect(figures.painted).toBeLessThan(1_000);
  });

  it("finds a guide by a word, without the network", async () => {
    const page = await open("/");
    await page.locator("#local-search button").click();
    await page.locator("#localsearch-input").fill("presence");
    await page.locator(".result").first().waitFor();
    const found = await page.evaluate<string[]>(
      "[...document.querySelectorAll('.result')].map((link) => link.pathname)",
    );
    expect(found).toContain("/guide/presence");
    await page.locator(".result[href^='/guide/presence']").first().click();
    await page.locator("h1", { hasText: "Presence" }).waitFor();
  });

  describe.each(PAGES)("%s", (path) => {
    it("is no wider than a phone", async () => {
      const page = await open(path, { viewport: { width: 390, height: 844 } });
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
    });

    it.each(["light", "dark"] as const)("has no fault that axe sees, %s", async (colorScheme) => {
      const page = await open(path, { colorScheme, viewport: { width: 1440, height: 900 } });
      await page.evaluate(axe);
      const violations = await page.evaluate<AxeResults["violations"]>(
        "axe.run().then(({ violations }) => violations)",
      );
      const faults = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
      expect(faults).toEqual([]);
    });
  });
});

interface AxeResults {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
}
