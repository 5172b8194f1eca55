/** Accessibility as axe-core sees it: names, roles, contrast, landmarks. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Results {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
}

/** One line for each element with a fault: the rule and the element. Frames are not looked into. `rules`: only these. */
export async function axeFaults(page: Page, rules?: readonly string[]): Promise<string[]> {
  // No script of the page: it works whatever its Content-Security-Policy says.
  const results = (await page.evaluate(
    `${source}; axe.run({ iframes: false${rules === undefined ? "" : `, runOnly: ${JSON.stringify(rules)}`} })`,
  )) as Results;
  return results.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}

/** How many pixels of a page are beside the window: 0 when nothing needs to be scrolled sideways. */
export const overflowOf = (page: Page): Promise<number> =>
  page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") as Promise<number>;
