/**
 * A copy of any value for logging: plain JSON of bounded size. Nothing in the value (getters, proxies, `toJSON`,
 * cycles) can make it throw.
 */
import { cut, describeError } from "./printable.ts";

/** How to display a value. */
export interface Rule {
  /** The stand-in for a string, a number, a boolean, null or undefined. */
  readonly leaf: (value: unknown) => unknown;
  /** The rule for the value under a key, or for a list item. Undefined: the value is hidden as a whole. */
  readonly below: (key: string | undefined) => Rule | undefined;
}

export const FILTERED = "[FILTERED]";
const CUT = "…";
/** Values nested deeper are not inspected. */
const MAX_DEPTH = 32;
/** The maximum number of keys and items copied, over all levels. */
const MAX_ENTRIES = 200;
const MAX_KEY = 100;

/** The remaining budget. */
interface Budget {
  text: number;
  entries: number;
}

/** Copies at most `maxText` characters of strings and keys. */
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

/** JSON cannot represent bigints, functions and symbols. */
function plain(value: unknown): unknown {
  const type = typeof value;
  if (type === "bigint") return cut(String(value), MAX_KEY);
  return type === "function" || type === "symbol" ? `[${type}]` : value;
}

/** The stand-in for an object that is not inspected. */
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

/** Reads each field separately: a getter that throws does not affect the others. */
function field(of: object, key: string, rule: Rule, budget: Budget, depth: number): unknown {
  try {
    return copy((of as Readonly<Record<string, unknown>>)[key], rule, budget, depth + 1);
  } catch {
    return "[unreadable]";
  }
}
