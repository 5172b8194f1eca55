/** Unions of objects that are told apart by a property: `kind: "text"`, `kind: "image"`. */
import { isObject, isSame } from "../json-schema.ts";
import type { JsonSchema } from "../json-schema.ts";
import { branchesOf, isValue } from "./branches.ts";
import type { TypeBranch } from "./branches.ts";
import type { Comparing, Side } from "./comparing.ts";
import { isOfType } from "./schema-parts.ts";
import type { AnySchema } from "./schema-parts.ts";

/** The members of a receiver's union that may take a branch: by its type, and by the properties that tell them apart. */
export function candidatesFor(
  branch: TypeBranch,
  members: readonly AnySchema[],
  { sender, receiver }: Comparing,
): readonly AnySchema[] {
  return members.filter((member) => {
    const taken = branchesOf(member, receiver.schemas);
    return (
      taken?.some(
        (other) =>
          !isValue(other) &&
          isOfType(branch.type, other.type) &&
          !areApart(branch.schema, sender, other.schema, receiver),
      ) ?? true
    );
  });
}

/** No value fits both. */
export function areDisjoint(one: AnySchema, other: AnySchema, side: Side): boolean {
  const [a, b] = [branchesOf(one, side.schemas), branchesOf(other, side.schemas)];
  if (a === undefined || b === undefined) return false;
  return a.every((left) =>
    b.every((right) => {
      if (isValue(left) && isValue(right)) return !isSame(left.value, right.value);
      if (isValue(left) || isValue(right))
        return isScalarApart(
          isValue(left) ? left.value : (right as { value: unknown }).value,
          isValue(left) ? (right as TypeBranch) : (left as TypeBranch),
        );
      const isOneType = isOfType(left.type, right.type) || isOfType(right.type, left.type);
      return !isOneType || areApart(left.schema, side, right.schema, side);
    }),
  );
}

function isScalarApart(value: unknown, { type }: TypeBranch): boolean {
  if (value === null || typeof value === "boolean") return true;
  if (typeof value === "number") return type !== "number" && type !== "integer";
  if (typeof value === "string") return type !== "string";
  return type !== (Array.isArray(value) ? "array" : "object");
}

/** A property that both require has no value in common. */
function areApart(one: JsonSchema, oneSide: Side, other: JsonSchema, otherSide: Side): boolean {
  const names = one.required?.filter((name) => other.required?.includes(name)) ?? [];
  return names.some((name) => {
    const [left, right] = [valuesOf(one, name, oneSide), valuesOf(other, name, otherSide)];
    return left !== undefined && right !== undefined && left.every((a) => right.every((b) => !isSame(a, b)));
  });
}

/** The values that a property may have, when they are few. */
function valuesOf(schema: JsonSchema, name: string, { schemas }: Side): readonly unknown[] | undefined {
  const property = isObject(schema.properties) ? schema.properties[name] : undefined;
  const branches = property === undefined ? undefined : branchesOf(property, schemas);
  if (branches === undefined || branches.length > 100) return undefined;
  return branches.every(isValue) ? branches.map(({ value }) => value) : undefined;
}

/**
 * A sender's object that has several values in a property by which the receiver's variants are told apart: one for each
 * value. Undefined: there is no such property.
 */
export function splitBy(
  { type, schema }: TypeBranch,
  candidates: readonly AnySchema[],
  { sender, receiver }: Comparing,
): readonly TypeBranch[] | undefined {
  if (type !== "object" || candidates.length < 2) return undefined;
  for (const name of schema.required ?? []) {
    const values = valuesOf(schema, name, sender);
    if (values === undefined || values.length < 2) continue;
    const isDiscriminated = candidates.some((member) =>
      branchesOf(member, receiver.schemas)?.some(
        (branch) => !isValue(branch) && valuesOf(branch.schema, name, receiver) !== undefined,
      ),
    );
    if (!isDiscriminated) continue;
    return values.map((value) => ({
      type,
      schema: { ...schema, properties: { ...schema.properties, [name]: { const: value } } },
    }));
  }
  return undefined;
}
