/**
 * Phoenix Channels for TypeScript: the server.
 * @module
 */

// The three definitions
export { defineChannel } from "./channel.ts";
export { defineSocket, routeChannel } from "./socket.ts";
export { createEndpoint } from "./endpoint.ts";

// What callbacks return
export { ok, refuse, reply, stop } from "./channel/result.ts";

// What a slow client may miss
export { conflate, volatile } from "./channel/delivery.ts";

// PubSub, which channels stand on
export { Broadcast, localAdapter, PubSub } from "./pubsub.ts";

// What is kept of topics, in a single process
export { memoryHistory } from "./pubsub/history.ts";

// Who is where
export { definePresence } from "./presence.ts";

// From processes without an endpoint
export { createBroadcaster } from "./broadcaster.ts";

// From programs in other languages, over HTTP
export { publishHandler } from "./publish.ts";

// Signed and encrypted tokens: Token.sign, Token.verify, Token.encrypt, Token.decrypt
export * as Token from "./token.ts";

// What happens inside: Telemetry.attach
export * as Telemetry from "./telemetry/attach.ts";
export { BroadcastError, PublishError, WingbeatError } from "./errors.ts";

// Types
export type {
  AnyChannel,
  Channel,
  ChannelContext,
  ChannelDef,
  ContextOf,
  EndpointOf,
  InfoOf,
  TerminateReason,
} from "./channel.ts";
export type { Accepts, NewChannel, NoHandlers, NoJoin, PushesWith } from "./channel.ts";
export type { Conflate, Delivery, Volatile } from "./channel/delivery.ts";
export type { DedupeOptions } from "./channel/dedupe.ts";
export type { AnyTopic, ChannelEndpoint, EndpointContract, TopicContract } from "./channel/endpoint.ts";
export type { EphemeralIn, EphemeralOptions, EphemeralPush } from "./channel/ephemeral.ts";
export type { HistoryOptions } from "./channel/history.ts";
export type { HistoryEntry, HistoryPage, PageOptions } from "./channel/page.ts";
export type { PublishEventOptions, TransactionOptions } from "./channel/record.ts";
export type { ChannelLog } from "./channel/spec.ts";
export type { Reply, ReplyRef, Stop } from "./channel/result.ts";
export type { Timer } from "./channel/timer.ts";
export type { ConnectInfo, ConnectParams, RoutedChannel, SocketDefinition, SocketOptions, TopicsIn } from "./socket.ts";
export type { CloseOptions, Endpoint, EndpointSubscription } from "./endpoint.ts";
export type { EndpointOptions, LongPollOptions, MountOptions, WebSocketOptions } from "./endpoint/config.ts";
export type { SessionOptions, WebSession } from "./admission/cookie-session.ts";
export type { HttpAnswer } from "./admission/answer.ts";
export type { ErrorHandler, PickSerializer } from "./admission/rules.ts";
export type { Peer, Visit } from "./admission/visit.ts";
export type { BadFrames } from "./socket/process.ts";
export type { DrainOptions } from "./endpoint/drain.ts";
export type { Health } from "./endpoint/health.ts";
export type { CheckOrigin } from "./admission/origin.ts";
export type { TrustProxy } from "./admission/proxy.ts";
export type {
  AdapterStatus,
  DatabaseTransaction,
  DeliverLocally,
  Dispatch,
  PubSubAdapter,
  PubSubMessage,
  Position,
  HistoryStore,
  StoreStatus,
  PubSubOptions,
  Subscription,
} from "./pubsub.ts";
export type {
  Presence,
  PresenceContext,
  PresenceDiff,
  PresenceEndpoint,
  PresenceEvents,
  PresenceEntry,
  PresenceMeta,
  PresenceOptions,
  PresenceState,
} from "./presence.ts";
export type { Broadcaster, BroadcasterOptions, Reach } from "./broadcaster.ts";
export type { PublishHandler, PublishOptions, PublishTarget } from "./publish.ts";
export type { TokenData, TokenRefusal, TokenResult } from "./token.ts";
export type { TelemetryEvent, TelemetryEvents } from "./telemetry.ts";
export type {
  FilterParameters,
  LoggerOption,
  LoggerOptions,
  LogLevel,
  LogSink,
  StructuredSink,
} from "./telemetry/logger.ts";
export type { PublishFailure, WingbeatErrorCode } from "./errors.ts";
