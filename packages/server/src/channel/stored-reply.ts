/** Replies as they are stored: V2 frames without refs, those that are binary as base64. */
import { v2Client, v2Server } from "@wingbeat/protocol";
import { Reply } from "./result.ts";

/** Begins a stored frame that is binary. */
const BYTES = "b";

/** Throws an EncodeError for a reply that cannot be sent. */
export function storedReply({ status, response }: Reply): string {
  const frame = v2Server.encodeReply(null, null, "", status, response);
  return typeof frame === "string" ? frame : BYTES + Buffer.from(frame).toString("base64");
}

const bytesIn = (stored: string): Uint8Array => new Uint8Array(Buffer.from(stored.slice(BYTES.length), "base64"));

/** Throws for what is no stored reply. */
export function readReply(stored: string): Reply {
  const frame = stored.startsWith(BYTES) ? bytesIn(stored) : stored;
  const { status, response } = v2Client.decode(frame).payload as {
    readonly status: string;
    readonly response: unknown;
  };
  return new Reply(status, response);
}
