/**
 * The messages of the Phoenix Channels protocol (PROTOCOL.md, section 2) and its reserved names.
 */

/** A reference chosen by a client; its reply carries the same one. */
export type Ref = string | null;

/** A payload: any JSON value, or bytes in a binary V2 frame. */
export type Payload = unknown;

/** A message in either direction. From server to client `ref` is null. */
export interface Message {
  readonly joinRef: Ref;
  readonly ref: Ref;
  readonly topic: string;
  readonly event: string;
  readonly payload: Payload;
  /**
   * The sixth element of a V2 frame (PROTOCOL.md, section 16), any JSON value; undefined without one. Only
   * for a peer that has asked for it: readers of other programs may refuse the frame.
   */
  readonly extension?: unknown;
}

/**
 * A client's message as decoded from its frame: any field may be any JSON value. A server compares and echoes refs as
 * sent, and treats a topic or event that is not a string as unknown. Check a field before you use it.
 */
export interface ClientMessage {
  readonly joinRef: unknown;
  readonly ref: unknown;
  readonly topic: unknown;
  readonly event: unknown;
  readonly payload: Payload;
  /** The sixth element of a V2 text frame, if it has one. */
  readonly extension?: unknown;
}

/** Client to server: join a topic. The payload holds the join params. */
export const JOIN = "phx_join";
/** Client to server: leave a topic. */
export const LEAVE = "phx_leave";
/** Server to client: the answer to a message, found by its `ref`. */
export const REPLY = "phx_reply";
/** Server to client: the channel has ended in an orderly way. Clients do not rejoin. */
export const CLOSE = "phx_close";
/** Server to client: the channel has crashed. Clients rejoin after a pause. */
export const ERROR = "phx_error";
/** Client to server, on {@link PHOENIX_TOPIC}: keeps the connection alive and is answered at once. */
export const HEARTBEAT = "heartbeat";
/**
 * With extensions, both ways, on {@link PHOENIX_TOPIC}: the server asks whether the client has read everything up to
 * here, and the client says so at once.
 */
export const ACK = "wb_ack";
/** The topic of the connection itself. */
export const PHOENIX_TOPIC = "phoenix";
/** Server to client, on {@link PHOENIX_TOPIC}: `connect` has refused, with `{reason}`. The connection closes. */
export const REFUSED = "wb_refused";
/** Server to client, on {@link PHOENIX_TOPIC}: the login ends in `{in}` milliseconds. */
export const EXPIRES = "wb_expires";
/** Client to server, on {@link PHOENIX_TOPIC}: new credentials, `{query, token}`. */
export const REFRESH = "wb_refresh";
/** Server to client, to channels that have asked for recovery: how a replay ended, or that messages are lost. */
export const RECOVERY = "phx_recovery";
/** Client to server, to a channel that takes numbered pushes: begins their line (PROTOCOL.md, section 17). */
export const PUSHES = "wb_pushes";
/** On PubSub only, at a socket's id: closes all connections with that id. Never on the wire. */
export const DISCONNECT = "disconnect";

/** Reasons that the server itself puts into `{reason}` of an error reply or of `phx_error`. */
export const Reason = {
  unmatchedTopic: "unmatched topic",
  joinCrashed: "join crashed",
  tooManyChannels: "too many channels joined",
  channelCrash: "channel_crash",
  unknownEvent: "unknown event",
  invalidPayload: "invalid payload",
  rateLimited: "rate limited",
  expired: "expired",
  refreshFailed: "refresh failed",
  superseded: "superseded",
} as const;
export type Reason = (typeof Reason)[keyof typeof Reason];
