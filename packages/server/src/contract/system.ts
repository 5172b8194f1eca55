/** What the protocol itself says, the same in every contract: the frame around payloads, and the server's own messages. */
import { SCHEMAS } from "./json-schema.ts";
import type { JsonSchema } from "./json-schema.ts";

/** What stands around a payload; PROTOCOL.md section 3 says how it is written. */
const FRAME: JsonSchema = {
  type: "object",
  description: "What is around the payload: the frame [join_ref, ref, topic, event, payload] of version 2.0.0.",
  properties: {
    join_ref: { type: ["string", "null"], description: "Which joining of the topic it belongs to." },
    ref: { type: ["string", "null"], description: "The client's number for the message; its reply has the same." },
    topic: { type: "string" },
    event: { type: "string" },
  },
  required: ["topic", "event"],
};

/** The reasons that the server itself gives, in an error reply to any message. */
const REFUSED: JsonSchema = {
  type: "object",
  description: "An error reply of the server itself. Further keys may be added.",
  properties: {
    reason: {
      type: "string",
      examples: [
        "unmatched topic",
        "join crashed",
        "too many channels joined",
        "rate limited",
        "invalid payload",
        "unknown event",
      ],
    },
    issues: {
      type: "array",
      description: "What the schema refused, when the reason is `invalid payload`.",
      items: {
        type: "object",
        properties: { message: { type: "string" }, path: { type: "array", items: { type: ["string", "integer"] } } },
        required: ["message"],
      },
    },
    retry_after_ms: { type: "number", description: "When the reason is `rate limited`." },
  },
  required: ["reason"],
};

const METAS: JsonSchema = {
  type: "object",
  additionalProperties: {
    type: "object",
    properties: {
      metas: {
        type: "array",
        items: { type: "object", properties: { phx_ref: { type: "string" } }, required: ["phx_ref"] },
      },
    },
    required: ["metas"],
  },
};

const schema = (name: string) => ({ $ref: `${SCHEMAS}${name}` });

/** Their names start with `phx.`: no schema of a user gets such a name. */
export const SYSTEM_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  "phx.Frame": FRAME,
  "phx.Refused": REFUSED,
  "phx.Presences": METAS,
  "phx.PresenceDiff": {
    type: "object",
    properties: { joins: schema("phx.Presences"), leaves: schema("phx.Presences") },
    required: ["joins", "leaves"],
  },
};

export const HEADERS = schema("phx.Frame");
export const CORRELATION = { location: "$message.header#/ref" };

const message = (name: string, payload: JsonSchema, summary: string) => ({ name, headers: HEADERS, payload, summary });
const EMPTY: JsonSchema = { type: "object" };

/** The messages of the protocol that a client must know, whatever the application sends. */
export const SYSTEM_MESSAGES = {
  heartbeat: message("heartbeat", EMPTY, "Keeps the connection alive, on the topic `phoenix`; every 30 seconds."),
  heartbeat_reply: message("phx_reply", EMPTY, "The answer to a heartbeat."),
  refused: {
    ...message("phx_reply", schema("phx.Refused"), "An error reply of the server itself."),
    correlationId: CORRELATION,
    "x-wingbeat-status": "error",
  },
  phx_leave: message("phx_leave", EMPTY, "Leaves the topic; the reply is ok, then phx_close comes."),
  phx_close: message("phx_close", EMPTY, "The channel has ended. Do not join again."),
  phx_error: message("phx_error", EMPTY, "The channel has crashed. Join again after a pause."),
  presence_state: message(
    "presence_state",
    schema("phx.Presences"),
    "Who is on the topic, by key. On topics whose channel tracks presences, after the join.",
  ),
  presence_diff: message("presence_diff", schema("phx.PresenceDiff"), "Who came and who left since."),
};
