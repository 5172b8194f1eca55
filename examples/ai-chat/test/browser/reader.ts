/** Somebody who reads an answer in a browser. */
import type { Browser, Page } from "playwright-core";
import { expect, onTestFinished } from "vitest";

/** Keeps every text of the last answer that was on the page, however shortly. */
const WATCH = `
  window.seen = [];
  new MutationObserver(() => {
    const text = [...document.querySelectorAll(".answer .text")].at(-1)?.textContent ?? "";
    if (text !== window.seen.at(-1)) window.seen.push(text);
  }).observe(document, { subtree: true, childList: true, characterData: true });
`;

export class Reader {
  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
  }

  /** In a browser of its own: another device. A script error fails the test. */
  static async open(
    browser: Browser,
    url: string,
    options: Parameters<Browser["newContext"]>[0] = {},
  ): Promise<Reader> {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    await page.addInitScript(WATCH);
    const errors: Error[] = [];
    page.on("pageerror", (error) => errors.push(error));
    onTestFinished(async () => {
      await context.close();
      expect(errors).toEqual([]);
    });
    await page.goto(url);
    return new Reader(page);
  }

  async ask(prompt: string): Promise<void> {
    await this.page.getByLabel("Prompt").fill(prompt);
    await this.page.keyboard.press("Enter");
    await this.page.locator(".prompt", { hasText: prompt }).last().waitFor();
  }

  /** Reads until a number is there. */
  async reads(number: number): Promise<void> {
    await expect.poll(() => this.text()).toMatch(new RegExp(`(^|\\s)${number}(\\s|$)`));
  }

  /** What the last answer says now. */
  async text(): Promise<string> {
    return (await this.page.locator(".answer .text").last().textContent()) ?? "";
  }

  /** The whole of the answer, when it has ended. */
  async answer(status: "done" | "stopped" | "failed" = "done"): Promise<string> {
    await this.page
      .locator(".answer")
      .last()
      .and(this.page.locator(`[data-status="${status}"]`))
      .waitFor();
    return this.text();
  }

  /** All texts of the answer that were shown since the page was loaded, in their order. */
  seen(): Promise<string[]> {
    return this.page.evaluate<string[]>("window.seen");
  }

  /** Nothing was missing, and nothing came twice, at any moment: each text is a beginning, and none is shorter than the last. */
  async hasSeenOnly(whole: string): Promise<void> {
    const texts = await this.seen();
    expect(texts.filter((text) => !whole.startsWith(text))).toEqual([]);
    expect(texts.map(({ length }) => length)).toEqual(texts.map(({ length }) => length).toSorted((a, b) => a - b));
  }

  async says(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).first().waitFor();
  }
}
