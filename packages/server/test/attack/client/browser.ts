/** The client in a page of Chromium. */
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { launch } from "../../../../../tools/test/chromium.ts";
import { bundle } from "../../../../client/test/programs.ts";

/** The script of the page: the same application as in Node. */
export const pageScript = (): Promise<string> => {
  const victim = fileURLToPath(new URL("victim.ts", import.meta.url));
  const program = `import { startVictim } from ${JSON.stringify(victim)};\nstartVictim("ws://" + location.host + "/socket");`;
  return bundle(program, { platform: "browser", format: "iife" });
};

export class PageVictim {
  readonly violations: string[] = [];
  readonly #browser: Browser;
  readonly #page: Page;

  private constructor(browser: Browser, page: Page) {
    this.#browser = browser;
    this.#page = page;
  }

  static async open(port: number): Promise<PageVictim> {
    const browser = await launch();
    const page = await browser.newPage();
    const victim = new PageVictim(browser, page);
    const violated = (what: string): void => {
      if (victim.violations.length < 5) victim.violations.push(what);
    };
    // An unhandled rejection is a page error, too.
    page.on("pageerror", (error) => violated(`an uncaught error: ${error.stack ?? String(error)}`));
    page.on("crash", () => violated("the page has crashed"));
    await page.goto(`http://127.0.0.1:${port}/`);
    return victim;
  }

  /** Bytes of heap after a collection. */
  async memory(): Promise<number> {
    const cdp = await this.#page.context().newCDPSession(this.#page);
    await cdp.send("HeapProfiler.collectGarbage");
    const { usedSize } = await cdp.send("Runtime.getHeapUsage");
    await cdp.detach();
    return usedSize;
  }

  close(): Promise<void> {
    return this.#browser.close();
  }
}
