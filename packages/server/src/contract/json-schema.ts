/** JSON Schema, draft 7, as contracts have it: what AsyncAPI takes by default. */

/** A schema that is an object. Keywords that are not named here are kept, and compared as they are. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema | boolean>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema | boolean | readonly (JsonSchema | boolean)[];
  readonly anyOf?: readonly (JsonSchema | boolean)[];
  readonly oneOf?: readonly (JsonSchema | boolean)[];
  readonly allOf?: readonly (JsonSchema | boolean)[];
  readonly [keyword: string]: unknown;
}

/** Named schemas: `#/components/schemas/<name>`. */
export type Schemas = Readonly<Record<string, JsonSchema>>;

/** Where named schemas are in a document. */
export const SCHEMAS = "#/components/schemas/";

/** Marks what the definitions do not say: any value may be there, and a diff cannot tell. */
export const OPEN = "x-wingbeat-open";

/** A payload of which nothing is known. */
export const OPEN_SCHEMA: JsonSchema = { [OPEN]: true };

export const isOpen = (schema: JsonSchema): boolean => schema[OPEN] === true;

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The same value with the keys of all objects in order. What is undefined is left out. */
export function sorted<T>(value: T): T {
  if (Array.isArray(value)) return value.map((item: unknown) => sorted(item)) as T;
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sorted(item)]),
  ) as T;
}

/** Whether two values are the same JSON, whatever the order of their keys. */
export const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
