/** The tutorial: each step compiles, and the last one is `examples/chat`. `npm run tutorial` runs them all in Chromium. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "./documents.ts";
import { compileSteps, highlightOf, readSteps, writeSteps } from "./tutorial.ts";
import type { Step } from "./tutorial.ts";

const steps = readSteps();
const last = steps.at(-1) as Step;
const written = writeSteps(steps);

const EXAMPLE = "examples/chat";
/** What the example has as part of the repository, and a reader does not need. */
const OWN = ["README.md", "package.json", "test/browser.test.ts"];

describe("the tutorial", () => {
  it("compiles after each step", () => {
    expect(steps).toHaveLength(10);
    expect(compileSteps(written)).toEqual([]);
  });

  it("ends with the files of examples/chat", () => {
    const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", EXAMPLE], {
      cwd: root,
      encoding: "utf8",
    });
    const paths = listed.trim().split("\n");
    const files = paths.map((path) => path.slice(EXAMPLE.length + 1)).filter((file) => !OWN.includes(file));
    const example = files.map((file) => [file, readFileSync(join(root, EXAMPLE, file), "utf8")] as const);
    const built = [...last.files].filter(([file]) => file !== "package.json");
    expect(Object.fromEntries(built)).toEqual(Object.fromEntries(example));
  });

  it("has the scripts and dependencies of examples/chat", () => {
    const { name: _, ...example } = JSON.parse(readFileSync(join(root, EXAMPLE, "package.json"), "utf8"));
    delete example.scripts.prestart; // builds the packages of the repository
    expect(JSON.parse(last.files.get("package.json") as string)).toEqual({ name: "chat", ...example });
  });

  it("shows no file again that has not changed, and highlights what is new in it", () => {
    const wrong = steps.flatMap(({ document, blocks, before }) =>
      blocks.flatMap(({ file, line, text, note }) => {
        const highlight = highlightOf(before.get(file), text);
        if (before.get(file) === text) return [`${document}:${line}: ${file} is as it was`];
        return note === highlight ? [] : [`${document}:${line}: ${file} needs ${highlight || "no highlight"}`];
      }),
    );
    expect(wrong).toEqual([]);
    expect(highlightOf("a\nb\nc\n", "a\nx\ny\n\nc\nz\n")).toBe("{2-3,6}");
  });
});
