/**
 * A channel on the client: joins its topic, and rejoins after every lost connection or crash on the server. States:
 * closed → joining → joined or errored; leaving → closed.
 */
import { CLOSE, ERROR, JOIN, LEAVE, REPLY } from "@wingbeat/protocol";
import type { ChannelContract, Payload, Ref } from "@wingbeat/protocol";
import type { ChannelAt, EventCallback, EventsOf, Optional, PayloadOf, PresenceOf, Received } from "./contract.ts";
import type { ReplyOf, TopicsOf, TypedSocket, UntypedChannel } from "./contract.ts";
import { Listeners, report, run } from "./listeners.ts";
import type { ListenerRef } from "./listeners.ts";
import { Push } from "./push.ts";
import type { PushChannel, PushOptions } from "./push.ts";
import { Recovery } from "./recovery.ts";
import type { JoinFrom, Position, RecoveryReport } from "./recovery.ts";
import type { Answer, OutboxChannel, PendingPush, SettledPush } from "./outbox/item.ts";
import { RetryTimer } from "./retry-timer.ts";
import type { SocketMessage } from "./serializer.ts";
import type { LazyOutbox } from "./socket/lazy-outbox.ts";
import { checkNumber } from "./timer.ts";

/** `errored`: it joins again by itself. `closed`: not joined, or left for good. */
export type ChannelState = "closed" | "errored" | "joined" | "joining" | "leaving";

/** What a channel needs from its socket. */
export interface ChannelSocket {
  readonly options: {
    readonly timeout: number;
    readonly maxBufferedPushes: number;
    readonly rejoinAfterMs: (tries: number) => number;
    readonly rejoinRefused: (response: unknown, tries: number) => boolean;
  };
  readonly session: string | undefined;
  readonly outbox: LazyOutbox;
  isConnected(): boolean;
  makeRef(): string;
  push(message: SocketMessage): void;
  add(channel: Channel): void;
  remove(channel: object): void;
  /** Leaves another channel on this topic: a connection has one per topic. */
  leaveOpenTopic(topic: string, newcomer: object): void;
  log(kind: string, message: string, data?: unknown): void;
}

/** Why a channel has errored for a local reason. The server's reason is passed as sent. */
export interface TransportError {
  readonly source: "transport";
  readonly reason: "connection_closed" | "connection_error" | "heartbeat_timeout";
}

interface Reply {
  readonly status: string;
  readonly response: unknown;
}

/** What waits for a reply: a push, or a question of the outbox. */
interface Pending {
  readonly event: string;
  settle(status: string, response: unknown, asSent: { readonly push?: unknown }): void;
  fail(reason: "closed" | "crashed"): void;
}

/** The protocol's own events, which every channel has. */
type ProtocolEvent = typeof CLOSE | typeof ERROR | typeof REPLY;
type JoinParams = Payload | (() => Payload | PromiseLike<Payload>);

/** What `join` takes. */
export interface JoinOptions extends Pick<PushOptions, "timeout" | "signal">, JoinFrom {}

/** The events of recovery have names that no server can send. */
const RECOVER = Symbol();
const CAUGHT_UP = Symbol();
/** Those of pushes that are retried, too. */
const PENDING = Symbol();
const SETTLED = Symbol();

/** What callbacks of any event are given. */
type Args = [payload: unknown, ref: Ref, joinRef: Ref, position?: Position];

/** The third argument of a push: options, or the timeout alone as in phoenix.js. */
type Options = number | PushOptions;
const optionsOf = (options: Options | undefined): PushOptions =>
  typeof options === "number" ? { timeout: options } : (options ?? {});

/**
 * The type of `socket.channel(topic)`, for code that gets a channel passed in: `ChannelOf<typeof userSocket,
 * "room:42">`. All topics of a channel have the same type.
 */
export type ChannelOf<Definition extends TypedSocket, Topic extends TopicsOf<Definition>> = Channel<
  ChannelAt<Definition, Topic>
>;

/** A topic as this client takes part in it: made by `socket.channel(topic, params)`, then `join()`. */
export class Channel<Contract extends ChannelContract = UntypedChannel> implements OutboxChannel {
  /** Types only: the server's metas, for `new Presence(channel)`. There is no value at run time. */
  declare readonly "~presence"?: PresenceOf<Contract> | undefined;
  readonly topic: string;
  readonly socket: ChannelSocket;
  /** The join params, or a function that returns them (or a promise of them) for every join and rejoin. */
  params: JoinParams;
  state: ChannelState = "closed";
  joinedOnce = false;
  /** Whether the server takes pushes with `retry`, by its reply to the last join. */
  takesNumbers = false;
  timeout: number;
  readonly joinPush: Push<Contract["join"]["reply"]>;
  /** Pushes waiting for the join, limited by the socket's `maxBufferedPushes`. */
  readonly pushBuffer = new Set<Push>();
  readonly #pushChannel: PushChannel;
  readonly #pending = new Map<string, Pending>();
  readonly #listeners = new Listeners<Record<string | symbol, Args>, number>(Number);
  readonly #recovery: Recovery;
  readonly #rejoinTimer: RetryTimer;
  #refusals = 0;
  /** A join was sent on this connection, so the server must be told of a leave. */
  #serverKnows = false;

  /** Created by `socket.channel(topic, params)`. */
  constructor(topic: string, params: JoinParams, socket: ChannelSocket) {
    this.topic = topic;
    this.params = params;
    this.socket = socket;
    this.timeout = socket.options.timeout;
    this.#rejoinTimer = new RetryTimer(() => this.#join(), socket.options.rejoinAfterMs);
    this.#recovery = new Recovery(socket.session, {
      recover: (report) => this.#call(RECOVER, report),
      caughtUp: () => this.isJoined() && this.#call(CAUGHT_UP),
    });
    this.#pushChannel = this.#forPushes();
    this.joinPush = new Push(
      this.#pushChannel,
      JOIN,
      () => (typeof this.params === "function" ? this.params() : this.params),
      this.timeout,
    );
    this.joinPush
      .receive("ok", () => this.#joined())
      .receive("error", (response: unknown) => this.#joinRefused(response))
      .receive("timeout", () => this.#joinTimedOut());
  }

  /**
   * Joins the topic. Call it once, and again after the channel was closed: left, or ended by the server. The reply can
   * be awaited or received. A channel that could not join because of a lost connection, a crash or a timeout keeps
   * trying until it is left, even after the promise was rejected. Options: `timeout` in ms; `signal`, which leaves the
   * channel if it aborts before the reply; and `since` or `rewind`, for messages from before the join, where the server
   * keeps a history of the topic. A join after a leave knows nothing of the time before it: pass `since` to go on.
   */
  join(options?: number | JoinOptions): Push<Contract["join"]["reply"]> {
    if (this.joinedOnce && !this.isClosed()) {
      throw new Error(`"${this.topic}" was already joined: call leave() first`);
    }
    const { timeout = this.timeout, signal, ...from }: JoinOptions = optionsOf(options);
    checkNumber("timeout", timeout);
    this.#recovery.begin(from);
    this.timeout = timeout;
    if (this.joinedOnce) this.#reopen();
    this.joinedOnce = true;
    if (signal) this.joinPush.watch(signal);
    if (!signal?.aborted) this.#join();
    return this.joinPush;
  }

  /**
   * Leaves the topic: the channel is closed at once, its `onClose` callbacks run, and it does not rejoin. The push
   * resolves with "ok" without waiting for the server.
   */
  leave(timeout: number = this.timeout): Push {
    this.state = "leaving";
    const leavePush = new Push(this.#pushChannel, LEAVE, () => ({}), timeout);
    if (this.#serverKnows && this.socket.isConnected()) leavePush.send();
    this.#serverKnows = false;
    leavePush.settle("ok", {});
    this.trigger(CLOSE, "leave");
    return leavePush;
  }

  /**
   * Sends an event. Before the channel is joined it waits in a queue, and its timeout runs. Throws when `join()` was
   * not called, and for a payload that cannot be encoded. With `retry` it is kept in the outbox until it gets its reply.
   */
  push<Event extends EventsOf<Contract>>(
    event: Event,
    ...[payload, options]: [...payload: Optional<PayloadOf<Contract, Event>>, options?: Options]
  ): Push<ReplyOf<Contract, Event>> {
    if (!this.joinedOnce) {
      throw new Error(`"${event}" was pushed to "${this.topic}" before join()`);
    }
    const chosen = optionsOf(options as Options | undefined);
    const { timeout = this.timeout, signal, retry } = chosen;
    const value = payload ?? {};
    if (retry === true) {
      const push: unknown = this.socket.outbox.push(this.topic, event, value, chosen);
      return push as Push<ReplyOf<Contract, Event>>;
    }
    const push = new Push<ReplyOf<Contract, Event>>(this.#pushChannel, event, () => value, timeout);
    if (signal) push.watch(signal);
    if (!signal?.aborted) this.#sendOrBuffer(push as unknown as Push);
    return push;
  }

  /**
   * Sends an event that nobody waits for, such as a cursor position: no ref, no timeout, no reply, no error. Returns false
   * when it was not sent, because the channel is not joined or there is no connection; it is not queued. Throws for a
   * payload that cannot be encoded.
   */
  cast<Event extends EventsOf<Contract>>(event: Event, ...[payload]: Optional<PayloadOf<Contract, Event>>): boolean {
    if (!this.canPush()) return false;
    this.#transmit(event, null, payload ?? {});
    return true;
  }

  /**
   * Calls back for each event of this name. Call the returned ref to stop, or pass it to `off`. The fourth argument is the
   * place of a recorded message in the history of the topic: store that one with what you make of the message.
   */
  on<Event extends (keyof Contract["pushes"] & string) | ProtocolEvent>(
    event: Event,
    callback: EventCallback<Event extends keyof Contract["pushes"] ? Received<Contract["pushes"][Event]> : unknown>,
    options?: { readonly signal?: AbortSignal },
  ): ListenerRef {
    return this.#listeners.on<string>(event, callback as (payload: unknown) => unknown, options?.signal);
  }

  /** Removes the callback with this ref, or all of the event. */
  off(event: string, ref?: ListenerRef | number): void {
    this.#listeners.off(event, ref);
  }

  /**
   * Calls back when the channel is closed permanently: it was left, or the server ended it. The payload is
   * `{ reason: "refused", response }` when the server's `reauthorize` has refused the client, with what it gave to
   * `refuse`.
   */
  onClose(callback: (payload: unknown, ref: Ref, joinRef: Ref) => unknown): ListenerRef {
    return this.#listeners.on(CLOSE, callback);
  }

  /**
   * Calls back when the channel has crashed (`{reason}` of the server) or the connection was lost
   * ({@link TransportError}). It rejoins by itself.
   */
  onError(callback: (reason: unknown) => unknown): ListenerRef {
    return this.#listeners.on(ERROR, callback);
  }

  /**
   * Up to where this channel has everything that is recorded of its topic: moves before the callbacks of each message run.
   * Null until a join was answered by a server that keeps a history. Kept after a leave, for the next `join({ since })`.
   */
  get position(): Position | null {
    return this.#recovery.position;
  }

  /**
   * Whether the messages that were missed before the last join have come, or come now. False also after a loss while joined.
   * Undefined after a first join from now on, and without a history.
   */
  get recovered(): boolean | undefined {
    return this.#recovery.recovered;
  }

  /**
   * Calls back after each rejoin, and a join with `since` or `rewind`: what was missed follows, or the state must be loaded
   * again. Also for a loss while joined. Only where the server keeps a history of the topic. After a loss the channel
   * gets what happens from {@link position} on: load the state, and apply what came meanwhile to it. Many clients may be
   * told of a loss at a time: then the call waits up to 10 seconds at random, if the server asks for that.
   */
  onRecover(callback: (report: RecoveryReport) => unknown): ListenerRef {
    return this.#listeners.on(RECOVER, callback as (report: unknown) => unknown);
  }

  /** Calls back when all that was missed has come, after {@link onRecover}; right after it when nothing follows. */
  onCaughtUp(callback: () => unknown): ListenerRef {
    return this.#listeners.on(CAUGHT_UP, () => callback());
  }

  /**
   * The pushes with `retry` on this topic that have not got their replies, also those of earlier pages, in the order in
   * which they are sent. The same array until something changes.
   */
  get pendingPushes(): readonly PendingPush[] {
    return this.socket.outbox.pending(this.topic);
  }

  /** Calls back when {@link pendingPushes} has changed. */
  onPendingPushes(callback: () => unknown): ListenerRef {
    return this.#listeners.on(PENDING, () => callback());
  }

  /** Calls back when a push with `retry` has ended, whatever its outcome; also one of an earlier page. */
  onPushSettled(callback: (settled: SettledPush) => unknown): ListenerRef {
    return this.#listeners.on(SETTLED, callback as (settled: unknown) => unknown);
  }

  /** Sees every message before the callbacks and returns its payload, changed or not. Replace it to intercept. */
  onMessage(_event: string, payload: Payload, _ref: Ref, _joinRef: Ref): Payload {
    return payload;
  }

  /** The ref of the current join: messages of an earlier one are dropped. */
  joinRef(): Ref {
    return this.joinPush.ref;
  }

  canPush(): boolean {
    return this.socket.isConnected() && this.isJoined();
  }

  isClosed(): boolean {
    return this.state === "closed";
  }

  isErrored(): boolean {
    return this.state === "errored";
  }

  isJoined(): boolean {
    return this.state === "joined";
  }

  isJoining(): boolean {
    return this.state === "joining";
  }

  isLeaving(): boolean {
    return this.state === "leaving";
  }

  /** Whether this message is for the current join of this channel. */
  isMember(message: SocketMessage): boolean {
    const { topic, join_ref } = message;
    if (topic !== this.topic) return false;
    const isPresent = !join_ref || join_ref === this.joinRef();
    if (isPresent && !this.#recovery.isOld(message, this.isJoined())) return true;
    this.socket.log("channel", "dropping outdated message", message);
    return false;
  }

  /** Handles a message for this channel, from the server or local. */
  trigger(event: string, payload?: Payload, ref: Ref = null, joinRef: Ref = null, extension?: unknown): void {
    const position = this.#recovery.moveTo(extension);
    const handled = this.#intercepted(event, payload, ref, joinRef);
    if (event === REPLY) this.#replied(ref, handled as Partial<Reply> | null, payload);
    else if (event === CLOSE) this.#closed();
    else if (event === ERROR && !this.#errored(handled)) return;
    // As many arguments as in phoenix.js, unless there is a position.
    this.#call(event, handled, ref, joinRef, ...(position ? ([position] as const) : []));
    this.#recovery.received(event, payload, joinRef);
  }

  /** The socket is connected. */
  connected(): void {
    if (this.isErrored() || (this.isJoining() && this.joinRef() === null)) this.#join();
  }

  /** The socket has lost its connection. */
  disconnected(reason: TransportError["reason"]): void {
    this.#rejoinTimer.reset();
    this.#serverKnows = false;
    if (this.isErrored()) return;
    this.trigger(ERROR, { source: "transport", reason } satisfies TransportError, null, this.joinRef());
  }

  /** The connection is about to close in a way that the server would not detect for a while. */
  sayGoodbye(): void {
    if (this.#serverKnows) this.#transmit(LEAVE, this.socket.makeRef(), {});
  }

  /** Called by the outbox. */
  tellOfPushes(settled?: SettledPush): void {
    this.#call(settled ? SETTLED : PENDING, settled);
  }

  /** Called by the outbox: sends, and calls back once, with the reply or when the channel has ended before. */
  ask(event: string, payload: Payload, extension: unknown, answered: (answer?: Answer) => void): void {
    const ref = this.socket.makeRef();
    const done = (answer?: Answer) => this.#pending.delete(ref) && answered(answer);
    this.#pending.set(ref, {
      event,
      settle: (status, response, { push }) => done({ status, response, push }),
      fail: () => done(),
    });
    try {
      this.#transmit(event, ref, payload, extension);
    } catch (error) {
      done({ status: "error", response: { reason: String(error) }, push: undefined });
    }
  }

  #transmit(event: string, ref: Ref, payload: Payload, extension?: unknown): void {
    const message = { topic: this.topic, event, payload, ref, join_ref: this.joinRef() };
    this.socket.push(extension === undefined ? message : { ...message, extension });
  }

  /** Resets a closed channel for another join. */
  #reopen(): void {
    this.socket.add(this as unknown as Channel);
    this.joinPush.reset();
    this.#refusals = 0;
  }

  /** The protocol's own events are handled even when `onMessage` fails: the channel's state depends on them. */
  #intercepted(event: string, payload: Payload | undefined, ref: Ref, joinRef: Ref): Payload {
    try {
      const handled = this.onMessage(event, payload, ref, joinRef);
      if (handled || !payload) return handled;
      throw new Error("onMessage must return the payload");
    } catch (error) {
      if (event !== REPLY && event !== CLOSE && event !== ERROR) throw error;
      report(error);
      return payload;
    }
  }

  #join(): void {
    this.socket.leaveOpenTopic(this.topic, this);
    this.state = "joining";
    if (this.socket.isConnected()) this.joinPush.resend(this.timeout);
    else this.#waitForConnection();
  }

  /** The timeout of a join also runs without a connection, so that an awaited join settles. */
  #waitForConnection(): void {
    this.joinPush.reset();
    this.joinPush.startTimeout();
  }

  #joined(): void {
    this.state = "joined";
    this.#refusals = 0;
    this.#rejoinTimer.reset();
    const waiting = [...this.pushBuffer];
    this.pushBuffer.clear();
    for (const push of waiting) run(() => push.send());
  }

  #joinRefused(response: unknown): void {
    this.state = "errored";
    this.#refusals++;
    if (this.socket.options.rejoinRefused(response, this.#refusals)) this.#retry();
  }

  /** The reply may still come: tells the server that it is no longer wanted. */
  #joinTimedOut(): void {
    if (this.#serverKnows && this.socket.isConnected())
      new Push(this.#pushChannel, LEAVE, () => ({}), this.timeout).send();
    this.state = "errored";
    this.joinPush.reset();
    this.#retry();
  }

  #retry(): void {
    if (this.socket.isConnected()) this.#rejoinTimer.schedule();
  }

  /** False for a channel that has ended: it has no more errors. */
  #errored(payload: unknown): boolean {
    if (this.isLeaving() || this.isClosed()) return false;
    const lost = (payload as Partial<TransportError> | null)?.source === "transport";
    for (const push of this.#pending.values()) {
      if (push.event !== JOIN) push.fail(lost ? "closed" : "crashed");
    }
    if (this.isJoining()) this.#waitForConnection();
    this.state = "errored";
    this.#retry();
    return true;
  }

  #closed(): void {
    this.#rejoinTimer.reset();
    this.#recovery.end();
    this.joinPush.forget();
    this.state = "closed";
    this.socket.remove(this);
    this.joinPush.fail("closed");
    for (const push of [...this.#pending.values(), ...this.pushBuffer]) push.fail("closed");
    this.pushBuffer.clear();
  }

  /** A server may also broadcast an event of this name, with any payload. */
  #replied(ref: Ref, reply: Partial<Reply> | null, asSent: Payload): void {
    const { status, response } = reply ?? {};
    if (ref === null || typeof status !== "string") return;
    const push = this.#pending.get(ref);
    const hasJoined = (push as unknown) === this.joinPush && status === "ok";
    const more = (asSent ?? {}) as { readonly recovery?: unknown; readonly pushes?: unknown; readonly push?: unknown };
    if (hasJoined) {
      this.#recovery.joined(more.recovery);
      this.takesNumbers = !!more.pushes;
    }
    push?.settle(status, response, more);
    this.#call(`chan_reply_${ref}`, { status, response }, ref, null);
    if (!hasJoined) return;
    this.#recovery.tell();
    this.socket.outbox.joined(this);
  }

  #sendOrBuffer(push: Push): void {
    if (this.canPush()) return push.send();
    if (this.pushBuffer.size >= this.socket.options.maxBufferedPushes)
      return push.reject({ reason: "buffer full" }, undefined, "buffer_full");
    push.startTimeout();
    if (this.isClosed()) push.fail("closed");
    else this.pushBuffer.add(push);
  }

  #call(event: string | symbol, payload?: unknown, ref: Ref = null, joinRef: Ref = null, ...rest: [Position?]): void {
    this.#listeners.call(event, payload, ref, joinRef || this.joinRef(), ...rest);
  }

  /** What pushes need from their channel. */
  #forPushes(): PushChannel {
    return {
      topic: this.topic,
      makeRef: () => this.socket.makeRef(),
      pending: this.#pending,
      withdraw: (push) => this.pushBuffer.delete(push),
      abort: (push) => {
        if (push.event === JOIN) this.leave();
        else this.pushBuffer.delete(push);
      },
      transmit: ({ event, ref }, payload) => {
        if (event === JOIN) this.#serverKnows = true;
        this.#transmit(event, ref, payload, event === JOIN ? this.#recovery.request() : undefined);
      },
    };
  }
}
