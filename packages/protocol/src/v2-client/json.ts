/**
 * JSON as a client writes it. The rules are those of payload.ts, on which a server spends much of its time: this one is
 * small, and says less.
 */
import { bytesOf } from "../bytes.ts";

/** `JSON.stringify`. Throws for what JSON would change, with the path to it; `name` is that of the whole value. */
export function jsonFrom(name: string, root: unknown): string {
  /** Where each array and object is. */
  const paths = new Map<unknown, string>();
  return JSON.stringify(root, function check(this: Readonly<Record<string, unknown>>, key: string, value: unknown) {
    const holder = paths.get(this);
    const path = holder === undefined ? name : `${holder}.${key}`;
    const isField = holder !== undefined && !Array.isArray(this);
    const fault = isField && (value === undefined || key === "toJSON") ? "" : faultOf(value, this[key]);
    if (fault) throw new TypeError(`${path.slice(0, MAX_PATH)} is ${fault}`);
    if (typeof value === "object") paths.set(value, path);
    return value;
  });
}

const MAX_PATH = 200;

/** What JSON would change; empty for what it keeps. `given` is the value before its toJSON, if it has one. */
function faultOf(value: unknown, given: unknown): string {
  const tag = bytesOf(given) ? "bytes" : tagOf(value);
  switch (tag) {
    case "String":
    case "Boolean":
    case "Array":
      return "";
    case "Null":
      return tagOf(given) === "Date" ? String(given) : "";
    case "Number":
      return Number.isFinite(Number(value)) ? "" : String(given);
    case "bytes":
    case "Undefined":
      return tag;
    default:
      // Whatever its tag says.
      if (isPlain(value as object)) return "";
      return tag !== "Object" ? tag : Object.keys(value as object).length > 0 ? "" : "without fields";
  }
}

const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

/** An object literal, of any realm: only `Object.prototype` inherits from nothing. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
