/**
 * Checks what other nodes send: it comes from an engine that others may write to, or from a node of another version.
 * Fields that are not known are ignored, those that are missing or of another type are not.
 */

/** Whether a value is what it should be. */
export type Check = (value: unknown) => boolean;

/** The longest text and list in what nodes send. */
const MAX_TEXT = 8_192;
const MAX_LIST = 2_000;
const MAX_ENTRIES = 100;

export const text: Check = (value) => typeof value === "string" && value.length <= MAX_TEXT;
export const number: Check = (value) => typeof value === "number" && Number.isFinite(value);
export const flag: Check = (value) => typeof value === "boolean";

export const oneOf =
  (...words: readonly string[]): Check =>
  (value) =>
    words.includes(value as string);

export const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);

export const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

export const list =
  (check: Check, most = MAX_LIST): Check =>
  (value) =>
    Array.isArray(value) && value.length <= most && value.every(check);

export const fields = (checks: Readonly<Record<string, Check>>): Check => {
  const entries = Object.entries(checks);
  return (value) =>
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    entries.every(([name, check]) => check((value as Readonly<Record<string, unknown>>)[name]));
};

/** Numbers by name. */
export const counts: Check = (value) => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return entries.length <= MAX_ENTRIES && entries.every(([name, count]) => text(name) && number(count));
};
