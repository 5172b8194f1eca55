/** The `ctx` of handlers: one per joined channel, the same object in every callback. */
import { WingbeatError } from "../errors.ts";
import type { Reply } from "./result.ts";
import type { Timer } from "./timer.ts";

/** What a context needs from its channel's process, which implements it. */
export interface ChannelActions {
  readonly host: { readonly id: string | null; readonly endpoint: ChannelEndpoint; spend(bytes: number): void };
  readonly connection: { readonly transport: string };
  readonly joinRef: unknown;
  readonly joined: boolean;
  push(event: string, payload: object): void;
  broadcast(event: string, payload: object, exceptSelf: boolean): void;
  subscribe(topic: string): void;
  unsubscribe(topic: string): void;
  send(message: unknown): void;
  sendAfter(message: unknown, ms: number): Timer;
  afterJoin(task: () => unknown): void;
  onEnd(task: (reason: string) => unknown): void;
  reply(ref: unknown, answer: Reply): void;
}

declare const responses: unique symbol;

/**
 * A deferred reply, created by `ctx.socketRef()`. It is valid as long as the connection lives, even after the handler
 * has returned or the channel has ended. A handler that returns it replies later.
 */
export class ReplyRef<R extends Reply = Reply> {
  declare readonly [responses]: R;
  readonly #process: ChannelActions;
  readonly #ref: unknown;

  constructor(process: ChannelActions, ref: unknown) {
    this.#process = process;
    this.#ref = ref;
  }

  /**
   * Sends a reply. More than one may be sent; official clients use the first. Throws when the response is not valid
   * JSON.
   */
  reply(answer: R): void {
    this.#process.reply(this.#ref, answer);
  }
}

/** The part of the endpoint that a channel may use. */
export interface ChannelEndpoint {
  broadcast(topic: string, event: string, payload: object): void;
  localBroadcast(topic: string, event: string, payload: object): void;
  broadcastFrom(from: unknown, topic: string, event: string, payload: object): void;
}

export class Context {
  readonly #process: ChannelActions;
  readonly topic: string;
  /** The named parts of the topic: `room:{id}` gives `id`. */
  readonly params: Readonly<Record<string, string>>;
  /** This channel's own copy of what `connect` and the route assigned. Change it with {@link assign}. */
  assigns: Readonly<Record<string, unknown>>;
  /** The event being handled, in `handleIn` and `handleOut`; useful with patterns. Otherwise undefined. */
  event: string | undefined = undefined;
  /** The ref of the message being handled, in `handleIn`. Otherwise null. */
  ref: unknown = null;

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

  /** The socket's id, or null for an anonymous socket. */
  get id(): string | null {
    return this.#process.host.id;
  }

  /** `websocket` or `longpoll`. */
  get transport(): string {
    return this.#process.connection.transport;
  }

  /** The ref of the join: what the client calls this channel by. */
  get joinRef(): unknown {
    return this.#process.joinRef;
  }

  /** Broadcasts to other topics. */
  get endpoint(): ChannelEndpoint {
    return this.#process.host.endpoint;
  }

  /** Merges values into {@link assigns}. Later callbacks of this channel see them; nobody else does. */
  assign(values: Readonly<Record<string, unknown>>): void {
    this.assigns = { ...this.assigns, ...values };
  }

  /** Sends an event to this client. */
  push(event: string, payload: object): void {
    this.#requireJoined("push");
    this.#process.push(event, payload);
  }

  /** Sends an event to all subscribers of this topic, on all nodes, this client included. */
  broadcast(event: string, payload: object): void {
    this.#requireJoined("broadcast");
    this.#process.broadcast(event, payload, false);
  }

  /** Sends an event to all subscribers of this topic except this channel. */
  broadcastFrom(event: string, payload: object): void {
    this.#requireJoined("broadcastFrom");
    this.#process.broadcast(event, payload, true);
  }

  /**
   * Receives broadcasts of another topic in `handleInfo`. Subscribing twice delivers once; it ends with the channel.
   * The channel's own topic goes to `handleOut`, so subscribing to it does nothing.
   */
  subscribe(topic: string): void {
    this.#process.subscribe(topic);
  }

  /** Stops receiving broadcasts of a topic. */
  unsubscribe(topic: string): void {
    this.#process.unsubscribe(topic);
  }

  /** Sends this channel a message: `handleInfo` gets it after everything already queued. */
  send(message: unknown): void {
    this.#process.send(message);
  }

  /** The same after `ms` milliseconds, unless the timer is cancelled or the channel ends before. */
  sendAfter(message: unknown, ms: number): Timer {
    return this.#process.sendAfter(message, ms);
  }

  /**
   * In `join`: runs a task once the client has joined, after the reply and before its first message. It is dropped when
   * the join is refused. Outside of `join` it runs at once, unless the channel has ended; the next message waits until
   * it has settled.
   */
  afterJoin(task: () => unknown): void {
    this.#process.afterJoin(task);
  }

  /**
   * For libraries that hold resources for a channel: runs once when it has ended, for whatever reason, before
   * `terminate`; also when the join was refused. Exceptions and rejections go to telemetry (`channel.crashed`).
   */
  onEnd(task: (reason: string) => unknown): void {
    this.#process.onEnd(task);
  }

  /** For presence: counts bytes that others are sent against the client's `bytesPerSecond`. */
  spend(bytes: number): void {
    this.#process.host.spend(bytes);
  }

  /** Returns the ref of the message being handled, to reply later. In `handleIn` only. */
  socketRef(): ReplyRef {
    this.#requireJoined("socketRef");
    if (this.event === undefined || this.ref === null) {
      throw new WingbeatError(
        "WB_NO_REF",
        "socketRef needs a message with a ref: call it in handleIn, for a message that expects a reply.",
      );
    }
    return new ReplyRef(this.#process, this.ref);
  }

  #requireJoined(what: string): void {
    if (this.#process.joined) return;
    throw new WingbeatError(
      "WB_NOT_JOINED",
      `${what} on "${this.topic}" inside join: the client has not joined yet. ` +
        `Send yourself a message (ctx.send("after_join")) and ${what} in handleInfo.`,
    );
  }
}
