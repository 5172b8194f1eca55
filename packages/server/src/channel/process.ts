/**
 * One joined channel at work: the actor of a (connection, topic). Its callbacks run one at a time, in the order in
 * which messages came, also when they are async; it holds subscriptions and timers and gives them back when it ends,
 * however it ends.
 */
import { CLOSE, ERROR, LEAVE, Reason } from "@wingbeat/protocol";
import type { Message, Ref, ServerCodec } from "@wingbeat/protocol";
import { WingbeatError } from "../errors.ts";
import { Broadcast } from "../pubsub.ts";
import type { Subscription } from "../pubsub.ts";
import { emit, isObserved } from "../telemetry.ts";
import { Frame } from "../transports/transport.ts";
import type { Connection } from "../transports/transport.ts";
import { Backlog } from "./backlog.ts";
import { Belongings } from "./belongings.ts";
import { call, InvalidPayload, isPromise } from "./call.ts";
import { Context, ReplyRef } from "./context.ts";
import type { ChannelActions } from "./context.ts";
import type { ChannelHost } from "./host.ts";
import { CLOSED, Info, isOfClient, Task } from "./item.ts";
import type { Item } from "./item.ts";
import { badReturn, isOrderly, Reply, Stop } from "./result.ts";
import { schedule } from "./schedule.ts";
import type { Mailbox } from "./schedule.ts";
import { declaredName, handlerOf } from "./spec.ts";
import type { ChannelSpec } from "./spec.ts";
import type { Timer } from "./timer.ts";

type Callback = "join" | "handleIn" | "handleOut" | "handleInfo";

/** What the client is told when a channel ends. */
type Notice = typeof CLOSE | typeof ERROR | undefined;

export class ChannelProcess implements ChannelActions, Subscription, Mailbox {
  readonly host: ChannelHost;
  /** The host's connection and codec: kept here, because every broadcast asks every receiver for them. */
  readonly connection: Connection;
  readonly codec: ServerCodec;
  readonly topic: string;
  /** The join_ref as the client sent it: what its messages are compared with. */
  readonly wireJoinRef: Ref;
  /** The join_ref on what the channel sends: without one, the ref of the join. */
  readonly joinRef: Ref;
  readonly #spec: ChannelSpec;
  readonly #context: Context;
  #state: "joining" | "joined" | "ended" = "joining";
  #busy = false;
  #callback: Callback = "handleIn";
  #startedAt = 0;
  #backlog: Backlog<Item> | undefined = undefined;
  #belongings: Belongings | undefined = undefined;
  #afterJoin: (() => unknown)[] | undefined = undefined;
  #pendingEnd: (() => void) | undefined = undefined;
  /** Whether messages that come too late are answered: after a crash or stop the client still waits for them. */
  #answersLate = false;

  constructor(
    host: ChannelHost,
    spec: ChannelSpec,
    join: Message,
    params: Readonly<Record<string, string>>,
    assigns: Readonly<Record<string, unknown>>,
  ) {
    this.host = host;
    this.connection = host.connection;
    this.codec = host.codec;
    this.topic = join.topic;
    this.wireJoinRef = join.joinRef;
    this.joinRef = join.joinRef ?? join.ref;
    this.#spec = spec;
    this.#context = new Context(this, join.topic, params, assigns);
  }

  get owner(): this {
    return this;
  }

  get joining(): boolean {
    return this.#state === "joining";
  }

  get ended(): boolean {
    return this.#state === "ended";
  }

  /** Whether the client is, or was, on the topic: only then may the channel send. */
  get joined(): boolean {
    return this.#state !== "joining";
  }

  /** At which level its joins are logged. */
  get joinLog(): ChannelSpec["log"]["join"] {
    return this.#spec.log.join;
  }

  /** Whether broadcasts of an event on the own topic go to `handleOut` instead of the client. */
  intercepts(event: string): boolean {
    return this.#spec.handleOut.size > 0 && this.#spec.handleOut.has(event);
  }

  /** Runs the `join` callback. The session reads its result, and then calls {@link joinedNow} or {@link end}. */
  runJoin(params: unknown): unknown {
    const { join } = this.#spec;
    if (join === undefined) throw new WingbeatError("WB_OPTION", `channel "${this.#spec.pattern}" has no join.`);
    return call(join, this.#context, params);
  }

  /** The join was accepted: from here on the channel receives. */
  joinedNow(): void {
    this.#state = "joined";
    this.host.pubsub.subscribe(this);
    for (const task of this.#afterJoin ?? []) schedule(this, new Task(task));
    this.#afterJoin = undefined;
  }

  afterJoin(task: () => unknown): void {
    if (this.#state === "joining") (this.#afterJoin ??= []).push(task);
    else if (this.#state === "joined") {
      const result = task();
      if (isPromise(result)) result.then(undefined, (error: unknown) => this.#crash(error));
    }
  }

  onEnd(task: (reason: string) => void): void {
    if (this.#state !== "ended") this.#owned().onEnd(task);
  }

  /** Keeps a message that came while the join is under way. */
  hold(message: Message): void {
    this.#enqueue(message);
  }

  /** What {@link hold} kept, for the session to route again. What others have sent is handled after the join. */
  takeHeld(): readonly Message[] {
    const held = this.#backlog?.takeAll() ?? [];
    for (const item of held) if (!isOfClient(item)) schedule(this, item);
    return held.filter(isOfClient);
  }

  /** Takes a broadcast that the channel intercepts, or any other message published on its topic. */
  receive(message: unknown): void {
    schedule(this, message instanceof Broadcast ? message : new Info(message));
  }

  send(message: unknown): void {
    schedule(this, new Info(message));
  }

  sendAfter(message: unknown, ms: number): Timer {
    const timer = this.#owned().timer(ms, () => this.send(message));
    if (this.#state === "ended") timer.cancel();
    return timer;
  }

  subscribe(topic: string): void {
    if (topic !== this.topic && this.#state !== "ended") this.#owned().subscribe(topic, this);
  }

  unsubscribe(topic: string): void {
    this.#belongings?.unsubscribe(topic);
  }

  #owned(): Belongings {
    return (this.#belongings ??= new Belongings(this.host.pubsub));
  }

  push(event: string, payload: object): void {
    this.connection.send(new Frame(this.codec.encodeMessage(this.joinRef, null, this.topic, event, payload)));
  }

  broadcast(event: string, payload: object, exceptSelf: boolean): void {
    const message = new Broadcast(this.topic, event, payload);
    if (exceptSelf) this.host.pubsub.broadcastFrom(this, this.topic, message, "fastlane");
    else this.host.pubsub.broadcast(this.topic, message, "fastlane");
  }

  reply(ref: Ref, { status, response }: Reply): void {
    this.connection.send(new Frame(this.codec.encodeReply(this.joinRef, ref, this.topic, status, response)));
  }

  /** Handles a message, or lets it wait for the callback under way. Called by the scheduler. */
  deliver(item: object): void {
    if (this.#state === "ended") this.#answerLate(item as Item);
    else if (this.#busy || this.#state === "joining") this.#enqueue(item as Item);
    else this.#handle(item as Item);
  }

  /**
   * The connection is gone: what the client sent before is handled, then the channel ends. What others broadcast does not
   * reach it any more.
   */
  connectionClosed(): void {
    if (this.#state === "joining") return this.end("closed", undefined, undefined);
    this.host.pubsub.unsubscribe(this);
    schedule(this, CLOSED);
  }

  /**
   * Ends the channel: frees its topic, subscriptions and timers at once, runs `terminate` and tells the client. When a
   * callback is under way, `terminate` waits for it.
   */
  end(reason: string, detail: unknown, notice: Notice): void {
    if (this.#state === "ended") return;
    const wasJoined = this.#state === "joined";
    this.#state = "ended";
    this.#answersLate = notice !== undefined && reason !== "left";
    this.#release(reason);
    const late = this.#backlog?.takeAll() ?? [];
    const terminate = (): void => {
      if (wasJoined) this.#terminate(reason, detail);
    };
    if (this.#busy) this.#pendingEnd = terminate;
    else terminate();
    if (notice === CLOSE) this.notifyClosed();
    else if (notice === ERROR) this.#notify(ERROR, { reason: Reason.channelCrash });
    for (const item of late) this.#answerLate(item);
  }

  #handle(item: Item): void {
    if (item === CLOSED) return this.end("closed", undefined, undefined);
    this.#busy = true;
    this.#startedAt = isObserved("channel.handled_in") ? performance.now() : 0;
    let result: unknown;
    try {
      result = this.#start(item);
    } catch (error) {
      this.#complete(item, undefined, { error });
      return;
    }
    if (!isPromise(result)) {
      this.#complete(item, result);
      return;
    }
    const settled = (value: unknown, failure?: { error: unknown }): void => {
      this.#complete(item, value, failure);
      this.#drain();
      this.host.ended();
    };
    this.host.began();
    result.then(settled, (error: unknown) => settled(undefined, { error }));
  }

  /** Starts the callback that takes an item; gives what it returned. */
  #start(item: Item): unknown {
    const context = this.#context;
    if (item instanceof Task) {
      this.#callback = "join";
      return item.message();
    }
    if (item instanceof Info) return this.#info(item.message);
    if (item instanceof Broadcast) {
      if (item.topic !== this.topic) return this.#info(item);
      this.#callback = "handleOut";
      context.event = item.event;
      return this.#spec.handleOut.get(item.event)?.(context, item.payload);
    }
    if (item.event === LEAVE) return new Stop("left", new Reply("ok", {}));
    const handler = handlerOf(this.#spec, item.event);
    if (handler === undefined) return new Reply("error", { reason: Reason.unknownEvent });
    this.#callback = "handleIn";
    context.event = item.event;
    context.ref = item.ref;
    return call(handler, context, item.payload);
  }

  #info(message: unknown): unknown {
    this.#callback = "handleInfo";
    return this.#spec.handleInfo?.(this.#context, message);
  }

  /** A callback is done. When the channel has ended meanwhile, its result no longer matters. */
  #complete(item: Item, result: unknown, failure?: { error: unknown }): void {
    this.#busy = false;
    if (this.#state === "ended") {
      if (failure !== undefined) this.#reportCrash(failure.error);
      this.#pendingEnd?.();
      this.#pendingEnd = undefined;
    } else if (failure !== undefined) this.#crash(failure.error);
    else this.#finish(item, result);
  }

  #finish(item: Item, result: unknown): void {
    const event = this.#context.event;
    this.#context.event = undefined;
    this.#context.ref = null;
    try {
      const outcome = isOfClient(item) ? this.#answer(item, result) : this.#checkResult(result, event);
      if (isOfClient(item) && this.#startedAt > 0) this.#reportHandled(item, outcome);
    } catch (error) {
      this.#crash(error, event);
    }
  }

  /** Sends what a result says. Gives the outcome in a word, for telemetry. */
  #answer(message: Message, result: unknown): string {
    if (result === undefined || result instanceof ReplyRef) return "noreply";
    if (result instanceof Reply) {
      this.reply(message.ref, result);
      return result.status;
    }
    if (result instanceof InvalidPayload) {
      this.reply(message.ref, new Reply("error", result.response));
      return Reason.invalidPayload;
    }
    if (!(result instanceof Stop)) throw badReturn("handleIn", message.event, result);
    if (result.reply !== undefined) this.reply(message.ref, result.reply);
    this.#stop(result.reason, message.payload);
    return "stop";
  }

  #checkResult(result: unknown, event: string | undefined): string {
    if (result === undefined) return "noreply";
    if (!(result instanceof Stop)) throw badReturn(this.#callback, event, result);
    this.#stop(result.reason, undefined);
    return "stop";
  }

  #stop(reason: string, payload: unknown): void {
    const isLeave = reason === "left";
    this.end(reason, isLeave ? payload : undefined, isLeave || isOrderly(reason) ? CLOSE : ERROR);
  }

  /** Handles what has waited, until a callback is async again or nothing is left. */
  #drain(): void {
    while (!this.#busy) {
      const item = this.#backlog?.take();
      if (item === undefined) return;
      this.#handle(item);
    }
  }

  #enqueue(item: Item): void {
    this.#backlog ??= new Backlog(this.topic, this.host, isOfClient);
    try {
      this.#backlog.add(item);
    } catch (error) {
      this.#crash(error);
    }
  }

  #crash(error: unknown, event = this.#context.event): void {
    this.#reportCrash(error, event);
    this.#context.event = undefined;
    this.#context.ref = null;
    this.end("crashed", error, ERROR);
  }

  #reportCrash(error: unknown, event = this.#context.event): void {
    emit("channel.crashed", { ...this.source(), callback: this.#callback, event, error });
  }

  /** Where something happened, for telemetry. */
  source(): ReturnType<ChannelHost["describe"]> & { topic: string; pattern: string } {
    return { ...this.host.describe(), topic: this.topic, pattern: this.#spec.pattern };
  }

  #reportHandled(message: Message, outcome: string): void {
    emit("channel.handled_in", {
      ...this.source(),
      event: message.event,
      handler: declaredName(this.#spec, message.event),
      payload: message.payload,
      outcome,
      log: this.#spec.log.handleIn,
      duration: performance.now() - this.#startedAt,
    });
  }

  #release(reason: string): void {
    this.host.pubsub.unsubscribe(this);
    this.#belongings?.release();
    this.host.forget(this);
    this.#belongings?.finish(reason);
  }

  #terminate(reason: string, detail: unknown): void {
    const failed = (error: unknown): void =>
      emit("channel.crashed", { ...this.source(), callback: "terminate", event: undefined, error });
    try {
      const result = this.#spec.terminate?.(this.#context, reason, detail);
      if (isPromise(result)) {
        this.host.began();
        result.then(undefined, failed).then(() => this.host.ended());
      }
    } catch (error) {
      failed(error);
    }
    emit("channel.terminated", { ...this.source(), reason });
  }

  /** Tells the client that the channel is gone. The session does it for a channel that a second join has replaced. */
  notifyClosed(): void {
    this.#notify(CLOSE, {});
  }

  #notify(event: string, payload: object): void {
    const message = this.codec.encodeMessage(this.wireJoinRef, this.wireJoinRef, this.topic, event, payload);
    this.connection.send(new Frame(message));
  }

  #answerLate(item: Item): void {
    if (!this.#answersLate || !isOfClient(item)) return;
    const isLeave = item.event === LEAVE;
    try {
      const joinRef = isLeave ? item.joinRef : null;
      const response = isLeave ? {} : { reason: Reason.unmatchedTopic };
      const frame = this.codec.encodeReply(joinRef, item.ref, this.topic, isLeave ? "ok" : "error", response);
      this.connection.send(new Frame(frame));
    } catch {
      // A ref that cannot be written back (nested too deep) cannot be answered.
    }
  }
}
