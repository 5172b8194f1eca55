/**
 * Outgoing payloads. `JSON.stringify` silently drops or changes many values (NaN becomes null, a Map `{}`, bytes an
 * object with a key for each): here that is an error at the call, with the path.
 */
import { bytesOf } from "./bytes.ts";
import { EncodeError } from "./errors.ts";

/** The maximum nesting of arrays and objects in an outgoing payload. */
export const MAX_LEVELS = 1_000;
const MAX_PATH = 200;

/**
 * Returns the payload, ready for `JSON.stringify`. Throws an {@link EncodeError} when JSON would not preserve it;
 * `what` names it in the message. Allowed are plain objects and arrays, strings, finite numbers, booleans and null,
 * dates and anything with a `toJSON`, and instances of classes that have fields. Undefined fields are omitted, and -0
 * is written as 0. Not checked: symbol keys, non-enumerable fields, and fields of arrays that are not items.
 */
export function jsonOf(payload: unknown, what: string, maxLevels = MAX_LEVELS): unknown {
  let json = payload;
  let found: Fault | undefined;
  try {
    found = faultOf(json, maxLevels);
    if (found === HAS_TO_JSON) {
      json = resolve(json, maxLevels, "");
      found = faultOf(json, maxLevels);
    }
  } catch (cause) {
    throw new EncodeError(`${what} cannot be written as JSON: ${messageOf(cause)}`, { cause });
  }
  if (found === undefined) return json;
  if (found.is === TOO_DEEP) refuseCycle(payload, what);
  const place = pathOf(found.path);
  throw new EncodeError(
    `${what} cannot be written as JSON: ${place === "" ? "it" : place} is ${found.is}. ${found.advice}`,
  );
}

/** A fault in a value, and the keys that lead to it, innermost first. */
interface Fault {
  readonly is: string;
  readonly advice: string;
  readonly path: (string | number)[];
}

const fault = (is: string, advice: string): Fault => ({ is, advice, path: [] });

const TOO_DEEP = "nested too deep";
/** No fault yet: the results of the `toJSON` methods in the value must be checked, once. */
const HAS_TO_JSON = fault("", "");

/** `levels`: how many more there may be. */
function faultOf(value: unknown, levels: number): Fault | undefined {
  switch (typeof value) {
    case "string":
    case "boolean":
      return undefined;
    case "number":
      return Number.isFinite(value)
        ? undefined
        : fault(String(value), "JSON has no such number: send null or a string.");
    case "object":
      return value === null ? undefined : faultOfObject(value, levels);
    case "bigint":
      return hasToJson(value) ? HAS_TO_JSON : fault("a bigint", "Send it as a string.");
    case "undefined":
      return fault("undefined", "Send null.");
    default:
      return fault(`a ${typeof value}`, "Leave it out.");
  }
}

function faultOfObject(value: object, levels: number): Fault | undefined {
  if (levels <= 0) return fault(TOO_DEEP, "Send a flatter value.");
  if (Array.isArray(value)) return faultOfArray(value, levels);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return faultOfInstance(value, levels);
  if (hasToJson(value)) return HAS_TO_JSON;
  // Objects of this kind inherit no enumerable properties, so this equals Object.keys, and is faster.
  for (const name in value) {
    const found = faultOfField((value as Fields)[name], levels, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

type Fields = Readonly<Record<string, unknown>>;

function faultOfField(field: unknown, levels: number, name: string): Fault | undefined {
  if (field === undefined || typeof field === "string") return undefined;
  const found = faultOf(field, levels - 1);
  if (found !== undefined && found !== HAS_TO_JSON) found.path.push(name);
  return found;
}

function faultOfArray(array: readonly unknown[], levels: number): Fault | undefined {
  // An index loop: the holes of a sparse array are undefined.
  for (let index = 0; index < array.length; index++) {
    const found = faultOf(array[index], levels - 1);
    if (found !== undefined) {
      if (found !== HAS_TO_JSON) found.path.push(index);
      return found;
    }
  }
  return undefined;
}

/** Built-in objects that JSON writes without their content, even when they have fields of their own. */
const OPAQUE: ReadonlyMap<string, string> = new Map([
  ["Map", "Send Object.fromEntries(map) or [...map]."],
  ["Set", "Send [...set]."],
  ["Error", "Send its message."],
  ["Promise", "Await it."],
  ["RegExp", "Send its source."],
]);

function faultOfInstance(value: object, levels: number): Fault | undefined {
  if (bytesOf(value) !== undefined) {
    return fault("bytes, which JSON cannot carry", "Send bytes as the whole payload, or as base64 in a string.");
  }
  const tag = tagOf(value);
  if (tag === "Date") {
    return Number.isNaN(Number(value.valueOf())) ? fault("an invalid date", "Send null.") : undefined;
  }
  if (hasToJson(value)) return HAS_TO_JSON;
  if (tag === "String" || tag === "Number" || tag === "Boolean") return faultOf(value.valueOf(), levels);
  const advice = OPAQUE.get(tag);
  if (advice !== undefined) return fault(`${tag === "Error" ? "an" : "a"} ${tag}`, advice);
  const names = Object.keys(value);
  for (const name of names) {
    const found = faultOfField((value as Fields)[name], levels, name);
    if (found !== undefined) return found;
  }
  if (names.length > 0 || isPlain(value)) return undefined;
  return fault(`${nameOf(value, tag)}, which has no fields`, "Send a plain object, or give it a toJSON.");
}

/**
 * A copy with the result of each `toJSON`, so that it is called once. Only what can contain a `toJSON` is copied: the
 * rest is left to {@link faultOf}.
 */
function resolve(value: unknown, levels: number, key: string): unknown {
  if (!hasToJson(value) || tagOf(value) === "Date" || bytesOf(value) !== undefined) return contents(value, levels);
  // As JSON.stringify does: what a toJSON gives is not asked for its own.
  return contents(value.toJSON(key), levels);
}

function contents(value: unknown, levels: number): unknown {
  if (typeof value !== "object" || value === null || levels <= 0) return value;
  if (Array.isArray(value)) return Array.from(value, (item, index) => resolve(item, levels - 1, String(index)));
  const tag = tagOf(value);
  const entries = Object.entries(value).filter(([key, field]) => key !== "toJSON" || typeof field !== "function");
  if (tag === "Date" || OPAQUE.has(tag) || bytesOf(value) !== undefined) return value;
  if (entries.length === 0 && !isPlain(value) && !hasToJson(value)) return value;
  return Object.fromEntries(entries.map(([key, field]) => [key, resolve(field, levels - 1, key)]));
}

const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

/** An object literal, of any realm: only `Object.prototype` inherits from nothing. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function hasToJson(value: unknown): value is { toJSON(key: string): unknown } {
  if (value === null || value === undefined) return false;
  return typeof (value as { readonly toJSON?: unknown }).toJSON === "function";
}

function nameOf(value: object, tag: string): string {
  const name: unknown = (value.constructor as { readonly name?: unknown } | undefined)?.name;
  return `an instance of ${typeof name === "string" && name !== "" ? name : tag}`;
}

/** A value that contains itself is nested infinitely: `JSON.stringify` says where. */
function refuseCycle(payload: unknown, what: string): void {
  try {
    JSON.stringify(payload);
  } catch (cause) {
    throw new EncodeError(`${what} cannot be written as JSON: ${messageOf(cause)}`, { cause });
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : `a ${typeof cause} was thrown`;
}

/** `items[3].at`, from the inside out. */
function pathOf(keys: readonly (string | number)[]): string {
  let path = "";
  for (let index = keys.length - 1; index >= 0 && path.length <= MAX_PATH; index--) {
    const key = keys[index] as string | number;
    if (typeof key === "number") path += `[${key}]`;
    else if (/^[\w$]+$/.test(key)) path += path === "" ? key : `.${key}`;
    else path += `[${JSON.stringify(key)}]`;
  }
  return path.length > MAX_PATH ? `${path.slice(0, MAX_PATH)}…` : path;
}
