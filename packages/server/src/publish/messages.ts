/** The messages of a request's body: `{ "topic": …, "event": …, "payload": {…} }`, or a list of them. */
import { MAX_FIELD_BYTES } from "@wingbeat/protocol";

export interface PublishedMessage {
  readonly topic: string;
  readonly event: string;
  readonly payload: object;
}

/** Why a body is refused. */
export class InvalidMessage {
  readonly status: number;
  readonly reason: string;
  readonly detail: string;

  constructor(detail: string, reason = "invalid message", status = 400) {
    this.status = status;
    this.reason = reason;
    this.detail = detail;
  }
}

const FIELDS: readonly string[] = ["topic", "event", "payload"];

/** Reads a body. One message that is wrong refuses them all. */
export function readMessages(body: Uint8Array, maxMessages: number): readonly PublishedMessage[] | InvalidMessage {
  if (body.length === 0)
    return new InvalidMessage("The body is empty. If a body parser reads it first, pass its result.");
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch (error) {
    return new InvalidMessage(`The body is not JSON in UTF-8: ${(error as Error).message}`, "invalid JSON");
  }
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0) return new InvalidMessage("The list has no messages.");
  if (list.length > maxMessages) {
    const detail = `A request may have ${maxMessages} messages (maxBatchMessages), this one has ${list.length}: send several.`;
    return new InvalidMessage(detail, "too many messages", 413);
  }
  const messages: PublishedMessage[] = [];
  for (const [index, item] of list.entries()) {
    const fault = faultOf(item);
    if (fault !== undefined) return new InvalidMessage(`Message ${index} ${fault}.`);
    messages.push(item as PublishedMessage);
  }
  return messages;
}

function faultOf(item: unknown): string | undefined {
  if (!isObject(item)) return 'must be an object: { "topic": "room:1", "event": "new_msg", "payload": {} }';
  const unknown = Object.keys(item).find((key) => !FIELDS.includes(key));
  if (unknown !== undefined)
    return `has a field ${JSON.stringify(unknown.slice(0, 100))}: it may have ${FIELDS.join(", ")}`;
  for (const field of ["topic", "event"]) {
    const value = Object.hasOwn(item, field) ? item[field] : undefined;
    if (typeof value !== "string" || value === "") return `must have "${field}", a string`;
    if (Buffer.byteLength(value) > MAX_FIELD_BYTES) return `has a ${field} of more than ${MAX_FIELD_BYTES} bytes`;
    if (!value.isWellFormed()) return `has a ${field} with half of a surrogate pair`;
  }
  if ((item["event"] as string).startsWith("phx_"))
    return 'has an event that starts with "phx_": these are the protocol\'s own';
  if (!Object.hasOwn(item, "payload") || !isObject(item["payload"])) return 'must have "payload", an object';
  return undefined;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
