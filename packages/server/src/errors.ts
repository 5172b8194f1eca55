/**
 * Every error that Wingbeat throws at an application. `code` is stable and meant for `switch`; the message says
 * what was wrong and what to do. Wire errors are no exceptions: they are replies, see PROTOCOL.md section 8.
 */

/** The codes, each with where it comes from. */
export type WingbeatErrorCode =
  /**
   * An option of an endpoint, socket, channel or mount is missing, unknown or out of range; thrown at start. Or a
   * token's secret, option or data; thrown by `Token.sign`, `verify`, `encrypt` and `decrypt`.
   */
  | "WB_OPTION"
  /** A topic or event pattern cannot be read. Thrown by `defineChannel`, `handleIn` and `route`. */
  | "WB_PATTERN"
  /** A second handler for the same event, or a second `join`, `handleInfo` or `terminate`. Thrown by the builder. */
  | "WB_DUPLICATE_HANDLER"
  /** `push`, `broadcast`, `broadcastFrom` or `socketRef` inside `join`, before the channel is joined. */
  | "WB_NOT_JOINED"
  /** `socketRef` outside of `handleIn`, or for a message that the client sent without a ref. */
  | "WB_NO_REF"
  /**
   * A callback returned something that it may not return. Of a channel: the channel crashes. Of the endpoint: the
   * connection is refused, and the error is in `socket.refused`.
   */
  | "WB_BAD_RETURN"
  /** A busy channel had too many broadcasts and own messages waiting. The channel crashes. */
  | "WB_MAILBOX_OVERFLOW"
  /** A channel has too many subscriptions or timers: thrown by `ctx.subscribe` and `ctx.sendAfter`. */
  | "WB_CHANNEL_LIMIT"
  /** `presence.track` of what this channel tracks already. */
  | "WB_ALREADY_TRACKED"
  /** `presence.update` of what this channel does not track. */
  | "WB_NOT_TRACKED"
  /** A channel tracks too many presences, or a meta is too long or no JSON. */
  | "WB_PRESENCE_LIMIT"
  /** The PubSub adapter could not take a broadcast. Thrown by `broadcast` and `broadcastFrom`. */
  | "WB_BROADCAST"
  /** The endpoint is already listening, or is closed; or a test kit is. */
  | "WB_ENDPOINT_STATE"
  /** An assertion of `wingbeat/testing` did not hold. */
  | "WB_ASSERTION";

/** Base of all errors of this package. */
export class WingbeatError extends Error {
  override readonly name: string = "WingbeatError";
  readonly code: WingbeatErrorCode;

  constructor(code: WingbeatErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The PubSub adapter refused a message: no other node has it. `cause` is the adapter's error. */
export class BroadcastError extends WingbeatError {
  override readonly name = "BroadcastError";
  readonly topic: string;

  constructor(topic: string, cause: unknown) {
    super(
      "WB_BROADCAST",
      `broadcast on "${topic}" failed: the PubSub adapter said "${cause instanceof Error ? cause.message : describeThrown(cause)}". ` +
        "Nothing was delivered; check the adapter's connection, or use localBroadcast for this node only.",
      { cause },
    );
    this.topic = topic;
  }
}

/** What was thrown, as text. Never throws. */
export function describeThrown(thrown: unknown): string {
  try {
    return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  } catch {
    return "something that cannot be shown";
  }
}
