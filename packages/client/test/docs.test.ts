/** docs/phoenix-js.md names a test for each of phoenix.js's: each file must be there, and each title in it. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");

/** How many tests each file of phoenix.js 1.8.9 has. */
const UPSTREAM = {
  "channel_test.js": 65,
  "socket_test.js": 73,
  "socket_http_test.js": 2,
  "serializer_test.js": 9,
  "presence_test.js": 14,
  "longpoll_test.js": 14,
};

describe("docs/phoenix-js.md", () => {
  const text = read("docs/phoenix-js.md");
  const rows = [...text.matchAll(/^\| (?!phoenix\.js|---)(.+?) \| (.+) \|$/gm)].map(([, title, ours]) => ({
    title: title as string,
    ours: ours as string,
  }));
  /** Short names: `- **join**: [path](../path)`. */
  const paths = new Map(
    [...text.matchAll(/^- \*\*(\w+)\*\*: \[(.+)\]\(\.\.\/(.+)\)$/gm)].map(([, name, , path]) => [name, path]),
  );

  it("has every test of phoenix.js once", () => {
    const counts = Object.fromEntries(
      text.split(/^### /m).flatMap((section) => {
        const [name = ""] = section.split("\n", 1);
        return name.endsWith("_test.js") ? [[name, [...section.matchAll(/^\| (?!phoenix|---)/gm)].length]] : [];
      }),
    );
    expect(counts).toEqual(UPSTREAM);
    expect(rows).toHaveLength(177);
  });

  it("names a test in each row, or says why there is none", () => {
    expect(rows.filter(({ ours }) => !/`[^`]+`/.test(ours) && !ours.startsWith("no meaning here: "))).toEqual([]);
  });

  it("names only tests that exist", () => {
    const missing = [...text.matchAll(/\b(\w+) `([^`]+)`/g)].filter(([, name, title]) => {
      const path = paths.get(name as string);
      return path !== undefined && !read(path).includes(title as string);
    });
    expect(missing.map(([reference]) => reference)).toEqual([]);
    const named = rows.flatMap(({ ours }) => [...ours.matchAll(/(\w+) `/g)].map(([, name]) => name));
    expect(named.filter((name) => !paths.has(name))).toEqual([]);
  });
});
