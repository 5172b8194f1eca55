/** Whether what a document has as schemas can be compared: documents are files, and anybody may have edited them. */
import { isObject } from "./json-schema.ts";

/** No schema of a real contract is nested so deeply. */
const MAX_DEPTH = 100;

/** What each keyword must be. All others are kept as they are. */
const KEYWORDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  $ref: isText,
  required: isListOf(isText),
  enum: Array.isArray,
  properties: (value) => isObject(value) && Object.values(value).every(isSchema),
  additionalProperties: isSchema,
  items: (value) => isSchema(value) || isListOf(isSchema)(value),
  anyOf: isListOf(isSchema),
  oneOf: isListOf(isSchema),
  allOf: isListOf(isSchema),
};

/** What is wrong with the first keyword that is wrong, at or below a value; undefined: nothing. */
export function schemaFault(value: unknown, path: string, depth = 0): string | undefined {
  if (depth > MAX_DEPTH) return `is nested more than ${MAX_DEPTH} deep at ${path}`;
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, item] of Object.entries(value)) {
    const isRight = Object.hasOwn(KEYWORDS, key) ? KEYWORDS[key] : undefined;
    // A field of a payload may have the name of a keyword.
    if (isRight !== undefined && !path.endsWith("/properties") && !isRight(item)) {
      return `has an invalid "${key}" at ${path}`;
    }
    const fault = schemaFault(item, `${path}/${key}`, depth + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}

function isSchema(value: unknown): boolean {
  return isObject(value) || typeof value === "boolean";
}

function isListOf(isRight: (value: unknown) => boolean): (value: unknown) => boolean {
  return (value) => Array.isArray(value) && value.every(isRight);
}
