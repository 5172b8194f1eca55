/**
 * The tutorial's pages, and the project that a reader has after each of them. Blocks with a file's name are that file in full:
 * it is added to the files of the steps before, or takes the place of an older one.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { blocksOf, documents, root } from "./documents.ts";
import type { Block } from "./documents.ts";

export interface Step {
  readonly document: string;
  /** Its blocks with files, in the order of the page. */
  readonly blocks: readonly (Block & { readonly file: string })[];
  /** What stands in the files of these blocks before this step. */
  readonly before: ReadonlyMap<string, string>;
  /** All files of the project after it, by their paths. */
  readonly files: ReadonlyMap<string, string>;
}

/** Its blocks belong together across pages: they are compiled here, and not one by one. */
export const isTutorial = (document: string): boolean => document.startsWith("docs/tutorial/");

const numberOf = (document: string): number => Number.parseInt(document.slice("docs/tutorial/".length));

/** The steps that change the project, first to last. */
export function readSteps(): Step[] {
  const pages = documents.filter((document) => isTutorial(document) && numberOf(document) > 0);
  const steps: Step[] = [];
  let files: ReadonlyMap<string, string> = new Map();
  for (const document of pages.toSorted((a, b) => numberOf(a) - numberOf(b))) {
    const blocks = blocksOf(document).flatMap((block) => (block.file ? [{ ...block, file: block.file }] : []));
    if (blocks.length === 0) continue;
    const before = files;
    files = new Map([...files, ...blocks.map(({ file, text }) => [file, text] as const)]);
    steps.push({ document, blocks, before, files });
  }
  return steps;
}

export const folderOf = (step: Step): string => join(root, "artifacts/tutorial", String(numberOf(step.document)));

/** Writes the project of each step, and beside its files the page's blocks that are no file of it. Gives paths by step. */
export function writeSteps(steps: readonly Step[]): Map<Step, string[]> {
  rmSync(join(root, "artifacts/tutorial"), { recursive: true, force: true });
  return new Map(
    steps.map((step) => {
      const loose = blocksOf(step.document).filter(({ file, language }) => file === undefined && language === "ts");
      const shown = loose.map(({ line, with: given, text }) => [`line-${line}.ts`, `${given}\n${text}`] as const);
      const paths = [...step.files, ...shown].map(([file, text]) => {
        const path = join(folderOf(step), file);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, text);
        return path;
      });
      return [step, paths];
    }),
  );
}

/** Compiles written steps in one program, with the options that the reader has. Gives one line for each error. */
export function compileSteps(written: ReadonlyMap<Step, readonly string[]>): string[] {
  const [first] = written.keys();
  if (first === undefined) return ["there are no steps"];
  const config = ts.parseConfigFileTextToJson("tsconfig.json", first.files.get("tsconfig.json") ?? "").config as object;
  const { options, errors } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, folderOf(first));
  const wrong = errors.filter(({ code }) => code !== 18002 && code !== 18003); // no inputs: they are named here
  const paths = [...written.values()].flat().filter((path) => path.endsWith(".ts"));
  return [...wrong, ...ts.getPreEmitDiagnostics(ts.createProgram(paths, options))].map(
    ({ file, start = 0, messageText }) => {
      const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start).line + 1;
      return `${file?.fileName ?? ""}:${line}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
    },
  );
}

/**
 * The lines of a file that were not in its older version, as a block of code says it: `{2,5-7}`; empty for a new file, and
 * where nothing was added.
 */
export function highlightOf(before: string | undefined, after: string): string {
  if (before === undefined) return "";
  const ranges: [number, number][] = [];
  for (const line of addedLines(before.split("\n"), after.split("\n"))) {
    const last = ranges.at(-1);
    if (last?.[1] === line - 1) last[1] = line;
    else ranges.push([line, line]);
  }
  return ranges.length === 0 ? "" : `{${ranges.map(([a, b]) => (a === b ? a : `${a}-${b}`)).join(",")}}`;
}

/** Lines, from 1, that are not part of the longest common subsequence. Empty ones are left out. */
function addedLines(before: readonly string[], after: readonly string[]): number[] {
  const common = before.map(() => after.map(() => 0));
  const at = (i: number, j: number): number => common[i]?.[j] ?? 0;
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      common[i]![j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const added: number[] = [];
  for (let i = 0, j = 0; j < after.length;) {
    if (i < before.length && before[i] === after[j]) [i, j] = [i + 1, j + 1];
    else if (i < before.length && at(i + 1, j) >= at(i, j + 1)) i++;
    else added.push(++j);
  }
  return added.filter((line) => after[line - 1]?.trim() !== "");
}
