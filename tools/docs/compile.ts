/** Writes the TypeScript blocks of all documents to files below `artifacts/docs` and compiles them in one program. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import ts from "typescript";
import { root } from "./documents.ts";
import type { Block } from "./documents.ts";

const OPTIONS: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  target: ts.ScriptTarget.ES2023,
  lib: ["lib.es2024.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  allowImportingTsExtensions: true,
  jsx: ts.JsxEmit.ReactJSX,
  types: ["node"],
};

export const isTypeScript = ({ language, note }: Block): boolean =>
  (language === "ts" || language === "tsx") && !note.startsWith("no-check");

/** The folder that has a document's blocks as files. */
export const folderOf = (document: string): string =>
  join(root, "artifacts/docs", document.replaceAll(/[^\w]+/g, "-").toLowerCase());

export const pathOf = ({ document, file, line, language }: Block): string =>
  join(folderOf(document), file ?? `line-${line}.${language}`);

/** Writes blocks as files, each with its declarations in front. */
export function writeBlocks(blocks: readonly Block[]): void {
  for (const document of new Set(blocks.map((block) => block.document))) {
    rmSync(folderOf(document), { recursive: true, force: true });
  }
  for (const block of blocks) {
    const path = pathOf(block);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, block.with === "" ? block.text : `${block.with}\n${block.text}`);
  }
}

/** Compiles written blocks. Gives one line for each error, with the place in the document. */
export function compileBlocks(blocks: readonly Block[]): string[] {
  const byPath = new Map(blocks.map((block) => [pathOf(block), block]));
  const program = ts.createProgram([...byPath.keys()], OPTIONS);
  return ts.getPreEmitDiagnostics(program).map((diagnostic) => {
    const text = ts.flattenDiagnosticMessageText(diagnostic.messageText, " ");
    const { file, start = 0 } = diagnostic;
    const block = file && byPath.get(file.fileName);
    if (!file || !block) return `${file ? relative(root, file.fileName) : ""}: ${text}`;
    const prelude = block.with === "" ? 0 : block.with.split("\n").length;
    const line = file.getLineAndCharacterOfPosition(start).line - prelude;
    return `${block.document}:${block.line + line}${line < 0 ? " (its with: comment)" : ""}: ${text}`;
  });
}
