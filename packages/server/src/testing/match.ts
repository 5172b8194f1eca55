/** What tests expect of payloads: a part, a predicate, or the test runner's matchers. */
import { inspect } from "node:util";

/** A matcher of vitest or jest, such as `expect.any(Number)`. */
export interface AsymmetricMatcher {
  asymmetricMatch(actual: unknown): boolean;
}

/**
 * What a payload must look like:
 * - an object: these keys must match, others may be there, at every depth;
 * - an array: the same number of elements, each matching; bytes: the same bytes; any other value: the same value;
 * - a function: must return true; it may stand in place of any value;
 * - an asymmetric matcher of vitest or jest, in place of any value.
 */
export type Pattern<T> = ((actual: T) => boolean) | AsymmetricMatcher | Part<T>;

type Part<T> = T extends Uint8Array
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Pattern<Item>[]
    : T extends object
      ? { readonly [K in keyof T]?: Pattern<T[K]> }
      : T;

/** One place where a payload differs from its pattern. */
export interface Difference {
  /** `user.tags[0]`; the payload itself is `payload`. */
  readonly path: string;
  readonly expected: string;
  readonly actual: string;
}

/** All places where a value differs from a pattern; none when it matches. A pattern of undefined matches everything. */
export function differences(pattern: unknown, actual: unknown): Difference[] {
  return pattern === undefined ? [] : compare(pattern, actual, "payload");
}

/** A value in one line, truncated when it is long. */
export function show(value: unknown): string {
  if (typeof value === "function") return `a value that passes ${value.name === "" ? "the predicate" : value.name}`;
  const text = inspect(value, {
    depth: 6,
    breakLength: Infinity,
    compact: true,
    maxStringLength: 200,
    maxArrayLength: 20,
  });
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}

function compare(pattern: unknown, actual: unknown, path: string): Difference[] {
  const differs: Difference[] = [{ path, expected: show(pattern), actual: show(actual) }];
  if (typeof pattern === "function") return (pattern as (value: unknown) => boolean)(actual) ? [] : differs;
  if (isAsymmetric(pattern)) return pattern.asymmetricMatch(actual) ? [] : differs;
  if (typeof pattern !== "object" || pattern === null) return Object.is(pattern, actual) ? [] : differs;
  if (typeof actual !== "object" || actual === null) return differs;
  if (pattern instanceof Uint8Array || actual instanceof Uint8Array) return isSameBytes(pattern, actual) ? [] : differs;
  if (Array.isArray(pattern) !== Array.isArray(actual)) return differs;
  if (Array.isArray(pattern)) {
    const items = actual as readonly unknown[];
    if (pattern.length !== items.length) return differs;
    return pattern.flatMap((item, index) => compare(item, items[index], `${path}[${index}]`));
  }
  return Object.entries(pattern).flatMap(([key, part]) =>
    compare(part, (actual as Record<string, unknown>)[key], path === "payload" ? key : `${path}.${key}`),
  );
}

function isAsymmetric(pattern: unknown): pattern is AsymmetricMatcher {
  return typeof (pattern as AsymmetricMatcher | null | undefined)?.asymmetricMatch === "function";
}

function isSameBytes(left: unknown, right: unknown): boolean {
  return left instanceof Uint8Array && right instanceof Uint8Array && Buffer.compare(left, right) === 0;
}
