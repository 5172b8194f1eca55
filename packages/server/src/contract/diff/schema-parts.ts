/** What schemas are made of: for comparing two of them. */
import { isObject, SCHEMAS } from "../json-schema.ts";
import type { JsonSchema, Schemas } from "../json-schema.ts";

export type AnySchema = JsonSchema | boolean;
export type JsonType = "null" | "boolean" | "string" | "number" | "integer" | "array" | "object";

/** What says nothing about which values are taken. */
const ANNOTATIONS = new Set([
  "title",
  "description",
  "default",
  "examples",
  "deprecated",
  "readOnly",
  "writeOnly",
  "$comment",
]);

/** The schema that a reference leads to, with what stands beside it. One that leads nowhere takes anything. */
export function resolve(schema: AnySchema, schemas: Schemas): AnySchema {
  let found = schema;
  for (let steps = 0; isObject(found) && typeof found.$ref === "string"; steps++) {
    const name = found.$ref.startsWith(SCHEMAS) ? found.$ref.slice(SCHEMAS.length) : undefined;
    if (name === undefined || steps > 100) return true;
    const { $ref, ...beside } = found;
    if (!isAny(beside)) return { allOf: [{ $ref }, beside] };
    found = schemas[name] ?? true;
  }
  return found;
}

/** It takes every value. */
export const isAny = (schema: AnySchema): boolean =>
  schema === true ||
  (schema !== false && Object.keys(schema).every((key) => ANNOTATIONS.has(key) || key.startsWith("x-")));

export const listOf = (value: unknown): readonly AnySchema[] => (Array.isArray(value) ? (value as AnySchema[]) : []);

export function typeOf(value: unknown): JsonType {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value as JsonType;
}

/** The types that `type` names. Undefined: any. */
export function typesNamed({ type }: JsonSchema): readonly JsonType[] | undefined {
  if (type === undefined) return undefined;
  return (Array.isArray(type) ? type : [type]) as JsonType[];
}

/** A value of one type is also one of the other: each integer is a number. */
export const isOfType = (type: JsonType, wanted: JsonType): boolean =>
  type === wanted || (type === "integer" && wanted === "number");

/** A schema, and what its references lead to: what two schemas are compared by that cannot be compared otherwise. */
export function spelledOut(schema: unknown, schemas: Schemas): unknown {
  const found: Record<string, unknown> = {};
  const visit = (part: unknown): void => {
    if (Array.isArray(part)) part.forEach(visit);
    if (!isObject(part)) return;
    const { $ref } = part;
    if (typeof $ref === "string" && !($ref in found)) {
      found[$ref] = schemas[$ref.slice(SCHEMAS.length)];
      visit(found[$ref]);
    }
    Object.values(part).forEach(visit);
  };
  visit(schema);
  return [schema, found];
}

/** Of numbers: the bound that holds, and whether it is itself left out. Of integers it is always taken. */
export interface Bound {
  readonly value: number;
  readonly isExclusive: boolean;
}

export function lowerBound(schema: JsonSchema, isInteger = false): Bound | undefined {
  const bound = tighter(numberIn(schema, "minimum"), numberIn(schema, "exclusiveMinimum"), (a, b) => a > b);
  if (bound === undefined || !isInteger) return bound;
  const value = bound.isExclusive ? Math.floor(bound.value) + 1 : Math.ceil(bound.value);
  return { value, isExclusive: false };
}

export function upperBound(schema: JsonSchema, isInteger = false): Bound | undefined {
  const bound = tighter(numberIn(schema, "maximum"), numberIn(schema, "exclusiveMaximum"), (a, b) => a < b);
  if (bound === undefined || !isInteger) return bound;
  const value = bound.isExclusive ? Math.ceil(bound.value) - 1 : Math.floor(bound.value);
  return { value, isExclusive: false };
}

function tighter(
  inclusive: number | undefined,
  exclusive: number | undefined,
  isTighter: (a: number, b: number) => boolean,
): Bound | undefined {
  if (exclusive !== undefined && (inclusive === undefined || !isTighter(inclusive, exclusive))) {
    return { value: exclusive, isExclusive: true };
  }
  return inclusive === undefined ? undefined : { value: inclusive, isExclusive: false };
}

export function numberIn(schema: JsonSchema, keyword: string): number | undefined {
  const value = schema[keyword];
  return typeof value === "number" ? value : undefined;
}
