import { readFileSync, writeFileSync } from "node:fs";

const README = new URL("../README.md", import.meta.url);

/** The parts of bench/README.md that a bench writes, between `<!-- name -->` and `<!-- /name -->`. */
export type Section = "table" | "presence" | "cluster" | "nodes" | "frozen" | "loss" | "history" | "inspector";

/** Puts a text into its section of bench/README.md. */
export function writeReadme(section: Section, text: string): void {
  const [opening, closing] = [`<!-- ${section} -->`, `<!-- /${section} -->`];
  const page = readFileSync(README, "utf8");
  const begin = page.indexOf(opening);
  const end = page.indexOf(closing);
  if (begin === -1 || end < begin) throw new Error(`bench/README.md has no ${opening} … ${closing} section`);
  writeFileSync(README, `${page.slice(0, begin + opening.length)}\n\n${text}\n\n${page.slice(end)}`);
}
