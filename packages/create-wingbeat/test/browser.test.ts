/** The chats that `create-wingbeat` makes, built and served as its users do, in Chromium: what its tabs see of a bad network. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { hasChromium, launch } from "../../../tools/test/chromium.ts";
import { lineTo } from "../../../tools/test/line.ts";
import { Program } from "../../../tools/test/program.ts";

const BIN = fileURLToPath(new URL("../dist/main.js", import.meta.url));
const NODE_MODULES = fileURLToPath(new URL("../../../node_modules", import.meta.url));

describe.skipIf(!hasChromium()).each(["chat", "react"])("the template %s of create-wingbeat", (template) => {
  const folder = mkdtempSync(join(tmpdir(), "create-wingbeat-"));
  const app = join(folder, "chat");
  let browser: Browser;
  let program: Program;
  let room = 0;

  beforeAll(async () => {
    const run = (cwd: string, ...args: string[]) => execFileSync(process.execPath, args, { cwd });
    run(folder, BIN, "chat", "--template", template, "--yes", "--no-install", "--no-git");
    symlinkSync(NODE_MODULES, join(app, "node_modules"));
    run(app, "node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json");
    run(
      app,
      "node_modules/vite/bin/vite.js",
      "build",
      "page",
      "--outDir",
      "../dist/page",
      "--emptyOutDir",
      "--logLevel",
      "warn",
    );
    program = await Program.start(join(app, "dist/server.js"));
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    await program?.end("SIGKILL");
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => {
    room++;
  });

  async function open(port = program.port): Promise<Page> {
    const context = await browser.newContext();
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    const errors: Error[] = [];
    page.on("pageerror", (error) => errors.push(error));
    onTestFinished(async () => {
      await context.close();
      expect(errors).toEqual([]);
    });
    await page.goto(`http://127.0.0.1:${port}/#${room}`);
    await shows(page, "#connection", "Connected");
    return page;
  }

  const shows = (page: Page, selector: string, text: string): Promise<void> =>
    page.locator(selector, { hasText: text }).first().waitFor();

  const messages = (page: Page): Promise<string[]> => page.locator("article p").allTextContents();

  async function write(page: Page, text: string): Promise<void> {
    await page.getByLabel("Message", { exact: true }).fill(text);
    await page.getByRole("button", { name: "Send" }).click();
  }

  async function say(page: Page, ...texts: string[]): Promise<void> {
    for (const text of texts) {
      await write(page, text);
      await shows(page, "article.mine", text);
    }
  }

  const names = (from: number, to: number): string[] =>
    Array.from({ length: to - from + 1 }, (_, n) => `no. ${from + n}.`);

  it("catches a tab up that was cut off, in order, each message once, and says how many there were", async () => {
    const line = await lineTo(program.port);
    onTestFinished(() => line.close());
    const [ada, grace] = [await open(), await open(line.port)];
    await say(ada, "before");
    await shows(grace, "article", "before");
    line.cut();
    await shows(grace, "#connection", "Reconnecting…");
    await say(ada, "one", "two", "three");
    line.mend();
    await shows(grace, ".note", "You are back: 3 messages caught up.");
    await shows(grace, "article", "three");
    expect(await messages(grace)).toEqual(["before", "one", "two", "three"]);
    await say(grace, "hello");
    await shows(ada, "article", "hello");
    expect(await messages(ada)).toEqual(["before", "one", "two", "three", "hello"]);
  });

  it("loads the messages again in a tab that has missed too many", async () => {
    const line = await lineTo(program.port);
    onTestFinished(() => line.close());
    const [ada, grace] = [await open(), await open(line.port)];
    await say(ada, "before");
    await shows(grace, "article", "before");
    line.cut();
    await shows(grace, "#connection", "Reconnecting…");
    for (const text of names(1, 101)) await write(ada, text);
    await shows(ada, "article.mine", "no. 101.");
    line.mend();
    await shows(grace, ".note", "You were away for too long: the messages were loaded again.");
    expect(await messages(grace)).toEqual(names(2, 101));
  });

  it("goes on after a restart of the server: what was written meanwhile is sent once, and nobody has to load again", async () => {
    const [ada, grace] = [await open(), await open()];
    await say(ada, "before");
    await shows(grace, "article", "before");
    await program.end("SIGTERM");
    for (const page of [ada, grace]) await shows(page, "#connection", "Reconnecting…");
    await write(ada, "meanwhile");
    await shows(ada, "#body-error", "it is sent as soon as you are");
    await program.start();
    for (const page of [ada, grace]) await shows(page, "#connection", "Connected");
    for (const page of [ada, grace]) await shows(page, "article", "meanwhile");
    await say(grace, "after");
    await shows(ada, "article", "after");
    for (const page of [ada, grace]) {
      expect(await messages(page)).toEqual(["before", "meanwhile", "after"]);
      expect(await page.locator(".note", { hasText: "loaded again" }).count()).toBe(0);
    }
  });

  it("sends what was written while the server was stopped in development, too, where Vite then reloads the page", async () => {
    writeFileSync(join(app, "dev.ts"), 'process.argv.push("--dev");\nawait import("./src/server.ts");\n');
    const dev = await Program.start(join(app, "dev.ts"));
    onTestFinished(() => dev.end("SIGKILL"));
    const [ada, grace] = [await open(dev.port), await open(dev.port)];
    await dev.end("SIGTERM");
    for (const page of [ada, grace]) await shows(page, "#connection", "Reconnecting…");
    const name = await ada.locator("#name").inputValue();
    await write(ada, "meanwhile");
    await shows(ada, "#body-error", "it is sent as soon as you are");
    const reloaded = ada.waitForEvent("load");
    await dev.start();
    await reloaded;
    for (const page of [ada, grace]) await shows(page, "article", "meanwhile");
    expect(await messages(grace)).toEqual(["meanwhile"]);
    await shows(grace, "article", name);
  });
});
