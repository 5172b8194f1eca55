/** Takes a schema apart into the kinds of values that it describes: single values, and schemas of one type. */
import { isObject, isSame } from "../json-schema.ts";
import type { JsonSchema, Schemas } from "../json-schema.ts";
import { isOfType, listOf, numberIn, resolve, typeOf, typesNamed } from "./schema-parts.ts";
import type { AnySchema, JsonType } from "./schema-parts.ts";

/** One value. */
export interface ValueBranch {
  readonly value: unknown;
}
/** Many values of one type: `schema` has no combinations of schemas any more. */
export interface TypeBranch {
  readonly type: JsonType;
  readonly schema: JsonSchema;
}
export type Branch = ValueBranch | TypeBranch;

export const isValue = (branch: Branch): branch is ValueBranch => "value" in branch;

const EVERY: readonly JsonType[] = ["null", "boolean", "string", "number", "array", "object"];
/** More alternatives than these are not taken apart. */
const MAX_BRANCHES = 2_000;

/**
 * All values of a schema are in one of its branches. A branch may have some more: what cannot be taken apart is left out.
 * Undefined: there are too many.
 */
export function branchesOf(schema: AnySchema, schemas: Schemas): readonly Branch[] | undefined {
  const branches: Branch[] = [];
  const isWhole = expand(schema, schemas, branches, 0);
  return isWhole ? branches : undefined;
}

function expand(given: AnySchema, schemas: Schemas, into: Branch[], depth: number): boolean {
  if (into.length > MAX_BRANCHES || depth > 64) return false;
  const schema = resolve(given, schemas);
  if (schema === false) return true;
  if (schema === true) return EVERY.every((type) => addType(type, {}, into));
  const { allOf, anyOf, oneOf, ...rest } = schema;
  if (allOf !== undefined) {
    const whole = listOf(allOf).reduce<AnySchema>((merged, part) => both(merged, resolve(part, schemas)), {
      ...rest,
      ...(anyOf && { anyOf }),
      ...(oneOf && { oneOf }),
    });
    return expand(whole, schemas, into, depth + 1);
  }
  if (anyOf !== undefined || oneOf !== undefined) {
    const others = anyOf !== undefined && oneOf !== undefined ? { ...rest, oneOf } : rest;
    return listOf(anyOf ?? oneOf).every((part) =>
      expand(both(others, resolve(part, schemas)), schemas, into, depth + 1),
    );
  }
  if ("const" in rest) return addValues([rest.const], rest, into);
  if (rest.enum !== undefined) return addValues(rest.enum, rest, into);
  return (typesNamed(rest) ?? EVERY).every((type) => addType(type, rest, into));
}

function addType(type: JsonType, schema: JsonSchema, into: Branch[]): boolean {
  if (type === "null") into.push({ value: null });
  else if (type === "boolean") into.push({ value: false }, { value: true });
  else into.push({ type, schema });
  return true;
}

function addValues(values: readonly unknown[], schema: JsonSchema, into: Branch[]): boolean {
  const types = typesNamed(schema);
  const fitting = values.filter((value) => types === undefined || types.some((type) => isOfType(typeOf(value), type)));
  into.push(...fitting.map((value) => ({ value })));
  return into.length <= MAX_BRANCHES;
}

/** All values that both schemas take, and perhaps some more. */
function both(a: AnySchema, b: AnySchema): AnySchema {
  if (a === false || b === false) return false;
  if (a === true) return b;
  if (b === true) return a;
  const merged: Record<string, unknown> = { ...b, ...a };
  for (const key of Object.keys(b)) if (key in a) merged[key] = bothOf(key, a, b);
  return merged;
}

function bothOf(key: string, a: JsonSchema, b: JsonSchema): unknown {
  const [one, other] = [a[key], b[key]];
  if (isSame(one, other)) return one;
  if (/^(min|exclusiveMin)/.test(key)) return Math.max(numberIn(a, key) ?? 0, numberIn(b, key) ?? 0);
  if (/^(max|exclusiveMax)/.test(key)) return Math.min(numberIn(a, key) ?? 0, numberIn(b, key) ?? 0);
  if (key === "required") return [...new Set([...(a.required ?? []), ...(b.required ?? [])])];
  if (key === "enum") return a.enum?.filter((value) => b.enum?.some((taken) => isSame(value, taken)));
  if (key === "type") return commonTypes(typesNamed(a) ?? EVERY, typesNamed(b) ?? EVERY);
  if (key === "properties" && isObject(one) && isObject(other)) return bothProperties(one, other);
  if (key === "items" && !Array.isArray(one) && !Array.isArray(other)) return { allOf: [one, other] };
  if (key === "additionalProperties") return one === false || other === false ? false : { allOf: [one, other] };
  return one;
}

function commonTypes(a: readonly JsonType[], b: readonly JsonType[]): JsonType[] {
  const narrower = [...a.filter((type) => b.some((wanted) => isOfType(type, wanted)))];
  return [...new Set([...narrower, ...b.filter((type) => a.some((wanted) => isOfType(type, wanted)))])];
}

function bothProperties(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>) {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  const merged = [...names].map((name) => {
    const parts = [a, b].filter((one) => Object.hasOwn(one, name)).map((one) => one[name]);
    return [name, parts.length === 1 ? parts[0] : { allOf: parts }] as const;
  });
  return Object.fromEntries(merged);
}
