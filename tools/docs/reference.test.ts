/** docs/reference says what the code does: all events, metrics and errors, and none that do not exist. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CloseCode, Reason } from "@wingbeat/protocol";
import { describe, expect, it } from "vitest";
import { headingsOf, readDocument, root } from "./documents.ts";
import { completed, GENERATED } from "./reference.ts";

describe("the parts made from the code", () => {
  it.each(Object.keys(GENERATED))("of %s are up to date", async (page) => {
    const source = readDocument(page);
    expect(source, 'the code has changed: run "npm run docs:tables"').toBe(await completed(page, source));
  });
});

/** The members of a union of strings. */
function unionOf(file: string, type: string): string[] {
  const source = readFileSync(join(root, file), "utf8");
  const [, union = ""] = new RegExp(`type ${type} =([^;]*(?:;(?!\\n)[^;]*)*);\\n`).exec(source) ?? [];
  return [...union.matchAll(/^ *\| "(.+?)"|"(\w+)"(?= \||$)/gm)].map(([, line, inline]) => line ?? inline ?? "");
}

describe("docs/reference/errors.md", () => {
  const page = readDocument("docs/reference/errors.md");
  const headings = headingsOf(page);
  /** Headings that begin so, without that. */
  const under = (start: string): string[] =>
    headings.filter((heading) => heading.startsWith(start)).map((heading) => heading.slice(start.length));
  /** The first column of a section's table. */
  const rowsUnder = (heading: string): string[] => {
    const section = page.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
    return [...section.matchAll(/^\| `(.+?)` /gm)].map(([, name = ""]) => name);
  };

  it("has each code of WingbeatError, which is where `help` leads", () => {
    const codes = unionOf("packages/server/src/errors.ts", "WingbeatErrorCode");
    expect(codes.length).toBeGreaterThan(10);
    // These are not of WingbeatError: errors of the codecs, and a warning of Node.
    expect(under("WB_").map((code) => `WB_${code}`)).toEqual([...codes, "WB_DECODE", "WB_ENCODE", "WB_LISTENER"]);
  });

  it("has each failure of a push", () => {
    expect(under("Push: ")).toEqual(unionOf("packages/client/src/errors.ts", "PushFailure"));
  });

  it("has each reason that the server puts into a reply", () => {
    expect(under("Reason: ").toSorted()).toEqual(Object.values(Reason).toSorted());
  });

  it("has each close code, and those that only a client sees", () => {
    const withoutFrame = 1006;
    const ofLostSession = 3410; // of a long-poll client, when its poll is answered with 410
    const codes = [...Object.values(CloseCode), withoutFrame, ofLostSession];
    expect(under("Close code ").map(Number)).toEqual(codes.toSorted((a, b) => a - b));
  });

  it("has each stage that refuses a connection", () => {
    const source = readFileSync(join(root, "packages/server/src/telemetry.ts"), "utf8");
    const [, stages = ""] = /readonly stage:([^;]*);/.exec(source) ?? [];
    expect(rowsUnder("Refused connections")).toEqual([...stages.matchAll(/"(.+?)"/g)].map(([, stage]) => stage));
  });

  it("has each reason of a recovery that failed", () => {
    expect(rowsUnder("Recovery reasons")).toEqual(unionOf("packages/protocol/src/recovery.ts", "RecoveryReason"));
  });
});
