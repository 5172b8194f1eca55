/** The chat of the examples for React, Vue and Svelte, in Chromium: built as for production, and on Vite's development server. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { startSite } from "@wingbeat/example-site";
import type { Example, Site } from "@wingbeat/example-site";
import type { Browser, Page } from "playwright-core";
import { build, createServer } from "vite";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { hasChromium, launch } from "../../../tools/test/chromium.ts";
import { openWindow, says } from "./windows.ts";

/** One of the examples. */
export interface Chat {
  /** `React`. */
  readonly framework: string;
  /** Its folder. */
  readonly example: string;
  /** Its server, without the page. */
  chat(): Omit<Example, "web">;
  /** The file below `web` that is edited while the page runs. */
  readonly component: string;
  /** Makes it say "Present" instead of "Here". */
  edit(source: string): string;
}

export function describeChat({ framework, example, chat, component, edit }: Chat): void {
  describe.skipIf(!hasChromium())(`the ${framework} example in a browser`, () => {
    let browser: Browser;
    let site: Site;
    let built: string;

    beforeAll(async () => {
      built = mkdtempSync(join(tmpdir(), `wingbeat-${framework}-`));
      await build({ root: join(example, "web"), logLevel: "warn", build: { outDir: built, emptyOutDir: true } });
      browser = await launch();
    });
    afterAll(async () => {
      await browser.close();
      rmSync(built, { recursive: true });
    });
    beforeEach(async () => {
      site = await start();
    });
    afterEach(() => site.close());

    const start = (port = 0) => {
      const web = pathToFileURL(`${built}/`);
      return startSite({ examples: { "/": { ...chat(), web } }, port, logger: false });
    };
    const open = (name: string) => openWindow(browser, `http://127.0.0.1:${site.port}/?name=${name}`);
    const say = async (page: Page, text: string) => {
      await page.getByLabel("Message").fill(text);
      await page.getByRole("button", { name: "Send", disabled: false }).click();
    };
    const messages = (page: Page) => page.locator("li").allTextContents();
    const has = async (page: Page, ...texts: string[]) => {
      await expect.poll(() => messages(page)).toEqual(texts);
    };

    it("two people chat, and who comes later reads what was said", async () => {
      const ada = await open("Ada");
      await say(ada, "first");
      await has(ada, "Ada first");
      const grace = await open("Grace");
      await has(grace, "Ada first");
      await says(ada, "p:has-text('Here')", "Here: Ada, Grace");
      await say(grace, "second");
      await has(ada, "Ada first", "Grace second");
      await grace.close();
      await says(ada, "p:has-text('Here')", "Here: Ada");
    });

    it("another room has other messages and other people, and the first is as it was", async () => {
      const [ada, grace] = [await open("Ada"), await open("Grace")];
      await says(ada, "p:has-text('Here')", "Here: Ada, Grace");
      await say(ada, "in the lobby");
      await ada.getByLabel("Room").selectOption("attic");
      await says(grace, "p:has-text('Here')", "Here: Grace");
      await says(ada, "p:has-text('Here')", "Here: Ada");
      await has(ada);
      await say(grace, "still in the lobby");
      await ada.getByLabel("Room").selectOption("lobby");
      await has(ada, "Ada in the lobby", "Grace still in the lobby");
    });

    it("comes back by itself, and says that what the server kept in memory is gone", async () => {
      const ada = await open("Ada");
      await say(ada, "before");
      await has(ada, "Ada before");
      const { port } = site;
      await site.close();
      await says(ada, "[role=status]", "reconnecting");
      site = await start(port);
      await says(ada, "[role=status]", "open");
      await says(ada, "[role=alert]", "Some messages are gone.");
      await say(ada, "after");
      await has(ada, "Ada before", "Ada after");
    });

    it("keeps the channel of a component that is replaced by a hot update", async () => {
      // A copy beside the example's own build, from where its dependencies are found.
      mkdirSync(join(example, "dist"), { recursive: true });
      const root = mkdtempSync(join(example, "dist", "hot-"));
      onTestFinished(() => rmSync(root, { recursive: true }));
      cpSync(join(example, "web"), root, { recursive: true, filter: (path) => !path.endsWith("tsconfig.json") });
      const proxy = { "/socket": { target: `http://127.0.0.1:${site.port}`, ws: true } };
      const vite = await createServer({ root, logLevel: "error", server: { port: 0, host: "127.0.0.1", proxy } });
      onTestFinished(() => vite.close());
      await vite.listen();
      const ada = await openWindow(browser, "about:blank");
      const sent: string[] = [];
      ada.on("websocket", (socket) => socket.on("framesent", ({ payload }) => sent.push(String(payload))));
      await ada.goto(`${vite.resolvedUrls?.local[0]}?name=Ada`);
      await say(ada, "before");
      await has(ada, "Ada before");
      const edited = join(root, component);
      writeFileSync(edited, edit(readFileSync(edited, "utf8")));
      await says(ada, "p:has-text('Present')", "Present: Ada");
      await say(ada, "after");
      await has(ada, "Ada after");
      expect(sent.filter((frame) => /phx_(join|leave)/.test(frame))).toEqual([expect.stringContaining("phx_join")]);
    });
  });
}
