/**
 * A running channel: the actor of a (connection, topic). Its callbacks run one at a time, in the order in which
 * messages arrived, even when they are async. It owns subscriptions and timers, and releases them when it ends, for
 * whatever reason.
 */
import { CLOSE, ERROR, LEAVE, Reason } from "@wingbeat/protocol";
import type { ClientMessage } from "@wingbeat/protocol";
import { isPromise, settle } from "../awaitable.ts";
import { WingbeatError } from "../errors.ts";
import { Broadcast } from "../pubsub.ts";
import type { Subscription } from "../pubsub.ts";
import { emit, isObserved } from "../telemetry.ts";
import type { ChannelCallback as Callback } from "../telemetry.ts";
import { Backlog } from "./backlog.ts";
import { Belongings } from "./belongings.ts";
import { OutgoingBroadcast } from "./broadcast.ts";
import { call, InvalidPayload } from "./call.ts";
import { Command } from "./command.ts";
import { Context } from "./context.ts";
import type { ChannelActions } from "./context.ts";
import { copyOf } from "./copy.ts";
import type { ChannelHost } from "./host.ts";
import { CLOSED, fromOf, Info, isOfClient, JOINED, Published, Renewed, Task } from "./item.ts";
import type { Item, JoinMessage } from "./item.ts";
import { ChannelOutlet } from "./outlet.ts";
import { badReturn, errorFor, isOrderly, isRefusal, isReply, isReplyRef, isStop, Reply, Stop } from "./result.ts";
import type { Deliveries } from "./delivery.ts";
import { schedule } from "./schedule.ts";
import { unwatch, watch } from "./slow.ts";
import type { Watched } from "./slow.ts";
import type { Run, SpawnedTask, TaskOwner } from "./spawned.ts";
import { declaredName, handlerOf } from "./spec.ts";
import type { ChannelSpec } from "./spec.ts";
import { FastlaneSubscription, TopicSubscription } from "./subscription.ts";
import type { Gate } from "./subscription.ts";
import type { Timer } from "./timer.ts";

/** What is sent to the client when a channel ends. */
type Notice = typeof CLOSE | typeof ERROR | undefined;

export class ChannelProcess extends ChannelOutlet implements ChannelActions, Subscription, Watched, TaskOwner {
  readonly #spec: ChannelSpec;
  readonly #context: Context;
  /** `ended`: nothing is received any more. `over`: nothing is sent any more either, except late replies. */
  #state: "joining" | "joined" | "ended" | "over" = "joining";
  /** How many callbacks are running: one, plus async tasks that it started. The next message waits for all of them. */
  #running = 0;
  #callback: Callback = "handleIn";
  #startedAt = 0;
  #backlog: Backlog<Item> | undefined = undefined;
  /** What arrived during the join, except messages of the client. */
  #arrived: readonly Item[] | undefined = undefined;
  /** More arrived during the join than may be queued. */
  #joinFailure: { readonly error: unknown } | undefined = undefined;
  /** How many messages of others were dropped since the channel last had nothing waiting, told or not. */
  #dropped = 0;
  #belongings: Belongings | undefined = undefined;
  #afterJoin: (() => unknown)[] | undefined = undefined;
  #pendingEnd: (() => void) | undefined = undefined;
  /** Whether the callback under way was reported as slow, and whether the connection is gone. */
  #isSlow = false;
  #isCutOff = false;
  /** Whether late messages are answered: after a crash or stop the client still waits for them. */
  #answersLate = false;

  constructor(
    host: ChannelHost,
    spec: ChannelSpec,
    join: JoinMessage,
    params: Readonly<Record<string, string>>,
    assigns: Readonly<Record<string, unknown>>,
  ) {
    super(host, join);
    this.#spec = spec;
    this.#context = new Context(this, join.topic, params, assigns);
  }

  get owner(): this {
    return this;
  }

  override get joining(): boolean {
    return this.#state === "joining";
  }

  get ended(): boolean {
    return this.#state === "ended" || this.isOver;
  }

  /** Whether the client is, or was, on the topic: only then may the channel send. */
  get joined(): boolean {
    return this.#state !== "joining";
  }

  protected override get isOver(): boolean {
    return this.#state === "over";
  }

  override get deliveries(): Deliveries {
    return this.#spec.deliveries;
  }

  protected override intercepts(event?: string): boolean {
    const { handleOut } = this.#spec;
    return handleOut.size > 0 && (event === undefined || handleOut.has(event));
  }

  /** At which level its joins are logged. */
  get joinLog(): ChannelSpec["log"]["join"] {
    return this.#spec.log.join;
  }

  protected get isHandlingIn(): boolean {
    return this.#callback === "handleIn";
  }

  /** Milliseconds after which an async callback is reported. */
  get slowCallback(): number {
    return this.host.slowCallback;
  }

  /**
   * Runs the `join` callback. The channel is subscribed by then: what is broadcast meanwhile waits for the reply. The
   * socket process reads the result, and then calls {@link joinedNow} or {@link end}.
   */
  runJoin(params: unknown): unknown {
    const { join } = this.#spec;
    if (join === undefined) throw new WingbeatError("WB_OPTION", `channel "${this.#spec.pattern}" has no join.`);
    this.#callback = "join";
    this.host.pubsub.subscribe(this);
    this.#context.assigns = copyOf(this.#context.assigns);
    return call(join, this.#context, params);
  }

  /** Awaits what {@link runJoin} gave. */
  awaitJoin(result: PromiseLike<unknown>, done: (value: unknown, failure?: { readonly error: unknown }) => void): void {
    this.#await(result, "join", done);
  }

  /** Why the join cannot be accepted, whatever its callback returned: too much has arrived meanwhile. */
  get joinFailure(): { readonly error: unknown } | undefined {
    return this.#joinFailure;
  }

  /** The join was accepted. The socket process sends the reply, and then calls {@link open}. */
  joinedNow(): void {
    this.#state = "joined";
    const tasks = (this.#afterJoin ?? []).map((task) => new Task(task));
    this.#afterJoin = undefined;
    if (this.#arrived === undefined) {
      for (const task of tasks) schedule(this, task);
      return;
    }
    this.#backlog ??= this.#newBacklog();
    this.#backlog.addFirst([...tasks, ...this.#arrived]);
    this.#arrived = undefined;
    schedule(this, JOINED);
  }

  /** The client has the reply: sends what was broadcast since the join began. */
  open(): void {
    if (this.#state === "joined") this.release();
  }

  afterJoin(task: () => unknown): void {
    if (this.#state === "joining") (this.#afterJoin ??= []).push(task);
    else if (this.#state === "joined") this.#runTask(task);
  }

  /** Does something at once. The next message waits for it; the client's reply does not. */
  #runTask(task: () => unknown): void {
    const result = this.#running > 0 ? this.makingNews(task) : task();
    if (!isPromise(result)) return;
    this.#running++;
    this.#await(result, "join", (_value, failure) => {
      this.#running--;
      if (failure !== undefined) this.#crashOrReport(failure.error);
      this.#finishEnd();
      this.#drain();
    });
  }

  /** Runs a task beside the mailbox: from the end of the current callback on, or of the join. */
  spawn(run: Run): void {
    if (this.ended) return;
    const task = this.#owned().spawn(this, run);
    if (this.joining) this.afterJoin(() => schedule(task, task));
    else schedule(task, task);
  }

  taskBegan(): void {
    this.host.taskBegan();
  }

  taskEnded(task: SpawnedTask, failure?: { readonly error: unknown }): void {
    this.host.taskEnded();
    this.#belongings?.taskEnded(task);
    if (failure === undefined) return;
    this.#reportFailure("spawn", failure.error);
    this.end("crashed", failure.error, ERROR);
  }

  onEnd(task: (reason: string) => unknown): void {
    if (!this.ended) this.#owned().onEnd(task);
  }

  /** Keeps a message that came while the join is under way. */
  hold(message: ClientMessage): void {
    this.#enqueue(message);
  }

  /** What {@link hold} kept, for the socket process to route again. What others have sent is handled after the join. */
  takeHeld(): readonly ClientMessage[] {
    const held = this.#backlog?.takeAll() ?? [];
    this.#arrived = held.filter((item) => !isOfClient(item));
    return held.filter(isOfClient);
  }

  /** Receives messages published on its topic other than by broadcast, or on a topic that it subscribed to. */
  receive(message: unknown): void {
    if (message instanceof OutgoingBroadcast) {
      if (this.#spec.handleInfo === undefined) return;
      message.keepPayload();
      schedule(this, message);
    } else if (!(message instanceof Broadcast)) schedule(this, new Published(copyOf(message)));
    else if (message.topic !== this.topic) this.receive(outgoing(message));
    else if (this.intercepts(message.event)) this.receiveBroadcast(outgoing(message), false);
  }

  /** Takes a command, unless the channel does not handle it. */
  receiveCommand(command: Command): boolean {
    if (!this.#spec.handleCommand.has(command.command)) return false;
    command.keepPayload();
    schedule(this, command);
    return true;
  }

  send(message: unknown): void {
    schedule(this, new Info(copyOf(message)));
  }

  sendAfter(message: unknown, ms: number): Timer {
    const copy = copyOf(message);
    const timer = this.#owned().timer(ms, () => schedule(this, new Info(copy)));
    if (this.ended) timer.cancel();
    return timer;
  }

  /** The client's login was renewed, with these assigns. */
  renew(assigns: Readonly<Record<string, unknown>>): void {
    schedule(this, new Renewed(copyOf(assigns)));
  }

  subscribe(topic: string): void {
    if (topic !== this.topic && !this.ended) this.#owned().subscribe(new TopicSubscription(topic, this));
  }

  fastlane(topic: string, gate: Gate | undefined): void {
    if (topic === this.topic || this.ended) return;
    this.#owned().subscribe(new FastlaneSubscription(topic, this, gate));
  }

  unsubscribe(topic: string): void {
    this.#belongings?.unsubscribe(topic);
  }

  #owned(): Belongings {
    return (this.#belongings ??= new Belongings(this.host));
  }

  /** Handles a message, or lets it wait for the callback under way. Called by the scheduler. */
  override deliver(item: object): void {
    if (this.ended) this.#late(item as Item);
    else if (item === JOINED) this.#drain();
    else if (this.#running > 0 || this.#state === "joining" || this.#hasBacklog) this.#enqueue(item as Item);
    else this.#handle(item as Item);
  }

  #late(item: Item): void {
    if (this.#answersLate) this.answerLate(item);
  }

  get #hasBacklog(): boolean {
    return this.#backlog !== undefined && this.#backlog.length > 0;
  }

  /**
   * The connection is gone: messages sent before that are handled, then the channel ends. Broadcasts no longer reach
   * it.
   */
  connectionClosed(): void {
    this.#isCutOff = true;
    if (this.#state === "joining" || this.#isSlow) return this.end("closed", undefined, undefined);
    this.host.pubsub.unsubscribe(this);
    schedule(this, CLOSED);
  }

  /**
   * Ends the channel: releases its topic, subscriptions and timers at once, runs `terminate` and notifies the client.
   * `terminate` waits for a running callback.
   */
  end(reason: string, detail: unknown, notice: Notice, payload?: object): void {
    if (this.ended) return;
    const wasJoined = this.#state === "joined";
    this.#state = "ended";
    this.#answersLate = notice !== undefined && reason !== "left";
    this.#tellDropped();
    this.#release(reason);
    const late = this.#backlog?.takeAll() ?? [];
    this.#arrived = undefined;
    this.#afterJoin = undefined;
    if (wasJoined) this.sendRest();
    else this.dropRest();
    const terminate = (): void => {
      if (wasJoined) this.#terminate(reason, detail);
    };
    if (this.#running > 0) this.#pendingEnd = terminate;
    else terminate();
    this.endHeld(notice !== undefined);
    if (notice === CLOSE) this.notifyClosed(payload);
    else if (notice === ERROR) this.notify(ERROR, { reason: Reason.channelCrash });
    this.#state = "over";
    for (const item of late) this.#late(item);
  }

  #handle(item: Item): void {
    if (item === CLOSED) return this.end("closed", undefined, undefined);
    this.#running++;
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
    this.#await(result, this.#callback, (value, failure) => {
      this.#complete(item, value, failure);
      this.#drain();
    });
  }

  /** Awaits what a callback returned. `done` must not throw. */
  #await(
    result: PromiseLike<unknown>,
    callback: Callback,
    done: (value: unknown, failure?: { readonly error: unknown }) => void,
  ): void {
    const { host } = this;
    const pending = watch(this, callback, this.#context.event);
    host.began();
    settle(
      result,
      (value) => {
        unwatch(pending);
        this.#isSlow = false;
        done(value);
        host.ended();
      },
      (error) => {
        unwatch(pending);
        this.#isSlow = false;
        done(undefined, { error });
        host.ended();
      },
    );
  }

  /** Starts the callback for an item; returns its result. */
  #start(item: Item): unknown {
    const context = this.#context;
    if (isOfClient(item)) return this.#handleIn(item);
    if (item instanceof Task) {
      this.#callback = "join";
      return item.message();
    }
    if (item instanceof Command) {
      this.#callback = "handleCommand";
      return this.#spec.handleCommand.get(item.command)?.(context, item.copyPayload());
    }
    if (item instanceof Renewed) {
      this.#callback = "reauthorize";
      context.assign(item.message);
      return this.#spec.reauthorize?.(context);
    }
    if (item instanceof Info) return this.#info(item.message);
    if (item.topic !== this.topic) return this.#info(item.copy());
    this.#callback = "handleOut";
    this.handling(item);
    context.event = item.event;
    return this.asOwn(() => this.#spec.handleOut.get(item.event)?.(context, item.copyPayload()));
  }

  #handleIn({ event, ref, payload }: ClientMessage): unknown {
    if (event === LEAVE) return new Stop("left", new Reply("ok", {}));
    const handler = handlerOf(this.#spec, event);
    if (handler === undefined) return new Reply("error", { reason: Reason.unknownEvent });
    const context = this.#context;
    this.#callback = "handleIn";
    context.event = event as string; // it has a handler, so it is one
    context.ref = ref;
    context.isDeferred = false;
    return call(handler, context, payload);
  }

  #info(message: unknown): unknown {
    this.#callback = "handleInfo";
    return this.#spec.handleInfo?.(this.#context, message);
  }

  /** A callback is done. When the channel has ended meanwhile, its result no longer matters. */
  #complete(item: Item, result: unknown, failure?: { readonly error: unknown }): void {
    this.#running--;
    if (failure !== undefined && isRefusal(failure.error) && (isOfClient(item) || item instanceof Renewed)) {
      result = failure.error;
      failure = undefined;
    }
    if (failure !== undefined) this.#crashOrReport(failure.error);
    else if (!this.ended) this.#finish(item, result);
    if (this.ended) this.#finishEnd();
    else this.sendNext(item, this.#running === 0);
  }

  /** `terminate` has waited for the last callback under way. */
  #finishEnd(): void {
    if (this.#running > 0 || this.#pendingEnd === undefined) return;
    const terminate = this.#pendingEnd;
    this.#pendingEnd = undefined;
    terminate();
  }

  #finish(item: Item, result: unknown): void {
    const event = this.#context.event;
    this.#context.event = undefined;
    this.#context.ref = null;
    try {
      if (isOfClient(item)) {
        const outcome = this.#answer(item, result);
        if (this.#startedAt > 0) this.#reportHandled(item, outcome);
      } else if (item instanceof Renewed) this.#reauthorized(result);
      else this.#checkResult(result, event);
    } catch (error) {
      this.#crash(error, event);
    }
  }

  /** Sends the reply in a result. Returns the outcome for telemetry. */
  #answer(message: ClientMessage, result: unknown): string {
    if (result === undefined) {
      if (!this.#context.isDeferred) this.acknowledge(message.ref);
      return "noreply";
    }
    if (isReply(result)) {
      this.reply(message.ref, result);
      return result.status;
    }
    if (isReplyRef(result)) return "noreply";
    if (result instanceof InvalidPayload) {
      this.reply(message.ref, new Reply("error", result.response));
      return Reason.invalidPayload;
    }
    if (!isStop(result)) throw badReturn("handleIn", message.event, result);
    if (result.reply !== undefined) this.reply(message.ref, result.reply);
    this.#stop(result.reason, message.payload);
    return "stop";
  }

  #checkResult(result: unknown, event: string | undefined): void {
    if (result === undefined) return;
    if (!isStop(result)) throw badReturn(this.#callback, event, result);
    this.#stop(result.reason, undefined);
  }

  /** Reads what `reauthorize` returned. */
  #reauthorized(result: unknown): void {
    if (this.#spec.reauthorize === undefined) return;
    if (!isReply(result) || (result.status !== "ok" && result.status !== "error")) {
      throw badReturn("reauthorize", undefined, result);
    }
    if (result.status === "ok") return;
    const payload = { reason: "refused", response: result.response };
    // What cannot be sent is a fault of the channel.
    this.codec.encodeMessage(this.wireJoinRef, this.wireJoinRef, this.topic, CLOSE, payload);
    this.end("refused", result.response, CLOSE, payload);
  }

  #stop(reason: string, payload: unknown): void {
    const isLeave = reason === "left";
    this.end(reason, isLeave ? payload : undefined, isLeave || isOrderly(reason) ? CLOSE : ERROR);
  }

  /** Handles queued messages, until a callback is async again or none are left. */
  #drain(): void {
    while (this.#running === 0) {
      const item = this.#backlog?.take();
      if (item === undefined) return this.#tellDropped();
      this.#handle(item);
    }
  }

  #enqueue(item: Item): void {
    if (this.#joinFailure !== undefined && !isOfClient(item)) return;
    this.#backlog ??= this.#newBacklog();
    try {
      if (this.#backlog.add(item)) return;
    } catch (error) {
      return this.overflowed(error);
    }
    if (this.#state === "joining") return this.overflowed(this.#backlog.overflow);
    if (item instanceof OutgoingBroadcast) this.dropIntercepted(item);
    this.dropped(nameOf(item));
  }

  /** The first message that is dropped is told at once, and how many more there were when nothing waits any more. */
  protected override dropped(event: string | undefined): void {
    if (this.#dropped++ === 0) emit("channel.dropped", { ...this.source(), event, count: 1 });
  }

  protected override skipped(counts: { readonly conflated: number; readonly volatile: number }): void {
    emit("channel.skipped", { ...this.source(), ...counts });
  }

  protected override tooManyKeys(): void {
    emit("channel.too_many_keys", { ...this.source(), limit: this.host.maxConflatedKeys });
  }

  #tellDropped(): void {
    const count = this.#dropped - 1;
    this.#dropped = 0;
    if (count > 0) emit("channel.dropped", { ...this.source(), event: undefined, count });
  }

  #newBacklog(): Backlog<Item> {
    return new Backlog(this.topic, this.host, fromOf);
  }

  /**
   * A join for which more waits than may is answered as a crashed one, and the client joins again: to let it in with a gap
   * behind its join would be worse. A channel with too many messages of its own crashes.
   */
  protected override overflowed(error: unknown): void {
    if (this.#state !== "joining") return this.#crash(error);
    this.#joinFailure ??= { error };
    this.host.pubsub.unsubscribe(this);
    this.#belongings?.release();
    this.dropRest();
  }

  #crashOrReport(error: unknown): void {
    if (this.ended) this.#reportCrash(error);
    else this.#crash(error);
  }

  #crash(error: unknown, event = this.#context.event): void {
    this.#reportCrash(error, event);
    this.#context.event = undefined;
    this.#context.ref = null;
    this.end("crashed", error, ERROR);
  }

  #reportCrash(error: unknown, event = this.#context.event): void {
    const callback = this.#callback;
    emit("channel.crashed", { ...this.source(), callback, event, error: errorFor(callback, error) });
  }

  /** Where something happened, for telemetry. */
  source(): ReturnType<ChannelHost["describe"]> & { topic: string; pattern: string } {
    return { ...this.host.describe(), topic: this.topic, pattern: this.#spec.pattern };
  }

  #reportHandled(message: ClientMessage, outcome: string): void {
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

  /** Called by the sweep over slow callbacks. */
  reportSlow(callback: string, event: string | undefined, duration: number): void {
    emit("channel.slow_callback", { ...this.source(), callback: callback as Callback, event, duration });
    this.#isSlow = true;
    if (this.#isCutOff) this.end("closed", undefined, undefined);
  }

  #release(reason: string): void {
    this.host.pubsub.unsubscribe(this);
    this.#belongings?.release();
    this.host.forget(this);
    this.#belongings?.finish(reason, (error) => this.#reportFailure("onEnd", error));
  }

  #reportFailure(callback: Callback, error: unknown): void {
    emit("channel.crashed", { ...this.source(), callback, event: undefined, error: errorFor(callback, error) });
  }

  #terminate(reason: string, detail: unknown): void {
    try {
      const result = this.#spec.terminate?.(this.#context, reason, detail);
      if (isPromise(result)) {
        this.#await(result, "terminate", (_value, failure) => {
          if (failure !== undefined) this.#reportFailure("terminate", failure.error);
        });
      }
    } catch (error) {
      this.#reportFailure("terminate", error);
    }
    if (isObserved("channel.terminated")) emit("channel.terminated", { ...this.source(), reason });
  }
}

/** The event or command that was dropped. */
const nameOf = (item: Item): string | undefined =>
  item instanceof OutgoingBroadcast ? item.event : item instanceof Command ? item.command : undefined;

/** A broadcast that did not come through the fastlane. */
const outgoing = ({ topic, event, payload }: Broadcast): OutgoingBroadcast =>
  new OutgoingBroadcast(topic, event, payload);
