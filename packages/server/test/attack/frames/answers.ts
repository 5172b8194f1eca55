/** What attackers are sent: it must be of the protocol, and for them. */
import { v2Client } from "@wingbeat/protocol";
import { Opcode } from "../raw-client.ts";
import type { Batch } from "./batch.ts";

const REPLY = /phx_reply/;
const SENDER = /"sender":"s(\d+)s"/;
const PLACE = /"in":"([^"]*)"/;

/** Throws for what the protocol does not know, and for what somebody else was to get. Gives the last frame that was read. */
export function checkAnswer({ number, vsn }: Batch, opcode: number, payload: Buffer): number | undefined {
  const text = payload.toString(opcode === Opcode.text ? "utf8" : "latin1");
  if (text.includes("secret-")) throw new Error(`foreign delivery: an attacker was sent ${text.slice(0, 300)}`);
  const { ref, topic, event, body } = opcode === Opcode.text ? readText(vsn, text) : readBytes(payload);
  const sender = SENDER.exec(text)?.[1];
  if (event === "phx_reply") {
    if (sender !== undefined && Number(sender) !== number) throw new Error(`foreign delivery: ${text.slice(0, 300)}`);
    const { status, response } = (body ?? {}) as { status?: unknown; response?: unknown };
    if ((status !== "ok" && status !== "error") || response === undefined) {
      throw new Error(`no reply of the protocol: ${text.slice(0, 300)}`);
    }
    const read = typeof ref === "string" && topic === "phoenix" ? /^read (\d+)$/.exec(ref)?.[1] : undefined;
    return read === undefined ? undefined : Number(read);
  }
  const place = PLACE.exec(text)?.[1];
  // The channels "info" pass on what they have subscribed to; a reply that a client relays is no reply.
  const isTold = String(topic).startsWith("info:") || REPLY.test(text);
  if (place !== undefined && place !== topic && !isTold) throw new Error(`foreign delivery: ${text.slice(0, 300)}`);
  return undefined;
}

interface Answer {
  readonly ref: unknown;
  readonly topic: unknown;
  readonly event: unknown;
  readonly body: unknown;
}

/** Not by a client's codec: topics and refs of any type come back as they were sent, which no real client sends. */
function readText(vsn: 1 | 2, text: string): Answer {
  const value: unknown = JSON.parse(text);
  if (vsn === 2) {
    if (!Array.isArray(value) || value.length !== 5) throw new Error(`no message of V2: ${text.slice(0, 300)}`);
    const [, ref, topic, event, body] = value as unknown[];
    return { ref, topic, event, body };
  }
  const { ref, topic, event, payload } = value as Record<string, unknown>;
  if (topic === undefined || event === undefined) throw new Error(`no message of V1: ${text.slice(0, 300)}`);
  return { ref, topic, event, body: payload };
}

function readBytes(bytes: Uint8Array): Answer {
  const { ref, topic, event, payload } = v2Client.decode(bytes);
  return { ref, topic, event, body: payload };
}
