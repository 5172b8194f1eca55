/** Types only: a binding's view of a server, in the client's terms. */
import type { Channel } from "../channel.ts";
import type { ChannelAt, ChannelContract, JoinArgs, Received, TypedSocket } from "../contract.ts";
import type { PresenceEntry } from "../presence.ts";
import type { FailureOf, Push } from "../push.ts";
import type { KeyOf, ValueIn, ValueOf } from "../ephemeral/contract.ts";

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
   * `joining` for the first time or again; `errored` after a refused join, a crash or a lost connection (it keeps
   * trying); `closed` without a topic, or when the server has ended the channel.
   */
  readonly state: "joining" | "errored" | "closed";
  /** Null until the component is mounted, and without a topic. */
  readonly channel: Channel<Contract> | null;
  /** The reply to the last accepted join; kept while the channel rejoins. */
  readonly reply: JoinReply<Contract> | undefined;
}
/** The `ok` response of a join. */
export type JoinReply<Contract extends ChannelContract> = Awaited<Push<Contract["join"]["reply"]>>;

/** What `useChannel` returns. */
export type ChannelResult<Contract extends ChannelContract> = (Joined<Contract> | NotJoined<Contract>) & {
  /**
   * Why the last join failed (`refused` with its `response`, or `timeout`), or that the channel has crashed.
   * Undefined after an accepted join. A lost connection is not an error of a channel: see `useConnection`.
   */
  readonly error: FailureOf<Contract["join"]["reply"]> | undefined;
  /** `channel.push`, the same function while topic and params stay the same. Fails as `closed` without a channel. */
  readonly push: Channel<Contract>["push"];
  /** `channel.cast`, likewise. Returns false without a channel. */
  readonly cast: Channel<Contract>["cast"];
};

/** The entries that a channel's server sends, if it declares its presence events; else anything. */
export type EntryOf<Contract extends ChannelContract> = Contract["pushes"] extends {
  readonly presence_state: Readonly<Record<string, infer Entry>>;
}
  ? Received<Entry>
  : PresenceEntry;

/** What `usePresence` returns. Immutable: a new object after every change, which keeps unchanged entries. */
export interface PresenceResult<Entry> {
  /** All entries, each with its key. */
  readonly list: readonly (Entry & { readonly key: string })[];
  /** The entries by key. */
  readonly state: Readonly<Record<string, Entry>>;
  /** How many keys there are. With `countOnly` on the server this is all that is known. */
  readonly count: number;
  /** False until the server has sent the presence state, or the count. */
  readonly synced: boolean;
}

/** What `useEphemeral` returns. */
export interface EphemeralResult<Contract extends ChannelContract, Event extends string> {
  /** The values of the others, by the key that the server says. The same object while nothing changes. */
  readonly values: ReadonlyMap<KeyOf<Contract, Event>, ValueOf<Contract, Event>>;
  /** Sets the own value. Does nothing without a channel. */
  readonly set: (value: ValueIn<Contract, Event>) => void;
  /** There is no own value any more. It is cleared, too, when the component that has set it is unmounted. */
  readonly clear: () => void;
}
