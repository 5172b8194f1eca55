/**
 * The callbacks of a channel: they run one at a time, in the order in which messages arrived, even when they are async.
 * What they return is read here, and a message that comes while one is running waits in the mailbox.
 */
import { CLOSE, ERROR, LEAVE, Reason, v2Server } from "@wingbeat/protocol";
import type { ClientMessage } from "@wingbeat/protocol";
import { isPromise, settle } from "../awaitable.ts";
import type { Pending } from "../pubsub.ts";
import { emit, isObserved } from "../telemetry.ts";
import type { ChannelCallback as Callback } from "../telemetry.ts";
import { readAsk } from "./ask.ts";
import { OutgoingBroadcast } from "./broadcast.ts";
import { call, InvalidPayload } from "./call.ts";
import { Command } from "./command.ts";
import type { Context } from "./context.ts";
import { copyOf } from "./copy.ts";
import type { Deliveries } from "./delivery.ts";
import type { ChannelHost, ChannelSource } from "./host.ts";
import { CLOSED, Info, isOfClient, JOINED, Renewed, Task } from "./item.ts";
import type { Item, JoinMessage } from "./item.ts";
import { Mailbox } from "./mailbox.ts";
import type { MailboxOwner } from "./mailbox.ts";
import { Concluded, Lines } from "./numbered.ts";
import type { Handling } from "./numbered.ts";
import { ChannelOutlet } from "./outlet.ts";
import { badReturn, errorFor, isOrderly, isRefusal, isReply, isReplyRef, isStop, Reply, Stop } from "./result.ts";
import { schedule } from "./schedule.ts";
import { unwatch, watch } from "./slow.ts";
import type { Watched } from "./slow.ts";
import { declaredName, handlerOf } from "./spec.ts";
import type { ChannelSpec } from "./spec.ts";
import { Storing } from "./storing.ts";

/** What is sent to the client when a channel ends. */
export type Notice = typeof CLOSE | typeof ERROR | undefined;

export interface Failure {
  readonly error: unknown;
}

/** What a channel is doing. `since` is by `performance.now()`. */
export interface Activity {
  /** Messages in the mailbox. */
  readonly waiting: number;
  readonly running:
    | { readonly callback: Callback; readonly event: string | undefined; readonly since: number }
    | undefined;
}

export abstract class ChannelCallbacks extends ChannelOutlet implements MailboxOwner, Watched {
  protected readonly spec: ChannelSpec;
  protected abstract readonly context: Context;
  /** Only while something waits. */
  #mailbox: Mailbox | undefined = undefined;
  /** How many callbacks are running: one, plus async tasks that it started. The next message waits for all of them. */
  #running = 0;
  #callback: Callback = "join";
  /** When the callback under way began; negative when nobody is told how long it took. */
  #startedAt = 0;
  /** Whether the callback under way was reported as slow. */
  #isSlow = false;
  /** Only while a broadcast waits for the history store. */
  #storing: Storing | undefined = undefined;
  #handledBroadcast: OutgoingBroadcast | undefined = undefined;
  /** Only of a channel that takes numbered pushes, for a client that knows them. */
  protected readonly lines: Lines | undefined;

  constructor(host: ChannelHost, spec: ChannelSpec, join: JoinMessage) {
    super(host, join, spec.history !== undefined);
    this.spec = spec;
    this.lines = spec.dedupe && this.#linesFor(join, spec.dedupe);
  }

  #linesFor({ extension }: JoinMessage, dedupe: NonNullable<ChannelSpec["dedupe"]>): Lines | undefined {
    const { codec, pubsub } = this.host;
    if (codec !== v2Server || pubsub.pushes === undefined || readAsk(extension) === undefined) return undefined;
    return new Lines(this, this.#handling(), pubsub.pushes, dedupe);
  }

  #handling(): Handling {
    return {
      context: () => this.context,
      handle: (message) => this.#handleIn(message),
      stored: () => this.#stored(),
    };
  }

  #stored(): Promise<void> | undefined {
    const storing = this.#storing;
    return storing && new Promise((resolve) => storing.whenDone(resolve));
  }

  /** Ends the channel, unless it has ended. */
  abstract end(reason: string, detail: unknown, notice: Notice, payload?: object): void;

  /** No callback of a channel that has ended is running any more. */
  protected abstract finishEnd(): void;

  /** A message came when the channel had ended. */
  protected abstract late(item: Item): void;

  override get deliveries(): Deliveries {
    return this.spec.deliveries;
  }

  protected override intercepts(event?: string): boolean {
    const { handleOut } = this.spec;
    return handleOut.size > 0 && (event === undefined || handleOut.has(event));
  }

  protected override get isHandlingIn(): boolean {
    return this.#callback === "handleIn";
  }

  protected override get handledBroadcast(): OutgoingBroadcast | undefined {
    return this.#handledBroadcast;
  }

  /** The callback under way is done only when its broadcasts are stored: the client gets them before its reply. */
  protected override storing(broadcast: Pending): void {
    this.#storing ??= new Storing();
    broadcast.onSettled = this.#storing.add();
  }

  protected get isRunning(): boolean {
    return this.#running > 0;
  }

  protected get isSlow(): boolean {
    return this.#isSlow;
  }

  /** Milliseconds after which an async callback is reported. */
  get slowCallback(): number {
    return this.host.slowCallback;
  }

  /** What waits, and what is running since when, for the inspector. */
  protected get activity(): Activity {
    const { event } = this.context;
    const running = { callback: this.#callback, event, since: Math.abs(this.#startedAt) };
    const isBusy = this.#running > 0 || this.joining;
    return { waiting: this.#mailbox?.length ?? 0, running: isBusy ? running : undefined };
  }

  /** Why the join cannot be accepted, whatever its callback returned: too much has arrived meanwhile. */
  get joinFailure(): Failure | undefined {
    return this.#mailbox?.joinFailure;
  }

  /** Keeps a message that came while the join is under way. */
  hold(message: ClientMessage): void {
    this.#enqueue(message);
  }

  /** What {@link hold} kept, for the socket process to route again. What others have sent is handled after the join. */
  takeHeld(): readonly ClientMessage[] {
    return this.#mailbox?.takeOfClient() ?? [];
  }

  /** Handles a message, or lets it wait for the callback under way. Called by the scheduler. */
  override deliver(item: object): void {
    if (this.ended) this.late(item as Item);
    else if (item === JOINED) this.#drain();
    else if (this.#running > 0 || this.joining || this.#hasMail) this.#enqueue(item as Item);
    else this.#handle(item as Item);
  }

  get #hasMail(): boolean {
    return this.#mailbox !== undefined && this.#mailbox.length > 0;
  }

  /** The join was accepted: what has waited for it is handled, beginning with tasks. */
  protected handleMail(): void {
    if (this.#mailbox !== undefined) schedule(this, JOINED);
  }

  /** Takes what waits when the channel has ended. */
  protected closeMailbox(): readonly Item[] {
    const mailbox = this.#mailbox;
    this.#mailbox = undefined;
    mailbox?.close();
    return mailbox?.takeAll() ?? [];
  }

  protected addTask(task: Task): void {
    this.#openMailbox().addTask(task);
  }

  /** Does something at once. The next message waits for it; the client's reply does not. */
  protected runTask(task: () => unknown): void {
    const result = this.#running > 0 ? this.makingNews(task) : task();
    if (!isPromise(result)) return;
    this.#running++;
    this.awaitCallback(result, "join", (_value, failure) => {
      this.#running--;
      if (failure !== undefined) this.#crashOrReport(failure.error);
      this.#drainOrFinish();
    });
  }

  /** Runs `join`, whose result the socket process reads. */
  protected callJoin(join: NonNullable<ChannelSpec["join"]>, params: unknown): unknown {
    this.#callback = "join";
    return call(join, this.context, params);
  }

  /** Awaits what a callback returned. `done` must not throw. */
  protected awaitCallback(
    result: PromiseLike<unknown>,
    callback: Callback,
    done: (value: unknown, failure?: Failure) => void,
  ): void {
    const { host } = this;
    const pending = watch(this, callback, this.context.event);
    if (this.#startedAt === 0) this.#startedAt = -pending.since;
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

  #handle(item: Item): void {
    if (item === CLOSED) return this.end("closed", undefined, undefined);
    this.#running++;
    this.#startedAt = isObserved("channel.handled_in") ? performance.now() : 0;
    let result: unknown;
    try {
      result = this.#start(item);
    } catch (error) {
      if (this.#storing === undefined) this.#complete(item, undefined, { error });
      else this.#completeStored(this.#storing, item, undefined, { error });
      return;
    }
    if (!isPromise(result)) {
      if (this.#storing === undefined) this.#complete(item, result);
      else this.#completeStored(this.#storing, item, result);
      return;
    }
    this.awaitCallback(result, this.#callback, (value, failure) => {
      if (this.#storing !== undefined) return this.#completeStored(this.#storing, item, value, failure);
      this.#complete(item, value, failure);
      this.#drain();
    });
  }

  /** Completes a callback when its broadcasts are stored. */
  #completeStored(storing: Storing, item: Item, result: unknown, failure?: Failure): void {
    this.host.began();
    storing.whenDone(() => {
      if (this.#storing === storing) this.#storing = undefined; // those of tasks are not waited for
      this.#complete(item, result, failure);
      this.#drain();
      this.host.ended();
    });
  }

  /** Starts the callback for an item; returns its result. */
  #start(item: Item): unknown {
    const { context } = this;
    if (isOfClient(item)) return this.#startHandleIn(item);
    if (item instanceof Task) {
      this.#callback = "join";
      return item.message();
    }
    if (item instanceof Command) {
      this.#callback = "handleCommand";
      return this.spec.handleCommand.get(item.command)?.(context, item.copyPayload());
    }
    if (item instanceof Renewed) {
      this.#callback = "reauthorize";
      context.assign(copyOf(item.message)); // here, because a getter of the application may throw
      return this.spec.reauthorize?.(context);
    }
    if (item instanceof Info) return this.#info(item.message);
    if (item.topic !== this.topic) return this.#info(item.copy());
    this.#callback = "handleOut";
    this.handling(item);
    this.#handledBroadcast = item;
    context.event = item.event;
    return this.asOwn(() => this.spec.handleOut.get(item.event)?.(context, item.copyPayload()));
  }

  #startHandleIn(message: ClientMessage): unknown {
    this.#callback = "handleIn";
    return this.lines === undefined ? this.#handleIn(message) : this.lines.handle(message);
  }

  #handleIn({ event, ref, payload }: ClientMessage): unknown {
    if (event === LEAVE) return new Stop("left", new Reply("ok", {}));
    const handler = handlerOf(this.spec, event);
    if (handler === undefined) return new Reply("error", { reason: Reason.unknownEvent });
    const { context } = this;
    context.event = event as string; // it has a handler, so it is one
    context.ref = ref;
    context.isDeferred = false;
    return call(handler, context, payload);
  }

  #info(message: unknown): unknown {
    this.#callback = "handleInfo";
    return this.spec.handleInfo?.(this.context, message);
  }

  /** A callback is done. When the channel has ended meanwhile, its result no longer matters. */
  #complete(item: Item, result: unknown, failure?: Failure): void {
    this.#running--;
    if (failure !== undefined && isRefusal(failure.error) && (isOfClient(item) || item instanceof Renewed)) {
      result = failure.error;
      failure = undefined;
    }
    this.#handledBroadcast = undefined;
    if (failure !== undefined) {
      if (!this.ended) this.handlingFailed(item);
      this.#crashOrReport(failure.error);
    } else if (!this.ended) this.#finish(item, result);
    if (!this.ended) this.sendNext(item, this.#running === 0);
    else if (this.#running === 0) this.finishEnd();
  }

  #finish(item: Item, result: unknown): void {
    const event = this.context.event;
    this.context.event = undefined;
    this.context.ref = null;
    this.context.run = undefined;
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
      if (!this.context.isDeferred) this.acknowledge(message.ref);
      return "noreply";
    }
    if (isReply(result)) {
      this.reply(message.ref, result);
      return result.status;
    }
    if (result instanceof Concluded) return this.#answerNumbered(message, result);
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

  #answerNumbered(message: ClientMessage, { reply, state, isRepeat, stop, failure }: Concluded): string {
    if (reply !== undefined) this.reply(message.ref, reply, state);
    if (failure !== undefined) throw failure.error;
    if (stop !== undefined) this.#stop(stop.reason, message.payload);
    return state ?? (isRepeat ? "repeated" : (reply?.status ?? "noreply"));
  }

  #checkResult(result: unknown, event: string | undefined): void {
    if (result === undefined) return;
    if (!isStop(result)) throw badReturn(this.#callback, event, result);
    this.#stop(result.reason, undefined);
  }

  /** Reads what `reauthorize` returned. */
  #reauthorized(result: unknown): void {
    if (this.spec.reauthorize === undefined) return;
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
      const item = this.#mailbox?.take();
      if (item === undefined) {
        this.#mailbox?.close();
        this.#mailbox = undefined;
        return;
      }
      this.#handle(item);
    }
  }

  #drainOrFinish(): void {
    if (!this.ended) this.#drain();
    else if (this.#running === 0) this.finishEnd();
  }

  #openMailbox(): Mailbox {
    return (this.#mailbox ??= new Mailbox(this));
  }

  #enqueue(item: Item): void {
    try {
      if (!this.#openMailbox().add(item) && item instanceof OutgoingBroadcast) this.dropIntercepted(item);
    } catch (error) {
      this.overflowed(error);
    }
  }

  protected override dropped(event: string | undefined): void {
    this.#openMailbox().dropped(event);
  }

  /**
   * A join for which more waits than may is answered as a crashed one, and the client joins again: to let it in with a gap
   * behind its join would be worse. A channel with too many messages of its own crashes.
   */
  protected override overflowed(error: unknown): void {
    if (!this.joining) return this.#crash(error);
    this.#openMailbox().failJoin(error);
    this.joinFailed();
  }

  /** Nothing is received any more but messages of the client, which get an answer. */
  protected abstract joinFailed(): void;

  #crashOrReport(error: unknown): void {
    if (this.ended) this.#reportCrash(error);
    else this.#crash(error);
  }

  #crash(error: unknown, event = this.context.event): void {
    this.#reportCrash(error, event);
    this.context.event = undefined;
    this.context.ref = null;
    this.end("crashed", error, ERROR);
  }

  #reportCrash(error: unknown, event = this.context.event): void {
    this.reportFailure(this.#callback, error, event);
  }

  protected reportFailure(callback: Callback, error: unknown, event?: string): void {
    emit("channel.crashed", { ...this.source(), callback, event, error: errorFor(callback, error) });
  }

  #reportHandled(message: ClientMessage, outcome: string): void {
    emit("channel.handled_in", {
      ...this.source(),
      event: message.event,
      handler: declaredName(this.spec, message.event),
      payload: message.payload,
      outcome,
      log: this.spec.log.handleIn,
      duration: performance.now() - this.#startedAt,
    });
  }

  /** Called by the sweep over slow callbacks. */
  reportSlow(callback: string, event: string | undefined, duration: number): void {
    emit("channel.slow_callback", { ...this.source(), callback: callback as Callback, event, duration });
    this.#isSlow = true;
  }

  /** Where something happened, for telemetry. */
  override source(): ChannelSource {
    return { ...this.host.describe(), topic: this.topic, pattern: this.spec.pattern };
  }
}
