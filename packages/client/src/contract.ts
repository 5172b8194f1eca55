/**
 * Types only: what `new Socket<typeof userSocket>()` knows about its server. A topic selects a channel's contract,
 * which says what may be pushed, what the replies are, and what the server sends.
 *
 * `socket.channel` takes the server's type from its `this`, not from its class: if the signature contained the server's
 * type, the compiler would check all channels of the server for each topic.
 */
import type {
  ChannelContract,
  ChannelAt as ContractAt,
  TopicsOf as ContractTopics,
  ReplyContract,
  SocketContract,
  Ref,
} from "@wingbeat/protocol";
import type { Position } from "./recovery.ts";

export type { ChannelContract, EventsOf, PayloadOf, ReplyOf } from "@wingbeat/protocol";

/** The part of `typeof userSocket` that a client uses. */
export interface TypedSocket {
  readonly "~contract": SocketContract;
}

/** A channel of a server with unknown types: any event, any payload. */
export interface UntypedChannel extends ChannelContract {
  readonly topic: string;
  readonly join: { readonly in: unknown; readonly reply: ReplyContract };
  readonly events: Record<string, { readonly in: unknown; readonly reply: ReplyContract }>;
  readonly pushes: Record<string, unknown>;
}

/** The default of `Socket`: topics, events and payloads as in phoenix.js, unchecked. */
export interface UntypedSocket extends TypedSocket {
  readonly "~contract": { readonly channels: UntypedChannel };
}

/** The topics that a server has channels for. */
export type TopicsOf<Definition extends TypedSocket> = ContractTopics<Definition["~contract"]>;

/** The contract of the channel that a topic leads to. An exact topic wins over a pattern. */
export type ChannelAt<Definition extends TypedSocket, Topic extends string> = ContractAt<
  Definition["~contract"],
  Topic
>;

/** Join params, or a function that returns them (or a promise of them) for every join and rejoin. */
export type JoinParams<In> = In | (() => In | PromiseLike<In>);
/** The arguments after a topic: params are optional when nothing in them is required. */
export type JoinArgs<In> = Record<never, never> extends In ? [params?: JoinParams<In>] : [params: JoinParams<In>];

/** An argument that is optional when nothing in it is required. */
export type Optional<T> = unknown extends T ? [T?] : Record<never, never> extends T ? [T?] : [T];

/** A callback. One for a payload of unknown type may declare what it expects, as phoenix.js programs do. */
export type Callback<Payload> = object extends Payload
  ? { bivariant(payload: Payload): unknown }["bivariant"]
  : (payload: Payload) => unknown;

/**
 * A callback for an event: after the payload come the refs of the message, and its place in the history of the topic, if
 * it is recorded there.
 */
export type EventCallback<Payload> = object extends Payload
  ? { bivariant(payload: Payload, ...more: MessageInfo): unknown }["bivariant"]
  : (payload: Payload, ...more: MessageInfo) => unknown;
type MessageInfo = [ref: Ref, joinRef: Ref, position?: Position];

/** The `error` responses of Wingbeat itself; a Phoenix server sends only `reason`. */
export interface Refusal {
  readonly reason: string;
  /** With reason `rate limited`: milliseconds to wait before the next message. */
  readonly retry_after_ms?: number;
  /** With reason `invalid payload`: what the schema found. */
  readonly issues?: readonly { readonly message: string; readonly path: readonly (string | number)[] }[];
}

/** The reasons with which a server's `connect` refuses, as clients get them. */
export type RefusalOf<Definition extends TypedSocket> = Definition["~contract"] extends {
  readonly refusal: infer Reason;
}
  ? unknown extends Reason
    ? unknown
    : Received<Reason> | Refusal | undefined
  : unknown;

/** What the callback of `receive(status, callback)` gets. */
export type ResponseOf<Reply extends ReplyContract, Status extends string> = string extends Reply["status"]
  ? unknown
  : Status extends "timeout"
    ? Record<never, never>
    : Declared<Reply, Status> | (Status extends "error" ? Refusal : never);
type Declared<Reply extends ReplyContract, Status extends string> = Reply extends { readonly status: Status }
  ? Received<Reply["response"]>
  : never;

/** The presence types that a server's channel declares, in the shape that `new Presence(channel)` infers from. */
export type PresenceOf<Contract extends ChannelContract> = Contract["pushes"] extends {
  readonly presence_state: Readonly<Record<string, infer Entry extends { readonly metas: readonly object[] }>>;
}
  ? { readonly meta: Received<Entry["metas"][number]>; readonly fields: Omit<Received<Entry>, "metas"> }
  : undefined;

type Primitive = string | number | boolean | null | undefined;

/**
 * A value of the server as it arrives through JSON: dates are strings, bytes are ArrayBuffers, functions are dropped.
 */
export type Received<T> = T extends Primitive
  ? T
  : T extends { toJSON(): infer Json }
    ? Received<Json>
    : T extends ArrayBuffer | Uint8Array
      ? ArrayBuffer
      : T extends object
        ? ReceivedObject<T>
        : T;
type ReceivedObject<T extends object> = T extends (...args: never) => unknown
  ? undefined
  : { [Key in keyof T]: Received<T[Key]> };
