/** What a client accepts from its server: a server may be broken or hostile, so every field is checked. */
import { REPLY } from "./message.ts";
import type { ClientMessage, Message } from "./message.ts";

/** Whether the fields are those of a server's message, and the payload of a reply has a status. */
export function isServerMessage(message: ClientMessage): message is Message {
  const { joinRef, ref, topic, event, payload } = message;
  if (!isText(topic) || !isText(event) || !isRef(joinRef) || !isRef(ref)) return false;
  // Without a ref it is a broadcast with that name, which may have any payload.
  return event !== REPLY || ref === null || isText((payload as { readonly status?: unknown } | null)?.status);
}

const isText = (value: unknown): value is string => typeof value === "string";
const isRef = (value: unknown): boolean => isText(value) || value === null;
