import fc from "fast-check";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { Markup } from "./markup.tsx";

const names = { me: "alice", roomIds: new Map([["general", 1]]) };
const html = (text: string, mentions: readonly string[] = []) =>
  renderToStaticMarkup(createElement(Markup, { text, mentions, names }));

describe("a message on the page", () => {
  it("shows what was written, whatever it is", () => {
    expect(html("<img src=x onerror=alert(1)>")).toBe("<span>&lt;img src=x onerror=alert(1)&gt;</span>");
  });

  it("has no elements but those of the markup, and their attributes in quotes", () => {
    const parts = fc.constantFrom(
      "<b>",
      '"',
      "'",
      ">",
      "*",
      "_",
      "`",
      "```",
      "https://a.b/",
      " ",
      "@bob",
      "#general",
      ":tada:",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(parts, { maxLength: 30 }).map((all) => all.join("")),
        ),
        (text) => {
          const tags = html(text, ["bob"]).match(/<[^>]*>/g) ?? [];
          for (const tag of tags)
            expect(tag).toMatch(/^<(\/?(span|strong|em|s|code|pre|a)|(span|a|pre|code)( [a-z-]+="[^"<>]*")+)>$/);
        },
      ),
    );
  });

  it("opens links in a window that knows nothing of this one", () => {
    expect(html("https://a.example/?a=1&b=2")).toContain(
      'href="https://a.example/?a=1&amp;b=2" target="_blank" rel="noopener',
    );
  });

  it("marks mentions that the server has found, and those of the reader more", () => {
    expect(html("@bob @nobody", ["bob"])).toBe('<span><span class="markup-mention">@bob</span> @nobody</span>');
    expect(html("@Alice", ["alice"])).toContain('data-me="true"');
    expect(html("@all", ["all"])).toContain('data-me="true"');
  });

  it("links the rooms that the reader has", () => {
    expect(html("#general #other")).toContain('href="/room/1"');
    expect(html("#other")).toBe("<span>#other</span>");
  });

  it("shows a few emoji alone in large", () => {
    expect(html(":tada: 👍")).toContain("markup-large");
    expect(html(":tada: done")).not.toContain("markup-large");
    expect(html("123")).not.toContain("markup-large");
  });
});
