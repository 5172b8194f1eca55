/**
 * All errors that Wingbeat throws at applications. `code` is stable and meant for `switch`; the message says what was
 * wrong and what to do. Error replies on the wire are not exceptions, see PROTOCOL.md section 8.
 */

/** The error codes. */
export type WingbeatErrorCode =
  /**
   * An option of an endpoint, socket, channel or mount is missing, unknown or out of range; thrown at start. Or a
   * token's secret, option or data; thrown by `Token.sign`, `verify`, `encrypt` and `decrypt`.
   */
  | "WB_OPTION"
  /** A topic or event pattern is invalid. Thrown by `defineChannel`, `handleIn` and `routeChannel`. */
  | "WB_PATTERN"
  /** A second handler for the same event, or a second `join`, `handleInfo` or `terminate`. Thrown by the builder. */
  | "WB_DUPLICATE_HANDLER"
  /** `push`, `broadcast`, `broadcastFrom` or `socketRef` inside `join`, before the channel is joined. */
  | "WB_NOT_JOINED"
  /** `socketRef` outside of `handleIn`, or for a message that the client sent without a ref. */
  | "WB_NO_REF"
  /**
   * A callback returned an invalid value. In a channel, the channel crashes. In the endpoint, the connection is refused
   * and `socket.refused` has the error.
   */
  | "WB_BAD_RETURN"
  /** Too many broadcasts and messages to itself were waiting for a busy channel. The channel crashes. */
  | "WB_MAILBOX_OVERFLOW"
  /** A channel has too many subscriptions or timers: thrown by `ctx.subscribe` and `ctx.sendAfter`. */
  | "WB_CHANNEL_LIMIT"
  /** `presence.track` of a key that this channel already tracks. */
  | "WB_ALREADY_TRACKED"
  /** `presence.update` of a key that this channel does not track. */
  | "WB_NOT_TRACKED"
  /** A channel tracks too many presences, or a meta is too long or not valid JSON. */
  | "WB_PRESENCE_LIMIT"
  /** The PubSub adapter could not accept a broadcast. Thrown by `broadcast` and `broadcastFrom`. */
  | "WB_BROADCAST"
  /** A broadcast could not be recorded, or nobody knows whether it was. Rejected by `publish`. */
  | "WB_PUBLISH"
  /** A broadcaster reaches no endpoint: rejected by its `ready`. */
  | "WB_UNREACHABLE"
  /** The endpoint or test kit is already listening, or closed; or the broadcaster is closed. */
  | "WB_ENDPOINT_STATE"
  /** A contract cannot be written: a schema has no JSON Schema. Or a document is not a contract that Wingbeat wrote. */
  | "WB_CONTRACT"
  /** An assertion of `wingbeat/testing` failed. */
  | "WB_ASSERTION";

/** The page with a section for each code. */
const HELP = "https://wingbeat.github.io/wingbeat/reference/errors#";

/** Base of all errors of this package. */
export class WingbeatError extends Error {
  override readonly name: string = "WingbeatError";
  readonly code: WingbeatErrorCode;
  /** Where cause and remedy are described. Printed with the error, because it is a property of its own. */
  readonly help: string;

  constructor(code: WingbeatErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.help = HELP + code.toLowerCase();
  }

  /** Also true for an error of another copy of this package. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== WingbeatError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return String((value as { readonly code?: unknown } | null | undefined)?.code).startsWith("WB_");
  }
}

/** The PubSub adapter, or the history, has rejected a message: nobody has received it. `cause` is its error. */
export class BroadcastError extends WingbeatError {
  override readonly name = "BroadcastError";
  readonly topic: string;

  constructor(topic: string, cause: unknown) {
    super("WB_BROADCAST", `broadcast on "${topic}" failed: ${whyNot(cause)}`, { cause });
    this.topic = topic;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return (value as { readonly code?: unknown } | null | undefined)?.code === "WB_BROADCAST";
  }
}

function whyNot(cause: unknown): string {
  if (cause instanceof PublishError) return cause.message;
  return (
    `the PubSub adapter said "${cause instanceof Error ? cause.message : describeThrown(cause)}". ` +
    "Nothing was delivered; check the adapter's connection, or use localBroadcast for this node only."
  );
}

/**
 * Why a broadcast was not recorded. `refused`: it is in no log, and nobody got it. `too_large`: the same, because of its
 * size. `unknown`: it may be stored; publish it again with the same `id`.
 */
export type PublishFailure = "refused" | "too_large" | "unknown";

/** A broadcast on a topic with a history could not be recorded. `cause` is the error of the store. */
export class PublishError extends WingbeatError {
  override readonly name = "PublishError";
  readonly reason: PublishFailure;
  readonly topic: string;

  constructor(reason: PublishFailure, topic: string, cause: Error) {
    const what =
      reason === "unknown"
        ? "it is not known whether it was stored. Publish it again with the same id"
        : "nobody got it";
    super("WB_PUBLISH", `publish on "${topic}" failed (${reason}): ${cause.message}; ${what}.`, { cause });
    this.reason = reason;
    this.topic = topic;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return (value as { readonly code?: unknown } | null | undefined)?.code === "WB_PUBLISH";
  }
}

/** A thrown value as text. Never throws. */
export function describeThrown(thrown: unknown): string {
  try {
    return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  } catch {
    return "a value that cannot be shown";
  }
}
