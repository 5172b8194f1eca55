/** What people do in a browser: two tabs that chat, and one that asks a model. */
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const path = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";

/** Whether there is a Chromium to chat in. */
export function hasChromium() {
  if (existsSync(path)) return true;
  console.log(`No Chromium at ${path} ("apt-get install chromium" installs it): the chat is skipped.`);
  return false;
}

/** Rejects when a message does not come through, or a page reports an error. */
export async function chat(url) {
  const browser = await chromium.launch({ executablePath: path, args: ["--no-sandbox", "--disable-gpu"] });
  try {
    const [ada, grace] = [await visitor(browser, url, "Ada"), await visitor(browser, url, "Grace")];
    await ada.getByText("Here: Ada, Grace").waitFor();
    await say(ada, "Hello Grace");
    await grace.locator("article:not(.mine)", { hasText: "Hello Grace" }).waitFor();
    await say(grace, "<b>Hello</b> Ada");
    await ada.locator("article:not(.mine)", { hasText: "<b>Hello</b> Ada" }).waitFor();
  } finally {
    await browser.close();
  }
}

/** Rejects when an answer does not survive that its page is loaded again. */
export async function ask(url) {
  const browser = await chromium.launch({ executablePath: path, args: ["--no-sandbox", "--disable-gpu"] });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(20_000);
    page.on("pageerror", (error) => console.error(`the page: ${error.stack}`));
    await page.goto(String(url));
    await page.getByLabel("Prompt").fill("Count to 40");
    await page.keyboard.press("Enter");
    await page.locator(".answer p", { hasText: "1 2 3" }).waitFor();
    await page.reload();
    await page.locator('.answer[data-status="done"]').waitFor();
    const text = await page.locator(".answer .text").textContent();
    const whole = Array.from({ length: 40 }, (_, index) => index + 1).join(" ");
    if (text !== whole) throw new Error(`the answer should be "${whole}", and is "${text}"`);
  } finally {
    await browser.close();
  }
}

async function visitor(browser, url, name) {
  const page = await browser.newPage();
  page.setDefaultTimeout(20_000);
  page.on("pageerror", (error) => console.error(`${name}'s page: ${error.stack}`));
  await page.goto(String(url));
  await page.locator("#connection", { hasText: "Connected" }).waitFor();
  await page.getByLabel("Your name").fill(name);
  await page.getByLabel("Your name").press("Enter");
  return page;
}

async function say(page, text) {
  await page.getByLabel("Message", { exact: true }).fill(text);
  await page.getByRole("button", { name: "Send" }).click();
  await page.locator("article.mine", { hasText: text }).waitFor();
}
