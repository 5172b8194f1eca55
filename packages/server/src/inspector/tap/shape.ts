/** Payloads as the inspector shows them: their shape, or their content as the logger would print it. Never throws. */
import type { Filter } from "../../telemetry/filter.ts";
import { printable, printableValue } from "../../telemetry/printable.ts";
import { MAX_PAYLOAD } from "../model.ts";

const MAX_KEYS = 20;
const MAX_DEPTH = 3;
const MAX_KEY = 40;

/** `{ body: string, tags: [3] }`: which fields there are, and nothing of what is in them. */
export function shapeOf(value: unknown, depth = 0): string {
  try {
    if (value === null || value === undefined) return String(value);
    if (typeof value !== "object") return typeof value;
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `${value.byteLength} bytes`;
    if (Array.isArray(value)) return `[${value.length}]`;
    if (depth >= MAX_DEPTH) return "{…}";
    return fieldsOf(value as Readonly<Record<string, unknown>>, depth);
  } catch {
    return "unreadable";
  }
}

function fieldsOf(value: Readonly<Record<string, unknown>>, depth: number): string {
  const fields: string[] = [];
  let length = 0;
  for (const key in value) {
    if (!Object.hasOwn(value, key)) continue;
    if (fields.length === MAX_KEYS || length > MAX_PAYLOAD) {
      fields.push("…");
      break;
    }
    const field = `${printable(key, MAX_KEY)}: ${shapeOf(value[key], depth + 1)}`;
    length += field.length;
    fields.push(field);
  }
  return cutText(fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`);
}

/** The content, without what the logger hides. */
export function contentOf(value: unknown, filter: Filter): string {
  try {
    const text = JSON.stringify(printableValue(filter(value, MAX_PAYLOAD), MAX_PAYLOAD));
    return cutText(text ?? "undefined");
  } catch {
    return "unreadable";
  }
}

const cutText = (text: string): string => (text.length > MAX_PAYLOAD ? `${text.slice(0, MAX_PAYLOAD - 1)}…` : text);
