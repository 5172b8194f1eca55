/** The tables in docs name tests by file and title: each file must be there, and each title in it. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const DOCS = new URL("../../../docs/", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, DOCS), "utf8");

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, n) => from + n);
const ids = (seed: string, count: number): string[] =>
  range(1, count).map((n) => `${seed}-${String(n).padStart(2, "0")}`);

const documents: readonly [file: string, rows: readonly string[]][] = [
  ["phoenix-features.md", [...range(1, 96), 114, 120, ...range(122, 126)].map(String)],
  ["seed-checks.md", [...ids("S1", 39), ...ids("S4", 38), ...ids("S0", 14), ...ids("S2", 16), ...ids("S3", 12)]],
];

describe.each(documents)("docs/%s", (file, rows) => {
  const text = read(file);
  const table = [...text.matchAll(/^\| (\S+) \| (.+) \| (.+) \|$/gm)]
    .map(([, id, , by]) => ({ id: id as string, by: by as string }))
    .filter(({ id }) => /\d$/.test(id));
  /** Short names: `- **clients**: [path](../path)`. */
  const paths = new Map(
    [...text.matchAll(/^- \*\*(.+)\*\*: \[(.+)\]\(\.\.\/(.+)\)$/gm)].map(([, name, , path]) => [name, path]),
  );

  it("has every row once, in order", () => {
    expect(table.map(({ id }) => id)).toEqual(rows);
  });

  it("names a test in each row, or says why there is none", () => {
    const bare = table.filter(({ by }) => !/`[^`]+`/.test(by) && !by.startsWith("no meaning here: "));
    expect(bare).toEqual([]);
  });

  it("names only tests that exist", () => {
    const missing: string[] = [];
    for (const { id, by } of table) {
      for (const [, name, title] of by.matchAll(/([\w.-]+) `([^`]+)`/g)) {
        const path = paths.get(name);
        if (path === undefined || !read(`../${path}`).includes(title as string))
          missing.push(`${id}: ${name} ${title}`);
      }
    }
    expect(missing).toEqual([]);
  });
});
