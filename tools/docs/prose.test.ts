/** What every document keeps to: blocks of code that say their language, an example on each page. */
import { describe, expect, it } from "vitest";
import { pagesOf, SECTIONS } from "../../docs/.vitepress/site-map.ts";
import { blocksOf, documents } from "./documents.ts";

describe("documents", () => {
  it("say the language of each block of code", () => {
    const blocks = documents.flatMap((document) => blocksOf(document));
    expect(blocks.filter(({ language }) => language === "").map((block) => `${block.document}:${block.line}`)).toEqual(
      [],
    );
  });
});

describe("the site", () => {
  const pages = SECTIONS.flatMap(pagesOf);

  it("has every page in its navigation", () => {
    const all = documents.filter((document) => document.startsWith("docs/") && document !== "docs/index.md");
    expect(all.filter((document) => !pages.includes(document.slice("docs/".length)))).toEqual([]);
  });

  it("has an example on every guide, and on every page for those who come from elsewhere", () => {
    const without = pages
      .filter((page) => /^(guide|from|tutorial)\//.test(page))
      .filter((page) => blocksOf(`docs/${page}`).length === 0);
    expect(without).toEqual([]);
  });
});
