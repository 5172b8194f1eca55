/** Types only: what a socket's definition says about a topic, an event and its replies. */
import type { ChannelContract, ReplyContract, SocketContract, TopicOf } from "@wingbeat/protocol";

/** The topics that a socket takes. */
export type Topics<C extends SocketContract> = TopicOf<C["channels"]["topic"]>;

type WithTopic<Channel extends ChannelContract, Topic> = Channel extends ChannelContract
  ? Topic extends TopicOf<Channel["topic"]>
    ? Channel
    : never
  : never;

/** The channel that takes a topic: the one declared for exactly this topic, else all whose pattern fits. */
export type ChannelOf<C extends SocketContract, Topic extends string> = [
  Extract<C["channels"], { readonly topic: Topic }>,
] extends [never]
  ? WithTopic<C["channels"], Topic>
  : Extract<C["channels"], { readonly topic: Topic }>;

/** The events that a client may push. */
export type Events<Channel extends ChannelContract> = TopicOf<keyof Channel["events"] & string>;

/** The declaration of an event: by its name, else by the patterns that fit it. */
type EventOf<Channel extends ChannelContract, Event extends string> = Event extends keyof Channel["events"]
  ? Channel["events"][Event]
  : {
      [E in keyof Channel["events"] & string]: Event extends TopicOf<E> ? Channel["events"][E] : never;
    }[keyof Channel["events"] & string];

/** What an event's payload must be. `as never` in place of the event allows anything. */
export type PayloadOf<Channel extends ChannelContract, Event extends string> = [Event] extends [never]
  ? unknown
  : EventOf<Channel, Event>["in"];

/** What may be answered to an event. */
export type ReplyOf<Channel extends ChannelContract, Event extends string> = [Event] extends [never]
  ? ReplyContract
  : EventOf<Channel, Event>["reply"];

/** What Wingbeat itself answers: to unknown events, invalid payloads, crashed joins. */
export interface FrameworkError {
  readonly reason: string;
  readonly issues?: readonly { readonly message: string; readonly path: readonly (string | number)[] }[];
}

/** The statuses of a reply; `error` may always come, from Wingbeat itself. */
export type StatusOf<R extends ReplyContract> = R["status"] | "error";

/** The response that comes with a status. */
export type ResponseOf<R extends ReplyContract, Status extends string> =
  | (R extends ReplyContract ? (Status extends R["status"] ? R["response"] : never) : never)
  | ([Extract<R, { readonly status: Status }>] extends [never] ? FrameworkError : never);

/** The number of a push, as `push` returns it; it knows the types of its replies. */
export type PushRef<R extends ReplyContract = ReplyContract> = string & { readonly "~reply"?: R };
