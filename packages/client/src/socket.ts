/**
 * Keeps a connection to a server: opens it, reopens it when it is lost, and passes its messages to the channels. The
 * names and behaviour are phoenix.js's; conformance/phoenix-js.md lists the differences.
 *
 * @example
 * const socket = new Socket<typeof userSocket>("/socket", { params: { token } });
 * socket.connect();
 * const channel = socket.channel("room:42");
 */
import { ACK, EXPIRES, HEARTBEAT, PHOENIX_TOPIC, REFRESH, REFUSED, REPLY } from "@wingbeat/protocol";
import type { Payload } from "@wingbeat/protocol";
import { Channel } from "./channel.ts";
import type { ChannelSocket, TransportError } from "./channel.ts";
import type { Callback, ChannelAt, JoinArgs, JoinParams, RefusalOf } from "./contract.ts";
import type { TopicsOf, TypedSocket, UntypedSocket } from "./contract.ts";
import { isPromise } from "./is-promise.ts";
import { Listeners, run } from "./listeners.ts";
import type { ListenerRef } from "./listeners.ts";
import { RetryTimer } from "./retry-timer.ts";
import type { SocketMessage } from "./serializer.ts";
import { protocolsFor } from "./socket/auth-token.ts";
import { connectionOver } from "./socket/connection.ts";
import type { Connection, ConnectionState } from "./socket/connection.ts";
import type { Fallback } from "./socket/fallback.ts";
import { heartbeatOf } from "./socket/heartbeat.ts";
import type { Heartbeat } from "./socket/heartbeat.ts";
import { LazyOutbox } from "./socket/lazy-outbox.ts";
import { configure, provide } from "./socket/options.ts";
import type { Config, Provider, SocketOptions } from "./socket/options.ts";
import { isHidden, watchPage } from "./socket/page.ts";
import type { Refresh, RefreshHost } from "./socket/refresh.ts";
import { sessionOf } from "./socket/session.ts";
import { endPointURL, protocol } from "./socket/url.ts";
import type { Params } from "./socket/url.ts";
import { Timer } from "./timer.ts";
import type { CloseEvent, Transport, TransportClass } from "./transport.ts";

/** What `onError` callbacks get: the transport's error, its class, and how often the socket was connected before. */
type ErrorArgs = [error: unknown, transport: TransportClass, establishedConnections: number];

/** What the callbacks of each kind get. */
type SocketEvents = {
  readonly open: [];
  readonly close: [event: CloseEvent];
  readonly error: ErrorArgs;
  readonly refused: [reason: unknown];
  readonly message: [message: SocketMessage];
};

/** Refs start again from 0, before numbers lose their last digit. */
const MAX_REF = 1e15;

/** A younger connection attempt is not replaced when the page wakes: several events report that. */
const FRESH_MS = 1000;

/** A connection to a server, shared by its channels. It reconnects by itself until `disconnect`, and joins the channels again. */
export class Socket<Definition extends TypedSocket = UntypedSocket> implements ChannelSocket, TypedSocket {
  /** Types only: the server's channels. There is no value at run time. */
  declare readonly "~contract": Definition["~contract"];
  readonly endPoint: string;
  /** Milliseconds that pushes and joins wait for their replies. */
  readonly timeout: number;
  transport: TransportClass;
  channels: readonly Channel[] = [];
  /** The number of the last ref. */
  ref = 0;
  /** Messages pushed without a connection. Channels keep their own. */
  sendBuffer: SocketMessage[] = [];
  /** The options, with defaults filled in. */
  readonly options: Config;
  /** Names this socket in its joins. Undefined when it does not ask for recovery. */
  readonly session: string | undefined;
  readonly #listeners = new Listeners<SocketEvents, string>(String);
  /** The way to the pushes with `retry`. */
  readonly outbox: LazyOutbox;
  readonly #reconnectTimer: RetryTimer;
  readonly #connectTimer = new Timer();
  /** Who waits for a reply on this connection, by the ref: pings, and a renewal of the login. */
  readonly #awaited = new Map<unknown, (reply: Payload) => unknown>();
  readonly #heartbeat: Heartbeat;
  /** While it is watched. */
  #unwatchPage: (() => void) | undefined;
  #fallback: Fallback | undefined;
  #refresh: Refresh | undefined;
  #params: Provider<Params> | undefined;
  #connection: Connection | undefined;
  /** True between `connect` and `disconnect`: a lost connection is reopened. */
  #wanted = false;
  /** Waiting for the params of a connection. */
  #preparing = false;
  /** Counts starts and ends: results awaited for an earlier one are dropped. */
  #clock = 0;
  /** When the last connection attempt started. */
  #startedAt = 0;
  #establishedConnections = 0;
  /** Closed because the page was left; reopened when it comes back. */
  #leftPage = false;
  #refusal: { readonly reason: unknown } | undefined;

  /** `endPoint` is the server's mount, as `/socket` (on a page) or `wss://example.com/socket`. */
  constructor(endPoint: string, options: SocketOptions = {}) {
    this.options = configure(options);
    this.session = sessionOf(this.options);
    this.outbox = new LazyOutbox(this);
    this.timeout = this.options.timeout;
    this.endPoint = `${endPoint}/websocket`;
    this.transport = this.options.transport;
    this.#params = this.options.params;
    this.#reconnectTimer = new RetryTimer(
      () => this.#reconnect(),
      (tries) => this.#pause(tries),
    );
    const heartbeatHost = { beat: () => this.#beat(), timedOut: () => this.#heartbeatTimedOut() };
    this.#heartbeat = heartbeatOf(heartbeatHost, this.options.heartbeatIntervalMs, this.timeout);
  }

  /** The transport of the current connection. */
  get conn(): Transport | undefined {
    return this.#connection?.transport;
  }

  /**
   * Opens the connection and keeps it open until `disconnect()`. Does nothing when already called. `params` replace
   * those of the constructor (deprecated in phoenix.js). Throws for an invalid address.
   */
  connect(params?: Params): void {
    if (params !== undefined) this.#params = params;
    if (!this.#wanted) this.#connection?.abandon("connection_closed");
    if (this.#connection || this.#preparing) return;
    this.#leftPage = false;
    this.#reconnectTimer.reset();
    this.#start();
    this.#wanted = true;
    this.#unwatchPage ??= watchPage((event) => this.#pageChanged(event.type));
    // What earlier pages have left is to be seen and sent.
    if (this.options.outbox?.storage) this.outbox.use(() => {});
  }

  /**
   * Why the server's `connect` has refused this client, with `reason` as given to `refuse`. Undefined unless the state is
   * `refused`.
   */
  get refusal(): { readonly reason: unknown } | undefined {
    return this.#refusal;
  }

  /** True between `connect()` and `disconnect()`, or a refusal: a lost connection is reopened. */
  get isActive(): boolean {
    return this.#wanted || this.#leftPage;
  }

  /** Closes the connection permanently; calls back when it is closed, at once when there is none. */
  disconnect(callback?: () => void, code?: number, reason?: string): void {
    this.#leftPage = false;
    this.#forgetPage();
    this.#close(callback, code, reason);
  }

  /**
   * Creates a channel for a topic. Nothing is sent before its `join()`. For why its types come with `this`, see
   * contract.ts.
   */
  channel<Server extends TypedSocket, const Topic extends TopicsOf<Server>>(
    this: Server,
    topic: Topic,
    ...[params]: JoinArgs<ChannelAt<Server, Topic>["join"]["in"]>
  ): Channel<ChannelAt<Server, Topic>>;
  channel(topic: string, params?: JoinParams<Payload>): Channel {
    const channel = new Channel(topic, params ?? {}, this);
    this.add(channel);
    return channel;
  }

  /**
   * Gives up all pushes with `retry` that wait, of this socket and in its storage: when somebody logs out. Other pages of
   * the same user keep theirs until they do the same.
   */
  clearOutbox(): Promise<void> {
    return new Promise((resolve, reject) => this.outbox.use((outbox) => outbox.clear().then(resolve, reject)));
  }

  /** Sends a message as is, or queues it for the next connection. Throws when the queue is full. */
  push(message: SocketMessage): void {
    const { topic, event, payload, ref, join_ref } = message;
    if (this.hasLogger()) this.log("push", `${topic} ${event} (${join_ref}, ${ref})`, payload);
    if (this.isConnected()) return this.#send(message);
    if (this.sendBuffer.length >= this.options.maxBufferedPushes) {
      throw new Error("maxBufferedPushes reached");
    }
    this.sendBuffer.push(message);
  }

  /** Measures a round trip: calls back with milliseconds. False, without a call, when not connected. */
  ping(callback: (milliseconds: number) => unknown): boolean {
    if (!this.isConnected()) return false;
    const start = Date.now();
    this.#awaited.set(this.#beat(), () => callback(Date.now() - start));
    return true;
  }

  /** Calls back at every connection, after the channels have started to rejoin. */
  onOpen(callback: () => unknown): ListenerRef<string> {
    return this.#listeners.on("open", callback);
  }

  /** Calls back when a connection has closed; `event.code` and `event.reason` say why. */
  onClose(callback: (event: CloseEvent) => unknown): ListenerRef<string> {
    return this.#listeners.on("close", callback);
  }

  /** Calls back when a connection failed, or could not be opened. The socket retries by itself. */
  onError(callback: (...args: ErrorArgs) => unknown): ListenerRef<string> {
    return this.#listeners.on("error", callback);
  }

  /**
   * Calls back when the server's `connect` has refused this client, with the reason given to `refuse`; undefined without
   * one. The socket does not try again by itself: `connect()` tries again, with fresh params. Only Wingbeat servers say
   * why they refuse; a refusal of others looks like a failed connection, and is retried. `onOpen` and `onError` are called
   * before, `onClose` after it, with code 4403: the server says it over a connection that has opened.
   */
  onRefused<Server extends TypedSocket>(this: Server, callback: Callback<RefusalOf<Server>>): ListenerRef<string>;
  onRefused(callback: (reason: never) => unknown): ListenerRef<string> {
    return this.#listeners.on("refused", callback as (reason: unknown) => unknown);
  }

  /** Calls back for every message, after the channels. */
  onMessage(callback: (message: SocketMessage) => unknown): ListenerRef<string> {
    return this.#listeners.on("message", callback);
  }

  /** Removes the callbacks with these refs. */
  off(refs: readonly (ListenerRef<string> | string)[]): void {
    for (const ref of refs) this.#listeners.off(undefined, ref);
  }

  isConnected(): boolean {
    return this.connectionState() === "open";
  }

  /** `refused` once the server's `connect` has refused, until `connect()` or `disconnect()`. */
  connectionState(): ConnectionState | "refused" {
    if (this.#refusal) return "refused";
    return this.#preparing ? "connecting" : (this.#connection?.state() ?? "closed");
  }

  /** The URL of the next connection, unless its params are still pending. */
  endPointURL(): string {
    // A promise has no fields.
    return this.#urlFor(provide(this.#params) as Params | undefined);
  }

  protocol(): "ws" | "wss" {
    return protocol();
  }

  /** A new ref, unique on this socket. */
  makeRef(): string {
    this.ref = (this.ref + 1) % MAX_REF;
    return String(this.ref);
  }

  hasLogger(): boolean {
    return !!this.options.logger;
  }

  log(kind: string, message: string, data?: unknown): void {
    const { logger } = this.options;
    if (logger) run(() => logger(kind, message, data));
  }

  /** Ends the connection; the next `connect()` uses this transport. */
  replaceTransport(transport: TransportClass): void {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#close();
    this.transport = transport;
    if (this.#establishedConnections > 0) this.#lost("connection_closed");
    connection?.abandon("transport replaced");
  }

  /** Adds a closed channel again. Called by channels when they are joined again. */
  add(channel: Channel): void {
    this.channels = [...this.channels, channel];
  }

  /** Removes a channel. Called by channels when they are closed. */
  remove(channel: object): void {
    this.channels = this.channels.filter((other) => other !== channel);
  }

  leaveOpenTopic(topic: string, newcomer: object): void {
    const duplicate = this.channels.find(
      (channel) => channel !== newcomer && channel.topic === topic && !channel.isClosed(),
    );
    if (!duplicate) return;
    this.log("transport", `leaving duplicate topic "${topic}"`);
    duplicate.leave();
  }

  #start(): void {
    const clock = ++this.#clock;
    this.#refusal = undefined;
    this.#startedAt = Date.now();
    const needed = [...this.#credentials(), this.#loadFallback()] as const;
    const [params, authToken, fallback] = needed;
    if (!isPromise(params) && !isPromise(authToken) && !fallback) this.#open(params, authToken);
    else {
      this.#preparing = true;
      Promise.all(needed)
        .then((provided) => {
          if (clock !== this.#clock) return;
          this.#preparing = false;
          this.#open(provided[0], provided[1]);
        })
        .catch((error: unknown) => clock === this.#clock && this.#startFailed(error));
    }
    this.#connectTimer.start(this.options.connectTimeout, () => this.#attemptFailed("connect timeout"));
  }

  #open(params: Params | undefined, authToken: string | null | undefined): void {
    const transport = new this.transport(this.#urlFor(params), protocolsFor(authToken));
    transport.binaryType = this.options.binaryType;
    transport.timeout = this.options.longpollerTimeout;
    this.#connection = connectionOver(transport, {
      opened: (connection) => this.#opened(connection),
      received: (data, connection) => this.#received(data, connection),
      failed: (error) => this.#failed(error),
      closed: (event, connection) => this.#closed(event, connection),
    });
    this.#fallback?.started();
  }

  #urlFor(params: Params | undefined): string {
    return endPointURL(this.endPoint, params, this.options.vsn, this.options.extensions);
  }

  /** Gives up the current attempt, whatever it waits for. */
  #attemptFailed(reason: string): void {
    const error = new Error(reason);
    if (this.#preparing) {
      this.#clock++;
      this.#startFailed(error);
    } else this.#connection?.fail(error, reason);
  }

  /** Params, token or transport failed: treated like a failed connection. */
  #startFailed(error: unknown): void {
    this.#preparing = false;
    this.#connectTimer.stop();
    this.log("transport", "error", error);
    this.#listeners.call("error", error, this.transport, this.#establishedConnections);
    this.#tryAgain();
  }

  #opened(connection: Connection): void {
    this.log("transport", `connected to ${this.endPoint}`);
    this.#establishedConnections++;
    this.#connectTimer.stop();
    if (!connection.transport.skipHeartbeat) this.#heartbeat.start(connection);
    const waiting = this.sendBuffer;
    this.sendBuffer = [];
    for (const message of waiting) run(() => this.#send(message));
    for (const channel of this.channels) run(() => channel.connected());
    this.#listeners.call("open");
    if (this.isConnected()) this.#fallback?.opened();
  }

  /** An invalid frame ends the connection: a peer that sends one cannot be trusted with the next. */
  #received(data: unknown, connection: Connection): void {
    const failed = (error: unknown) => connection.fail(error, "invalid frame");
    const decoded = (message: SocketMessage) => {
      if (connection !== this.#connection) return;
      // A decoder may be the application's.
      if (typeof (message as Partial<SocketMessage> | null)?.topic === "string") this.#handle(message);
      else failed(new TypeError("no message"));
    };
    try {
      const decoding: unknown = this.options.decode(data, decoded);
      if (isPromise(decoding)) decoding.then(undefined, failed);
    } catch (error) {
      failed(error);
    }
  }

  #handle(message: SocketMessage): void {
    const { topic, event, payload, ref, join_ref = null, extension } = message;
    this.#heartbeat.received(ref);
    this.#fallback?.received();
    // Only now is the connection known to work: many that fail open first.
    if (event === REPLY && ref) this.#reconnectTimer.reset();
    if (this.hasLogger()) this.log("receive", `${statusOf(payload)} ${topic} ${event} (${ref})`, payload);
    for (const channel of this.channels) {
      if (channel.isMember(message)) run(() => channel.trigger(event, payload, ref, join_ref, extension));
    }
    this.#listeners.call("message", message);
    if (topic === PHOENIX_TOPIC && this.options.extensions) {
      if (event === REFUSED) this.#refused(payload);
      if (event === EXPIRES) this.#expires(payload);
      if (event === ACK) run(() => this.#send({ topic, event, payload: {}, ref }));
    }
    const answered = this.#awaited.get(ref);
    if (answered && this.#awaited.delete(ref)) run(() => answered(payload));
  }

  /** The login of this connection ends, in `{in}` ms. */
  #expires(payload: Payload): void {
    const connection = this.#connection;
    const since = Date.now();
    run(async () => {
      const { Refresh } = await import("./socket/refresh.ts");
      if (connection !== this.#connection) return;
      this.#refresh?.stop();
      this.#refresh = new Refresh(this, this.#forRefresh(), since, payload);
    });
  }

  #forRefresh(): RefreshHost {
    return {
      timer: new Timer(),
      credentials: () => this.#credentials(),
      urlFor: (params) => this.#urlFor(params),
      ask: (payload, answered) => {
        const ref = this.makeRef();
        this.#awaited.set(ref, answered);
        // Not logged: it holds the token.
        this.#send({ topic: PHOENIX_TOPIC, event: REFRESH, payload, ref });
      },
    };
  }

  #credentials() {
    return [provide(this.#params), provide(this.options.authToken)] as const;
  }

  /** The server closes the connection. */
  #refused(payload: Payload): void {
    const reason: unknown = (payload as { readonly reason?: unknown } | null)?.reason;
    this.log("transport", "refused", reason);
    this.#stop();
    this.#forgetPage();
    this.#refusal = { reason };
    const connection = this.#connection;
    const polling = this.transport.isLongPoll;
    // Programs written for phoenix.js know of no other sign.
    this.#listeners.call("error", new Error("refused"), this.transport, this.#establishedConnections);
    this.#listeners.call("refused", reason);
    // The next poll would connect again.
    if (polling) connection?.closeNow(4403, "refused");
  }

  #failed(error: unknown): void {
    const { transport } = this;
    this.log("transport", "error", error);
    this.#listeners.call("error", error, transport, this.#establishedConnections);
    if (transport === this.transport) this.#lost("connection_error");
  }

  #closed(event: CloseEvent, connection: Connection): void {
    this.log("transport", `close ${event.code} ${event.reason}`, event);
    const isCurrent = connection === this.#connection;
    if (isCurrent) {
      this.#connection = undefined;
      this.#lost("connection_closed");
    }
    this.#listeners.call("close", event);
    if (isCurrent) this.#tryAgain();
  }

  /** After a connection has ended or failed to open, unless a callback has connected or disconnected. */
  #tryAgain(): void {
    if (!this.#wanted || this.#connection || this.#preparing) return;
    if (this.#fallback?.ended() !== true) this.#reconnectTimer.schedule();
  }

  #heartbeatTimedOut(): void {
    this.#lost("heartbeat_timeout");
    this.#connection?.abandon("heartbeat timeout");
  }

  #lost(reason: TransportError["reason"]): void {
    this.#connectTimer.stop();
    this.#heartbeat.stop();
    this.#refresh?.stop();
    this.#awaited.clear();
    for (const channel of this.channels) run(() => channel.disconnected(reason));
  }

  /** From now on nothing is tried. */
  #stop(): void {
    this.#clock++;
    this.#refusal = undefined;
    this.#wanted = false;
    this.#preparing = false;
    this.#connectTimer.stop();
    this.#fallback?.stop();
    this.#refresh?.stop();
    this.#reconnectTimer.reset();
  }

  #close(callback?: () => void, code?: number, reason?: string): void {
    this.#stop();
    const connection = this.#connection;
    if (!connection) return callback && run(callback);
    this.#sayGoodbye(connection);
    connection.close(callback, code, reason);
  }

  /** A server detects the end of a WebSocket at once, and that of a long poll when it is no longer polled. */
  #sayGoodbye(connection: Connection): void {
    if (!this.transport.isLongPoll || connection.state() !== "open") return;
    connection.mute();
    for (const channel of this.channels) run(() => channel.sayGoodbye());
  }

  /** The application's delay; on a hidden page at least `hiddenReconnectAfterMs`. */
  #pause(tries: number): number {
    const { reconnectAfterMs, hiddenReconnectAfterMs } = this.options;
    return Math.max(reconnectAfterMs(tries), isHidden() ? hiddenReconnectAfterMs(tries) : 0);
  }

  /** Unless a callback has connected or disconnected meanwhile. */
  #reconnect(): void {
    if (!this.#wanted || this.#connection || this.#preparing) return;
    try {
      this.#start();
    } catch (error) {
      this.#startFailed(error);
    }
  }

  #forgetPage(): void {
    this.#unwatchPage?.();
    this.#unwatchPage = undefined;
  }

  #pageChanged(event: string): void {
    if (event === "pagehide") this.#leavePage();
    else if (event !== "pageshow") return isHidden() ? undefined : this.#wake();
    else if (this.#leftPage) this.#returnToPage();
  }

  /** The page is visible or the network is back: stop waiting for a delay or a stuck attempt. */
  #wake(): void {
    this.#heartbeat.wake();
    this.#refresh?.wake();
    if (!this.#wanted || this.isConnected()) return;
    const isTrying = this.#connection !== undefined || this.#preparing;
    if (isTrying && Date.now() - this.#startedAt < FRESH_MS) return;
    this.#reconnectTimer.reset();
    this.#replaceConnection("page is awake");
  }

  /** Ends the current connection or attempt, and connects at once. The backoff is not reset. */
  #replaceConnection(reason: string): void {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#preparing = false;
    if (connection) this.#lost("connection_closed");
    connection?.abandon(reason);
    this.#reconnect();
  }

  #leavePage(): void {
    const connection = this.#connection;
    if (!connection) return;
    this.#close();
    // The rest of this turn may be all the time that is left.
    connection.closeNow();
    this.#leftPage = true;
  }

  #returnToPage(): void {
    this.#connection?.abandon("connection_closed");
    this.#leftPage = false;
    this.#wanted = true;
    this.#reconnect();
  }

  /** Pages without a fallback do not load long polling. */
  #loadFallback(): Promise<void> | undefined {
    if (!this.options.longPollFallbackMs || this.#fallback || this.transport.isLongPoll) return;
    return import("./socket/fallback.ts").then(({ Fallback }) => {
      this.#fallback ??= new Fallback(this, new Timer(), () => this.#replaceConnection("transport replaced"));
    });
  }

  #beat(): string {
    const ref = this.makeRef();
    if (this.isConnected()) run(() => this.push({ topic: PHOENIX_TOPIC, event: HEARTBEAT, payload: {}, ref }));
    return ref;
  }

  /** An encoder may call back later, when the connection may be another one. */
  #send(message: SocketMessage): void {
    const connection = this.#connection;
    this.options.encode(message, (frame) => {
      if (connection === this.#connection && this.isConnected()) connection?.send(frame);
    });
  }
}

/**
 * The status of a reply, if it is a string: a server may send anything, even values that cannot be converted to a
 * string.
 */
function statusOf(payload: unknown): string {
  const status = (payload as { readonly status?: unknown } | null)?.status;
  return typeof status === "string" ? status : "";
}
