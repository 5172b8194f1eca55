/** A channel that a test client has joined: pushes to it, and assertions about its answers. */
import { ERROR, LEAVE, REPLY } from "@wingbeat/protocol";
import type { ChannelContract, CLOSE, Message, RecoveryReason, ReplyContract } from "@wingbeat/protocol";
import type { TerminateReason } from "../channel.ts";
import type { EndpointSubscription } from "../endpoint.ts";
import { WingbeatError } from "../errors.ts";
import type { Broadcast, Position } from "../pubsub.ts";
import type { Events, PayloadOf, PushRef, ReplyOf, ResponseOf, StatusOf } from "./contract.ts";
import { Inbox } from "./inbox.ts";
import { differences, show } from "./match.ts";
import type { Pattern } from "./match.ts";
import { TestLine } from "./numbered.ts";
import { TestRecovery } from "./recovery.ts";
import type { JoinFrom } from "./recovery.ts";

/** What a channel needs of its client. */
export interface ChannelClient {
  /** How long assertions wait, in ms. */
  readonly timeout: number;
  /** Names the client in its joins. */
  readonly session: string;
  /** Sends a message for a channel. Returns its ref. */
  send(channel: TestChannel, event: string, payload: unknown, extension?: unknown): string;
  /** The same without a ref. */
  cast(channel: TestChannel, event: string, payload: unknown): void;
  /** Says that the connection is closed, when it is. */
  describeClose(): string | undefined;
  close(): void;
}

/** The test's own subscription to the topic. */
export interface BroadcastListener {
  readonly subscription: EndpointSubscription;
  broadcastFrom(topic: string, event: string, payload: object): void;
}

/** How a channel ended. `error` is what a callback threw. */
export interface Ending {
  readonly reason: TerminateReason;
  readonly error?: unknown;
}

type PushEvent<Channel extends ChannelContract> = keyof Channel["pushes"] & string;
type LeaveReply = { readonly status: "ok"; readonly response: Record<never, never> };

/** A channel that a test client has joined: pushes to it, and asserts what comes back. */
export class TestChannel<Channel extends ChannelContract = ChannelContract> {
  readonly topic: string;
  /** The response of the accepted join. */
  response: Extract<Channel["join"]["reply"], { readonly status: "ok" }>["response"] = undefined as never;
  readonly #client: ChannelClient;
  readonly #messages: Inbox<Message>;
  readonly #broadcasts: Inbox<Broadcast>;
  readonly #endings: Inbox<Ending>;
  readonly #recovery: TestRecovery;
  readonly #line: TestLine;
  #listener: BroadcastListener | undefined = undefined;
  #ending: Ending | undefined = undefined;
  #error: unknown = undefined;

  constructor(client: ChannelClient, topic: string) {
    this.#client = client;
    this.topic = topic;
    const state = (): string | undefined =>
      client.describeClose() ??
      (this.#ending === undefined ? undefined : `the channel has ended: ${this.#ending.reason}`);
    this.#messages = new Inbox(state);
    this.#broadcasts = new Inbox(state);
    this.#endings = new Inbox(state);
    this.#recovery = new TestRecovery(state);
    this.#line = new TestLine(
      {
        topic,
        send: (event, payload, extension) => client.send(this as never, event, payload, extension),
        replyTo: (ref) => this.#replyTo(ref, "pushNumbered", client.timeout),
      },
      client.session,
    );
  }

  /** Up to where the client has everything, on a topic with a history. */
  get position(): Position | null {
    return this.#recovery.position;
  }

  /** Where a message stands in the history, by the payload that {@link assertPush} has returned. */
  positionOf(payload: unknown): Position | undefined {
    return this.#recovery.positionOf(payload);
  }

  /**
   * Waits until the client is told that everything follows that it has missed: after `client.reconnect()`, or a join with
   * `since` or `rewind`. `count`: how many recorded messages that are. Returns that number.
   */
  async assertRecovered({ count }: { readonly count?: number } = {}, timeout = this.#client.timeout): Promise<number> {
    const report = await this.#recovery.take(
      (found) => found.recovered && (count === undefined || found.count === count),
      timeout,
      {
        assertion: `assertRecovered on "${this.topic}"`,
        expected: `recovered${count === undefined ? "" : `, and ${count} messages follow`}`,
      },
    );
    return report.count;
  }

  /** Waits until the client is told that messages are missing: at a join, or while it is joined. */
  async assertReport(reason?: RecoveryReason, timeout = this.#client.timeout): Promise<void> {
    await this.#recovery.take((found) => !found.recovered && (reason ?? found.reason) === found.reason, timeout, {
      assertion: `assertReport(${reason === undefined ? "" : `"${reason}"`}) on "${this.topic}"`,
      expected: `not recovered${reason === undefined ? "" : `: ${reason}`}`,
    });
  }

  /** Pushes an event as the client. Returns the ref for {@link assertReply}. */
  push<Event extends Events<Channel>>(
    event: Event,
    payload?: PayloadOf<Channel, Event>,
  ): PushRef<ReplyOf<Channel, Event>> {
    return this.#client.send(this as never, event, payload ?? {});
  }

  /**
   * Pushes an event under a number, as a client does with `{ retry: true }`: for a channel that declares `.dedupe`. Resolves with
   * the ref for {@link assertReply} and {@link repeat}.
   */
  pushNumbered<Event extends Events<Channel>>(
    event: Event,
    payload?: PayloadOf<Channel, Event>,
  ): Promise<PushRef<ReplyOf<Channel, Event>>> {
    return this.#line.push(event, payload ?? {});
  }

  /**
   * Sends a numbered push again, as a client does that has lost its connection before the reply; also after
   * `client.reconnect()`. Returns a new ref: its reply must be the same, and the handler does not run.
   */
  repeat<R extends ReplyContract>(ref: PushRef<R>): PushRef<R> {
    return this.#line.repeat(ref);
  }

  /** Casts an event as the client: without a ref, so that nothing can be asserted but what it does. */
  cast<Event extends Events<Channel>>(event: Event, payload?: PayloadOf<Channel, Event>): void {
    this.#client.cast(this as never, event, payload ?? {});
  }

  /** Leaves the topic as the client. It is answered with `ok`; the channel ends with reason `left`. */
  leave(payload: object = {}): PushRef<LeaveReply> {
    return this.#client.send(this as never, LEAVE, payload);
  }

  /** Ends the client's connection, as closing the browser's tab does: all its channels end with reason `closed`. */
  close(): void {
    this.#client.close();
  }

  /** Waits for the answer to a push, by its ref. Returns the response. */
  async assertReply<R extends ReplyContract, Status extends StatusOf<R>>(
    ref: PushRef<R>,
    status: Status,
    pattern?: Pattern<ResponseOf<R, Status>>,
    timeout = this.#client.timeout,
  ): Promise<ResponseOf<R, Status>> {
    const payload = { status, ...(pattern === undefined ? {} : { response: pattern }) };
    const accepts = (message: Message): boolean =>
      isReplyTo(message, ref) && differences(payload, message.payload).length === 0;
    const message = await this.#messages.take(accepts, timeout, {
      assertion: `assertReply(${ref}, "${status}") on "${this.topic}"`,
      expected: `reply to ${ref}: ${status}${shown(pattern)}`,
      describe: (found) => describeMessage(found, isReplyTo(found, ref) ? payload : undefined),
    });
    return (message.payload as { response: ResponseOf<R, Status> }).response;
  }

  /** Waits `timeout` ms (default: that of the kit) and fails when the push is answered, with any status. */
  async refuteReply(ref: PushRef, timeout = this.#client.timeout): Promise<void> {
    await this.#messages.refute((message) => isReplyTo(message, ref), timeout, {
      assertion: `refuteReply(${ref}) on "${this.topic}"`,
      expected: `no reply to ${ref}`,
      describe: describeMessage,
    });
  }

  /**
   * Waits for an event that the server sends to this client. Returns its payload. Each message satisfies one assertion:
   * assert twice to see two. `phx_error` is what the client gets when the channel crashes.
   */
  async assertPush<Event extends PushEvent<Channel> | typeof CLOSE | typeof ERROR>(
    event: Event,
    pattern?: Pattern<Channel["pushes"][Event]>,
    timeout = this.#client.timeout,
  ): Promise<Channel["pushes"][Event]> {
    const message = await this.#messages.take((found) => isEvent(found, event, pattern), timeout, {
      assertion: `assertPush("${event}") on "${this.topic}"`,
      expected: `push ${event}${shown(pattern)}`,
      describe: (found) => describeMessage(found, found.event === event ? pattern : undefined),
    });
    if (event === ERROR) this.#pardon();
    return message.payload as Channel["pushes"][Event];
  }

  /** Waits `timeout` ms (default: that of the kit) and fails when such an event reaches the client. */
  async refutePush<Event extends PushEvent<Channel> | typeof CLOSE | typeof ERROR>(
    event: Event,
    pattern?: Pattern<Channel["pushes"][Event]>,
    timeout = this.#client.timeout,
  ): Promise<void> {
    await this.#messages.refute((found) => isEvent(found, event, pattern), timeout, {
      assertion: `refutePush("${event}") on "${this.topic}"`,
      expected: `no push ${event}${shown(pattern)}`,
      describe: describeMessage,
    });
  }

  /** Waits for a broadcast on the topic, also one that is intercepted. Needs `subscribeAndJoin`. Returns its payload. */
  async assertBroadcast<Event extends PushEvent<Channel>>(
    event: Event,
    pattern?: Pattern<Channel["pushes"][Event]>,
    timeout = this.#client.timeout,
  ): Promise<Channel["pushes"][Event]> {
    this.#requireListener("assertBroadcast");
    const broadcast = await this.#broadcasts.take((found) => isEvent(found, event, pattern), timeout, {
      assertion: `assertBroadcast("${event}") on "${this.topic}"`,
      expected: `broadcast ${event}${shown(pattern)}`,
      describe: (found) => describeBroadcast(found, found.event === event ? pattern : undefined),
    });
    return broadcast.payload as Channel["pushes"][Event];
  }

  /** Waits `timeout` ms (default: that of the kit) and fails when such a broadcast is seen. Needs `subscribeAndJoin`. */
  async refuteBroadcast<Event extends PushEvent<Channel>>(
    event: Event,
    pattern?: Pattern<Channel["pushes"][Event]>,
    timeout = this.#client.timeout,
  ): Promise<void> {
    this.#requireListener("refuteBroadcast");
    await this.#broadcasts.refute((found) => isEvent(found, event, pattern), timeout, {
      assertion: `refuteBroadcast("${event}") on "${this.topic}"`,
      expected: `no broadcast ${event}${shown(pattern)}`,
      describe: describeBroadcast,
    });
  }

  /** Broadcasts on the topic as the test: the channel gets it, {@link assertBroadcast} does not. */
  broadcastFrom<Event extends PushEvent<Channel>>(event: Event, payload: Channel["pushes"][Event]): void {
    this.#requireListener("broadcastFrom").broadcastFrom(this.topic, event, payload as object);
  }

  /** Waits until the channel has ended and its `terminate` has been called. A crash is then forgiven. */
  async assertTerminated(reason?: TerminateReason, timeout = this.#client.timeout): Promise<Ending> {
    const ending = await this.#endings.take((found) => reason === undefined || found.reason === reason, timeout, {
      assertion: `assertTerminated(${reason === undefined ? "" : `"${reason}"`}) on "${this.topic}"`,
      expected: `the end of the channel${reason === undefined ? "" : `: ${reason}`}`,
      describe: (found) => `the end of the channel: ${found.reason}`,
    });
    this.#pardon();
    return ending;
  }

  /** @internal Waits for the answer to the join. */
  assertJoin(ref: string, timeout: number): Promise<{ readonly status: string; readonly response: unknown }> {
    return this.#replyTo(ref, "join", timeout);
  }

  async #replyTo(
    ref: string,
    what: string,
    timeout: number,
  ): Promise<{ readonly status: string; readonly response: unknown }> {
    const message = await this.#messages.take((found) => isReplyTo(found, ref), timeout, {
      assertion: `${what} of "${this.topic}"`,
      expected: `an answer to the ${what}`,
      describe: describeMessage,
    });
    return message.payload as { readonly status: string; readonly response: unknown };
  }

  /** @internal The server's message for this channel. */
  received(message: Message): void {
    if (this.#recovery.received(message)) this.#messages.add(message);
  }

  /** @internal What its join says of recovery. */
  request(session: string, from: JoinFrom): unknown {
    return this.#recovery.request(session, from);
  }

  /** @internal It is joined again, on another connection. */
  rejoining(): void {
    this.#ending = undefined;
    this.#pardon();
  }

  /** @internal From here on the test hears the topic's broadcasts. */
  listen(listen: (receiver: (broadcast: Broadcast) => void) => BroadcastListener): void {
    this.#listener = listen((broadcast) => this.#broadcasts.add(broadcast));
  }

  /** @internal A callback of this channel has crashed. */
  crashed(error: unknown): void {
    this.#error = error;
    for (const inbox of this.#inboxes) inbox.crashed(error);
  }

  /** @internal The channel has ended. `isPast`: on a connection that the client has replaced. */
  ended(reason: string, isPast: boolean): void {
    const ending = { reason, ...(reason === "crashed" ? { error: this.#error } : {}) };
    if (!isPast) this.#ending = ending;
    this.#endings.add(ending);
  }

  /** @internal Whether a client that reconnects joins it again: it was joined, and was not told to stay away. */
  get isRejoined(): boolean {
    return this.#ending === undefined || REJOINED.includes(this.#ending.reason);
  }

  /** @internal Whether the channel has ended. */
  get isOver(): boolean {
    return this.#ending !== undefined;
  }

  /** @internal What a callback of this channel threw. */
  get error(): unknown {
    return this.#error;
  }

  /** @internal Stops hearing broadcasts. */
  forget(): void {
    this.#listener?.subscription.unsubscribe();
    this.#listener = undefined;
  }

  #pardon(): void {
    for (const inbox of this.#inboxes) inbox.pardon();
  }

  get #inboxes(): readonly { crashed(error: unknown): void; pardon(): void }[] {
    return [this.#messages, this.#broadcasts, this.#endings, this.#recovery];
  }

  #requireListener(verb: string): BroadcastListener {
    if (this.#listener !== undefined) return this.#listener;
    throw new WingbeatError(
      "WB_ASSERTION",
      `${verb} on "${this.topic}": the test is not subscribed to the topic. Join it with subscribeAndJoin.`,
    );
  }
}

/** Ends after which official clients join again. */
const REJOINED: readonly string[] = ["closed", "disconnected", "expired", "crashed", "shutdown"];

const isReplyTo = (message: Message, ref: string): boolean => message.event === REPLY && message.ref === ref;

function isEvent(found: Message | Broadcast, event: string, pattern: unknown): boolean {
  return found.event === event && differences(pattern, found.payload).length === 0;
}

const shown = (pattern: unknown): string => (pattern === undefined ? "" : ` ${show(pattern)}`);

/** A message in a line, and below it where it differs from the pattern that it was compared with. */
function describeMessage({ event, ref, payload }: Message, pattern?: unknown): string {
  if (event !== REPLY) return `push ${event} ${show(payload)}${describeDifferences(pattern, payload)}`;
  const { status, response } = payload as { status: string; response: unknown };
  return `reply to ${ref}: ${status} ${show(response)}${describeDifferences(pattern, payload)}`;
}

function describeBroadcast({ event, payload }: Broadcast, pattern?: unknown): string {
  return `broadcast ${event} ${show(payload)}${describeDifferences(pattern, payload)}`;
}

function describeDifferences(pattern: unknown, payload: unknown): string {
  return differences(pattern, payload)
    .map(({ path, expected, actual }) => `\n              ${path}: expected ${expected}, got ${actual}`)
    .join("");
}
