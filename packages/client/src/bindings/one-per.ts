/**
 * Returns a function that gives the value which belongs to an object, created when it is first asked for. It is one
 * value for all copies of this package in a page: a bundler that finds two versions of a dependency, or its ESM and its
 * CommonJS form, brings two.
 */
export function onePer<Key extends object, Value>(name: string, create: (key: Key) => Value): (key: Key) => Value {
  const page = globalThis as unknown as Record<symbol, WeakMap<Key, Value> | undefined>;
  const values = (page[Symbol.for(`wingbeat/1/${name}`)] ??= new WeakMap());
  return (key) => {
    let value = values.get(key);
    if (value === undefined) values.set(key, (value = create(key)));
    return value;
  };
}
