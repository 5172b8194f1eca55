/**
 * What belongs to an object, kept once for all copies of this package in a page: a bundler that finds two versions of a
 * dependency, or its ESM and its CommonJS form, brings two.
 */
export function shared<Key extends object, Value>(name: string): WeakMap<Key, Value> {
  const page = globalThis as unknown as Record<symbol, WeakMap<Key, Value> | undefined>;
  return (page[Symbol.for(`@wingbeat/react/1/${name}`)] ??= new WeakMap());
}
