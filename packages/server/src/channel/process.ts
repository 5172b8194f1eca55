/**
 * A running channel: the actor of a (connection, topic), from its join to its end. It owns subscriptions, timers and
 * tasks, and releases them when it ends, for whatever reason. `callbacks.ts` runs its callbacks; `outlet.ts` sends.
 */
import { CLOSE, ERROR, Reason, withPushes, withRecovery } from "@wingbeat/protocol";
import type { FrameData, JoinRecovery } from "@wingbeat/protocol";
import { isPromise } from "../awaitable.ts";
import { WingbeatError } from "../errors.ts";
import { Broadcast } from "../pubsub.ts";
import type { Move, Position, Subscription } from "../pubsub.ts";
import { emit, isObserved } from "../telemetry.ts";
import { Belongings } from "./belongings.ts";
import { OutgoingBroadcast } from "./broadcast.ts";
import { ChannelCallbacks } from "./callbacks.ts";
import type { Activity, Failure, Notice } from "./callbacks.ts";
import type { Command } from "./command.ts";
import { Context } from "./context.ts";
import type { ChannelActions } from "./context.ts";
import { copyOf } from "./copy.ts";
import type { ChannelHost } from "./host.ts";
import { CLOSED, Info, Published, Renewed, Task } from "./item.ts";
import type { Item, JoinMessage } from "./item.ts";
import { readPage } from "./page.ts";
import type { HistoryPage, PageOptions } from "./page.ts";
import { Recovery, STORE_TIMEOUT, within } from "./recovery.ts";
import { grantOf, isReply } from "./result.ts";
import type { Reply } from "./result.ts";
import { schedule } from "./schedule.ts";
import type { Run, SpawnedTask, TaskOwner } from "./spawned.ts";
import type { ChannelSpec, PayloadHandler } from "./spec.ts";
import { FastlaneSubscription, TopicSubscription } from "./subscription.ts";
import type { Gate } from "./subscription.ts";
import type { Timer } from "./timer.ts";

/** What the inspector shows of a channel. */
export interface ChannelLook extends Activity {
  readonly pattern: string;
  readonly state: "joining" | "joined" | "ending";
  readonly subscriptions: number;
  readonly timers: number;
  readonly tasks: number;
  readonly assigns: object;
}

export class ChannelProcess extends ChannelCallbacks implements ChannelActions, Subscription, TaskOwner {
  protected override readonly context: Context;
  /** `ended`: nothing is received any more. `over`: nothing is sent any more either, except late replies. */
  #state: "joining" | "joined" | "ended" | "over" = "joining";
  #belongings: Belongings | undefined = undefined;
  /** What is left to do at the end, once no callback is running. */
  #pendingEnd: (() => void) | undefined = undefined;
  #isConnectionClosed = false;
  /** What the reply to the join could not tell the client about recovery. */
  #untold: JoinRecovery | undefined = undefined;
  /** Whether late messages are answered: after a crash or stop the client still waits for them. */
  #answersLate = false;

  constructor(
    host: ChannelHost,
    spec: ChannelSpec,
    join: JoinMessage,
    params: Readonly<Record<string, string>>,
    assigns: Readonly<Record<string, unknown>>,
  ) {
    super(host, spec, join);
    this.context = new Context(this, join.topic, params, assigns);
  }

  get owner(): this {
    return this;
  }

  override get joining(): boolean {
    return this.#state === "joining";
  }

  override get ended(): boolean {
    return this.#state === "ended" || this.isOver;
  }

  /** Whether the client is, or was, on the topic: only then may the channel send. */
  get joined(): boolean {
    return this.#state !== "joining";
  }

  protected override get isOver(): boolean {
    return this.#state === "over";
  }

  /** @internal For the inspector. */
  look(): ChannelLook {
    const { waiting, running } = this.activity;
    const owned = this.#belongings?.counts ?? { subscriptions: 0, timers: 0, tasks: 0 };
    const state = this.ended ? "ending" : this.joined ? "joined" : "joining";
    return { pattern: this.spec.pattern, state, waiting, running, ...owned, assigns: this.context.assigns };
  }

  /** At which level its joins are logged. */
  get joinLog(): ChannelSpec["log"]["join"] {
    return this.spec.log.join;
  }

  /**
   * Runs the `join` callback. The channel is subscribed by then: what is broadcast meanwhile waits for the reply. The
   * socket process reads the result, and then calls {@link joinedNow} or {@link end}.
   */
  runJoin(params: unknown): unknown {
    const { join } = this.spec;
    if (join === undefined) throw new WingbeatError("WB_OPTION", `channel "${this.spec.pattern}" has no join.`);
    const { pubsub } = this.host;
    pubsub.subscribe(this);
    this.context.assigns = copyOf(this.context.assigns);
    const follower = this.spec.history && pubsub.history?.followerOf(this.topic);
    if (follower === undefined) return this.callJoin(join, params);
    if (this.ask !== undefined) this.recovery = new Recovery(this.ask, this, follower);
    if (this.ask?.since !== undefined || this.ask?.rewind !== undefined) follower.openWithEntries();
    if (follower.opening !== undefined) return this.#joinWhenOpen(follower.opening, join, params);
    const result = this.callJoin(join, params);
    return isPromise(result) ? this.#prepareWhenJoined(result) : this.#prepare(result);
  }

  /** Whatever is stored from the beginning of `join` on reaches the client: so the log must be open before. */
  async #joinWhenOpen(opening: Promise<void>, join: PayloadHandler, params: unknown): Promise<unknown> {
    await within(STORE_TIMEOUT, opening).catch(() => {}); // it is joined without a position
    if (this.ended) return undefined;
    this.recovery?.begin();
    return this.#prepare(await this.callJoin(join, params));
  }

  async #prepareWhenJoined(joining: PromiseLike<unknown>): Promise<unknown> {
    return this.#prepare(await joining);
  }

  /** An accepted client is sent what it missed: that may have to be read first. A refused one costs nothing. */
  #prepare(result: unknown): unknown {
    if (this.recovery === undefined || this.ended || !isReply(result) || result.status !== "ok") return result;
    const preparing = this.recovery.prepare();
    return preparing === undefined ? result : preparing.then(() => result);
  }

  /** The reply to an accepted join, with what the client may use: its position, and numbered pushes. */
  joinReply(data: FrameData, reply: Reply): FrameData {
    const window = this.lines && this.spec.dedupe?.window;
    return this.#withRecovery(window === undefined ? data : withPushes(data, { window }), reply);
  }

  #withRecovery(data: FrameData, reply: Reply): FrameData {
    if (this.recovery === undefined) return data;
    const answer = this.recovery.answer(grantOf(reply));
    this.ask = undefined;
    this.#reportRecovery(answer);
    if (typeof data !== "string") this.#untold = answer;
    return withRecovery(data, answer);
  }

  #reportRecovery({ recovered, reason, count = 0 }: JoinRecovery): void {
    if (isObserved("history.joined")) emit("history.joined", { ...this.source(), recovered, reason, count });
  }

  /** The log of the topic is not what it was. Returns whether the client was told that something is missing. */
  moved(move: Move): boolean {
    return this.recovery !== undefined && !this.ended && this.recovery.moved(move);
  }

  /** Awaits the promise that {@link runJoin} returned. */
  awaitJoin(result: PromiseLike<unknown>, done: (value: unknown, failure?: Failure) => void): void {
    this.awaitCallback(result, "join", done);
  }

  /** The join was accepted. The socket process sends the reply, and then calls {@link open}. */
  joinedNow(): void {
    this.#state = "joined";
    this.handleMail();
  }

  /** The client has the reply: sends what was broadcast since the join began. */
  open(): void {
    if (this.#state !== "joined") return;
    if (this.#untold !== undefined) this.#tellAfterReply(this.#untold);
    this.release();
  }

  /** A binary reply has no place for it. */
  #tellAfterReply({ epoch, offset, ...rest }: JoinRecovery): void {
    this.#untold = undefined;
    this.tellRecovery(rest, { epoch, offset }, true);
  }

  get since(): Position | "earliest" | undefined {
    const since = this.ask?.since;
    return typeof since === "object" ? since.position : since;
  }

  readHistory(options: PageOptions | undefined): Promise<HistoryPage> {
    return readPage(this.host.pubsub, this.topic, options);
  }

  afterJoin(task: () => unknown): void {
    if (this.#state === "joining") this.addTask(new Task(task));
    else if (this.#state === "joined") this.runTask(task);
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

  taskEnded(task: SpawnedTask, failure?: Failure): void {
    this.host.taskEnded();
    this.#belongings?.taskEnded(task);
    if (failure === undefined) return;
    this.reportFailure("spawn", failure.error);
    this.end("crashed", failure.error, ERROR);
  }

  onEnd(task: (reason: string) => unknown): void {
    if (!this.ended) this.#owned().onEnd(task);
  }

  /** Receives messages published on its topic other than by broadcast, or on a topic that it subscribed to. */
  receive(message: unknown): void {
    if (message instanceof OutgoingBroadcast) {
      if (this.spec.handleInfo === undefined) return;
      message.keepPayload();
      schedule(this, message);
    } else if (!(message instanceof Broadcast)) schedule(this, new Published(copyOf(message)));
    else if (message.topic !== this.topic) this.receive(outgoing(message));
    else if (this.intercepts(message.event)) this.receiveBroadcast(outgoing(message), false);
  }

  /** Takes a command, unless the channel does not handle it. */
  receiveCommand(command: Command): boolean {
    if (!this.spec.handleCommand.has(command.command)) return false;
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
    schedule(this, new Renewed(assigns));
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

  /**
   * The connection is gone: messages sent before that are handled, then the channel ends. Broadcasts no longer reach
   * it.
   */
  connectionClosed(): void {
    this.#isConnectionClosed = true;
    if (this.#state === "joining" || this.isSlow) return this.end("closed", undefined, undefined);
    this.host.pubsub.unsubscribe(this);
    schedule(this, CLOSED);
  }

  /**
   * Ends the channel: releases its topic, subscriptions and timers at once, runs `terminate` and notifies the client.
   * `terminate` waits for a running callback.
   */
  override end(reason: string, detail: unknown, notice: Notice, payload?: object): void {
    if (this.ended) return;
    const wasJoined = this.#state === "joined";
    this.#state = "ended";
    this.#answersLate = notice !== undefined && reason !== "left";
    this.#release(reason);
    const late = this.closeMailbox();
    if (wasJoined) this.sendRest();
    else this.dropRest();
    const terminate = (): void => {
      if (wasJoined) this.#terminate(reason, detail);
    };
    if (this.isRunning) this.#pendingEnd = terminate;
    else terminate();
    this.endHeld(notice !== undefined);
    if (notice === CLOSE) this.notifyClosed(payload);
    else if (notice === ERROR) this.notify(ERROR, { reason: Reason.channelCrash });
    this.#state = "over";
    for (const item of late) this.late(item);
  }

  protected override finishEnd(): void {
    const terminate = this.#pendingEnd;
    this.#pendingEnd = undefined;
    terminate?.();
  }

  protected override late(item: Item): void {
    if (this.#answersLate) this.answerLate(item);
  }

  protected override joinFailed(): void {
    this.host.pubsub.unsubscribe(this);
    this.#belongings?.release();
    this.dropRest();
  }

  /** A callback that does not settle does not keep the channel when its client is gone. */
  override reportSlow(callback: string, event: string | undefined, duration: number): void {
    super.reportSlow(callback, event, duration);
    if (this.#isConnectionClosed) this.end("closed", undefined, undefined);
  }

  #release(reason: string): void {
    this.host.pubsub.unsubscribe(this);
    this.#belongings?.release();
    this.host.forget(this);
    this.#belongings?.finish(reason, (error) => this.reportFailure("onEnd", error));
  }

  #terminate(reason: string, detail: unknown): void {
    try {
      const result = this.spec.terminate?.(this.context, reason, detail);
      if (isPromise(result)) {
        this.awaitCallback(result, "terminate", (_value, failure) => {
          if (failure !== undefined) this.reportFailure("terminate", failure.error);
        });
      }
    } catch (error) {
      this.reportFailure("terminate", error);
    }
    if (isObserved("channel.terminated")) emit("channel.terminated", { ...this.source(), reason });
  }
}

/** A broadcast that did not come through the fastlane. */
const outgoing = ({ topic, event, payload }: Broadcast): OutgoingBroadcast =>
  new OutgoingBroadcast(topic, event, payload);
