/**
 * Copies of values passed to several callbacks. In Elixir values are immutable; here every callback gets its own copy,
 * which it may change.
 */

/** Depth at which a value may have a cycle: it is then copied again, tracking what was copied. */
const MANY = 200;
type Copies = Map<object, unknown>;

class TooDeep extends Error {}

/**
 * A deep copy of plain objects, arrays, maps, sets, dates and bytes. Everything else (class instances, functions)
 * cannot be copied safely, and is shared.
 */
export function copyOf<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  try {
    return copy(value, 0, undefined) as T;
  } catch (error) {
    if (!(error instanceof TooDeep)) throw error;
    return copy(value, 0, new Map()) as T;
  }
}

function copy(value: unknown, depth: number, copies: Copies | undefined): unknown {
  if (typeof value !== "object" || value === null) return value;
  const known = copies?.get(value);
  if (known !== undefined) return known;
  if (copies === undefined && depth > MANY) throw new TooDeep();
  if (Array.isArray(value)) return copyArray(value, depth, copies);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return copyObject(value, prototype, depth, copies);
  if (prototype === Map.prototype) return copyMap(value as Map<unknown, unknown>, depth, copies);
  if (prototype === Set.prototype) return copySet(value as Set<unknown>, depth, copies);
  if (prototype === Date.prototype) return new Date((value as Date).getTime());
  if (prototype === Uint8Array.prototype) return (value as Uint8Array).slice();
  if (prototype === Buffer.prototype) return Buffer.from(value as Buffer);
  if (prototype === ArrayBuffer.prototype) return (value as ArrayBuffer).slice(0);
  return value;
}

function copyArray(array: readonly unknown[], depth: number, copies: Copies | undefined): unknown[] {
  const result: unknown[] = [];
  copies?.set(array, result);
  for (let index = 0; index < array.length; index++) result.push(copy(array[index], depth + 1, copies));
  return result;
}

function copyObject(value: object, prototype: object | null, depth: number, copies: Copies | undefined): object {
  const result: Record<string | symbol, unknown> = prototype === null ? (Object.create(null) as typeof result) : {};
  copies?.set(value, result);
  for (const key of Object.keys(value)) put(result, key, copy((value as typeof result)[key], depth + 1, copies));
  for (const key of Object.getOwnPropertySymbols(value)) {
    result[key] = copy((value as typeof result)[key], depth + 1, copies);
  }
  return result;
}

/** `__proto__` is a valid JSON key like any other. */
function put(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== "__proto__") object[key] = value;
  else Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

function copyMap(map: ReadonlyMap<unknown, unknown>, depth: number, copies: Copies | undefined): Map<unknown, unknown> {
  const result = new Map<unknown, unknown>();
  copies?.set(map, result);
  for (const [key, value] of map) result.set(copy(key, depth + 1, copies), copy(value, depth + 1, copies));
  return result;
}

function copySet(set: ReadonlySet<unknown>, depth: number, copies: Copies | undefined): Set<unknown> {
  const result = new Set<unknown>();
  copies?.set(set, result);
  for (const value of set) result.add(copy(value, depth + 1, copies));
  return result;
}
