/** The page in Chromium, in two windows, served by the program. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { axeFaults, overflowOf } from "../../../tools/test/axe.ts";
import { hasChromium, launch } from "../../../tools/test/chromium.ts";
import { lineTo } from "../../../tools/test/line.ts";
import { Program } from "../../../tools/test/program.ts";
import { openWindow, says } from "../../site/test/windows.ts";

const script = fileURLToPath(new URL("../src/server.ts", import.meta.url));

describe.skipIf(!hasChromium())("the chat in a browser", () => {
  const data = mkdtempSync(join(tmpdir(), "wingbeat-chat-"));
  let browser: Browser;
  let program: Program;
  beforeAll(async () => {
    [browser, program] = await Promise.all([launch(), Program.start(script, { DATA: data })]);
  });
  afterAll(async () => {
    await Promise.all([browser.close(), program.end("SIGKILL")]);
    rmSync(data, { recursive: true });
  });

  const open = (search: string, port = program.port) => openWindow(browser, `http://127.0.0.1:${port}/${search}`);
  const enter = async (name: string, room = "lobby", port = program.port): Promise<Page> => {
    const page = await open(`?name=${name}#${room}`, port);
    await says(page, "#status", "Connected");
    return page;
  };
  const say = async (page: Page, text: string) => {
    await page.getByLabel("Message", { exact: true }).fill(text);
    await page.keyboard.press("Enter");
  };
  /** What was said last. */
  const has = async (page: Page, ...bodies: string[]) => {
    const said = async () => (await page.locator(".message span").allTextContents()).slice(-bodies.length);
    await expect.poll(said).toEqual(bodies);
  };

  it("two people see each other, type and write", async () => {
    const ada = await open("");
    await ada.getByLabel("Your name").fill("Ada");
    await ada.keyboard.press("Enter");
    await says(ada, "#people", "Here: Ada");
    const grace = await enter("Grace");
    await says(ada, "#people", "Here: Ada, Grace");
    await grace.getByLabel("Message", { exact: true }).pressSequentially("hm");
    await says(ada, "#typing", "Grace is typing…");
    await say(grace, "hello <b>Ada</b>");
    await says(ada, ".message span", "hello <b>Ada</b>");
    await ada.waitForFunction('document.querySelector("#typing").textContent === ""');

    await grace.getByRole("link", { name: "random" }).click();
    await says(ada, "#people", "Here: Ada");
    await says(grace, "#people", "Here: Grace");
    await say(grace, "nobody here");
    await grace.goBack();
    await has(grace, "hello <b>Ada</b>");
    await say(ada, "you are back");
    await has(grace, "hello <b>Ada</b>", "you are back");
  });

  it("says what is wrong, and keeps what was written", async () => {
    const ada = await enter("Ada");
    await say(ada, " ");
    await says(ada, "#error", "Write something first.");
    await say(ada, "better");
    await has(ada, "better");
    await expect.poll(() => ada.locator("#error").textContent()).toBe("");
    await says(await enter("Ada", "nowhere"), ".note", "There is no such room.");
  });

  it("misses nothing when its connection breaks, and sends what was written meanwhile once", async () => {
    const line = await lineTo(program.port);
    onTestFinished(() => line.close());
    const ada = await enter("Ada", "help", line.port);
    const grace = await enter("Grace", "help");
    await says(ada, "#people", "Here: Ada, Grace");
    line.cut();
    await says(ada, "#status", "Reconnecting…");
    await say(grace, "are you there?");
    await say(ada, "I was in a tunnel");
    await says(ada, "#waiting p", "Sending: I was in a tunnel");
    line.mend();
    await says(ada, ".note", "You are back: 1 missed.");
    await has(ada, "are you there?", "I was in a tunnel");
    await has(grace, "are you there?", "I was in a tunnel");
    await expect.poll(() => ada.locator("#waiting").textContent()).toBe("");
  });

  it("goes on after a restart of the server, and loads the messages again when the server was killed", async () => {
    const ada = await enter("Ada");
    await say(ada, "one");
    await has(ada, "one");
    await program.end("SIGTERM");
    await says(ada, "#status", "Reconnecting…");
    await program.start();
    await says(ada, "#status", "Connected");
    await say(ada, "two");
    await has(ada, "one", "two");

    await program.end("SIGKILL");
    await program.start();
    await says(ada, ".note", "You were away for too long: the last messages were loaded again.");
    await has(ada, "one", "two");
    await say(ada, "three");
    await has(ada, "one", "two", "three");
    await has(await enter("Grace"), "one", "two", "three");
  });

  it.each(["light", "dark"] as const)("is accessible and fits a phone, %s", async (colorScheme) => {
    const page = await open("");
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await axeFaults(page)).toEqual([]);
    await page.getByLabel("Your name").fill("Ada");
    await page.keyboard.press("Enter");
    await says(page, "#status", "Connected");
    await say(page, "a".repeat(300));
    await has(page, "a".repeat(300));
    await say(page, " ");
    await page.locator("#error:not(:empty)").waitFor();
    expect(await axeFaults(page)).toEqual([]);
    expect(await overflowOf(page)).toBe(0);
  });
});
