/** Standard Schemas as JSON Schema: by the library itself, or by a converter that the caller has. */
import type { StandardJSONSchemaV1, StandardSchemaV1 } from "@standard-schema/spec";
import { describeThrown, WingbeatError } from "../errors.ts";
import { isObject } from "./json-schema.ts";
import type { JsonSchema } from "./json-schema.ts";

/** What a schema takes, or what it makes of it. */
export type Direction = "input" | "output";

/**
 * Converts a schema whose library has no JSON Schema of its own (valibot) to draft 7. Undefined: it cannot. It may throw.
 * It is asked only for schemas without `~standard.jsonSchema`.
 */
export type ToJsonSchema = (schema: StandardSchemaV1, direction: Direction) => JsonSchema | undefined;

export interface Converter {
  readonly toJsonSchema: ToJsonSchema | undefined;
}

/** Throws `WB_CONTRACT`: `where` is the channel and event, for the message, which adds the path in the schema. */
export function convert(
  schema: StandardSchemaV1,
  where: string,
  direction: Direction,
  { toJsonSchema }: Converter,
): JsonSchema {
  try {
    return converted(schema, direction, toJsonSchema);
  } catch (error) {
    const path = pathOfFault(schema, direction, toJsonSchema);
    const at = path === "" ? "" : ` at ${path}`;
    throw new WingbeatError(
      "WB_CONTRACT",
      `${where}${at} cannot be written as JSON Schema: ${describeThrown(error).replace(/^\w*Error: /, "")} ` +
        "Declare what goes over the wire (a Date is a string there), or leave it open with allowUnknown (--allow-unknown).",
      { cause: error },
    );
  }
}

function converted(schema: StandardSchemaV1, direction: Direction, toJsonSchema: ToJsonSchema | undefined): JsonSchema {
  const own = (schema["~standard"] as Partial<StandardJSONSchemaV1.Props>).jsonSchema;
  const found = own === undefined ? toJsonSchema?.(schema, direction) : own[direction]({ target: "draft-07" });
  if (isObject(found)) return found;
  const { vendor } = schema["~standard"];
  const remedy =
    vendor === "valibot"
      ? "install @valibot/to-json-schema."
      : "give a converter: contractOf(sockets, { toJsonSchema }).";
  throw new Error(`the schema of ${vendor} has no JSON Schema: ${remedy}`);
}

/**
 * Where in a schema the part is that cannot be converted, as `$.author.born`. The libraries do not say it, so the parts are
 * tried one by one; what parts a schema has is known of zod and valibot. Empty: at its root, or not known.
 */
function pathOfFault(schema: StandardSchemaV1, direction: Direction, toJsonSchema: ToJsonSchema | undefined): string {
  let path = "$";
  const seen = new Set<unknown>();
  for (let part: StandardSchemaV1 | undefined = schema; part !== undefined;) {
    seen.add(part);
    const faulty: readonly [string, StandardSchemaV1] | undefined = partsOf(part).find(
      ([, child]) => !seen.has(child) && !isConvertible(child, direction, toJsonSchema),
    );
    path += faulty?.[0] ?? "";
    part = faulty?.[1];
  }
  return path === "$" ? "" : path;
}

function isConvertible(schema: StandardSchemaV1, direction: Direction, toJsonSchema: ToJsonSchema | undefined) {
  try {
    converted(schema, direction, toJsonSchema);
    return true;
  } catch {
    return false;
  }
}

/** The fields, items, members and the inside of a schema, with what each adds to the path. */
function partsOf(schema: StandardSchemaV1): (readonly [string, StandardSchemaV1])[] {
  const { def, shape, entries, options, item, wrapped } = schema as unknown as Readonly<Record<string, unknown>>;
  const inner = isObject(def) ? def : {};
  const fields = Object.entries(isObject(shape) ? shape : isObject(entries) ? entries : {});
  const members = Array.isArray(options) ? options : [];
  const parts: readonly (readonly [string, unknown])[] = [
    ...fields.map(([name, field]) => [`.${name}`, field] as const),
    ...[inner["element"], item, inner["valueType"]].map((element) => ["[*]", element] as const),
    ...[...members, inner["innerType"], inner["in"], wrapped].map((member) => ["", member] as const),
  ];
  return parts.filter(
    (part): part is readonly [string, StandardSchemaV1] => isObject(part[1]) && "~standard" in part[1],
  );
}
