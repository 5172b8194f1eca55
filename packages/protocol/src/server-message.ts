/** What a client accepts from its server: a server may be broken or hostile, so every field is checked. */
import { REPLY } from "./message.ts";

/** Whether these are join_ref, ref, topic, event and payload of a server's message, and there is a payload. */
export function isServerMessage([joinRef, ref, topic, event, payload]: readonly unknown[]): boolean {
  if (!isRef(joinRef) || !isRef(ref) || !isText(topic) || !isText(event) || payload === undefined) return false;
  // Without a ref it is a broadcast with that name, which may have any payload.
  return event !== REPLY || ref === null || isText((payload as { readonly status?: unknown } | null)?.status);
}

const isText = (value: unknown): boolean => typeof value === "string";
const isRef = (value: unknown): boolean => value === null || isText(value);
