/**
 * The client of Phoenix Channels: the names and behaviour of phoenix.js, for Wingbeat's server and any Phoenix server.
 * `new Socket<typeof userSocket>(...)` knows the topics, events, payloads and replies of your own server.
 */

export { Socket } from "./socket.ts";
export type { Logger, SocketOptions } from "./socket/options.ts";
export { Channel } from "./channel.ts";
export type { ChannelState, TransportError } from "./channel.ts";
export { Push } from "./push.ts";
export type { PushOptions } from "./push.ts";
export { PushError } from "./errors.ts";
export type { PushFailure } from "./errors.ts";
export type { ListenerRef } from "./listeners.ts";

// Who is here
export { Presence } from "./presence.ts";

// Transports and frames
export { LongPoll } from "./longpoll.ts";
export type { CloseEvent, Transport, TransportClass } from "./transport.ts";
export { Serializer } from "./serializer.ts";
export type { Decode, Encode, SocketMessage } from "./serializer.ts";

// Types of a server, as a client sees them
export type { ChannelAt, EventsOf, PayloadOf, Received, Refusal, ReplyOf, TopicsOf, TypedSocket } from "./contract.ts";
