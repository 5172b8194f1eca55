/** A frame that is no message of the protocol. The sender's connection is closed with its sentence as reason. */
export class DecodeError extends Error {
  override readonly name = "DecodeError";
  readonly code = "WB_DECODE";
}

/** A message that its serializer cannot put on the wire. */
export class EncodeError extends Error {
  override readonly name = "EncodeError";
  readonly code = "WB_ENCODE";
}
