/**
 * What an endpoint does for the code that sends: the one shape of it, for `createEndpoint`, `ctx.endpoint` and
 * broadcasters. It knows which events and commands each topic takes.
 *
 * Methods take the contract from their `this`, not from the interface: if the signatures contained it, the compiler
 * would check all channels for each topic.
 */
import { DISCONNECT } from "@wingbeat/protocol";
import type { ChannelAt, TopicOf } from "@wingbeat/protocol";
import type { Broadcast, Position, PubSub } from "../pubsub.ts";
import { OutgoingBroadcast } from "./broadcast.ts";
import { Command } from "./command.ts";
import { readPage } from "./page.ts";
import type { HistoryPage, PageOptions } from "./page.ts";
import { broadcast, historyOf, publish } from "./record.ts";
import type { PublishEventOptions, TransactionOptions } from "./record.ts";

/** What may be sent to the topics of a channel. */
export interface TopicContract {
  readonly topic: string;
  readonly pushes: Record<string, unknown>;
  readonly commands: Record<string, unknown>;
}

/** The part of a channel's contract that others need who send to it. */
export type Sendable<Channel extends TopicContract> = Channel extends TopicContract
  ? Pick<Channel, "topic" | "pushes" | "commands">
  : never;

/** Any topic, event and command: of a channel that declares nothing. */
export interface AnyTopic extends TopicContract {}

/** What an endpoint knows of its topics. Of any topic it allows everything: that is a plain `Endpoint`. */
export interface EndpointContract {
  readonly channels: TopicContract;
}

/** Has a contract. There is no value at run time. */
export interface Contracted<Contract extends EndpointContract> {
  /** A method, so that an endpoint which knows more topics passes for one that knows fewer. */
  "~topics"(contract: Contract): void;
}

/** The topics that may be sent to. */
export type TopicsOf<Contract extends EndpointContract> = TopicOf<Contract["channels"]["topic"]>;
type PushesAt<Contract extends EndpointContract, Topic extends string> = ChannelAt<Contract, Topic>["pushes"];
type CommandsAt<Contract extends EndpointContract, Topic extends string> = ChannelAt<Contract, Topic>["commands"];
/** The payload of an event. */
export type PayloadAt<Contract extends EndpointContract, Topic extends string, Event extends string> = Payload<
  PushesAt<Contract, Topic>,
  Event
>;
type Payload<Payloads, Name extends string> = Name extends keyof Payloads
  ? unknown extends Payloads[Name]
    ? object
    : Payloads[Name]
  : never;
/** The payload of a command. */
export type CommandPayload<Contract extends EndpointContract, Topic extends string, Command extends string> = Payload<
  CommandsAt<Contract, Topic>,
  Command
>;

/** The broadcasts of channels, one type for each event: `event` tells them apart. */
export type BroadcastsOf<Channel extends TopicContract> = Channel extends TopicContract
  ? {
      [E in keyof Channel["pushes"] & string]: Broadcast<Channel["pushes"][E], E, TopicOf<Channel["topic"]>>;
    }[keyof Channel["pushes"] & string]
  : never;

/** The broadcasts of a topic. */
export type BroadcastsAt<Contract extends EndpointContract, Topic extends string> = BroadcastsOf<
  ChannelAt<Contract, Topic>
>;

/** Sends to topics, from anywhere. What may be sent where is in its type. */
export class ChannelEndpoint<Contract extends EndpointContract = EndpointContract> implements Contracted<Contract> {
  declare "~topics": Contracted<Contract>["~topics"];
  /** The PubSub that the channels use. Broadcasts travel on it as `Broadcast` objects. */
  readonly pubsub: PubSub;

  constructor(pubsub: PubSub) {
    this.pubsub = pubsub;
  }

  /**
   * Sends an event to all subscribers of a topic, on all nodes. Throws `BroadcastError` when the adapter refuses, and
   * `EncodeError` for a payload that cannot be pushed: an array, null, a cycle, more than 1,000 levels.
   */
  broadcast<
    Known extends EndpointContract,
    const Topic extends TopicsOf<Known>,
    Event extends keyof PushesAt<Known, Topic> & string,
  >(this: Contracted<Known>, topic: Topic, event: Event, payload: PayloadAt<Known, Topic, Event>): void;
  broadcast(topic: string, event: string, payload: object): void {
    this.broadcastUnchecked(topic, event, payload);
  }

  /** {@link broadcast} for topics and events that the compiler does not know. */
  broadcastUnchecked(topic: string, event: string, payload: object): void {
    broadcast(this.pubsub, new OutgoingBroadcast(topic, event, payload), dispatcherOf(event));
  }

  /**
   * Sends an event as {@link broadcast} does, on a topic with a history. Resolves with its position when it is stored, and
   * delivered on this node. Rejects with a `PublishError`, and with `WB_OPTION` when its topic does not keep the event. With an
   * `id` it can be repeated: the same id gives the first position, and is sent once (for 10 minutes, or `ttl`).
   *
   * With a `transaction`, a client of `pg` and a history in PostgreSQL, the event is sent when that transaction commits, and not
   * at all when it rolls back. It resolves when the event is in the transaction, and rejects with the database's error as well.
   */
  publish<
    Known extends EndpointContract,
    const Topic extends TopicsOf<Known>,
    Event extends keyof PushesAt<Known, Topic> & string,
  >(
    this: Contracted<Known>,
    topic: Topic,
    event: Event,
    payload: PayloadAt<Known, Topic, Event>,
    options: TransactionOptions,
  ): Promise<void>;
  publish<
    Known extends EndpointContract,
    const Topic extends TopicsOf<Known>,
    Event extends keyof PushesAt<Known, Topic> & string,
  >(
    this: Contracted<Known>,
    topic: Topic,
    event: Event,
    payload: PayloadAt<Known, Topic, Event>,
    options?: PublishEventOptions,
  ): Promise<Position>;
  publish(
    topic: string,
    event: string,
    payload: object,
    options?: PublishEventOptions | TransactionOptions,
  ): Promise<Position | void> {
    return this.publishUnchecked(topic, event, payload, options as PublishEventOptions);
  }

  /** {@link publish} for topics and events that the compiler does not know. */
  publishUnchecked(topic: string, event: string, payload: object, options: TransactionOptions): Promise<void>;
  publishUnchecked(topic: string, event: string, payload: object, options?: PublishEventOptions): Promise<Position>;
  publishUnchecked(
    topic: string,
    event: string,
    payload: object,
    options: PublishEventOptions | TransactionOptions = {},
  ): Promise<Position | void> {
    return publish(this.pubsub, () => new OutgoingBroadcast(topic, event, payload), options);
  }

  /** What is kept of a topic. Rejects when the history store cannot be reached, and with `WB_OPTION`. */
  history<Known extends EndpointContract, const Topic extends TopicsOf<Known>>(
    this: Contracted<Known>,
    topic: Topic,
    options?: PageOptions,
  ): Promise<HistoryPage<PushesAt<Known, Topic>>>;
  history(topic: string, options?: PageOptions): Promise<unknown> {
    return this.historyUnchecked(topic, options);
  }

  /** {@link history} for topics that the compiler does not know. */
  async historyUnchecked(topic: string, options?: PageOptions): Promise<HistoryPage> {
    return readPage(this.pubsub, topic, options);
  }

  /**
   * Where a topic stands. For a page that is rendered on a server: read the position first and the database then, and give
   * both to the client, which joins with `since`. Rejects as {@link history} does.
   */
  async position(topic: string): Promise<Position> {
    return historyOf(this.pubsub, topic).position(topic);
  }

  /** Removes what is kept of a topic. Clients that are on it, or come back, load it again. Rejects as {@link history} does. */
  async clearHistory(topic: string): Promise<void> {
    await historyOf(this.pubsub, topic).clear(topic);
  }

  /**
   * Closes all connections with this socket id, on all nodes, with code 1001; also one whose `connect` is under way. The
   * clients connect again: what revokes a login must make `connect` refuse it before this is called. The same as a
   * broadcast of "disconnect" to the id. Throws as {@link broadcast} does.
   */
  disconnect(id: string): void {
    this.broadcastUnchecked(id, DISCONNECT, {});
  }

  /** Like {@link broadcast}, except to the subscriptions of `from`: an object returned by `endpoint.subscribe`. */
  broadcastFrom<
    Known extends EndpointContract,
    const Topic extends TopicsOf<Known>,
    Event extends keyof PushesAt<Known, Topic> & string,
  >(this: Contracted<Known>, from: unknown, topic: Topic, event: Event, payload: PayloadAt<Known, Topic, Event>): void;
  broadcastFrom(from: unknown, topic: string, event: string, payload: object): void {
    broadcast(this.pubsub, new OutgoingBroadcast(topic, event, payload), dispatcherOf(event), { owner: from });
  }

  /** Like {@link broadcast}, to the subscribers on this node only. */
  localBroadcast<
    Known extends EndpointContract,
    const Topic extends TopicsOf<Known>,
    Event extends keyof PushesAt<Known, Topic> & string,
  >(this: Contracted<Known>, topic: Topic, event: Event, payload: PayloadAt<Known, Topic, Event>): void;
  localBroadcast(topic: string, event: string, payload: object): void {
    this.pubsub.localBroadcast(topic, new OutgoingBroadcast(topic, event, payload), dispatcherOf(event));
  }

  /** Like {@link broadcastFrom}, to the subscribers on this node only. */
  localBroadcastFrom<
    Known extends EndpointContract,
    const Topic extends TopicsOf<Known>,
    Event extends keyof PushesAt<Known, Topic> & string,
  >(this: Contracted<Known>, from: unknown, topic: Topic, event: Event, payload: PayloadAt<Known, Topic, Event>): void;
  localBroadcastFrom(from: unknown, topic: string, event: string, payload: object): void {
    this.pubsub.localBroadcastFrom(from, topic, new OutgoingBroadcast(topic, event, payload), dispatcherOf(event));
  }

  /**
   * Sends a command to all channels that have joined a topic, on all nodes: `handleCommand` gets it, and no client ever
   * does. Throws as {@link broadcast} does.
   */
  command<
    Known extends EndpointContract,
    const Topic extends TopicsOf<Known>,
    Command extends keyof CommandsAt<Known, Topic> & string,
  >(this: Contracted<Known>, topic: Topic, command: Command, payload: CommandPayload<Known, Topic, Command>): void;
  command(topic: string, command: string, payload: object): void {
    this.commandUnchecked(topic, command, payload);
  }

  /** {@link ChannelEndpoint.command} for topics and commands that the compiler does not know. */
  commandUnchecked(topic: string, command: string, payload: object): void {
    this.pubsub.broadcast(topic, new Command(topic, command, payload), "commands");
  }
}

/** A "disconnect" is also recorded by nodes that have no client with the id yet. */
const dispatcherOf = (event: string): string => (event === DISCONNECT ? "disconnect" : "fastlane");
