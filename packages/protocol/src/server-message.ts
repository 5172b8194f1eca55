/** What a client accepts from its server: a server may be broken or hostile, so every field is checked. */
import { DecodeError } from "./errors.ts";
import { REPLY } from "./message.ts";
import type { ClientMessage, Message, Payload, Ref } from "./message.ts";

/** The message with its fields checked, and the payload of a reply. Throws {@link DecodeError}. */
export function serverMessage(message: ClientMessage): Message {
  const { joinRef, ref, topic, event, payload } = message;
  if (typeof topic !== "string") throw new DecodeError("topic of a server's message is not a string");
  if (typeof event !== "string") throw new DecodeError("event of a server's message is not a string");
  if (!isRef(joinRef)) throw new DecodeError("join_ref of a server's message is neither a string nor null");
  if (!isRef(ref)) throw new DecodeError("ref of a server's message is neither a string nor null");
  // Without a ref it is a broadcast with that name, which may have any payload.
  if (event === REPLY && ref !== null) checkReply(payload);
  return message as Message;
}

const isRef = (value: unknown): value is Ref => typeof value === "string" || value === null;

function checkReply(payload: Payload): void {
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) {
    throw new DecodeError("payload of phx_reply is not an object");
  }
  const { status } = payload as { readonly status?: unknown };
  if (typeof status !== "string") throw new DecodeError("status of phx_reply is not a string");
}
