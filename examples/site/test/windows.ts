/** Windows of a browser, as people open them. */
import type { Browser, Page } from "playwright-core";
import { expect, onTestFinished } from "vitest";

/** A window that shares nothing with others, as one of another person; a script error in it fails the test. */
export async function openWindow(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext();
  const errors: Error[] = [];
  context.on("page", (page) => {
    page.setDefaultTimeout(20_000);
    page.on("pageerror", (error) => errors.push(error));
  });
  onTestFinished(async () => {
    await context.close();
    expect(errors).toEqual([]);
  });
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

/** Waits until an element shows a text. */
export const shows = (page: Page, selector: string, text: string): Promise<void> =>
  page.locator(selector, { hasText: text }).first().waitFor();

/** Waits until an element that is there shows exactly this. */
export const says = (page: Page, selector: string, text: string): Promise<void> =>
  page
    .locator(selector)
    .and(page.getByText(text, { exact: true }))
    .waitFor();
