/**
 * The `ctx` of callbacks: one per joined channel, the same object in every callback. Its type is declared here, once;
 * what needs only a part of it picks from it.
 */
import type { ParamsOf, TopicOf } from "@wingbeat/protocol";
import type { Awaitable } from "../awaitable.ts";
import { WingbeatError } from "../errors.ts";
import type { Broadcast, Position } from "../pubsub.ts";
import type { ChannelEndpoint, EndpointContract, TopicContract, TopicsOf } from "./endpoint.ts";
import type { HistoryPage, PageOptions } from "./page.ts";
import type { PublishEventOptions, TransactionOptions } from "./record.ts";
import { ReplyRef } from "./result.ts";
import type { Reply } from "./result.ts";
import type { Gate } from "./subscription.ts";
import type { Timer } from "./timer.ts";

/** What a channel declares, and what its `ctx` depends on. */
export interface ChannelDef extends TopicContract {
  readonly assigns: object;
  /** The messages that the channel sends to itself. */
  readonly info: unknown;
  /** The topics that it sends to and subscribes to, besides its own. */
  readonly talksTo: TopicContract;
}

/** The topics that a channel may send to: any, until it declares some. */
export type Reachable<D extends ChannelDef> = string extends D["talksTo"]["topic"]
  ? EndpointContract
  : {
      readonly channels:
        | D["talksTo"]
        | { readonly topic: D["topic"]; readonly pushes: D["pushes"]; readonly commands: D["commands"] };
    };

/** Why a channel has ended. `stop(reason)` adds reasons of its own. */
export type TerminateReason =
  /** The client left the topic. */
  | "left"
  /** The connection is gone. */
  | "closed"
  /** A "disconnect" was broadcast on the socket's id, or a channel called `ctx.disconnect`. */
  | "disconnected"
  /** The client's login has expired, or was renewed as that of another id. */
  | "expired"
  /** `connect` or `reauthorize` has refused the client's renewed login. */
  | "refused"
  /** A callback threw; the error is the third argument. */
  | "crashed"
  /** The same client joined the topic again. */
  | "duplicate_join"
  /** The endpoint is closing, or `stop("shutdown")`. */
  | "shutdown"
  /** `stop()`. */
  | "normal"
  | (string & {});

/** The first argument of callbacks. One object per joined channel, the same in every callback. */
export interface ChannelContext<D extends ChannelDef> {
  readonly topic: TopicOf<D["topic"]>;
  /** The named parts of the topic: `room:{id}` gives `id`. */
  readonly params: ParamsOf<D["topic"]>;
  /** This channel's own copy of what `connect` and the route assigned. Change it with `assign`. */
  readonly assigns: Readonly<D["assigns"]>;
  /** The event being handled, in `handleIn` and `handleOut`. */
  readonly event: string | undefined;
  /** The ref of the message being handled, in `handleIn`: a string or null from official clients, from others any JSON value. */
  readonly ref: unknown;
  /**
   * Names the push being handled, in `handleIn`, if the client sent it with `{ retry: true }`: the same text whenever it is
   * handled, and of no other push. At most 64 characters. Use it as an idempotency key: as the `id` of {@link publish}, for a
   * payment provider, in a column with a unique index.
   */
  readonly idempotencyKey: string | undefined;
  /** Counts the runs of the push being handled, from 1: more only where the channel declares `.dedupe({ unknown: "run" })`. */
  readonly attempt: number;
  /** The ref of the join: what the client calls this channel by. */
  readonly joinRef: unknown;
  /** The socket's id, or null for an anonymous socket. */
  readonly id: string | null;
  /** `websocket` or `longpoll`. */
  readonly transport: string;
  /** Sends to other topics. What the compiler knows of them is declared with `talksTo`. */
  readonly endpoint: ChannelEndpoint<Reachable<D>>;
  /** Merges values into `assigns`. Later callbacks of this channel see them; nobody else does. */
  assign(values: Partial<D["assigns"]>): void;
  /** Sends an event to this client. Throws inside `join`: the client has not joined yet. */
  push<E extends keyof D["pushes"] & string>(event: E, payload: D["pushes"][E]): void;
  /** Sends an event to all subscribers of the topic, including this client. Throws inside `join`. */
  broadcast<E extends keyof D["pushes"] & string>(event: E, payload: D["pushes"][E]): void;
  /** Sends an event to all subscribers of the topic except this channel. Throws inside `join`. */
  broadcastFrom<E extends keyof D["pushes"] & string>(event: E, payload: D["pushes"][E]): void;
  /**
   * Sends an event as {@link broadcast} does, on a topic with a history (`.history`). Resolves with its position, when it is
   * stored and delivered on this node; rejects with a `PublishError` whose `reason` says whether it may be stored. With an
   * `id` it can be repeated: the same id gives the first position, and is sent once (for 10 minutes, or `ttl`).
   *
   * With a `transaction`, a client of `pg` and a history in PostgreSQL, the event is sent when that transaction commits, and not
   * at all when it rolls back: it resolves when the event is in the transaction.
   */
  publish<E extends keyof D["pushes"] & string>(
    event: E,
    payload: D["pushes"][E],
    options: TransactionOptions,
  ): Promise<void>;
  publish<E extends keyof D["pushes"] & string>(
    event: E,
    payload: D["pushes"][E],
    options?: PublishEventOptions,
  ): Promise<Position>;
  /** What is kept of the topic. Rejects when the history store cannot be reached. */
  history(options?: PageOptions): Promise<HistoryPage<D["pushes"]>>;
  /** In `join`: after which position the client wants to be sent what it missed. Undefined: it has not asked. */
  readonly since: Position | "earliest" | undefined;
  /**
   * Receives broadcasts of another topic in `handleInfo`, until the channel ends. Subscribing twice has no effect, and so
   * has subscribing to its own topic: that goes to `handleOut`.
   */
  subscribe(topic: TopicsOf<Reachable<D>>): void;
  /** The same for topics that `talksTo` does not name: the type of `handleInfo` does not include their broadcasts. */
  subscribeUnchecked(topic: string): void;
  /**
   * Sends what is broadcast on another topic to this client, until the channel ends, as if it were broadcast on the
   * channel's own topic: encoded once for all, without `handleInfo`; `handleOut` intercepts it. With `gate`, only what it
   * returns true for; it must not change the payload, and what it throws is reported to telemetry
   * (`pubsub.delivery_failed`). Has no effect on a topic that is subscribed to already, nor on its own.
   */
  fastlane(topic: string, gate?: (broadcast: Pick<Broadcast, "topic" | "event" | "payload">) => boolean): void;
  /** Stops receiving broadcasts of a topic. */
  unsubscribe(topic: string): void;
  /** Sends this channel a message: `handleInfo` gets it after everything already queued. */
  send(message: D["info"]): void;
  /** The same after `ms` milliseconds, unless the timer is cancelled or the channel ends before. */
  sendAfter(message: D["info"], ms: number): Timer;
  /**
   * In `join`: runs a task once the client has joined, after the reply and before its first message. It is dropped when
   * the join is refused. Outside of `join` it runs at once, unless the channel has ended; the next message waits until
   * it has settled.
   */
  afterJoin(task: () => Awaitable<void>): void;
  /**
   * For libraries that hold resources for a channel: runs once when it has ended, for whatever reason, before
   * `terminate`; also when the join was refused. Exceptions and rejections go to telemetry (`channel.crashed`).
   */
  onEnd(task: (reason: TerminateReason) => Awaitable<void>): void;
  /**
   * Closes the client's connection with code 1001 and this text (123 bytes; over long polling it is lost). All its
   * channels end with reason `disconnected`. Clients connect again, so refuse those in `connect` who must stay away.
   */
  disconnect(reason?: string): void;
  /**
   * Runs a task beside the mailbox, so that the next messages do not wait for it: a stream, a slow request. It starts when
   * the callback has returned; in `join`, when the client has joined. `signal` is aborted when the channel ends, for
   * whatever reason. An exception or rejection crashes the channel as that of a callback does; afterwards it is reported
   * (`channel.crashed`), and an AbortError is ignored. When the channel has ended, `push` does nothing, and `broadcast`
   * still reaches the others. Throws `WB_CHANNEL_LIMIT` beyond `maxTasks`.
   *
   * @example
   * ctx.spawn(async (signal) => {
   *   for await (const text of answer(question, { signal })) ctx.push("delta", { text });
   * });
   */
  spawn(task: (signal: AbortSignal) => Awaitable<void>): void;
  /**
   * Bytes that were sent to this client and that it has not taken: what waits in the process and, of a client of ours, an
   * upper bound of what is on the way. What is held back because the client is behind is not included.
   */
  readonly bufferedBytes: number;
  /** In `handleIn`: returns the ref of the message, to reply later. Throws for a message without a ref. */
  socketRef<R extends Reply = Reply>(): ReplyRef<R>;
}

/** What a context needs from its channel's process, which implements it. */
export interface ChannelActions {
  readonly host: {
    readonly id: string | null;
    readonly bufferedBytes: number;
    readonly endpoint: ChannelEndpoint;
    disconnect(reason: string): void;
    spend(bytes: number): void;
  };
  readonly connection: { readonly transport: string };
  readonly joinRef: unknown;
  readonly joined: boolean;
  push(event: string, payload: object): void;
  readonly since: Position | "earliest" | undefined;
  broadcast(event: string, payload: object, exceptSelf: boolean): void;
  /** Sends this client an event as if it were broadcast on the topic. */
  replay(event: string, payload: object): void;
  publish(event: string, payload: object, options: PublishEventOptions | TransactionOptions): Promise<Position | void>;
  readHistory(options: PageOptions | undefined): Promise<HistoryPage>;
  subscribe(topic: string): void;
  fastlane(topic: string, gate: Gate | undefined): void;
  unsubscribe(topic: string): void;
  send(message: unknown): void;
  sendAfter(message: unknown, ms: number): Timer;
  afterJoin(task: () => unknown): void;
  onEnd(task: (reason: string) => unknown): void;
  spawn(task: (signal: AbortSignal) => unknown): void;
  reply(ref: unknown, answer: Reply): void;
}

/** A numbered push whose handler runs. */
export interface RunningPush {
  readonly key: string;
  readonly attempt: number;
  /** Replies to it, later. */
  reply(ref: unknown, answer: Reply): void;
}

/** A channel of which nothing is known. */
interface AnyChannelDef extends ChannelDef {
  readonly assigns: Readonly<Record<string, unknown>>;
  readonly pushes: Readonly<Record<string, object>>;
}

/** The context of a channel, whatever it declares. */
export class Context implements ChannelContext<AnyChannelDef> {
  readonly #process: ChannelActions;
  readonly topic: string;
  readonly params: Readonly<Record<string, string>>;
  assigns: Readonly<Record<string, unknown>>;
  event: string | undefined = undefined;
  ref: unknown = null;
  /** For the channel's process: the message being handled may be answered later, by {@link socketRef}. */
  isDeferred = false;
  /** For the channel's process: the numbered push being handled. */
  run: RunningPush | undefined = undefined;

  constructor(
    process: ChannelActions,
    topic: string,
    params: Readonly<Record<string, string>>,
    assigns: Readonly<Record<string, unknown>>,
  ) {
    this.#process = process;
    this.topic = topic;
    this.params = params;
    this.assigns = assigns;
  }

  get idempotencyKey(): string | undefined {
    return this.run?.key;
  }

  get attempt(): number {
    return this.run?.attempt ?? 1;
  }

  get id(): string | null {
    return this.#process.host.id;
  }

  get transport(): string {
    return this.#process.connection.transport;
  }

  get joinRef(): unknown {
    return this.#process.joinRef;
  }

  get endpoint(): ChannelEndpoint {
    return this.#process.host.endpoint;
  }

  disconnect(reason = "disconnected by the server"): void {
    this.#process.host.disconnect(reason);
  }

  assign(values: Readonly<Record<string, unknown>>): void {
    this.assigns = { ...this.assigns, ...values };
  }

  push(event: string, payload: object): void {
    this.#requireJoined("push");
    this.#process.push(event, payload);
  }

  broadcast(event: string, payload: object): void {
    this.#requireJoined("broadcast");
    this.#process.broadcast(event, payload, false);
  }

  broadcastFrom(event: string, payload: object): void {
    this.#requireJoined("broadcastFrom");
    this.#process.broadcast(event, payload, true);
  }

  /** For `.ephemeral`: sends this client what was broadcast before, as if it were broadcast now. */
  receive(event: string, payload: object): void {
    this.#process.replay(event, payload);
  }

  publish(event: string, payload: object, options: PublishEventOptions | TransactionOptions = {}): Promise<never> {
    this.#requireJoined("publish");
    return this.#process.publish(event, payload, options) as Promise<never>;
  }

  history(options?: PageOptions): Promise<never> {
    return this.#process.readHistory(options) as Promise<never>;
  }

  get since(): Position | "earliest" | undefined {
    return this.#process.since;
  }

  subscribe(topic: string): void {
    this.#process.subscribe(topic);
  }

  subscribeUnchecked(topic: string): void {
    this.#process.subscribe(topic);
  }

  fastlane(topic: string, gate?: Gate): void {
    this.#process.fastlane(topic, gate);
  }

  unsubscribe(topic: string): void {
    this.#process.unsubscribe(topic);
  }

  send(message: unknown): void {
    this.#process.send(message);
  }

  sendAfter(message: unknown, ms: number): Timer {
    return this.#process.sendAfter(message, ms);
  }

  afterJoin(task: () => unknown): void {
    this.#process.afterJoin(task);
  }

  onEnd(task: (reason: string) => unknown): void {
    this.#process.onEnd(task);
  }

  spawn(task: (signal: AbortSignal) => unknown): void {
    this.#process.spawn(task);
  }

  get bufferedBytes(): number {
    return this.#process.host.bufferedBytes;
  }

  spend(bytes: number): void {
    this.#process.host.spend(bytes);
  }

  socketRef<R extends Reply = Reply>(): ReplyRef<R> {
    this.#requireJoined("socketRef");
    if (this.event === undefined || this.ref === null) {
      throw new WingbeatError(
        "WB_NO_REF",
        "socketRef needs a message with a ref: call it in handleIn, for a message that expects a reply.",
      );
    }
    this.isDeferred = true;
    return new ReplyRef(this.run ?? this.#process, this.ref);
  }

  #requireJoined(what: string): void {
    if (this.#process.joined) return;
    throw new WingbeatError(
      "WB_NOT_JOINED",
      `${what} on "${this.topic}" inside join: the client has not joined yet. ` +
        (what === "socketRef"
          ? "Call it in handleIn."
          : "Do it in ctx.afterJoin(() => …), which runs right after the reply."),
    );
  }
}
