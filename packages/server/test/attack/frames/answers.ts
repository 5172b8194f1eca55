/** What attackers are sent: it must be of the protocol, and for them. */
import { v1Client, v2Client } from "@wingbeat/protocol";
import { Opcode } from "../raw-client.ts";
import type { Batch } from "./batch.ts";

const REPLY = /phx_reply/;
const SENDER = /"sender":"s(\d+)s"/;
const PLACE = /"in":"([^"]*)"/;

/** Throws for what the protocol does not know, and for what somebody else was to get. Gives the last frame that was read. */
export function checkAnswer({ number, vsn }: Batch, opcode: number, payload: Buffer): number | undefined {
  const text = payload.toString(opcode === Opcode.text ? "utf8" : "latin1");
  if (text.includes("secret-")) throw new Error(`foreign delivery: an attacker was sent ${text.slice(0, 300)}`);
  const codec = vsn === 1 ? v1Client : v2Client;
  const { ref, topic, event, payload: body } = codec.decode(opcode === Opcode.text ? text : payload);
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
