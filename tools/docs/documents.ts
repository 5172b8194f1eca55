/** The documents of the repository, and what is in them: code blocks, links, headings. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dirname, "../..");

/** Paths of all Markdown files, relative to the root: not the reports on the public types, which are generated. */
export const documents: readonly string[] = execFileSync(
  "git",
  ["ls-files", "--cached", "--others", "--exclude-standard", "*.md", ":!api/"],
  { cwd: root, encoding: "utf8" },
)
  .trim()
  .split("\n");

export const readDocument = (path: string): string => readFileSync(join(root, path), "utf8");

/**
 * A fenced code block. HTML comments above it may complete it:
 * `<!-- file: src/room.ts -->` names its file, so that other blocks of the document can import it;
 * `<!-- with: declare const user: User; -->` declares what the reader's own program has and the block does not show.
 * A file that the blocks import but the document does not show is one comment: its name, then its lines.
 */
export interface Block {
  readonly document: string;
  /** Line of the first line of code, from 1. */
  readonly line: number;
  readonly language: string;
  /** What follows the language: `no-check, because …`. */
  readonly note: string;
  readonly text: string;
  readonly file: string | undefined;
  readonly with: string;
}

const BLOCK = /((?:<!--(?:(?!-->)[^])*-->\s*)*)^([ ]*)```([^\n]*)\n([^]*?)^\2```$/gm;

/** All fenced code blocks of a document. */
export function blocksOf(document: string, source = readDocument(document)): Block[] {
  const unseen = [...source.matchAll(/<!-- file: (\S+)\n([^]*?)-->/g)].map(({ 1: file, 2: text = "", index }) => ({
    ...{ document, language: "ts", note: "", text, file, with: "" },
    line: lineAt(source, index) + 1,
  }));
  const seen = [...source.matchAll(BLOCK)].map((match) => {
    const [, comments = "", indent = "", info = "", code = ""] = match;
    const [, language = "", note = ""] = /^(\S*)\s*(.*)$/.exec(info) ?? [];
    return {
      document,
      line: lineAt(source, match.index + comments.length) + 1,
      language,
      note,
      text: code.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
      file: /<!-- file: (\S+) -->/.exec(comments)?.[1],
      with: /<!-- with:([^]*?)-->/.exec(comments)?.[1]?.trim() ?? "",
    };
  });
  return [...unseen, ...seen];
}

const lineAt = (source: string, index: number): number => source.slice(0, index).split("\n").length;

/** Prose alone: without code blocks, code spans and comments. */
export function proseOf(source: string): string {
  return source
    .replaceAll(BLOCK, "")
    .replaceAll(/`[^`\n]*`/g, "")
    .replaceAll(/<!--[^]*?-->/g, "");
}

/** The titles of a document's headings. */
export function headingsOf(source: string): string[] {
  return [...source.replaceAll(BLOCK, "").matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) => title);
}

/** The anchors of a document's headings, as GitHub writes them. */
export function anchorsOf(source: string): string[] {
  return headingsOf(source).map((title) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replaceAll(" ", "-"),
  );
}
