/**
 * What a channel's client is sent, and in which order: the half of a channel process that faces its connection.
 *
 * Most of the time everything goes straight to the connection. It waits while `join` runs, behind a broadcast that
 * `handleOut` has not handled, and, for news of what a callback has changed, until the callback is done.
 */
import {
  bytesOf,
  CLOSE,
  EncodeError,
  LEAVE,
  Reason,
  RECOVERY,
  v2Server,
  withPosition,
  withPushState,
} from "@wingbeat/protocol";
import type { PushState, ServerCodec } from "@wingbeat/protocol";
import { WingbeatError } from "../errors.ts";
import { emit } from "../telemetry.ts";
import { Frame } from "../transports/connection.ts";
import type { Connection } from "../transports/connection.ts";
import type { Pending, Position, Stored } from "../pubsub.ts";
import { readAsk } from "./ask.ts";
import type { Ask } from "./ask.ts";
import { OutgoingBroadcast, v2Positioned } from "./broadcast.ts";
import { Droppable } from "./droppable.ts";
import type { Outgoing } from "./droppable.ts";
import { Held } from "./held.ts";
import type { ChannelHost, ChannelSource, Holder } from "./host.ts";
import { notHandled } from "./numbered.ts";
import { broadcast, publish } from "./record.ts";
import type { PublishEventOptions, TransactionOptions } from "./record.ts";
import type { Recovery, RecoveringChannel } from "./recovery.ts";
import { isOfClient } from "./item.ts";
import type { Item, JoinMessage } from "./item.ts";
import { ok } from "./result.ts";
import type { Reply } from "./result.ts";
import { schedule } from "./schedule.ts";
import type { Receiver } from "./schedule.ts";
import { SendQueue } from "./send-queue.ts";
import type { Outflow } from "./send-queue.ts";
import type { Deliveries } from "./delivery.ts";

export abstract class ChannelOutlet implements Receiver, Outflow, Holder, RecoveringChannel {
  readonly host: ChannelHost;
  /** The host's connection and codec: kept here, because every broadcast asks every receiver for them. */
  readonly connection: Connection;
  readonly codec: ServerCodec;
  /** What the client has asked for, until it is answered. Undefined: it takes no part in recovery. */
  protected ask: Ask | undefined;
  readonly topic: string;
  /** The join_ref as the client sent it: what its messages are compared with. */
  readonly wireJoinRef: unknown;
  /** The join_ref on what the channel sends: without one, the ref of the join. */
  readonly joinRef: unknown;
  /** Whether a broadcast may go straight to the connection: nothing that the client is sent waits, or can wait. */
  isDirect = false;
  /** Only of a client that takes part in recovery, on a topic with a history. */
  recovery: Recovery | undefined = undefined;
  #queue: SendQueue | undefined = undefined;
  /** What `handleOut` has pushed last for a recorded broadcast: its position goes with it. */
  #lastPush: Frame | undefined = undefined;
  /** The client is behind, and this waits until it has caught up. */
  #held: Held | undefined = undefined;
  /** What arrives now was sent by the channel itself. */
  #isOwn = false;
  /** News for the client, in a callback that has made some. */
  #news: OutgoingBroadcast[] | undefined = undefined;
  /** Something that makes news runs within a callback. */
  #makesNews = false;

  constructor(host: ChannelHost, join: JoinMessage, hasHistory: boolean) {
    this.host = host;
    this.connection = host.connection;
    this.ask = hasHistory && host.codec === v2Server ? readAsk(join.extension) : undefined;
    this.codec = this.ask === undefined ? host.codec : v2Positioned;
    this.topic = join.topic;
    this.wireJoinRef = join.joinRef;
    this.joinRef = join.joinRef ?? join.ref;
  }

  /** Whether the join is not answered yet. */
  abstract get joining(): boolean;

  /** Nothing is received any more. */
  abstract get ended(): boolean;

  /** Whether the channel has ended, and all is sent that the client still gets. */
  protected abstract get isOver(): boolean;

  abstract deliver(item: object): void;

  /** The events that a client which is behind need not get. */
  abstract get deliveries(): Deliveries;

  /** Whether broadcasts of an event on the own topic go to `handleOut` instead of the client; without one: of any. */
  protected abstract intercepts(event?: string): boolean;

  /** More waits than may: of the channel's own messages, or for its join. */
  protected abstract overflowed(error: unknown): void;

  /** Whether the current callback handles a message of the client itself. */
  protected abstract get isHandlingIn(): boolean;

  /** What others sent was dropped, because too much of it waits. */
  protected abstract dropped(event: string | undefined): void;

  /** A broadcast of the channel waits for the history store: the callback under way is not done before that. */
  protected abstract storing(broadcast: Pending): void;

  /** The recorded broadcast that `handleOut` handles. */
  protected abstract get handledBroadcast(): OutgoingBroadcast | undefined;

  /** Where something happened, for telemetry. */
  abstract source(): ChannelSource;

  /** Does nothing when the client has been told that the channel has ended. */
  push(event: string, payload: object): void {
    if (this.isOver) return;
    if (this.#makesNews) this.#tellNews();
    if (this.codec === v2Server || this.codec === v2Positioned || bytesOf(payload) === undefined) {
      this.#push(event, payload);
    } else this.#pushBytes(event, payload);
  }

  #push(event: string, payload: object): void {
    const frame = new Frame(this.codec.encodeMessage(this.joinRef, null, this.topic, event, payload));
    const delivery = this.deliveries.get(event);
    if (this.#isRecovered(this.handledBroadcast)) {
      this.#flushPush(undefined);
      this.#lastPush = frame;
    } else this.#send(delivery === undefined ? frame : new Droppable(frame, delivery, this.topic, event, payload));
  }

  /**
   * To a client of V1, which cannot get bytes. Bytes that a handler of the client's own message makes are its own fault and
   * throw, as in Phoenix. Elsewhere they may be somebody else's broadcast, so they are dropped and reported.
   */
  #pushBytes(event: string, payload: object): void {
    v2Server.encodeMessage(this.joinRef, null, this.topic, event, payload); // throws what it would for any client
    try {
      this.#push(event, payload);
    } catch (error) {
      if (!(error instanceof EncodeError) || this.isHandlingIn) throw error;
      emit("pubsub.delivery_failed", { topic: this.topic, event, subscribers: 1, error });
    }
  }

  /** Replies to a message. Without a ref only as Phoenix does it: no client that knows extensions looks at such a reply. */
  reply(ref: unknown, { status, response }: Reply, state?: PushState): void {
    if (ref === null && this.host.extensions) return;
    const frame = this.codec.encodeReply(this.joinRef, ref, this.topic, status, response);
    this.#send(new Frame(state === undefined ? frame : withPushState(frame, state)));
  }

  /** A message was handled and will not be replied to. A client that knows extensions learns it: it need not time out. */
  protected acknowledge(ref: unknown): void {
    if (this.host.extensions) this.reply(ref, HANDLED);
  }

  broadcast(event: string, payload: object, exceptSelf: boolean): void {
    const message = new OutgoingBroadcast(this.topic, event, payload);
    const sender = exceptSelf ? { owner: this, from: this.recovery?.sender ?? "" } : undefined;
    const pending = this.asOwn(() => broadcast(this.host.pubsub, message, "fastlane", sender));
    if (pending !== undefined) this.storing(pending);
    this.host.spend(message.size);
  }

  replay(event: string, payload: object): void {
    this.receiveBroadcast(new OutgoingBroadcast(this.topic, event, payload), false);
  }

  /** Records a broadcast on the own topic: see `record.ts`. */
  publish(event: string, payload: object, options: PublishEventOptions | TransactionOptions): Promise<Position | void> {
    const make = (): OutgoingBroadcast => {
      const message = new OutgoingBroadcast(this.topic, event, payload);
      this.host.spend(message.size);
      return message;
    };
    return this.asOwn(() => publish(this.host.pubsub, make, options));
  }

  /** Does something. What arrives meanwhile, the channel has sent itself. */
  protected asOwn<T>(act: () => T): T {
    const outer = this.#isOwn;
    this.#isOwn = true;
    try {
      return act();
    } finally {
      this.#isOwn = outer;
    }
  }

  /**
   * Takes a broadcast on its topic that must not go straight to the client: it is intercepted, or has to wait. `isNews`:
   * it tells of something that the callback under way may have changed.
   */
  receiveBroadcast(broadcast: OutgoingBroadcast, isNews: boolean): void {
    try {
      if (this.#isRecovered(broadcast)) this.#receiveRecorded(broadcast);
      else if (isNews && this.#news !== undefined) this.#addNews(this.#news, broadcast);
      else if (this.intercepts(broadcast.event)) this.#intercept(broadcast);
      else this.#sendBroadcast(broadcast);
    } catch (error) {
      if (!isOverflow(error)) throw error;
      this.overflowed(error);
    }
  }

  /** Whether the client is told of the position of this broadcast. */
  #isRecovered(broadcast: OutgoingBroadcast | undefined): boolean {
    return this.recovery !== undefined && broadcast?.recorded !== undefined;
  }

  /** A client that is not live is served from the log. */
  #receiveRecorded(broadcast: OutgoingBroadcast): void {
    const { recovery } = this;
    if (recovery?.isLive !== true) recovery?.arrived();
    else if (!this.feed(broadcast)) recovery.fallBehind(broadcast.recorded?.position.offset ?? 0);
  }

  /**
   * Sends a recorded broadcast behind everything that was sent before, even when the channel has sent it itself: positions
   * must grow. Returns false when there is no room.
   */
  feed(broadcast: OutgoingBroadcast): boolean {
    if (!this.intercepts(broadcast.event)) {
      const frame = broadcast.frame(this.codec);
      if (this.#queue !== undefined) return this.#queue.sendBroadcast(frame);
      this.transmit(frame);
      return true;
    }
    broadcast.keepPayload();
    if (!this.#openQueue().intercept(broadcast, this.#isOwn)) return false;
    schedule(this, broadcast);
    return true;
  }

  get hasRoom(): boolean {
    return this.#queue === undefined || this.#queue.length < this.host.maxMailboxMessages / 2;
  }

  tellRecovery(payload: object, { epoch, offset }: Position, isNewEpoch: boolean): void {
    const data = this.codec.encodeMessage(this.joinRef, null, this.topic, RECOVERY, payload);
    const frame = new Frame(withPosition(data, offset, isNewEpoch ? epoch : undefined));
    if (this.#queue === undefined) this.transmit(frame);
    else this.#queue.append(frame);
  }

  liveChanged(): void {
    this.#goDirect();
  }

  spread(): number | undefined {
    return this.host.pubsub.history?.reloads.next();
  }

  messageOf(entry: Stored): OutgoingBroadcast {
    return this.host.pubsub.history?.messageOf(entry) as OutgoingBroadcast;
  }

  /** The client has the reply to its join: sends what was broadcast since the join began. */
  protected release(): void {
    this.#queue?.release();
    this.recovery?.start();
    this.#goDirect();
  }

  /** Sends the last push of `handleOut`. With `broadcast`: that is handled, and this is its position. */
  #flushPush(broadcast: OutgoingBroadcast | undefined): void {
    const frame = this.#lastPush;
    if (frame === undefined) return;
    this.#lastPush = undefined;
    const offset = broadcast?.recorded?.position.offset;
    this.#send(offset === undefined ? frame : new Frame(withPosition(frame.data, offset)));
  }

  /**
   * `handleOut` has failed, and the channel ends: the client comes back behind this broadcast. It would never get past it
   * otherwise.
   */
  protected handlingFailed(item: Item): void {
    if (!(item instanceof OutgoingBroadcast) || !this.#isRecovered(item) || item.recorded === undefined) return;
    this.#flushPush(undefined);
    const data = this.codec.encodeMessage(this.joinRef, null, this.topic, RECOVERY, {});
    this.#send(new Frame(withPosition(data, item.recorded.position.offset)));
  }

  /** `handleOut` begins. */
  protected handling(broadcast: OutgoingBroadcast): void {
    this.#queue?.handling(broadcast);
  }

  /** Does something within a callback that may make news: they wait until the callback is done. */
  protected makingNews<T>(act: () => T): T {
    this.#news ??= [];
    this.isDirect = false;
    const outer = this.#makesNews;
    this.#makesNews = true;
    try {
      return act();
    } finally {
      this.#makesNews = outer;
    }
  }

  /** An item was handled: sends what has waited for it. `isIdle`: no callback is under way any more. */
  protected sendNext(item: Item, isIdle: boolean): void {
    if (item instanceof OutgoingBroadcast) {
      this.#flushPush(item);
      this.#queue?.handled(item);
      this.recovery?.drained();
    }
    if (this.#news === undefined || !isIdle) return;
    this.#tellNews();
    this.#news = undefined;
    this.#goDirect();
  }

  #goDirect(): void {
    this.isDirect =
      !this.intercepts() && this.#news === undefined && this.#held === undefined && this.recovery?.isLive !== false;
  }

  /** Sends to the client. What must arrive goes behind what was held back, which is then sent as well. */
  transmit(outgoing: Outgoing): void {
    if (outgoing instanceof Droppable) this.#offer(outgoing);
    else {
      if (this.#held !== undefined) this.#releaseHeld(this.#held);
      this.connection.send(outgoing);
    }
  }

  /** Sends to a client that keeps up. For one that is behind, holds the message back, or drops it. */
  #offer(droppable: Droppable): void {
    const { pace } = this.host;
    if (!pace.isBehind) {
      if (this.#held !== undefined) this.#releaseHeld(this.#held);
      this.connection.send(droppable.frame);
      pace.sent();
    } else if (droppable.isVolatile) this.#hold().dropVolatile();
    else if (droppable.slot === undefined) this.transmit(droppable.frame);
    else {
      const excess = this.#hold().add(droppable.slot, droppable);
      if (excess.length > 0) {
        emit("channel.too_many_keys", { ...this.source(), limit: this.host.maxConflatedKeys });
      }
      for (const { frame } of excess) this.connection.send(frame);
    }
  }

  #hold(): Held {
    if (this.#held === undefined) {
      this.#held = new Held(this.host.maxConflatedKeys, this.host.maxMailboxBytes);
      this.isDirect = false;
      this.host.pace.await(this);
    }
    return this.#held;
  }

  /** The client is not behind any more. */
  caughtUp(): void {
    if (this.#held !== undefined) this.#releaseHeld(this.#held);
  }

  #releaseHeld(held: Held): void {
    this.#held = undefined; // sending may close the connection, and so end the channel
    for (const { frame } of held.takeAll()) this.connection.send(frame);
    this.host.pace.sent();
    this.#forgetHeld(held);
  }

  /** Nothing is held back any more. What was not sent by now is not sent. */
  #forgetHeld(held: Held): void {
    this.#held = undefined;
    this.host.pace.forget(this);
    this.#goDirect();
    if (held.skipped !== undefined) emit("channel.skipped", { ...this.source(), ...held.skipped });
  }

  /** The channel has ended: sends what waits, without what `handleOut` would have to handle. */
  protected sendRest(): void {
    const news = this.#news ?? [];
    this.#news = undefined;
    this.#flushPush(undefined);
    for (const broadcast of news) if (!this.intercepts(broadcast.event)) this.#tell(broadcast);
    this.#queue?.finish();
    this.#queue = undefined;
  }

  /** The channel has ended: sends what is held back, to a client that is told of the end, or drops it. */
  protected endHeld(isTold: boolean): void {
    const held = this.#held;
    if (held === undefined) return;
    if (isTold) this.#releaseHeld(held);
    else this.#forgetHeld(held);
  }

  /** Drops what waits. */
  protected dropRest(): void {
    this.#queue?.clear();
  }

  /** Tells the client that the channel is gone. The socket process does it for a channel that a second join has replaced. */
  notifyClosed(payload: object = {}): void {
    this.notify(CLOSE, payload);
  }

  protected notify(event: string, payload: object): void {
    try {
      const message = this.codec.encodeMessage(this.wireJoinRef, this.wireJoinRef, this.topic, event, payload);
      this.connection.send(new Frame(message));
    } catch (error) {
      emit("pubsub.delivery_failed", { topic: this.topic, event, subscribers: 1, error });
    }
  }

  /** Answers a message of the client that came when the channel had ended. */
  protected answerLate(item: Item): void {
    if (!isOfClient(item)) return;
    const isLeave = item.event === LEAVE;
    try {
      const joinRef = isLeave ? item.joinRef : null;
      const response = isLeave ? {} : { reason: Reason.unmatchedTopic };
      const frame = this.codec.encodeReply(joinRef, item.ref, this.topic, isLeave ? "ok" : "error", response);
      this.connection.send(new Frame(isLeave ? frame : notHandled(frame, item.extension)));
    } catch {
      // A ref that cannot be written back (nested too deep) cannot be answered.
    }
  }

  #send(outgoing: Outgoing): void {
    if (this.#queue === undefined) this.transmit(outgoing);
    else this.#queue.send(outgoing);
  }

  #sendBroadcast(broadcast: OutgoingBroadcast): void {
    const frame = broadcast.frame(this.codec);
    const outgoing = broadcast.droppable(frame, this.deliveries) ?? frame;
    if (this.#isOwn && !this.joining) this.#send(outgoing);
    else if (this.joining) this.#openQueue().sendBroadcast(outgoing);
    else if (this.#queue === undefined) this.transmit(outgoing);
    else if (!this.#queue.sendBroadcast(outgoing)) this.dropped(broadcast.event);
  }

  #intercept(broadcast: OutgoingBroadcast): void {
    broadcast.keepPayload();
    if (this.#openQueue().intercept(broadcast, this.#isOwn)) schedule(this, broadcast);
    else this.dropped(broadcast.event);
  }

  /** A broadcast that was intercepted will not be handled. */
  protected dropIntercepted(broadcast: OutgoingBroadcast): void {
    this.#queue?.drop(broadcast);
    if (this.#isRecovered(broadcast)) this.recovery?.lost();
  }

  #openQueue(): SendQueue {
    const limit = this.joining ? this.host.maxMailboxMessages : undefined;
    return (this.#queue ??= new SendQueue(this.topic, this, this.host.maxMailboxBytes, limit));
  }

  /** More news than may wait are told early. */
  #addNews(waiting: OutgoingBroadcast[], broadcast: OutgoingBroadcast): void {
    broadcast.keepPayload();
    waiting.push(broadcast);
    if (waiting.length >= this.host.maxMailboxMessages) this.#tellNews();
  }

  #tellNews(): void {
    const news = this.#news;
    if (news === undefined || news.length === 0) return;
    this.#news = [];
    for (const broadcast of news) this.#tell(broadcast);
  }

  #tell(broadcast: OutgoingBroadcast): void {
    try {
      this.receiveBroadcast(broadcast, false);
    } catch (error) {
      emit("pubsub.delivery_failed", { topic: this.topic, event: broadcast.event, subscribers: 1, error });
    }
  }
}

/** The reply to a message that the application does not reply to. */
const HANDLED = ok();

const isOverflow = (error: unknown): boolean => error instanceof WingbeatError && error.code === "WB_MAILBOX_OVERFLOW";
