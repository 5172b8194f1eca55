/** The message by which a client with extensions learns that `connect` has refused it. */
import { PHOENIX_TOPIC, REFUSED } from "@wingbeat/protocol";
import type { FrameData, ServerCodec } from "@wingbeat/protocol";
import { WingbeatError } from "../errors.ts";

/** What the client is told: `reason` as the application gave it, none for `refuse()`. */
export interface RefusalNotice {
  readonly reason?: unknown;
}

/** Bytes of the message. A reason that makes it longer is not sent. */
export const MAX_REFUSAL_BYTES = 4_096;

/** Encodes the message; without the reason when that cannot be sent, and then `error` says why. */
export function encodeRefusal(codec: ServerCodec, notice: RefusalNotice): { frame: FrameData; error?: unknown } {
  try {
    const frame = codec.encodeMessage(null, null, PHOENIX_TOPIC, REFUSED, notice);
    if (Buffer.byteLength(frame) <= MAX_REFUSAL_BYTES) return { frame };
    throw new WingbeatError(
      "WB_BAD_RETURN",
      `the reason of refuse has ${Buffer.byteLength(frame)} bytes as a message, more than ${MAX_REFUSAL_BYTES}: it is not sent to the client.`,
    );
  } catch (error) {
    return { frame: codec.encodeMessage(null, null, PHOENIX_TOPIC, REFUSED, {}), error };
  }
}
