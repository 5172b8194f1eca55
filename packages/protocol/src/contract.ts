/**
 * Types only: what a channel takes, sends and answers, and which channels a socket has. The server's definitions
 * carry them under `~contract` (no value is there at run time); a client reads them with `import type`.
 */

/** An answer's status and response, as a server's handler returns it. */
export interface ReplyContract {
  readonly status: string;
  readonly response: unknown;
}

/** One channel's side of the wire. */
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

/** What `typeof userSocket` says to a client. */
export interface SocketContract {
  readonly channels: ChannelContract;
}

/** The topics that fit a pattern: `room:*` and `room:{id}` give `` `room:${string}` ``. */
export type TopicOf<Pattern extends string> = Pattern extends `${infer Head}{${string}}${infer Rest}`
  ? `${Head}${string}${TopicOf<Rest>}`
  : Pattern extends `${infer Head}*`
    ? `${Head}${string}`
    : Pattern;

/** The named parts of a pattern: `room:{id}` gives `{ id: string }`. */
export type ParamsOf<Pattern extends string> = Pattern extends `${string}{${infer Name}}${infer Rest}`
  ? { readonly [Key in Name]: string } & ParamsOf<Rest>
  : unknown;
