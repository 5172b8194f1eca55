import { describe, expect, it } from "vitest";
import { blocksOf } from "../web/markdown/blocks.ts";
import { closeInline, inlineOf } from "../web/markdown/inline.ts";

const shapeOf = (text: string) => blocksOf(text, 0).map((block) => ({ ...block, source: undefined }));

describe("blocks", () => {
  it("are those that models write", () => {
    const text = "# Title\nOne\ntwo\n\n> said\n> twice\n\n---\n```ts\nlet a = 1;\n\n# b\n```\nend";
    expect(shapeOf(text)).toEqual([
      { type: "heading", level: 1, text: "Title" },
      { type: "paragraph", text: "One\ntwo" },
      { type: "quote", text: "said\ntwice" },
      { type: "rule" },
      { type: "code", language: "ts", text: "let a = 1;\n\n# b" },
      { type: "paragraph", text: "end" },
    ]);
  });

  it("lists have items with blocks of their own", () => {
    expect(shapeOf("- one\n  more\n- two\n  - inner\n\n  after\n\nend")).toEqual([
      { type: "list", start: undefined, items: ["one\nmore", "two\n- inner\n\nafter"] },
      { type: "paragraph", text: "end" },
    ]);
    expect(shapeOf("3. c\n4. d")).toEqual([{ type: "list", start: 3, items: ["c", "d"] }]);
  });

  it("code that has no end yet is code", () => {
    expect(shapeOf("```\n<b>")).toEqual([{ type: "code", language: "", text: "<b>" }]);
    expect(shapeOf("```")).toEqual([{ type: "code", language: "", text: "" }]);
  });

  it("every beginning of a text has all of its words", () => {
    const text = "# A\n\ntext **b** `c`\n\n1. d\n   - e\n2. f\n\n> g\n> - h\n\n```sh\ni\n```\n\n| j |\n\n***\nk";
    for (let length = 0; length <= text.length; length++) {
      const part = text.slice(0, length);
      const sources = blocksOf(part, 0).map(({ source }) => source);
      expect(sources.join("").replaceAll(/\s/g, "")).toBe(part.replaceAll(/\s/g, ""));
    }
  });

  it("are not deeper than a few levels", () => {
    const depthOf = (text: string, depth = 0): number =>
      Math.max(
        depth,
        ...blocksOf(text, depth).map((block) => (block.type === "quote" ? depthOf(block.text, depth + 1) : depth)),
      );
    expect(depthOf(`${"> ".repeat(10_000)}deep`)).toBe(6);
  });
});

describe("inline", () => {
  it("finds code, emphasis and links", () => {
    expect(inlineOf("a `b **c**` **d *e*** *f* [g](https://h.example/i) j_k_l")).toEqual([
      { type: "text", text: "a " },
      { type: "code", text: "b **c**" },
      { type: "text", text: " " },
      { type: "strong", text: "d *e*" },
      { type: "text", text: " " },
      { type: "emphasis", text: "f" },
      { type: "text", text: " " },
      { type: "link", text: "g", url: "https://h.example/i" },
      { type: "text", text: " j_k_l" },
    ]);
  });

  it.each([
    "[a](javascript:alert(1))",
    "[a](data:text/html,x)",
    "[a](//b)",
    "2 * 3 * 4",
    "** a **",
    "<img src=x onerror=alert(1)>",
  ])("leaves %s as it is", (text) => expect(inlineOf(text)).toEqual([{ type: "text", text }]));

  it.each(["[", "*", "**a", "`", "_a", "[a](", "* _"])("is quick for a text of nothing but %s", (part) => {
    const began = performance.now();
    inlineOf(part.repeat(100_000 / part.length));
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it.each([
    ["It is **bo", "It is **bo**"],
    ["It is **bold*", "It is **bold**"],
    ["It is **", "It is "],
    ["Call `f", "Call `f`"],
    ["Call `", "Call "],
    ["**a** and **b**", "**a** and **b**"],
    ["```\nlet a = `", "```\nlet a = `"],
    ["**a\nb", "**a\nb"],
  ])("closes what a stream leaves open: %s", (text, closed) => expect(closeInline(text)).toBe(closed));
});
