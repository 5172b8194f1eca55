/** A frame that is not a message of the protocol. The sender's connection is closed with the message as reason. */
export class DecodeError extends Error {
  override readonly name = "DecodeError";
  readonly code = "WB_DECODE";
}

/** A message that its codec cannot encode. */
export class EncodeError extends Error {
  override readonly name = "EncodeError";
  readonly code = "WB_ENCODE";
}
