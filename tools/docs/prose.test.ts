/** What every document keeps to: plain wordings, blocks of code that say their language, an example on each page. */
import { describe, expect, it } from "vitest";
import { pagesOf, SECTIONS } from "../../docs/.vitepress/site-map.ts";
import { blocksOf, documents, proseOf, readDocument } from "./documents.ts";
import { WORDINGS } from "./wordings.ts";

/** `file:line: "what is written": write …` */
function wordingsIn(document: string, source: string): string[] {
  const prose = proseOf(source).replaceAll("\n", " ");
  return WORDINGS.flatMap(([wording, better]) =>
    [...prose.matchAll(new RegExp(wording, `g${wording.flags}`))].map(
      ({ index }) => `${document}: "… ${prose.slice(Math.max(0, index - 30), index + 40)} …": write: ${better}`,
    ),
  );
}

describe("documents", () => {
  it("are written in plain words", () => {
    expect(wordingsIn("a.md", "It\ncomes by poll, `to hand`, forever.")).toHaveLength(1);
    expect(documents.flatMap((document) => wordingsIn(document, readDocument(document)))).toEqual([]);
  });

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
