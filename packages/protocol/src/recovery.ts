/**
 * What recovery adds to the V2 frames of a server (PROTOCOL.md, section 16). Only channels whose `phx_join` has asked for
 * it may get such frames.
 */
import { encodePosition } from "./binary.ts";
import { fieldToJson, toJson } from "./codec.ts";
import type { FrameData } from "./codec.ts";
import { EncodeError } from "./errors.ts";

/**
 * A V2 frame of a server with its position. `epoch` belongs into the first frame of a new one. Called once for each
 * recorded broadcast.
 *
 * Throws {@link EncodeError} for what a frame cannot carry: an offset that is no integer from 0 to 2^53 - 1, and the
 * epoch or the position of a binary frame that has no place for it.
 */
export function withPosition(frame: FrameData, offset: number, epoch?: string): FrameData {
  if (!(Number.isSafeInteger(offset) && offset >= 0)) {
    throw new EncodeError(`offset ${offset} is not an integer from 0 to 2^53 - 1`);
  }
  if (typeof frame !== "string") {
    if (epoch === undefined) return encodePosition(frame, offset);
    throw new EncodeError("a binary frame cannot carry an epoch: send phx_recovery with it before the frame");
  }
  const end = epoch === undefined ? "}]" : `,"e":${fieldToJson(epoch)}}]`;
  return `${frame.slice(0, -1)},{"o":${offset}${end}`;
}

/**
 * The V2 reply to a join with `recovery` beside status and response. A binary reply has no place for it, and is returned
 * as it is: a `phx_recovery` with the position must follow it.
 */
export function withRecovery(frame: FrameData, recovery: JoinRecovery): FrameData {
  if (typeof frame !== "string") return frame;
  return `${frame.slice(0, -2)},"recovery":${toJson(recovery, "recovery")}}]`;
}

/** The key `recovery` of the reply to a join: the position after it, and what became of `since` or `rewind`. */
export interface JoinRecovery {
  readonly epoch: string;
  readonly offset: number;
  /** Whether everything after `since` follows. Absent when the join had neither `since` nor `rewind`. */
  readonly recovered?: boolean;
  /** How many recorded messages follow, those included that this client does not get. */
  readonly count?: number;
  /** Why not everything follows. */
  readonly reason?: RecoveryReason;
  /** Milliseconds: a client waits a random part of it before it loads its state again. */
  readonly spread?: number;
}

/**
 * Why messages are missing. `epoch`: the history of the topic is another one. `lost`: the server has lost messages that
 * the client had seen. `trimmed`: they are too old. `limit`: they are too many. `denied`: the channel does not show
 * them. `unavailable`: the history cannot be reached. A client MUST treat an unknown reason as `epoch`.
 */
export type RecoveryReason = "epoch" | "lost" | "trimmed" | "limit" | "denied" | "unavailable";
