/** Types only: what hooks know of a server, in the words of the client. */
import type { Channel, ChannelAt, ChannelContract, FailureOf, JoinArgs } from "@wingbeat/client";
import type { PresenceEntry, Push, Received, TypedSocket } from "@wingbeat/client";

/** `useChannel`'s arguments after the topic: params that may be left out when nothing in them is required. */
export type ParamsFor<Definition extends TypedSocket, Topic extends string> = JoinArgs<
  ChannelAt<Definition, Topic>["join"]["in"]
>;

interface Joined<Contract extends ChannelContract> {
  readonly state: "joined";
  readonly channel: Channel<Contract>;
  readonly reply: JoinReply<Contract>;
}
interface NotJoined<Contract extends ChannelContract> {
  /**
   * `joining` for the first time or again, `errored` while the join was refused, the channel has crashed or the
   * connection is lost (it goes on trying), `closed` when there is no topic or the server has ended the channel.
   */
  readonly state: "joining" | "errored" | "closed";
  /** Null until the component is mounted, and without a topic. */
  readonly channel: Channel<Contract> | null;
  /** Of the last join that was accepted; stays while the channel joins again. */
  readonly reply: JoinReply<Contract> | undefined;
}
/** The `ok` response of a join. */
export type JoinReply<Contract extends ChannelContract> = Awaited<Push<Contract["join"]["reply"]>>;

/** What `useChannel` gives. */
export type ChannelResult<Contract extends ChannelContract> = (Joined<Contract> | NotJoined<Contract>) & {
  /**
   * Why the last join was not accepted (`refused` with its `response`, `timeout`), or that the channel has crashed.
   * Undefined after a join that was accepted. A lost connection is no error of a channel: see `useConnection`.
   */
  readonly error: FailureOf<Contract["join"]["reply"]> | undefined;
  /** `channel.push`, the same function for as long as topic and params are. Fails as `closed` without a channel. */
  readonly push: Channel<Contract>["push"];
};

/** The entries that a channel's server sends, if it declares its presence events; else anything. */
export type EntryOf<Contract extends ChannelContract> = Contract["pushes"] extends {
  readonly presence_state: Readonly<Record<string, infer Entry>>;
}
  ? Received<Entry>
  : PresenceEntry;

/** What `usePresence` gives. Immutable: another object after every change, with what has not changed kept. */
export interface PresenceResult<Entry> {
  /** Who is there: each entry with its key. */
  readonly list: readonly (Entry & { readonly key: string })[];
  /** The entries by key. */
  readonly state: Readonly<Record<string, Entry>>;
  /** False until the server has told for the first time who is there. */
  readonly synced: boolean;
}
