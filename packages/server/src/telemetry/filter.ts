/** What is hidden before it is printed: values that clients send and nobody should read in a log. */

/**
 * A list: values whose key contains one of these words, in upper or lower case, are hidden, and so are texts that
 * contain `word=`. `keep`: everything is hidden but the values under these keys.
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

const FILTERED = "[FILTERED]";
/** Deeper values are not looked into. */
const MAX_DEPTH = 32;

/** Gives a copy of a value that may be printed. */
export type Filter = (value: unknown) => unknown;

export function filterOf(option: FilterParameters): Filter {
  if (!("keep" in option)) return discarding(option.map((word) => word.toLowerCase()));
  const kept = new Set(option.keep);
  const keeping = (value: unknown, depth = 0): unknown => {
    if (!isNested(value) || depth > MAX_DEPTH) return FILTERED;
    return map(value, (item, key) => (key !== undefined && kept.has(key) ? plain(item) : keeping(item, depth + 1)));
  };
  return (value) => keeping(value);
}

function discarding(words: readonly string[]): Filter {
  const names = (text: string): boolean => words.some((word) => text.toLowerCase().includes(word));
  const assigns = (text: string): boolean => words.some((word) => text.toLowerCase().includes(`${word}=`));
  const discard = (value: unknown, depth: number): unknown => {
    if (typeof value === "string") return assigns(value) ? FILTERED : value;
    if (!isNested(value)) return plain(value);
    if (depth > MAX_DEPTH) return FILTERED;
    return map(value, (item, key) => (key !== undefined && names(key) ? FILTERED : discard(item, depth + 1)));
  };
  return (value) => discard(value, 0);
}

const isNested = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !(value instanceof Uint8Array);

/** Bytes are counted, not printed. */
const plain = (value: unknown): unknown => (value instanceof Uint8Array ? `[${value.length} bytes]` : value);

/** `change` gets the key of an object's value; the items of a list have none. */
function map(value: object, change: (item: unknown, key: string | undefined) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => change(item, undefined));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, change(item, key)]));
}
