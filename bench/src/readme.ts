import { readFileSync, writeFileSync } from "node:fs";

const README = new URL("../README.md", import.meta.url);
const BEGIN = "<!-- table -->";
const END = "<!-- /table -->";

/** Puts a text between the table marks of bench/README.md. */
export function writeReadme(text: string): void {
  const page = readFileSync(README, "utf8");
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin === -1 || end < begin) throw new Error(`bench/README.md has no ${BEGIN} … ${END} section`);
  writeFileSync(README, `${page.slice(0, begin + BEGIN.length)}\n\n${text}\n\n${page.slice(end)}`);
}
