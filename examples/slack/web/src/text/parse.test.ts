import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allEmoji, emojiNamed, findEmoji } from "./emoji.ts";
import { inlineSource, parse, plainText, sourceOf } from "./parse.ts";
import type { Inline } from "./parse.ts";

/** The nodes of a text without blocks. */
const inline = (text: string): readonly Inline[] =>
  parse(text).flatMap((block) => (block.type === "lines" ? block.children : []));
/** Short names of the nodes: "bold(text)". */
const shape = (nodes: readonly Inline[]): string =>
  nodes.map((node) => ("children" in node ? `${node.type}(${shape(node.children)})` : node.type)).join(" ");

describe("markup", () => {
  it.each([
    ["plain", "text"],
    ["*bold*", "bold(text)"],
    ["_italic_ and ~strike~", "italic(text) text strike(text)"],
    ["*bold _both_*", "bold(text italic(text))"],
    ["*a* *b*", "bold(text) text bold(text)"],
    ["2*3*4", "text"],
    ["* not bold*", "text"],
    ["*not bold *", "text"],
    ["snake_case_name", "text"],
    ["*over\nlines*", "text"],
    ["`*code*`", "code"],
    ["*bold `a*b` end*", "bold(text code text)"],
    ["hi @bob!", "text mention text"],
    ["mail bob@example.com", "text"],
    ["see #general.", "text room text"],
    ["a#b", "text"],
    [":tada::rocket:", "emoji emoji"],
    [":no_such_emoji:", "text"],
    ["10:30:45", "text"],
    ["https://a.example/x?y=1#z", "link"],
    ["(https://a.example/x)", "text link text"],
    ["javascript:alert(1) data:text/html,x", "text"],
    ["_https://a.example/a_b_", "italic(link)"],
    ["no idea \u00af\\_(ツ)_/\u00af _or_ \u00af\\_(ツ)_/\u00af", "text italic(text) text"],
    ["(_so_)_", "text italic(text) text"],
  ])("%j is %s", (text, expected) => {
    expect(shape(inline(text))).toBe(expected);
  });

  it("ends an address before the sentence does", () => {
    expect(inline("at https://a.example/b(c). Or not")).toContainEqual({
      type: "link",
      href: "https://a.example/b(c)",
    });
    expect(inline("https://a.example/b?!")[0]).toEqual({ type: "link", href: "https://a.example/b" });
  });

  it("takes names with dots and dashes in them, not at their end", () => {
    expect(inline("@ann.lee-2. ok")[0]).toEqual({ type: "mention", username: "ann.lee-2" });
  });

  it("keeps blocks of code as they are", () => {
    expect(parse("a ```x *y*\n``z`` ``` b").map((block) => block.type)).toEqual(["lines", "pre", "lines"]);
    expect(parse("``` open").map((block) => block.type)).toEqual(["lines"]);
  });
});

const alphabet = [
  "*",
  "_",
  "~",
  "`",
  "```",
  "@",
  "#",
  ":",
  "tada",
  "bob",
  " ",
  "\n",
  ".",
  "(",
  ")",
  "<b>",
  "&",
  "https://",
  "a.b",
  "é",
  "👍",
];
const markup = fc.oneof(
  fc.string(),
  fc.array(fc.constantFrom(...alphabet), { maxLength: 40 }).map((parts) => parts.join("")),
);

it("is plain text for one line", () => {
  expect(plainText("*bold _and_* `code`\n:tada: @bob ```a\nb```")).toBe("bold and code 🎉 @bob a b");
});

describe("any text", () => {
  it("is all there again in the sources of its nodes", () => {
    fc.assert(fc.property(markup, (text) => void expect(sourceOf(parse(text))).toBe(text)));
  });

  it("makes links to web addresses only", () => {
    const links = (nodes: readonly Inline[]): string[] =>
      nodes.flatMap((node) => ("children" in node ? links(node.children) : node.type === "link" ? [node.href] : []));
    const addresses = fc.array(
      fc.oneof(fc.webUrl(), fc.constantFrom("javascript:x", "data:x", "http:", "//x", ...alphabet)),
    );
    fc.assert(
      fc.property(addresses, (parts) => {
        for (const href of links(inline(parts.join(" ")))) expect(new URL(href).protocol).toMatch(/^https?:$/);
      }),
    );
  });

  it("of the greatest length is read in no time", () => {
    const worst = "*a ".repeat(1300) + "_b ".repeat(30);
    expect(inlineSource(inline(worst))).toBe(worst);
  });
});

describe("emoji", () => {
  it("are at least 150, each with a name of its own", () => {
    expect(allEmoji.length).toBeGreaterThan(150);
    expect(new Set(allEmoji.map(({ name }) => name)).size).toBe(allEmoji.length);
    for (const { name, char } of allEmoji) expect(`${name} ${char}`).toMatch(/^[a-z0-9_]+ [^a-z]+$/);
  });

  it("are found by the beginning of their name first", () => {
    expect(findEmoji("heart", 3).map(({ name }) => name)).toEqual(["heart", "heart_eyes", "kissing_heart"]);
    expect(findEmoji("+1", 1)[0]?.char).toBe("👍");
    expect(emojiNamed("+1")).toBe("👍");
    expect(findEmoji("no such", 5)).toEqual([]);
  });
});
