/** Types only: what a socket's definition says about a topic, an event and its replies. */
import type { ChannelContract, PayloadOf as ContractPayload, ReplyOf as ContractReply } from "@wingbeat/protocol";
import type { ReplyContract } from "@wingbeat/protocol";

export type { ChannelAt as ChannelOf, EventsOf as Events, TopicsOf as Topics } from "@wingbeat/protocol";

/** What an event's payload must be. `as never` in place of the event allows anything. */
export type PayloadOf<Channel extends ChannelContract, Event extends string> = [Event] extends [never]
  ? unknown
  : ContractPayload<Channel, Event>;

/** What may be answered to an event. */
export type ReplyOf<Channel extends ChannelContract, Event extends string> = [Event] extends [never]
  ? ReplyContract
  : ContractReply<Channel, Event>;

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
