/**
 * One connected client: decodes its frames, routes them by topic, and owns its channels. It knows no network; the
 * transport hands it frames and a way to send.
 */
import {
  ACK,
  CloseCode,
  DecodeError,
  DISCONNECT,
  EncodeError,
  HEARTBEAT,
  JOIN,
  LEAVE,
  PHOENIX_TOPIC,
  Reason,
  REFRESH,
} from "@wingbeat/protocol";
import type { ClientMessage, FrameData, Payload, ServerCodec } from "@wingbeat/protocol";
import { describe, isPromise } from "../awaitable.ts";
import { InvalidPayload } from "../channel/call.ts";
import type { ChannelEndpoint } from "../channel/endpoint.ts";
import type { ChannelHost, ClientSource } from "../channel/host.ts";
import type { JoinMessage } from "../channel/item.ts";
import { notHandled } from "../channel/numbered.ts";
import { ChannelProcess } from "../channel/process.ts";
import { errorFor, isRefusal, isReply } from "../channel/result.ts";
import { schedule } from "../channel/schedule.ts";
import { describeThrown, WingbeatError } from "../errors.ts";
import { Broadcast } from "../pubsub.ts";
import type { PubSub, Subscription } from "../pubsub.ts";
import { emit, isObserved } from "../telemetry.ts";
import type { TelemetryEvents } from "../telemetry.ts";
import { Frame } from "../transports/connection.ts";
import type { Connection, ConnectionHandler } from "../transports/connection.ts";
import { channelOn, countOf, listOf, withChannel, withoutChannel } from "./channels.ts";
import type { Channels } from "./channels.ts";
import type { Disconnects } from "./disconnects.ts";
import { Login } from "./login.ts";
import type { LoginOwner, LoginTerms } from "./login.ts";
import { Pace } from "./pace.ts";
import { RateLimit } from "./rate-limit.ts";
import { Reader } from "./reader.ts";
import { isSameRef } from "./same-ref.ts";
import { routeOf } from "./spec.ts";
import type { SocketSpec } from "./spec.ts";

/** Shared by all socket processes of one mount. */
export interface SocketEnvironment {
  readonly endpoint: ChannelEndpoint;
  readonly pubsub: PubSub;
  readonly path: string;
  /** Names the mount in what is remembered of its clients. Default `path`. */
  readonly mount?: string;
  readonly socket: SocketSpec;
  /** The connected clients. A process is removed when its connection ends. */
  readonly processes: Set<SocketProcess>;
  /** How many callbacks are running, including those of clients that have disconnected. */
  readonly work: { running: number };
  /** The ids that were disconnected recently. */
  readonly disconnects?: Disconnects;
  /** Default `close`. */
  readonly badFrames?: BadFrames;
  /** Is told of each message of a client before it is handled, while somebody looks. It must not throw. */
  watcher?: MessageWatcher | undefined;
}

/** Is told of messages of clients. `bytes`: of the frame. */
export type MessageWatcher = (process: SocketProcess, message: ClientMessage, bytes: number) => void;

/** Times of connections count from here: a small number takes no memory of its own. */
const STARTED_AT = Date.now();

/** What happens when a frame cannot be decoded. */
export type BadFrames = "close" | "ignore";

/** A reserved connection slot. */
export interface Slot {
  /** Called once. */
  release(): void;
}

/** The result of admission. */
export interface Admission {
  readonly codec: ServerCodec;
  readonly assigns: Readonly<Record<string, unknown>>;
  readonly id: string | null;
  /** The client understands Wingbeat's own messages (PROTOCOL.md, section 15). Default false. */
  readonly extensions?: boolean;
  /** How long the client may stay. Default: for ever. */
  readonly login?: LoginTerms | undefined;
  /** When its `connect` began, by `performance.now()`: a "disconnect" on its id since then ends it. */
  readonly since?: number;
  /** Released when the connection ends. */
  readonly slot?: Slot;
}

export class SocketProcess extends Reader implements ConnectionHandler, ChannelHost, LoginOwner {
  readonly connection: Connection;
  readonly codec: ServerCodec;
  readonly id: string | null;
  readonly extensions: boolean;
  readonly #environment: SocketEnvironment;
  #assigns: Readonly<Record<string, unknown>>;
  #channels: Channels = undefined;
  readonly #idSubscription: Subscription | undefined;
  readonly #rateLimit: RateLimit;
  readonly #slot: Slot | undefined;
  readonly #login: Login | undefined;
  /** Memory that messages of the client take while they wait for busy channels. */
  #waitingBytes = 0;
  #isFull = false;
  #running = 0;
  #pace: Pace | undefined = undefined;
  readonly #connectedAt = Date.now() - STARTED_AT;

  constructor(environment: SocketEnvironment, admission: Admission, connection: Connection) {
    super();
    this.#environment = environment;
    this.connection = connection;
    this.codec = admission.codec;
    this.id = admission.id;
    this.extensions = admission.extensions ?? false;
    this.#assigns = admission.assigns;
    this.#rateLimit = new RateLimit(environment.socket.rates);
    this.#slot = admission.slot;
    this.#login = admission.login && new Login(admission.login, this);
    this.#idSubscription = this.id === null ? undefined : this.#subscribeToId(this.id);
    const { since = Infinity } = admission;
    if (this.id !== null && environment.disconnects?.hasSince(this.id, since) === true) {
      // The transport must know the process before it can close it.
      queueMicrotask(() => this.disconnected());
    }
  }

  get endpoint(): ChannelEndpoint {
    return this.#environment.endpoint;
  }

  get mount(): string {
    return this.#environment.mount ?? this.#environment.path;
  }

  get pubsub(): PubSub {
    return this.#environment.pubsub;
  }

  protected override get bytesPerSecond(): number {
    return this.#environment.socket.bytesPerSecond;
  }

  get maxMailboxMessages(): number {
    return this.#environment.socket.maxMailboxMessages;
  }

  get slowCallback(): number {
    return this.#environment.socket.slowCallback;
  }

  get maxMailboxBytes(): number {
    return this.#environment.socket.maxMailboxBytes;
  }

  get maxSubscriptions(): number {
    return this.#environment.socket.maxSubscriptions;
  }

  get maxTimers(): number {
    return this.#environment.socket.maxTimers;
  }

  get maxTasks(): number {
    return this.#environment.socket.maxTasks;
  }

  get maxConflatedKeys(): number {
    return this.#environment.socket.maxConflatedKeys;
  }

  get pace(): Pace {
    return this.#pace ?? this.#makePace();
  }

  #makePace(): Pace {
    const mark = this.extensions ? markOf(this.codec) : undefined;
    return (this.#pace = new Pace(this.connection, this.#environment.socket, mark));
  }

  get bufferedBytes(): number {
    return this.pace.bufferedBytes;
  }

  /** @internal For the inspector, as what follows. Milliseconds since 1970. */
  get connectedAt(): number {
    return STARTED_AT + this.#connectedAt;
  }

  /** @internal Bytes of the client's messages that wait for busy channels. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** @internal */
  listChannels(): readonly ChannelProcess[] {
    return listOf(this.#channels);
  }

  /** How many channels the client has joined or is joining. */
  get channels(): number {
    return countOf(this.#channels);
  }

  describe(): ClientSource {
    const { endpoint, path } = this.#environment;
    return { endpoint, path, id: this.id, transport: this.connection.transport };
  }

  protected override handle(data: FrameData, now: number): void {
    try {
      const { socket, watcher } = this.#environment;
      const message = this.codec.decode(data, socket.frameLimits);
      if (watcher !== undefined) watcher(this, message, data.length);
      if (this.#mayPass(message, now)) this.#route(message);
    } catch (error) {
      if (this.#environment.badFrames === "ignore" && error instanceof DecodeError) this.#ignore(error, now);
      else this.#giveUp(error);
    }
  }

  /** A bad frame counts like a message: one client could otherwise send any number of them. */
  #ignore({ message: reason }: DecodeError, now: number): void {
    const refused = this.#rateLimit.refuse(false, undefined, now);
    const closing = refused !== undefined && this.#rateLimit.isAbused(refused.perSecond, now);
    emit("socket.bad_frame", { ...this.describe(), reason, closing });
    if (closing) this.shutdown("closed", CloseCode.policyViolation, Reason.rateLimited);
  }

  /** A frame that cannot be decoded or answered (a ref nested too deeply to encode) closes the connection. */
  #giveUp(error: unknown): void {
    const isOfFrame = error instanceof DecodeError || error instanceof EncodeError;
    const reason = isOfFrame ? error.message : describeThrown(error);
    emit("socket.bad_frame", { ...this.describe(), reason, closing: true });
    this.endReading(false);
    this.connection.close(CloseCode.internalError, isOfFrame ? error.message : "internal error");
  }

  closed(code: number, reason: string): void {
    this.endReading(true);
    this.#environment.processes.delete(this);
    this.#slot?.release();
    this.#login?.end();
    if (this.#idSubscription !== undefined) this.pubsub.unsubscribe(this.#idSubscription);
    for (const channel of listOf(this.#channels)) channel.connectionClosed();
    if (isObserved("socket.closed")) emit("socket.closed", { ...this.describe(), code, reason });
  }

  tooSlow(bufferedBytes: number, limit: number): void {
    emit("socket.slow_consumer", { ...this.describe(), bufferedBytes, limit });
  }

  /** Whether a callback is running. */
  get isBusy(): boolean {
    return this.#running > 0;
  }

  /** Stops handling messages of the client. */
  stopReading(): void {
    this.stop();
  }

  began(): void {
    this.#running++;
    this.#environment.work.running++;
  }

  ended(): void {
    this.#running--;
    this.#environment.work.running--;
  }

  taskBegan(): void {
    this.#environment.work.running++;
  }

  taskEnded(): void {
    this.#environment.work.running--;
  }

  /** Closes the connection from this side. `reason` is passed to each channel's `terminate`. */
  shutdown(reason: string, code: CloseCode, text: string): void {
    this.endReading(false);
    this.#endChannels(reason);
    this.connection.close(code, text);
  }

  /** For `ctx.disconnect`. */
  disconnect(reason: string): void {
    this.shutdown("disconnected", CloseCode.goingAway, reason);
  }

  /** The client's login was renewed: channels get the new assigns and decide whether it may stay. */
  renewed(assigns: Readonly<Record<string, unknown>>): void {
    this.#assigns = assigns;
    const { routes } = this.#environment.socket;
    for (const channel of listOf(this.#channels)) {
      channel.renew({ ...assigns, ...routeOf(routes, channel.topic)?.route.assigns });
    }
  }

  #endChannels(reason: string): void {
    for (const channel of listOf(this.#channels)) channel.end(reason, undefined, undefined);
  }

  pause(topic: string, waiting: number, limit: "maxMailboxMessages" | "maxMailboxBytes" = "maxMailboxMessages"): void {
    emit("socket.paused", { ...this.describe(), topic, limit, waiting });
    this.stop();
  }

  resume(topic: string, waiting: number, limit: "maxMailboxMessages" | "maxMailboxBytes" = "maxMailboxMessages"): void {
    emit("socket.resumed", { ...this.describe(), topic, limit, waiting });
    this.start();
  }

  waits(topic: string, bytes: number): void {
    this.#waitingBytes += bytes;
    const { maxMailboxBytes } = this;
    if (!this.#isFull && this.#waitingBytes >= maxMailboxBytes) {
      this.#isFull = true;
      this.pause(topic, this.#waitingBytes, "maxMailboxBytes");
    } else if (this.#isFull && this.#waitingBytes <= maxMailboxBytes / 2) {
      this.#isFull = false;
      this.resume(topic, this.#waitingBytes, "maxMailboxBytes");
    }
  }

  protected override throttled(bytesPerSecond: number, waitMs: number): void {
    emit("socket.throttled", { ...this.describe(), bytesPerSecond, waitMs });
  }

  forget(process: { readonly topic: string }): void {
    this.#rateLimit.forget(process);
    this.#channels = withoutChannel(this.#channels, process);
  }

  /** A leave is never rate limited: refusing it would keep the channel that the client wants to leave. */
  #mayPass(message: ClientMessage, now: number): boolean {
    const { joinRef, topic, event } = message;
    const refused = this.#rateLimit.refuse(event === JOIN, channelOn(this.#channels, topic), now);
    if (refused === undefined || event === LEAVE) return true;
    const { by: limit, perSecond, waitMs } = refused;
    const closing = this.#rateLimit.isAbused(perSecond, now);
    emit("socket.rate_limited", { ...this.describe(), topic, event, limit, perSecond, closing });
    if (closing) this.shutdown("closed", CloseCode.policyViolation, Reason.rateLimited);
    else this.#refuse(joinRef, message, { reason: Reason.rateLimited, retry_after_ms: waitMs });
    return false;
  }

  #route(message: ClientMessage): void {
    const { topic, event } = message;
    if (topic === PHOENIX_TOPIC && event === HEARTBEAT) {
      this.#reply(null, message.ref, topic, "ok", {});
      return;
    }
    if (topic === PHOENIX_TOPIC && event === REFRESH && this.#login?.isRenewable === true) {
      this.#login.refresh(message);
      return;
    }
    if (topic === PHOENIX_TOPIC && event === ACK && this.extensions) {
      this.#pace?.acknowledged();
      return;
    }
    const channel = channelOn(this.#channels, topic);
    if (channel?.joining === true) channel.hold(message);
    else if (event === JOIN) this.#join(message, channel);
    else if (channel !== undefined) this.#deliver(channel, message);
    else if (event === LEAVE) this.#reply(message.joinRef, message.ref, topic, "ok", {});
    else this.#unmatched(message);
  }

  /** Messages of an earlier join are dropped; one without a join_ref counts for the current join. */
  #deliver(channel: ChannelProcess, message: ClientMessage): void {
    if (message.joinRef === null || isSameRef(message.joinRef, channel.wireJoinRef)) schedule(channel, message);
  }

  #unmatched(message: ClientMessage): void {
    const { topic, event } = message;
    emit("channel.unmatched", { ...this.describe(), topic, event });
    this.#refuse(null, message, { reason: Reason.unmatchedTopic });
  }

  /** Answers a message that is not handled. */
  #refuse(joinRef: unknown, { ref, topic, extension }: ClientMessage, response: Payload): void {
    const frame = this.codec.encodeReply(joinRef, ref, topic, "error", response);
    this.connection.send(new Frame(notHandled(frame, extension)));
  }

  /** A second join of a topic replaces the first, whatever its outcome; the old phx_close follows the new reply. */
  #join(message: ClientMessage, previous: ChannelProcess | undefined): void {
    previous?.end("duplicate_join", undefined, undefined);
    const channel = this.#open(message);
    if (channel === undefined) {
      previous?.notifyClosed();
      return;
    }
    const startedAt = performance.now();
    const settle = (result: unknown, failure?: { readonly error: unknown }): void => {
      if (!channel.ended) this.#finishJoin(channel, message, result, channel.joinFailure ?? failure, startedAt);
      previous?.notifyClosed();
      channel.open();
    };
    const settleLater = (result: unknown, failure?: { readonly error: unknown }): void => {
      const held = channel.takeHeld();
      try {
        settle(result, failure);
        for (const waiting of held) this.#route(waiting);
      } catch (error) {
        this.#giveUp(error);
      }
    };
    let result: unknown;
    try {
      result = channel.runJoin(message.payload);
    } catch (error) {
      settle(undefined, { error });
      return;
    }
    if (isPromise(result)) channel.awaitJoin(result, settleLater);
    else settle(result);
  }

  /** Finds the route of a join and creates its channel, or replies with the reason when it cannot. */
  #open(message: ClientMessage): ChannelProcess | undefined {
    const { socket } = this.#environment;
    const match = routeOf(socket.routes, message.topic);
    if (match === undefined || !hasTopic(message)) {
      this.#unmatched(message);
      return undefined;
    }
    const { topic } = message;
    if (this.channels >= socket.maxChannels) {
      emit("channel.too_many", { ...this.describe(), topic, limit: socket.maxChannels });
      this.#reply(message.joinRef, message.ref, topic, "error", { reason: Reason.tooManyChannels });
      return undefined;
    }
    const { route, params } = match;
    const channel = new ChannelProcess(this, route.channel, message, params, { ...this.#assigns, ...route.assigns });
    this.#channels = withChannel(this.#channels, channel);
    return channel;
  }

  /** Replies to a join. Only an accepted join keeps its channel. */
  #finishJoin(
    channel: ChannelProcess,
    message: ClientMessage,
    result: unknown,
    failure: { readonly error: unknown } | undefined,
    startedAt: number,
  ): void {
    const { joinRef, ref } = message;
    const { topic } = channel;
    const refusal = failure !== undefined && isRefusal(failure.error) ? failure.error : undefined;
    const answer =
      failure === undefined || refusal !== undefined
        ? this.#joinAnswer(channel, joinRef, ref, refusal ?? result)
        : { error: errorFor("join", failure.error) };
    if ("error" in answer) {
      channel.end("refused", undefined, undefined);
      this.#reply(joinRef, ref, topic, "error", { reason: Reason.joinCrashed });
      this.#reportJoin(channel, message, "crashed", startedAt);
      emit("channel.crashed", { ...channel.source(), callback: "join", event: undefined, error: answer.error });
      return;
    }
    if (answer.outcome === "ok") channel.joinedNow();
    else channel.end("refused", undefined, undefined);
    this.connection.send(answer.frame);
    this.#reportJoin(channel, message, answer.outcome, startedAt);
  }

  #reportJoin(
    channel: ChannelProcess,
    { payload: params }: ClientMessage,
    result: TelemetryEvents["channel.joined"]["result"],
    startedAt: number,
  ): void {
    if (!isObserved("channel.joined")) return;
    const duration = performance.now() - startedAt;
    emit("channel.joined", { ...channel.source(), result, params, log: channel.joinLog, duration });
  }

  /** The reply frame for the result of `join`, or an error for an invalid result. */
  #joinAnswer(
    channel: ChannelProcess,
    joinRef: unknown,
    ref: unknown,
    result: unknown,
  ): { outcome: "ok" | "refused" | "invalid payload"; frame: Frame } | { readonly error: unknown } {
    const { topic } = channel;
    const encode = (status: string, response: unknown): FrameData =>
      this.codec.encodeReply(joinRef, ref, topic, status, response);
    try {
      if (result instanceof InvalidPayload) {
        return { outcome: "invalid payload", frame: new Frame(encode("error", result.response)) };
      }
      if (isReply(result) && result.status === "ok") {
        return { outcome: "ok", frame: new Frame(channel.joinReply(encode("ok", result.response), result)) };
      }
      if (isReply(result) && result.status === "error") {
        return { outcome: "refused", frame: new Frame(encode("error", result.response)) };
      }
      return { error: badJoinReturn(topic, result) };
    } catch (error) {
      return { error };
    }
  }

  #reply(joinRef: unknown, ref: unknown, topic: unknown, status: string, response: Payload): void {
    this.connection.send(new Frame(this.codec.encodeReply(joinRef, ref, topic, status, response)));
  }

  #subscribeToId(id: string): Subscription {
    const subscription = new IdSubscription(id, this);
    this.pubsub.subscribe(subscription);
    return subscription;
  }

  /** A "disconnect" on its id was broadcast. */
  disconnected(): void {
    this.disconnect("disconnected by the server");
  }
}

class IdSubscription implements Subscription {
  readonly topic: string;
  readonly owner: SocketProcess;

  constructor(topic: string, owner: SocketProcess) {
    this.topic = topic;
    this.owner = owner;
  }

  receive(message: unknown): void {
    if (message instanceof Broadcast && message.event === DISCONNECT) this.owner.disconnected();
  }
}

/** One frame for all clients with a codec, so that those who get the same broadcast and mark share their bytes. */
const marks = new WeakMap<ServerCodec, Frame>();

function markOf(codec: ServerCodec): Frame {
  let mark = marks.get(codec);
  if (mark === undefined) marks.set(codec, (mark = new Frame(codec.encodeBroadcast(PHOENIX_TOPIC, ACK, {}))));
  return mark;
}

const hasTopic = (message: ClientMessage): message is JoinMessage => typeof message.topic === "string";

function badJoinReturn(topic: string, result: unknown): WingbeatError {
  const found = isReply(result) ? `a reply with status "${result.status}"` : describe(result);
  return new WingbeatError(
    "WB_BAD_RETURN",
    `join of "${topic}" returned ${found}: it must return ok(reply?) or refuse(reason?).`,
  );
}
