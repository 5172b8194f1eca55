/** Whether a schema takes a value: for the values that a schema names (`enum`, `const`), which can be tried. */
import { isObject, isSame } from "../json-schema.ts";
import type { JsonSchema, Schemas } from "../json-schema.ts";
import { isOfType, listOf, lowerBound, numberIn, resolve, typeOf, typesNamed, upperBound } from "./schema-parts.ts";
import type { AnySchema } from "./schema-parts.ts";

/** Undefined: this cannot be told. */
type Answer = boolean | undefined;

const all = (answers: Iterable<Answer>): Answer => {
  let result: Answer = true;
  for (const answer of answers) {
    if (answer === false) return false;
    if (answer === undefined) result = undefined;
  }
  return result;
};
const not = (answer: Answer): Answer => (answer === undefined ? undefined : !answer);
const any = (answers: readonly Answer[]): Answer => not(all(answers.map(not)));

/** `isClosed`: whether `additionalProperties: false` refuses others; clients ignore what they do not know. */
export function accepts(given: AnySchema, value: unknown, schemas: Schemas, isClosed: boolean, depth = 0): Answer {
  if (depth > 64) return undefined;
  const schema = resolve(given, schemas);
  if (typeof schema === "boolean") return schema;
  const inner = (part: AnySchema, of = value): Answer => accepts(part, of, schemas, isClosed, depth + 1);
  return all([
    ofType(schema, value),
    schema.enum === undefined || schema.enum.some((one) => isSame(one, value)),
    !("const" in schema) || isSame(schema.const, value),
    all(listOf(schema.allOf).map((part) => inner(part))),
    schema.anyOf === undefined || any(listOf(schema.anyOf).map((part) => inner(part))),
    schema.oneOf === undefined || exactlyOne(listOf(schema.oneOf).map((part) => inner(part))),
    schema["not"] === undefined || not(inner(schema["not"] as AnySchema)),
    schema["if"] === undefined ? true : undefined,
    ofKind(schema, value, inner, isClosed),
  ]);
}

type Inner = (part: AnySchema, of?: unknown) => Answer;

function exactlyOne(answers: readonly Answer[]): Answer {
  const taken = answers.filter((answer) => answer === true).length;
  if (taken > 1) return false;
  return answers.includes(undefined) ? undefined : taken === 1;
}

function ofType(schema: JsonSchema, value: unknown): boolean {
  const types = typesNamed(schema);
  return types === undefined || types.some((type) => isOfType(typeOf(value), type));
}

function ofKind(schema: JsonSchema, value: unknown, inner: Inner, isClosed: boolean): Answer {
  if (typeof value === "string") return takesString(schema, value);
  if (typeof value === "number") return takesNumber(schema, value);
  if (Array.isArray(value)) return takesArray(schema, value, inner);
  return isObject(value) ? takesObject(schema, value, inner, isClosed) : true;
}

const inRange = (schema: JsonSchema, size: number, min: string, max: string): boolean =>
  size >= (numberIn(schema, min) ?? 0) && size <= (numberIn(schema, max) ?? Infinity);

function takesString(schema: JsonSchema, value: string): Answer {
  if (!inRange(schema, [...value].length, "minLength", "maxLength")) return false;
  const { pattern, format } = schema;
  const fits = pattern === undefined ? true : matches(String(pattern), value);
  return fits === true && format !== undefined && pattern === undefined ? undefined : fits;
}

function matches(pattern: string, value: string): Answer {
  try {
    return new RegExp(pattern, "u").test(value);
  } catch {
    return undefined;
  }
}

function takesNumber(schema: JsonSchema, value: number): Answer {
  const [lower, upper, step] = [lowerBound(schema), upperBound(schema), numberIn(schema, "multipleOf")];
  if (lower !== undefined && (lower.isExclusive ? value <= lower.value : value < lower.value)) return false;
  if (upper !== undefined && (upper.isExclusive ? value >= upper.value : value > upper.value)) return false;
  return step === undefined || Number.isInteger(value / step);
}

function takesArray(schema: JsonSchema, value: readonly unknown[], inner: Inner): Answer {
  if (!inRange(schema, value.length, "minItems", "maxItems")) return false;
  if (schema["uniqueItems"] === true && value.some((one, at) => value.slice(at + 1).some((two) => isSame(one, two)))) {
    return false;
  }
  const { items = true, additionalItems = true, contains } = schema;
  const ofItem = (item: unknown, at: number): Answer =>
    inner(
      Array.isArray(items) ? ((items as AnySchema[])[at] ?? (additionalItems as AnySchema)) : (items as AnySchema),
      item,
    );
  const contained = contains === undefined || any(value.map((item) => inner(contains as AnySchema, item)));
  return all([contained, ...value.map(ofItem)]);
}

function takesObject(
  schema: JsonSchema,
  value: Readonly<Record<string, unknown>>,
  inner: Inner,
  isClosed: boolean,
): Answer {
  const { properties = {}, required = [], additionalProperties = true, propertyNames = true } = schema;
  const names = Object.keys(value);
  if (!inRange(schema, names.length, "minProperties", "maxProperties")) return false;
  if (required.some((name) => !Object.hasOwn(value, name))) return false;
  const isUndecided = schema["patternProperties"] !== undefined || schema["dependencies"] !== undefined;
  const others = additionalProperties === false && !isClosed ? true : additionalProperties;
  const answers = names.map((name) =>
    inner(Object.hasOwn(properties, name) ? (properties[name] as AnySchema) : others, value[name]),
  );
  return all([
    isUndecided ? undefined : true,
    ...answers,
    ...names.map((name) => inner(propertyNames as AnySchema, name)),
  ]);
}
