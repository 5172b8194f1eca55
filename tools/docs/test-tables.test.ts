/** Tables in documents name tests by file and title: each file must exist, and each title in it. */
import { describe, expect, it } from "vitest";
import { readDocument } from "./documents.ts";

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, n) => from + n);
const ids = (seed: string, count: number): string[] =>
  range(1, count).map((n) => `${seed}-${String(n).padStart(2, "0")}`);

/** How many tests each file of phoenix.js 1.8.9 has. */
const PHOENIX_JS = {
  "channel_test.js": 65,
  "socket_test.js": 73,
  "socket_http_test.js": 2,
  "serializer_test.js": 9,
  "presence_test.js": 14,
  "longpoll_test.js": 14,
};

/** Rows by number: `| 12 | what is checked | tests |`. */
const numbered: readonly [document: string, rows: readonly string[]][] = [
  ["conformance/phoenix-features.md", [...range(1, 96), 114, 120, ...range(122, 126)].map(String)],
  [
    "conformance/seed-checks.md",
    [...ids("S1", 39), ...ids("S4", 38), ...ids("S0", 14), ...ids("S2", 16), ...ids("S3", 12)],
  ],
];

describe.each(numbered)("%s", (document, expected) => {
  const rows = rowsOf(document, /^\| (\S*\d) \| .+ \| (.+) \|$/gm);

  it("has every row once, in order", () => expect(rows.map(({ title }) => title)).toEqual(expected));
  namesTests(document, rows);
});

describe("conformance/phoenix-js.md", () => {
  const document = "conformance/phoenix-js.md";
  const rows = rowsOf(document, /^\| (?!phoenix\.js|---)(.+?) \| (.+) \|$/gm);

  it("has every test of phoenix.js once", () => {
    const counts = Object.fromEntries(
      readDocument(document)
        .split(/^### /m)
        .map((section) => [section.split("\n", 1)[0], [...section.matchAll(/^\| (?!phoenix|---)/gm)].length] as const)
        .filter(([name]) => name?.endsWith("_test.js")),
    );
    expect(counts).toEqual(PHOENIX_JS);
    expect(rows).toHaveLength(177);
  });
  namesTests(document, rows);
});

interface Row {
  readonly title: string;
  readonly tests: string;
}

function rowsOf(document: string, pattern: RegExp): Row[] {
  return [...readDocument(document).matchAll(pattern)].map(([, title = "", tests = ""]) => ({ title, tests }));
}

/** Files by short name, as a document lists them: `- **clients**: [path from the root](relative path)`. */
function filesOf(document: string): Map<string, string> {
  const listed = readDocument(document).matchAll(/^- \*\*(.+)\*\*: \[(.+)\]\(.+\)$/gm);
  return new Map([...listed].map(([, name = "", path = ""]) => [name, path]));
}

function namesTests(document: string, rows: readonly Row[]): void {
  it("names a test in each row, or says why there is none", () => {
    expect(rows.filter(({ tests }) => !/`[^`]+`/.test(tests) && !tests.startsWith("no meaning here: "))).toEqual([]);
  });

  it("names only tests that exist", () => {
    const files = filesOf(document);
    const references = [...readDocument(document).matchAll(/([\w.-]+) `([^`]+)`/g)];
    const missing = references.filter(([, name = "", test = ""]) => {
      const file = files.get(name);
      return file !== undefined && !readDocument(file).includes(test);
    });
    expect(missing.map(([reference]) => reference)).toEqual([]);
    const named = rows.flatMap(({ tests }) => [...tests.matchAll(/([\w.-]+) `/g)].map(([, name = ""]) => name));
    expect(named.filter((name) => !files.has(name))).toEqual([]);
  });
}
