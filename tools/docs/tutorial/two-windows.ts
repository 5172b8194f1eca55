/** Each step of the tutorial does in two windows of Chromium what its page says: `npm run tutorial`. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { hasChromium, launch } from "../../test/chromium.ts";
import { Program } from "../../test/program.ts";
import { openWindow, says } from "../../../examples/site/test/windows.ts";
import { folderOf, readSteps, writeSteps } from "../tutorial.ts";

const steps = readSteps();
writeSteps(steps);

/** A step as it runs: its server, and windows of it. */
interface Run {
  readonly server: Program;
  /** A window that is connected. */
  enter(name: string, room?: string): Promise<Page>;
}

const say = async (page: Page, text: string) => {
  await page.getByLabel("Message", { exact: true }).fill(text);
  await page.keyboard.press("Enter");
};
const said = (page: Page) => page.locator(".message span").allTextContents();
const has = async (page: Page, ...bodies: string[]) => {
  await expect.poll(() => said(page)).toEqual(bodies);
};

/** What the pages say under "In two windows". */
const IN_TWO_WINDOWS: Readonly<Record<string, (run: Run) => Promise<void>>> = {
  "1-echo": async ({ enter }) => {
    const [ada, grace] = [await enter("Ada"), await enter("Grace")];
    await say(ada, "hello");
    await has(ada, "The server says: hello");
    expect(await said(grace)).toEqual([]);
  },
  "2-messages": async ({ enter }) => {
    const [ada, grace] = [await enter("Ada"), await enter("Grace")];
    await say(ada, "hello");
    await has(grace, "hello");
    await say(grace, "<i>hi</i>");
    await has(ada, "hello", "<i>hi</i>");
    expect(await ada.locator(".message b").allTextContents()).toEqual(["Ada", "Grace"]);
  },
  "3-types": async ({ enter }) => {
    const [ada, grace] = [await enter("Ada"), await enter("Grace")];
    await say(ada, "  ");
    await says(ada, "#error", "Write something first.");
    await say(ada, "hello");
    await has(grace, "hello");
    expect(await ada.locator("#error").textContent()).toBe("");
  },
  "4-rooms": async ({ enter }) => {
    const [ada, grace] = [await enter("Ada"), await enter("Grace")];
    await ada.getByRole("link", { name: "random" }).click();
    await say(ada, "in random");
    await has(ada, "in random");
    await say(grace, "in the lobby");
    await has(grace, "in the lobby");
    await grace.getByRole("link", { name: "random" }).click();
    await say(grace, "me, too");
    await has(ada, "in random", "me, too");
    await has(grace, "me, too");
    await says(await enter("Ada", "nowhere"), ".note", "There is no such room.");
  },
  "5-history": async ({ enter, server }) => {
    const ada = await enter("Ada");
    await say(ada, "one");
    await has(await enter("Linus"), "one");
    await server.end("SIGTERM");
    await says(ada, "#status", "Reconnecting…");
    await ada.context().setOffline(true);
    await server.start();
    const grace = await enter("Grace");
    await has(grace, "one");
    await say(grace, "two");
    await say(grace, "three");
    await has(grace, "one", "two", "three");
    await ada.context().setOffline(false);
    await says(ada, ".note", "You are back: 2 missed.");
    await has(ada, "one", "two", "three");
  },
  "6-sending": async ({ enter, server }) => {
    const [ada, grace] = [await enter("Ada"), await enter("Grace")];
    await server.end("SIGTERM");
    await says(ada, "#status", "Reconnecting…");
    await say(ada, "I was in a tunnel");
    await says(ada, "#waiting p", "Sending: I was in a tunnel");
    await server.start();
    await has(grace, "I was in a tunnel");
    await has(ada, "I was in a tunnel");
    await expect.poll(() => ada.locator("#waiting").textContent()).toBe("");
  },
  "7-presence": async ({ enter }) => {
    const [ada, grace] = [await enter("Ada"), await enter("Grace")];
    await says(ada, "#people", "Here: Ada, Grace");
    await says(grace, "#people", "Here: Ada, Grace");
    await grace.close();
    await says(ada, "#people", "Here: Ada");
  },
  "8-typing": async ({ enter }) => {
    const [ada, grace] = [await enter("Ada"), await enter("Grace")];
    await says(ada, "#people", "Here: Ada, Grace");
    await grace.getByLabel("Message", { exact: true }).pressSequentially("hm");
    await says(ada, "#typing", "Grace is typing…");
    await grace.keyboard.press("Enter");
    await has(ada, "hm");
    await expect.poll(() => ada.locator("#typing").textContent()).toBe("");
  },
  "9-login": async ({ enter, server }) => {
    const ada = await enter("Ada");
    await say(ada, "hello");
    await has(ada, "hello");
    const stranger = await openWindow(ada.context().browser() as Browser, "about:blank");
    const asked = stranger.waitForRequest(/\/token\?name=/);
    await stranger.goto(`http://127.0.0.1:${server.port}/?name=${"x".repeat(25)}`);
    await asked;
    await says(stranger, "#status", "A name has 1 to 24 characters.");
  },
};

describe.skipIf(!hasChromium())("the tutorial in two windows", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());

  const named = steps.map((step) => [step.document.replace(/^.*\/|\.md$/g, ""), step] as const);

  it("says what to see in each step that changes the page", () => {
    expect(Object.keys(IN_TWO_WINDOWS)).toEqual(named.map(([name]) => name).filter((name) => name !== "10-tests"));
  });

  it.each(named.filter(([name]) => name in IN_TWO_WINDOWS))("step %s", async (name, step) => {
    const data = join(folderOf(step), "data");
    const server = await Program.start(join(folderOf(step), "src/server.ts"), { DATA: data });
    onTestFinished(async () => {
      await server.end("SIGKILL");
      rmSync(data, { recursive: true, force: true });
    });
    const enter = async (name: string, room = "lobby") => {
      const page = await openWindow(browser, `http://127.0.0.1:${server.port}/?name=${name}#${room}`);
      await says(page, "#status", "Connected");
      return page;
    };
    await IN_TWO_WINDOWS[name]?.({ server, enter });
  });
});
