import { describe, expect, it } from "vitest";
import { piecesOf, visible } from "./visible-text.ts";

describe("text of clients", () => {
  it.each([
    ["plain text, with ümläuts and 日本語 🎉", "plain text, with ümläuts and 日本語 🎉"],
    ["\u202egnp.exe", "\\u202egnp.exe"],
    ["\u2066a\u2069", "\\u2066a\\u2069"],
    ["a\u200bb\ufeffc", "a\\u200bb\\ufeffc"],
    ["\0\u001b[31m\n\t", "\\0\\u001b[31m\\n\\t"],
    ["a\u2028b\u00a0c", "a\\u2028b\\u00a0c"],
    ["\ud800lone", "\\ud800lone"],
    ["\u3164hangul filler", "\\u3164hangul filler"],
    ["<b>&amp;", "<b>&amp;"],
  ])("shows %j", (text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  it("marks what it has written out, so that nobody can fake it", () => {
    expect(piecesOf("\\u202e\u202e", 100)).toEqual([
      { text: "\\u202e", escape: false },
      { text: "\\u202e", escape: true },
    ]);
  });

  it("is cut, however long it is", () => {
    expect(visible("x".repeat(5_000), 10)).toBe("xxxxxxxxxx…");
    expect(piecesOf("\u202e".repeat(5_000), 10)).toHaveLength(10);
  });
});
