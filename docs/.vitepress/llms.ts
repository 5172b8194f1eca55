/** The documents for language models, by llmstxt.org: `llms.txt` lists the pages, `llms-full.txt` has them all, `<page>.md` has one. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { docs, INCLUDED, pagesOf, SECTIONS, titleOf } from "./site-map.ts";

const SITE = "https://wingbeat.github.io/wingbeat/";

/** The Markdown of a page: without the comments that are for its tests. */
function sourceOf(page: string): string {
  const source = readFileSync(join(docs, "..", INCLUDED[page] ?? join("docs", page)), "utf8");
  return source.replaceAll(/<!--[^]*?-->\n*/g, "").trim();
}

/** The first sentence of a page. */
function summaryOf(source: string): string {
  const [, text = ""] = /^(?!#|\||```|<|- |\d+\. )([A-Z][^]*?)\n\n/m.exec(`${source}\n\n`) ?? [];
  return (/^.*?[.](?= |$)/.exec(text.replaceAll(/\s+/g, " "))?.[0] ?? "").replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1");
}

export function writeLlmsFiles(dist: string): void {
  const pages = SECTIONS.map((section) => ({ section, pages: pagesOf(section) })).filter(
    ({ pages }) => pages.length > 0,
  );
  const lists = pages.map(({ section, pages }) =>
    [
      `## ${section.text}`,
      ...pages.map((page) => `- [${titleOf(page)}](${SITE}${page}): ${summaryOf(sourceOf(page))}`),
    ].join("\n"),
  );
  const about =
    "> Phoenix Channels for TypeScript: a server and a client for realtime features, typed from end to end.";
  const optional = `## Optional\n- [API](${SITE}reference/api/): every export of every package, from its doc comments.`;
  writeFileSync(join(dist, "llms.txt"), `${["# Wingbeat", about, ...lists, optional].join("\n\n")}\n`);

  const all = pages.flatMap(({ pages }) => pages);
  writeFileSync(join(dist, "llms-full.txt"), `${all.map(sourceOf).join("\n\n---\n\n")}\n`);
  for (const page of all) {
    mkdirSync(dirname(join(dist, page)), { recursive: true });
    writeFileSync(join(dist, page), `${sourceOf(page)}\n`);
  }
}
