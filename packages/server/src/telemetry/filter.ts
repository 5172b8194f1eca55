/** Hides sensitive client input before it is logged. */
import { FILTERED, outline } from "./outline.ts";
import type { Rule } from "./outline.ts";

/**
 * A list: values whose key contains one of these words (case-insensitive) are hidden, and so are strings that contain
 * `word=` or `word:`. `keep`: everything is hidden except the values under these keys.
 */
export type FilterParameters = readonly string[] | { readonly keep: readonly string[] };

export const DEFAULT_FILTER: FilterParameters = [
  "password",
  "passwd",
  "secret",
  "token",
  "api_key",
  "apikey",
  "authorization",
];

/** How many characters of parameters or a payload are printed. */
export const MAX_SENT = 1_000;

/**
 * Returns a copy of a value that is safe to print: plain JSON with at most this many characters of text. Never throws.
 */
export type Filter = (value: unknown, maxText?: number) => unknown;

const SHOWN: Rule = { leaf: (value) => value, below: () => SHOWN };

export function filterOf(option: FilterParameters): Filter {
  const rule = "keep" in option ? keeping(new Set(option.keep)) : discarding(option);
  return (value, maxText = MAX_SENT) => outline(value, rule, maxText);
}

function keeping(kept: ReadonlySet<string>): Rule {
  const rule: Rule = {
    leaf: () => FILTERED,
    below: (key) => (key !== undefined && kept.has(key) ? SHOWN : rule),
  };
  return rule;
}

function discarding(words: readonly string[]): Rule {
  if (words.length === 0) return SHOWN;
  const anyWord = words.map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")).join("|");
  const names = new RegExp(anyWord, "iu");
  /** Also matches inside a string that holds JSON, a query or a header. */
  const assigns = new RegExp(`(?:${anyWord})["'\\]\\[\\\\\\s]{0,8}(?:[=:]|%3[ad])`, "iu");
  const rule: Rule = {
    leaf: (value) => (typeof value === "string" && assigns.test(value) ? FILTERED : value),
    below: (key) => (key !== undefined && names.test(key) ? undefined : rule),
  };
  return rule;
}
