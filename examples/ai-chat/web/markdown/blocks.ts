/** Splits a text into blocks. `source` is what a block was made of. */
export type Block = { readonly source: string } & (
  | { readonly type: "paragraph" | "quote"; readonly text: string }
  | { readonly type: "heading"; readonly level: number; readonly text: string }
  | { readonly type: "code"; readonly language: string; readonly text: string }
  /** `start` is the number of the first item; absent for bullets. Items are texts with blocks of their own. */
  | { readonly type: "list"; readonly start: number | undefined; readonly items: readonly string[] }
  | { readonly type: "rule" }
);

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([^\s`]*)/;
const HEADING = /^(#{1,6})\s+(.*)$/;
const RULE = /^ {0,3}([-*_])( *\1){2,} *$/;
const QUOTE = /^ {0,3}> ?/;
const ITEM = /^ {0,3}([-*+]|\d{1,9}[.)])(?: +|$)/;
const BLANK = /^\s*$/;
const INDENT = /^(?: {1,4}|\t)/;

/** Quotes and lists deeper than this are text: a line of a thousand ">" must not be a thousand elements deep. */
const MAX_DEPTH = 6;

/** `depth`: how many quotes and lists are around the text. */
export function blocksOf(text: string, depth: number): Block[] {
  const lines = text.split("\n");
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length;) {
    if (BLANK.test(lines[at]!)) {
      at++;
      continue;
    }
    const taken = linesOfBlock(lines, at, depth);
    blocks.push(blockOf(taken, depth));
    at += taken.length;
  }
  return blocks;
}

/** The lines of the block that begins at a line: at least that one. */
function linesOfBlock(lines: readonly string[], at: number, depth: number): string[] {
  const first = lines[at]!;
  const fence = FENCE.exec(first)?.[1];
  if (fence !== undefined) {
    const end = lines.findIndex((line, index) => index > at && line.trim().startsWith(fence));
    return lines.slice(at, end < 0 ? lines.length : end + 1);
  }
  if (HEADING.test(first) || RULE.test(first)) return [first];
  const isNested = depth < MAX_DEPTH;
  let end = at + 1;
  if (isNested && QUOTE.test(first)) while (end < lines.length && QUOTE.test(lines[end]!)) end++;
  else if (isNested && ITEM.test(first)) while (end < lines.length && isInList(lines, end)) end++;
  else while (end < lines.length && !BLANK.test(lines[end]!) && !beginsBlock(lines[end]!)) end++;
  return lines.slice(at, end);
}

const beginsBlock = (line: string): boolean =>
  [FENCE, HEADING, RULE, QUOTE, ITEM].some((beginning) => beginning.test(line));

/** Items, what is indented below them, and blank lines between those. */
function isInList(lines: readonly string[], at: number): boolean {
  const line = lines[at]!;
  if (!BLANK.test(line))
    return ITEM.test(line) || INDENT.test(line) || !(BLANK.test(lines[at - 1]!) || beginsBlock(line));
  const next = lines[at + 1];
  return next !== undefined && (ITEM.test(next) || (INDENT.test(next) && !BLANK.test(next)));
}

function blockOf(lines: readonly string[], depth: number): Block {
  const source = lines.join("\n");
  const [first = ""] = lines;
  const fence = FENCE.exec(first);
  if (fence) {
    const isClosed = lines.length > 1 && lines.at(-1)!.trim().startsWith(fence[1]!);
    const text = lines.slice(1, isClosed ? -1 : undefined).join("\n");
    return { type: "code", source, language: fence[2]!, text };
  }
  const heading = HEADING.exec(first);
  if (heading) return { type: "heading", source, level: heading[1]!.length, text: heading[2]! };
  if (RULE.test(first)) return { type: "rule", source };
  if (depth < MAX_DEPTH && QUOTE.test(first)) {
    return { type: "quote", source, text: lines.map((line) => line.replace(QUOTE, "")).join("\n") };
  }
  const item = depth < MAX_DEPTH ? ITEM.exec(first) : null;
  if (!item) return { type: "paragraph", source, text: source };
  const start = Number.parseInt(item[1]!, 10);
  return { type: "list", source, start: Number.isNaN(start) ? undefined : start, items: itemsOf(lines) };
}

/** What is indented below an item is a part of it. */
function itemsOf(lines: readonly string[]): string[] {
  const items: string[][] = [];
  let width = 0;
  for (const line of lines) {
    const indent = /^ */.exec(line)![0].length;
    const marker = ITEM.exec(line);
    if (marker && (items.length === 0 || indent < width)) {
      width = marker[0].length;
      items.push([line.slice(marker[0].length)]);
    } else {
      items.at(-1)!.push(line.slice(Math.min(indent, width)));
    }
  }
  return items.map((item) => item.join("\n"));
}
