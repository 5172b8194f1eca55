/** Types only: a fake server as a test sees it, typed by the contract of the real one. */
import type { ChannelContract, EventsOf, PayloadOf, ReplyOf } from "@wingbeat/protocol";
import type { ChannelAt, PresenceOf, TopicsOf, TypedSocket } from "../contract.ts";
import type { Socket } from "../socket.ts";
import type { SocketOptions } from "../socket/options.ts";
import type { TransportClass } from "../transport.ts";
import type { Answer, AnswerTo } from "./answer.ts";

/** A handler. One for a payload of unknown type may declare what it expects. */
type Handler<Payload, More extends unknown[], Result> = object extends Payload
  ? { bivariant(payload: Payload, ...more: More): Result }["bivariant"]
  : (payload: Payload, ...more: More) => Result;
type Later<Value> = Value | PromiseLike<Value>;

type Pushed<Contract extends ChannelContract> = keyof Contract["pushes"] & string;
type Refused<Definition extends TypedSocket> = Definition["~contract"] extends { readonly refusal: infer Reason }
  ? Reason
  : unknown;

/** A server in memory. What the test does arrives at once; what a client does, in a microtask. */
export interface FakeServer<Definition extends TypedSocket> {
  /** Types only: the server's channels. There is no value at run time. */
  readonly "~contract": Definition["~contract"];
  /** For the socket of an application: `new Socket("/socket", { transport: server.transport })`, or `socket.replaceTransport`. */
  readonly transport: TransportClass;
  /** A socket over it, not connected: it reconnects and rejoins within 10 ms. `close()` disconnects it. */
  socket(options?: SocketOptions): Socket<Definition>;
  /** Decides about connections: `ok()`, or `refuse(reason)`. Default: all are accepted. */
  onConnect(
    handler: (
      params: Readonly<Record<string, unknown>>,
      authToken: string | undefined,
    ) => Later<Answer<"ok"> | Answer<"error", Refused<Definition>>>,
  ): void;
  /**
   * The channel of a topic or of a pattern (`room:*`, `room:{id}`); always the same object. A topic may be joined from then
   * on. A channel of exactly this topic wins over patterns.
   */
  channel<Server extends TypedSocket, const Topic extends TopicsOf<Server>>(
    this: Server,
    topic: Topic,
  ): FakeChannel<ChannelAt<Server, Topic>>;
  /** The server's end of the channel that a client has joined, or joins within a second. The newest, if there are several. */
  joined<Server extends TypedSocket, const Topic extends TopicsOf<Server>>(
    this: Server,
    topic: Topic,
  ): Promise<ServerEnd<ChannelAt<Server, Topic>>>;
  /** Sends an event to all clients on a topic. */
  broadcast<
    Server extends TypedSocket,
    const Topic extends TopicsOf<Server>,
    Event extends Pushed<ChannelAt<Server, Topic>>,
  >(
    this: Server,
    topic: Topic,
    event: Event,
    payload: ChannelAt<Server, Topic>["pushes"][Event],
  ): void;
  /** All connections are lost; clients may connect again. `code` 1006 by default. */
  disconnect(code?: number): void;
  /** All connections are lost, and new ones fail, until `start()`. */
  stop(): void;
  start(): void;
  /** From now on what a client sends takes so many milliseconds: with `setTimeout`, which may be a fake one. 0: none. */
  delay(milliseconds: number): void;
  /**
   * Ends the server: clients hear nothing more. Throws for everything that has gone wrong in the test: a handler that threw,
   * a topic that was not declared, a push that nobody answered, a wait that is not over. Call it after each test.
   */
  close(): void;
}

/** The channel of a topic or pattern, as the test declares it. */
export interface FakeChannel<Contract extends ChannelContract> {
  /** Answers joins. Default: `ok()`. */
  onJoin(handler: Handler<Contract["join"]["in"], [topic: string], Later<AnswerTo<Contract["join"]["reply"]>>>): this;
  /**
   * Answers an event, also one by pattern (`reaction:*`). Without a return value the client gets `{}`. An event without a
   * handler is answered by the test: see `ServerEnd.received`.
   */
  on<Event extends EventsOf<Contract>>(
    event: Event,
    handler: Handler<
      PayloadOf<Contract, Event>,
      [client: ServerEnd<Contract>, event: string],
      Later<AnswerTo<ReplyOf<Contract, Event>> | void>
    >,
  ): this;
  /** Keeps a history: clients that come back get the broadcasts that they have missed. `events`: only those. */
  history(options?: { readonly events?: readonly Pushed<Contract>[] }): this;
  /** Takes numbered pushes (`retry: true`): one that is sent again is not handled again. */
  dedupe(): this;
  /** What was broadcast until now cannot be had any more: who has missed some of it is told so, with this reason. */
  forgetHistory(reason?: string): void;
  /** What was pushed until now is forgotten: of a push that is sent again, nobody knows whether it was handled. */
  forgetPushes(): void;
  /** The next reply to this event is lost on its way, and with it the connection. The push is handled. */
  dropReply(event: EventsOf<Contract>): void;
}

/** A message that a client has sent. */
export interface ReceivedPush<Payload, Replies extends Answer> {
  readonly event: string;
  readonly payload: Payload;
  /** Answers it. Only when the event has no handler, and once. */
  reply(answer: AnswerTo<Replies>): void;
}

/** The server's end of a channel that one client has joined. Its methods throw once that has ended. */
export interface ServerEnd<Contract extends ChannelContract> {
  readonly topic: string;
  /** The params of the join. */
  readonly params: Contract["join"]["in"];
  /** What the client has sent since the join, oldest first. */
  readonly messages: readonly { readonly event: string; readonly payload: unknown }[];
  /** Sends an event to this client. */
  push<Event extends Pushed<Contract>>(event: Event, payload: Contract["pushes"][Event]): void;
  /** Sends an event to all clients on the topic. */
  broadcast<Event extends Pushed<Contract>>(event: Event, payload: Contract["pushes"][Event]): void;
  /**
   * The oldest message of this event that no other call has given, or the next one, if it comes within a second. Without a
   * handler for the event, the client waits until the test answers it: `(await client.received("new_msg")).reply(ok())`.
   */
  received<Event extends EventsOf<Contract>>(
    event: Event,
  ): Promise<ReceivedPush<PayloadOf<Contract, Event>, ReplyOf<Contract, Event>>>;
  /** Who is on the topic. The same for all its clients; those that join later get it, too. */
  readonly presence: FakePresence<Contract>;
  /** With a history: tells the client that it has missed messages that cannot be had. Default reason: `lost`. */
  lose(reason?: string): void;
  /** The channel crashes: the client joins again after its pause. */
  crash(): void;
  /** The server ends the channel: the client stays away. */
  close(payload?: object): void;
}

type Shape<Contract extends ChannelContract> =
  PresenceOf<Contract> extends { readonly meta: infer Meta; readonly fields: infer Fields }
    ? { readonly meta: Omit<Meta, "phx_ref" | "phx_ref_prev">; readonly fields: Fields }
    : { readonly meta: object; readonly fields: Record<never, never> };

/** The presences of a topic. */
export interface FakePresence<Contract extends ChannelContract> {
  /** A process of this key joins. `fields` are what the server's `fetch` adds to the entry. */
  join(
    key: string,
    meta: Shape<Contract>["meta"],
    ...fields: Record<never, never> extends Shape<Contract>["fields"]
      ? [fields?: Shape<Contract>["fields"]]
      : [fields: Shape<Contract>["fields"]]
  ): void;
  /** The newest meta of the key is replaced. */
  update(key: string, meta: Shape<Contract>["meta"]): void;
  /** All processes of the key leave. */
  leave(key: string): void;
}
