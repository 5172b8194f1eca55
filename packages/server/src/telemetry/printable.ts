/**
 * Text for a log, out of anything: one line of a bounded length, without characters that act on a terminal or change
 * how the rest of the line looks. Nothing in this file throws, whatever it is given.
 */

import { describeThrown } from "../errors.ts";

/** Control, format (bidi marks, zero-width), line-separating characters, and halves of surrogate pairs. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Cuts a text to `max` characters, and writes out what must not be printed as it is: `\n`, `\x1b`, `\u202e`. */
export function printable(text: string, max: number): string {
  const escaped = cut(text, max).replace(UNPRINTABLE, escape);
  return escaped.length > max + 1 ? cut(escaped, max) : escaped;
}

/** Whether a text can be printed as it is. */
export function isPrintable(text: string, max: number): boolean {
  return text.length <= max && text.search(UNPRINTABLE) === -1;
}

/** The same for all texts and keys of plain JSON. */
export function printableValue(value: unknown, max: number): unknown {
  if (typeof value === "string") return printable(value, max);
  if (Array.isArray(value)) return value.map((item) => printableValue(item, max));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [printable(key, max), printableValue(item, max)]),
  );
}

export function cut(text: string, max: number): string {
  return text.length > max ? `${text.slice(0, max)}…` : text;
}

const NAMED: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function escape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code > 0xffff) return `\\u{${hex}}`;
  return NAMED[character] ?? (code > 0xff ? `\\u${hex.padStart(4, "0")}` : `\\x${hex.padStart(2, "0")}`);
}

/** What was thrown, in a few words. */
export function describeError(error: unknown, max: number): string {
  return printable(describeThrown(error), max);
}
