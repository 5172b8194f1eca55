/**
 * Writes the blocks of all documents to files below `artifacts/docs`, and compiles TypeScript in one program, components of
 * Svelte and Vue with their own checkers.
 */
import { spawnSync } from "node:child_process";
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

export const isSvelte = ({ language }: Block): boolean => language === "svelte";

export const isVue = ({ language }: Block): boolean => language === "vue";

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

/** The same options for a tsconfig.json. */
const COMPONENT_OPTIONS = {
  ...OPTIONS,
  target: "es2023",
  lib: ["es2024", "dom", "dom.iterable"],
  module: "esnext",
  moduleResolution: "bundler",
  moduleDetection: "force",
  jsx: "react-jsx",
};

/** Checks written components, scripts and markup, warnings of the compiler included. Gives what the checker printed. */
export function checkComponents(blocks: readonly Block[]): string {
  const config = join(root, "artifacts/docs/tsconfig.svelte.json");
  writeFileSync(config, JSON.stringify({ compilerOptions: COMPONENT_OPTIONS, files: blocks.map(pathOf) }));
  const args = ["--workspace", dirname(config), "--tsconfig", config, "--fail-on-warnings", "--output", "machine"];
  const checker = join(root, "node_modules/svelte-check/bin/svelte-check");
  const { status, stdout, stderr } = spawnSync(process.execPath, [checker, ...args], { encoding: "utf8" });
  const found = Number(/COMPLETED (\d+) FILES/.exec(stdout)?.[1] ?? 0);
  return status === 0 && found >= blocks.length ? "" : `${stdout}${stderr}`;
}

/** Checks written components of Vue, scripts and templates. Gives what the checker printed. */
export function checkVueComponents(blocks: readonly Block[]): string {
  const config = join(root, "artifacts/docs/tsconfig.vue.json");
  writeFileSync(config, JSON.stringify({ compilerOptions: COMPONENT_OPTIONS, files: blocks.map(pathOf) }));
  const checker = join(root, "node_modules/vue-tsc/bin/vue-tsc.js");
  const { status, stdout, stderr } = spawnSync(process.execPath, [checker, "-p", config], { encoding: "utf8" });
  return status === 0 ? "" : `${stdout}${stderr}`;
}
