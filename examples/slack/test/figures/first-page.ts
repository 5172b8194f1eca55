/** From the beginning of the navigation until the composer can be typed into, for a server that has answered nothing yet. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { percentile } from "./figure.ts";
import type { FiguresServer } from "./server.ts";

const RUNS = 5;
const DIST = fileURLToPath(new URL("../../web/dist", import.meta.url));

export interface FirstPage {
  /** Milliseconds. */
  readonly median: number;
  readonly slowest: number;
  readonly kilobytes: number;
}

export async function measureFirstPage(browser: Browser, server: FiguresServer): Promise<FirstPage> {
  const times: number[] = [];
  let scripts: readonly string[] = [];
  for (let run = 0; run < RUNS; run++) {
    await server.start();
    const page = await server.visit(browser, "alice", WATCH_COMPOSER);
    await page.goto(server.url);
    times.push(Number(await page.evaluate("window.composerAt")));
    scripts = (await page.evaluate(SCRIPTS)) as string[];
    await page.keyboard.type("typed");
    const typed = await page.getByTestId("composer").inputValue();
    if (typed !== "typed") throw new Error(`the composer was there, but what was typed became "${typed}"`);
    await page.context().close();
  }
  const bytes = scripts.map((path) => gzipSync(readFileSync(DIST + path), { level: 9 }).length);
  return {
    median: percentile(times, 0.5),
    slowest: Math.max(...times),
    kilobytes: bytes.reduce((sum, size) => sum + size, 0) / 1_000,
  };
}

/** Resolves with ms since the navigation began, when the composer is in the page, has the focus and was painted. */
const WATCH_COMPOSER = `
  window.composerAt = new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      const composer = document.querySelector("[data-testid=composer]");
      if (composer === null) return;
      observer.disconnect();
      composer.focus();
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
    });
    observer.observe(document, { childList: true, subtree: true });
  });
`;

/** Paths of all scripts that have been loaded by now. */
const SCRIPTS = `
  performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname).filter((path) => path.endsWith(".js"))
`;
