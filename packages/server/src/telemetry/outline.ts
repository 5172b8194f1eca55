/**
 * A copy of any value for a log: plain JSON of a bounded size. Nothing that the value does (getters, proxies, `toJSON`,
 * cycles) throws out of it.
 */
import { cut, describeError } from "./printable.ts";

/** What is shown of a value. */
export interface Rule {
  /** What stands for a text, a number, a boolean, null or undefined. */
  readonly leaf: (value: unknown) => unknown;
  /** The rule for the value under a key, or for an item of a list. Undefined: it is hidden with all that is in it. */
  readonly below: (key: string | undefined) => Rule | undefined;
}

export const FILTERED = "[FILTERED]";
const CUT = "…";
/** What is nested deeper is not looked into. */
const MAX_DEPTH = 32;
/** So many keys and items are copied, of all levels together. */
const MAX_ENTRIES = 200;
const MAX_KEY = 100;

/** What may still be copied. */
interface Budget {
  text: number;
  entries: number;
}

/** Copies at most `maxText` characters of texts and keys. */
export function outline(value: unknown, rule: Rule, maxText: number): unknown {
  return copy(value, rule, { text: maxText, entries: MAX_ENTRIES }, 0);
}

function copy(value: unknown, rule: Rule, budget: Budget, depth: number): unknown {
  try {
    if (typeof value !== "object" || value === null) return leaf(rule.leaf(plain(value)), budget);
    const word = wordFor(value);
    if (word !== undefined) return leaf(rule.leaf(word), budget);
    if (depth > MAX_DEPTH) return FILTERED;
    return Array.isArray(value) ? listOf(value, rule, budget, depth) : fieldsOf(value, rule, budget, depth);
  } catch {
    return "[unreadable]";
  }
}

function leaf(value: unknown, budget: Budget): unknown {
  if (typeof value !== "string") return value;
  const text = cut(value, Math.max(0, budget.text));
  budget.text -= text.length;
  return text;
}

/** JSON has no bigints, functions and symbols. */
function plain(value: unknown): unknown {
  const type = typeof value;
  if (type === "bigint") return cut(String(value), MAX_KEY);
  return type === "function" || type === "symbol" ? `[${type}]` : value;
}

/** What stands for an object that is not looked into. */
function wordFor(value: object): string | undefined {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (value instanceof Date) return value.toISOString();
  return value instanceof Error ? describeError(value, MAX_KEY) : undefined;
}

function listOf(list: readonly unknown[], rule: Rule, budget: Budget, depth: number): unknown[] {
  const items: unknown[] = [];
  const below = rule.below(undefined);
  for (let index = 0; index < list.length; index++) {
    if (--budget.entries < 0 || budget.text <= 0) return [...items, CUT];
    items.push(below === undefined ? FILTERED : copy(list[index], below, budget, depth + 1));
  }
  return items;
}

function fieldsOf(value: object, rule: Rule, budget: Budget, depth: number): object {
  const fields: [string, unknown][] = [];
  for (const key of Object.keys(value)) {
    if (--budget.entries < 0 || budget.text <= 0) {
      fields.push([CUT, CUT]);
      break;
    }
    const name = cut(key, MAX_KEY);
    budget.text -= name.length;
    const below = rule.below(key);
    fields.push([name, below === undefined ? FILTERED : field(value, key, below, budget, depth)]);
  }
  return Object.fromEntries(fields);
}

/** Reads a field by itself: a getter that throws spoils no other field. */
function field(of: object, key: string, rule: Rule, budget: Budget, depth: number): unknown {
  try {
    return copy((of as Readonly<Record<string, unknown>>)[key], rule, budget, depth + 1);
  } catch {
    return "[unreadable]";
  }
}
