/** The links between documents, and to files of the repository, lead somewhere. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { anchorsOf, documents, proseOf, readDocument, root } from "./documents.ts";

/** Relative links, as `path` and `anchor`, one of which may be empty. */
const linksOf = (source: string) =>
  [...proseOf(source).matchAll(/\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].map(([, path = "", anchor]) => ({
    path,
    anchor,
  }));

describe("links", () => {
  it("are found", () => {
    expect(linksOf("[a](b.md#c) [d](#e) [f](https://g) `[h](i)`")).toEqual([
      { path: "b.md", anchor: "c" },
      { path: "", anchor: "e" },
    ]);
    expect(documents.flatMap((document) => linksOf(readDocument(document))).length).toBeGreaterThan(100);
  });

  it.each(documents)("of %s lead to files and headings that exist", (document) => {
    const broken = linksOf(readDocument(document)).filter(({ path, anchor }) => {
      const target = path === "" ? document : join(dirname(document), path);
      if (!existsSync(join(root, target))) return true;
      return anchor !== undefined && target.endsWith(".md") && !anchorsOf(readDocument(target)).includes(anchor);
    });
    expect(broken).toEqual([]);
  });
});
