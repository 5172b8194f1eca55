/**
 * JSON as a client writes it. The rules are those of payload.ts, on which a server spends much of its time: this one is
 * small, and says less.
 */
import { bytesOf } from "../bytes.ts";

/** The maximum nesting, as in payload.ts. */
const MAX_LEVELS = 1_000;
const MAX_PATH = 200;

/** Built-in objects that JSON writes without their content, even when they have fields of their own. */
const OPAQUE = /^(Map|Set|Error|Promise|RegExp)$/;
/** Other objects without fields of their own lose their content as well. */
const MAY_HAVE_NO_FIELDS = /^(Array|String|Boolean)$/;

/** `JSON.stringify`. Throws for what JSON would change, with the path to it. */
export function jsonFrom(root: unknown): string {
  /** The arrays and objects around the present value, outermost first, and the keys that lead to it. */
  const around: unknown[] = [];
  const path: string[] = [];
  return JSON.stringify(root, function check(this: Readonly<Record<string, unknown>>, key: string, value: unknown) {
    while (around.length > 0 && around.at(-1) !== this) around.pop();
    path.length = around.length;
    path.push(key);
    const isField = around.length > 0 && !Array.isArray(this);
    const fault = isField && (value === undefined || key === "toJSON") ? "" : faultOf(value, this[key]);
    if (typeof value === "object" && value !== null) around.push(value);
    if (fault) throw new TypeError(`${path.join(".").slice(1, MAX_PATH) || "it"} is ${fault}`);
    if (around.length > MAX_LEVELS) throw new RangeError("it is nested too deep");
    return value;
  });
}

/** What JSON would change; empty for what it writes as it is. `given` is the value before its toJSON, if it has one. */
function faultOf(value: unknown, given: unknown): string {
  if (typeof value === "string" || typeof value === "boolean") return "";
  if (bytesOf(given) !== undefined) return "bytes";
  const tag = tagOf(value);
  if (tag === "Number") return Number.isFinite(Number(value)) ? "" : String(value);
  if (value === null) return tagOf(given) === "Date" ? "an invalid date" : "";
  if (typeof value !== "object") return value === undefined ? "undefined" : `a ${typeof value}`;
  const isLost = Object.keys(value).length === 0 && !isPlain(value) && !MAY_HAVE_NO_FIELDS.test(tag);
  return isLost || OPAQUE.test(tag) ? `an instance of ${tag === "Object" ? value.constructor?.name : tag}` : "";
}

const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

/** An object literal, of any realm: only `Object.prototype` inherits from nothing. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
