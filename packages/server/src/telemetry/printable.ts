/**
 * Turns anything into text for a log: a single line of bounded length, without characters that control a terminal or
 * change how the rest of the line looks. Nothing in this file throws, whatever the input.
 */

import { describeThrown } from "../errors.ts";

/** Control characters, format characters (bidi marks, zero-width), line separators, and lone surrogates. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * Truncates a string to `max` characters and escapes unprintable ones, as JavaScript writes them: `\n`, `\x1b`, `\u202e`.
 */
export function printable(text: string, max: number): string {
  const escaped = cut(text, max).replace(UNPRINTABLE, escape);
  return escaped.length > max + 1 ? cut(escaped, max) : escaped;
}

/** Whether a string can be printed unchanged. */
export function isPrintable(text: string, max: number): boolean {
  return text.length <= max && text.search(UNPRINTABLE) === -1;
}

/** The same for all strings and keys of plain JSON. */
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

/** A short description of a thrown value. */
export function describeError(error: unknown, max: number): string {
  return printable(describeThrown(error), max);
}
