/**
 * What the functions of the history notify of: an entry that was stored, or a topic whose entries have to be read. Fields are
 * separated by line breaks; the last one of an entry, its body, may have some.
 */
import type { Mark } from "../../history/position.ts";
import type { Stored } from "../../history/store.ts";
import { original } from "./plain.ts";

export type Notice = { readonly entry: Stored } | { readonly topic: string; readonly to: Mark | undefined };

/** How many fields stand before the body. */
const FIELDS = 11;

/** Undefined for what is not one: anybody who may connect to the database can notify. */
export function readNotice(payload: string): Notice | undefined {
  if (payload.startsWith("moved\n")) return readMoved(payload.split("\n"));
  return payload.startsWith("entry\n") ? readEntry(payload) : undefined;
}

function readMoved([, topic = "", lineage = "", tag = "", top = ""]: readonly string[]): Notice {
  const offset = Number(top);
  const isWhole = lineage !== "" && tag !== "" && Number.isSafeInteger(offset) && offset > 0;
  return { topic: original(topic), to: isWhole ? { lineage, tag, offset } : undefined };
}

function readEntry(payload: string): Notice | undefined {
  const fields: string[] = [];
  let start = 0;
  while (fields.length < FIELDS) {
    const end = payload.indexOf("\n", start);
    if (end === -1) return undefined;
    fields.push(payload.slice(start, end));
    start = end + 1;
  }
  const [, topic, lineage, tag, offset, at, event, from, producer, seq, encoding] = fields as [
    ...[string, string, string, string, string, string, string, string, string, string, string],
  ];
  const numbers = { offset: Number(offset), at: Number(at), seq: Number(seq) };
  if (!Object.values(numbers).every((number) => Number.isSafeInteger(number) && number > 0)) return undefined;
  const text = payload.slice(start);
  const body = encoding === "text" ? text : bytesOf(text);
  const names = { topic: original(topic), event: original(event), from: original(from) };
  return { entry: { ...names, lineage, tag, producer, body, ...numbers } };
}

export const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, "base64"));
