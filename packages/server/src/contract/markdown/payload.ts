/** A schema as a Markdown table of its fields. */
import { isObject, isOpen, SCHEMAS } from "../json-schema.ts";
import type { JsonSchema } from "../json-schema.ts";

type AnySchema = JsonSchema | boolean;

/** What a payload looks like: a table, one for each variant, or a sentence. */
export function payload(schema: JsonSchema): string {
  const variants = variantsOf(schema);
  if (variants !== undefined) {
    return variants.map((variant, at) => `${at === 0 ? "Either" : "Or"} this:\n\n${payload(variant)}`).join("\n\n");
  }
  const rows = rowsOf(schema, "");
  return rows.length > 0 ? table(["field", "type", "", "description"], rows) : sentence(schema);
}

function sentence(schema: JsonSchema): string {
  const type = typeText(schema);
  return type === "object"
    ? "An object without declared fields."
    : `${type.slice(0, 1).toUpperCase()}${type.slice(1)}.`;
}

/** A union of objects, each of which has a table of its own. */
function variantsOf({ anyOf, oneOf }: JsonSchema): readonly JsonSchema[] | undefined {
  const members = anyOf ?? oneOf ?? [];
  const objects = members.filter((member): member is JsonSchema => isObject(member) && member.properties !== undefined);
  return members.length > 1 && objects.length === members.length ? objects : undefined;
}

/** A row for each field, with those of nested objects below it. */
function rowsOf(schema: AnySchema, prefix: string): string[][] {
  if (typeof schema === "boolean") return [];
  const required = new Set(schema.required);
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = prefix + name;
    const note = isObject(field) && typeof field["description"] === "string" ? field["description"] : "";
    const row = [code(path), typeText(field), required.has(name) ? "required" : "optional", plain(note)];
    return [row, ...nestedRows(field, path)];
  });
}

function nestedRows(field: AnySchema, path: string): string[][] {
  if (typeof field === "boolean") return [];
  const { items, additionalProperties } = field;
  const [only, ...others] = (field.anyOf ?? []).filter((member) => !isObject(member) || member.type !== "null");
  if (only !== undefined && others.length === 0) return isObject(only) ? nestedRows(only as JsonSchema, path) : [];
  return [
    ...rowsOf(field, `${path}.`),
    ...(isObject(items) ? rowsOf(items as JsonSchema, `${path}[].`) : []),
    ...(isObject(additionalProperties) ? rowsOf(additionalProperties as JsonSchema, `${path}.*.`) : []),
  ];
}

/** What a field may be, in Markdown. */
function typeText(schema: AnySchema): string {
  if (typeof schema === "boolean") return schema ? "any value" : "nothing";
  if (isOpen(schema)) return "not declared: any value";
  const { $ref, anyOf, oneOf, allOf, type } = schema;
  if ($ref !== undefined) return linkTo($ref.replace(SCHEMAS, ""));
  if ("const" in schema) return code(JSON.stringify(schema.const));
  if (schema.enum !== undefined) return schema.enum.map((value) => code(JSON.stringify(value))).join(" or ");
  const members = anyOf ?? oneOf;
  if (members !== undefined) return [...new Set(members.map(typeText))].join(" or ");
  if (allOf !== undefined) return allOf.map(typeText).join(" and ");
  if (Array.isArray(type)) return type.map((one) => typeText({ ...schema, type: one as string })).join(" or ");
  return typedText(schema);
}

function typedText(schema: JsonSchema): string {
  const { type, items, additionalProperties, properties } = schema;
  if (type === "array") {
    if (Array.isArray(items)) return `[${items.map((item: AnySchema) => typeText(item)).join(", ")}]`;
    return `list of ${items === undefined ? "any values" : typeText(items as AnySchema)}${limits(schema)}`;
  }
  if (type === "object" && properties === undefined && isObject(additionalProperties)) {
    return `map of ${typeText(additionalProperties as JsonSchema)}`;
  }
  return `${typeof type === "string" ? type : "any value"}${limits(schema)}`;
}

/** zod bounds integers to those that a double has. */
const isSafeBound = (bound: unknown): boolean => Math.abs(Number(bound)) === Number.MAX_SAFE_INTEGER;

function limits(schema: JsonSchema): string {
  const { format, pattern } = schema;
  const found = [
    ...(format === undefined ? [] : [String(format)]),
    ...(pattern === undefined || format !== undefined ? [] : [`matches ${code(String(pattern))}`]),
    ...range(schema, "minLength", "maxLength", " characters"),
    ...range(schema, "minItems", "maxItems", " items"),
    ...range(schema, "minimum", "maximum", ""),
    ...(schema["exclusiveMinimum"] === undefined ? [] : [`more than ${String(schema["exclusiveMinimum"])}`]),
    ...(schema["exclusiveMaximum"] === undefined ? [] : [`less than ${String(schema["exclusiveMaximum"])}`]),
  ];
  return found.length > 0 ? `, ${found.join(", ")}` : "";
}

function range(schema: JsonSchema, least: string, most: string, unit: string): string[] {
  const [min, max] = [schema[least], schema[most]].map((bound) => (isSafeBound(bound) ? undefined : bound));
  if (min !== undefined && max !== undefined) return [`${String(min)} to ${String(max)}${unit}`];
  if (min !== undefined) return [`${String(min)}${unit} or more`];
  return max === undefined ? [] : [`${String(max)}${unit} or less`];
}

const linkTo = (name: string): string =>
  name.startsWith("phx.") ? code(name) : `[${name}](#${name.toLowerCase().replaceAll(/[^\w-]/g, "")})`;

export function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll(/\r?\n/g, " ")).join(" | ")} |`;
  const filled = titles.map((_, column) => rows.some((row) => row[column] !== ""));
  const shown = (cells: readonly string[]): string => line(cells.filter((_, column) => filled[column]));
  return [shown(titles), shown(titles.map(() => "---")), ...rows.map(shown)].join("\n");
}

/** Names of fields and topics may have any character. `{{` would be read by the site's generator. */
export function code(text: string): string {
  const fence = "`".repeat(Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length)) + 1);
  const padding = text.includes("`") ? " " : "";
  return `${fence}${padding}${text.replaceAll("|", "\\|").replaceAll(/\s+/g, " ")}${padding}${fence}`;
}

const plain = (text: string): string =>
  text
    .replaceAll(/[\\`*_[\]|]/g, "\\$&")
    .replaceAll("<", "&lt;")
    .replaceAll("{{", "&#123;&#123;");
