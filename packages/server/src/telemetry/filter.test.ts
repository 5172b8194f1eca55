import { describe, expect, it } from "vitest";
import { DEFAULT_FILTER, filterOf } from "./filter.ts";

const hidden = "[FILTERED]";

describe("filterParameters", () => {
  it.each<[unknown, unknown]>([
    [
      { password: "a", name: "b" },
      { password: hidden, name: "b" },
    ],
    [{ user: { new_password: "a" } }, { user: { new_password: hidden } }],
    [
      [{ csrfToken: "a" }, "plain"],
      [{ csrfToken: hidden }, "plain"],
    ],
    [{ clientSecret: { deep: 1 } }, { clientSecret: hidden }],
    ["https://x/?TOKEN=1", hidden],
    ["a token", "a token"],
    [
      { n: 1, ok: true, none: null },
      { n: 1, ok: true, none: null },
    ],
    [undefined, undefined],
    [new Uint8Array(2), "[2 bytes]"],
  ])("hides in %j what is secret", (value, printed) => {
    expect(filterOf(DEFAULT_FILTER)(value)).toEqual(printed);
  });

  it("hides other words, and only those", () => {
    expect(filterOf(["Card"])({ card_number: 1, password: "a" })).toEqual({ card_number: hidden, password: "a" });
    expect(filterOf([])({ password: "a" })).toEqual({ password: "a" });
  });

  it("keeps only what it is told to keep, with all that is below", () => {
    const filter = filterOf({ keep: ["page"] });
    expect(filter({ page: { n: 1, list: [2] }, pages: 3, user: { page: 4, name: "x" }, list: [5] })).toEqual({
      page: { n: 1, list: [2] },
      pages: hidden,
      user: { page: 4, name: hidden },
      list: [hidden],
    });
    expect(filter("text")).toBe(hidden);
  });

  it("does not follow a value for ever", () => {
    const loop: { password: string; self?: unknown } = { password: "a" };
    loop.self = loop;
    expect(JSON.stringify(filterOf(DEFAULT_FILTER)(loop))).not.toContain('"a"');
    expect(JSON.stringify(filterOf({ keep: ["x"] })(loop))).toContain(hidden);
  });
});
