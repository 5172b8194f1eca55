/**
 * Types only: what a channel accepts, sends and replies, and which channels a socket has. The server's definitions
 * carry them under `~contract` (no value at run time); a client reads them with `import type`.
 */

/** A type that nothing has: the compiler's message about it says what is wrong. */
export interface Mistake<Sentence extends string> {
  readonly "~mistake": Sentence;
}

/** The status and response of a reply, as a server's handler returns it. */
export interface ReplyContract {
  readonly status: string;
  readonly response: unknown;
}

/** The contract of one channel. */
export interface ChannelContract {
  /** The topic pattern: `room:lobby`, `room:*` or `room:{id}`. */
  readonly topic: string;
  /** Join params and the answers to a join. */
  readonly join: { readonly in: unknown; readonly reply: ReplyContract };
  /** Events that a client pushes, by name or pattern (`reaction:*`): payload, and the answers to it. */
  readonly events: Record<string, { readonly in: unknown; readonly reply: ReplyContract }>;
  /** Events that the server pushes or broadcasts: the payload of each. */
  readonly pushes: Record<string, unknown>;
}

/** The part of `typeof userSocket` for clients. */
export interface SocketContract {
  readonly channels: ChannelContract;
  /** The reasons with which `connect` refuses. */
  readonly refusal?: unknown;
}

/** The topics that match a pattern: `room:*` and `room:{id}` give `` `room:${string}` ``. */
export type TopicOf<Pattern extends string> = Pattern extends `${infer Head}{${string}}${infer Rest}`
  ? `${Head}${string}${TopicOf<Rest>}`
  : Pattern extends `${infer Head}*`
    ? `${Head}${string}`
    : Pattern;

/** The named parts of a pattern: `room:{id}` gives `{ id: string }`. */
export type ParamsOf<Pattern extends string> = Pattern extends `${string}{${infer Name}}${infer Rest}`
  ? { readonly [Key in Name]: string } & ParamsOf<Rest>
  : unknown;

/**
 * A record of patterns as a record of names: a pattern becomes an index signature, so that the compiler finds a name
 * without checking each pattern. Each value stays under its pattern: a name that matches two patterns has both values,
 * not their intersection.
 */
type ByName<Patterns> = {
  readonly [P in keyof Patterns & string as TopicOf<P>]: { readonly [Q in P]: Patterns[P] };
};
type Values<T> = T extends unknown ? T[keyof T] : never;
/** The value of a record of patterns for a name. An exact name wins over patterns. */
type At<Names extends Readonly<Record<string, object>>, Name extends string> = Values<Names[Name]>;
type ByPattern<Channel extends WithTopic> = { readonly [C in Channel as C["topic"]]: C };
interface WithTopic {
  readonly topic: string;
}

/** The topics that a socket has channels for. */
export type TopicsOf<Socket extends { readonly channels: WithTopic }> = TopicOf<Socket["channels"]["topic"]>;

/** The channel that a topic leads to: the one declared for exactly this topic, else all whose pattern matches. */
export type ChannelAt<Socket extends { readonly channels: WithTopic }, Topic extends string> =
  At<ByName<ByPattern<Socket["channels"]>>, Topic> extends infer Channel extends Socket["channels"] ? Channel : never;

/** The events that a client may push: a pattern `reaction:*` allows `reaction:thumbs_up`. */
export type EventsOf<Channel extends ChannelContract> = TopicOf<keyof Channel["events"] & string>;

/** Most events are declared by name: then the patterns need not be checked. */
type EventAt<Channel extends ChannelContract, Event extends string> = Event extends keyof Channel["events"]
  ? Channel["events"][Event]
  : At<ByName<Channel["events"]>, Event> extends infer Declared extends ChannelContract["events"][string]
    ? Declared
    : never;
/** The payload that goes with an event. */
export type PayloadOf<Channel extends ChannelContract, Event extends string> = EventAt<Channel, Event>["in"];
/** The answers to an event. */
export type ReplyOf<Channel extends ChannelContract, Event extends string> = EventAt<Channel, Event>["reply"];
