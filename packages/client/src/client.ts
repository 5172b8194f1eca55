/** Everything that most pages use: all but long polling. */

export { Socket } from "./socket.ts";
export type { Logger, SocketOptions } from "./socket/options.ts";
export { Channel } from "./channel.ts";
export type { ChannelOf, ChannelState, JoinOptions, TransportError } from "./channel.ts";
export { Push } from "./push.ts";
export type { FailureOf, PushOptions } from "./push.ts";
export type { JoinFrom, Position, RecoveryReport } from "./recovery.ts";
export { PushError } from "./errors.ts";
export type { PushFailure } from "./errors.ts";
export type { ListenerRef } from "./listeners.ts";

// Pushes that are retried
export type { PendingPush, SettledPush } from "./outbox/item.ts";
export type { OutboxOptions } from "./outbox/storage.ts";

// Who is here
export { Presence } from "./presence.ts";
export type { PresenceChannel, PresenceDiff, PresenceEntry, PresenceState } from "./presence.ts";

// Transports and frames
export type { CloseEvent, Transport, TransportClass } from "./transport.ts";
export { Serializer } from "./serializer.ts";
export type { Decode, Encode, SocketMessage } from "./serializer.ts";

// Types of a server, as a client sees them
export type {
  Callback,
  ChannelAt,
  ChannelContract,
  EventCallback,
  EventsOf,
  JoinArgs,
  PayloadOf,
  Received,
  Refusal,
  RefusalOf,
  ReplyOf,
  TopicsOf,
  TypedSocket,
  UntypedSocket,
} from "./contract.ts";
