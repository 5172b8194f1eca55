/**
 * The connection to a server, kept up: opens it, opens it again when it is lost, and hands its messages to the channels.
 * The names and behaviour are phoenix.js's; docs/phoenix-js.md lists where we differ.
 *
 * @example
 * const socket = new Socket<typeof userSocket>("/socket", { params: { token } });
 * socket.connect();
 * const channel = socket.channel("room:42");
 */
import { HEARTBEAT, PHOENIX_TOPIC } from "@wingbeat/protocol";
import type { Payload } from "@wingbeat/protocol";
import { Channel } from "./channel.ts";
import type { ChannelSocket, TransportError } from "./channel.ts";
import type { ChannelAt, JoinArgs, JoinParams, TopicsOf, TypedSocket, UntypedSocket } from "./contract.ts";
import { isPromise } from "./is-promise.ts";
import { run } from "./listeners.ts";
import type { ListenerRef } from "./listeners.ts";
import { RetryTimer } from "./retry-timer.ts";
import type { SocketMessage } from "./serializer.ts";
import { protocolsFor } from "./socket/auth-token.ts";
import { Callbacks } from "./socket/callbacks.ts";
import type { ErrorArgs } from "./socket/callbacks.ts";
import { Connection, NORMAL_CLOSURE } from "./socket/connection.ts";
import type { ConnectionState } from "./socket/connection.ts";
import type { Fallback } from "./socket/fallback.ts";
import { Heartbeat } from "./socket/heartbeat.ts";
import { configure, provide } from "./socket/options.ts";
import type { Config, Provider, SocketOptions } from "./socket/options.ts";
import { Page } from "./socket/page.ts";
import { endPointURL, protocol } from "./socket/url.ts";
import type { Params } from "./socket/url.ts";
import type { CloseEvent, Transport, TransportClass } from "./transport.ts";

export class Socket<Definition extends TypedSocket = UntypedSocket> implements ChannelSocket, TypedSocket {
  /** Types only: what the server has. No value is there. */
  declare readonly "~contract": Definition["~contract"];
  readonly endPoint: string;
  /** Milliseconds that pushes and joins wait for their answers. */
  readonly timeout: number;
  transport: TransportClass;
  channels: readonly Channel[] = [];
  /** The number of the last ref. */
  ref = 0;
  /** Messages that were pushed while there was no connection. Channels keep their own. */
  sendBuffer: SocketMessage[] = [];
  /** The options, with defaults where none was given. */
  readonly options: Config;
  readonly #callbacks = new Callbacks();
  readonly #reconnectTimer: RetryTimer;
  readonly #heartbeat: Heartbeat;
  readonly #page: Page;
  #fallback: Fallback | undefined;
  #params: Provider<Params> | undefined;
  #connection: Connection | undefined;
  /** Between `connect` and `disconnect`: a lost connection is opened again. */
  #wanted = false;
  /** The params of a connection are awaited. */
  #preparing = false;
  /** Counts starts and ends: what was awaited for an earlier one is dropped. */
  #clock = 0;
  #establishedConnections = 0;
  /** Closed because the page was left: to be opened when it comes back. */
  #leftPage = false;

  /** `endPoint` is the server's mount, as `/socket` (on a page) or `wss://example.com/socket`. */
  constructor(endPoint: string, options: SocketOptions = {}) {
    this.options = configure(options);
    this.timeout = this.options.timeout;
    this.endPoint = `${endPoint}/websocket`;
    this.transport = this.options.transport;
    this.#params = this.options.params;
    this.#reconnectTimer = new RetryTimer(() => this.#reconnect(), this.options.reconnectAfterMs);
    const heartbeatHost = { beat: () => this.#beat(), timedOut: () => this.#heartbeatTimedOut() };
    this.#heartbeat = new Heartbeat(heartbeatHost, this.options.heartbeatIntervalMs, this.options.timeout);
    this.#page = new Page({
      left: () => this.#leavePage(),
      returned: () => this.#leftPage && this.connect(),
      woke: () => this.#wake(),
    });
  }

  /** The transport of the current connection. */
  get conn(): Transport | undefined {
    return this.#connection?.transport;
  }

  /**
   * Opens the connection and keeps it up until `disconnect()`. Does nothing when that is under way already. `params`
   * replace those of the constructor (phoenix.js has them deprecated). Throws for an address that cannot be used.
   */
  connect(params?: Params): void {
    if (params !== undefined) this.#params = params;
    if (!this.#wanted) this.#connection?.abandon("connection closed");
    if (this.#connection !== undefined || this.#preparing) return;
    this.#leftPage = false;
    this.#reconnectTimer.reset();
    this.#start();
    this.#wanted = true;
    this.#page.watch();
  }

  /** Closes the connection for good; calls back when it is closed, at once when there is none. */
  disconnect(callback?: () => void, code?: number, reason?: string): void {
    this.#leftPage = false;
    this.#page.unwatch();
    this.#close(callback, code, reason);
  }

  /** A channel for a topic. Nothing is sent before its `join()`. Why its types come with `this`: see contract.ts. */
  channel<Server extends TypedSocket, const Topic extends TopicsOf<Server>>(
    this: Server,
    topic: Topic,
    ...[params]: JoinArgs<ChannelAt<Server, Topic>["join"]["in"]>
  ): Channel<ChannelAt<Server, Topic>>;
  channel(topic: string, params?: JoinParams<Payload>): Channel {
    const channel = new Channel(topic, params ?? {}, this);
    this.channels = [...this.channels, channel];
    return channel;
  }

  /** Sends a message as it is, or keeps it for the next connection. Throws when too many are kept. */
  push(message: SocketMessage): void {
    const { topic, event, payload, ref, join_ref } = message;
    if (this.hasLogger()) this.log("push", `${topic} ${event} (${join_ref}, ${ref})`, payload);
    if (this.isConnected()) return this.#send(message);
    if (this.sendBuffer.length >= this.options.bufferLimit) {
      throw new Error(`bufferLimit reached: ${this.options.bufferLimit} messages wait for a connection`);
    }
    this.sendBuffer.push(message);
  }

  /** Measures a round trip: calls back with milliseconds. False, without a call, when not connected. */
  ping(callback: (milliseconds: number) => unknown): boolean {
    if (!this.isConnected()) return false;
    const start = Date.now();
    const ref = this.#beat();
    const off = this.onMessage((message) => {
      if (message.ref !== ref) return;
      off();
      callback(Date.now() - start);
    });
    return true;
  }

  /** Calls back at every connection, after the channels have begun to join again. */
  onOpen(callback: () => unknown): ListenerRef<string> {
    return this.#callbacks.add(this.#callbacks.open, callback);
  }

  /** Calls back when a connection has closed; `event.code` and `event.reason` say why. */
  onClose(callback: (event: CloseEvent) => unknown): ListenerRef<string> {
    return this.#callbacks.add(this.#callbacks.close, callback);
  }

  /** Calls back when a connection failed, or could not be made. The socket tries again by itself. */
  onError(callback: (...args: ErrorArgs) => unknown): ListenerRef<string> {
    return this.#callbacks.add(this.#callbacks.error, callback);
  }

  /** Calls back for every message, after the channels. */
  onMessage(callback: (message: SocketMessage) => unknown): ListenerRef<string> {
    return this.#callbacks.add(this.#callbacks.message, callback);
  }

  /** Removes the callbacks with these refs. */
  off(refs: readonly (ListenerRef<string> | string)[]): void {
    this.#callbacks.remove(refs);
  }

  isConnected(): boolean {
    return this.connectionState() === "open";
  }

  connectionState(): ConnectionState {
    return this.#preparing ? "connecting" : (this.#connection?.state ?? "closed");
  }

  /** The address of the next connection, unless its params are still to be awaited. */
  endPointURL(): string {
    const params = provide(this.#params);
    return endPointURL(this.endPoint, isPromise(params) ? {} : (params ?? {}), this.options.vsn);
  }

  protocol(): "ws" | "wss" {
    return protocol();
  }

  /** A new ref, unique on this socket. */
  makeRef(): string {
    this.ref = this.ref >= Number.MAX_SAFE_INTEGER ? 0 : this.ref + 1;
    return String(this.ref);
  }

  hasLogger(): boolean {
    return this.options.logger !== undefined;
  }

  log(kind: string, message: string, data?: unknown): void {
    this.options.logger?.(kind, message, data);
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

  /** Forgets a channel. Channels do this themselves when they are closed. */
  remove(channel: object): void {
    this.channels = this.channels.filter((other) => other !== channel);
  }

  leaveOpenTopic(topic: string, newcomer: object): void {
    const duplicate = this.channels.find(
      (channel) => channel !== newcomer && channel.topic === topic && !channel.isClosed(),
    );
    if (duplicate === undefined) return;
    this.log("transport", `leaving duplicate topic "${topic}"`);
    duplicate.leave();
  }

  #start(): void {
    const clock = ++this.#clock;
    const needed = [provide(this.#params), provide(this.options.authToken), this.#loadFallback()] as const;
    const [params, authToken, fallback] = needed;
    if (!isPromise(params) && !isPromise(authToken) && fallback === undefined) return this.#open(params, authToken);
    this.#preparing = true;
    Promise.all(needed)
      .then((provided) => {
        if (clock !== this.#clock) return;
        this.#preparing = false;
        this.#open(provided[0], provided[1]);
      })
      .catch((error: unknown) => clock === this.#clock && this.#startFailed(error));
  }

  #open(params: Params | undefined, authToken: string | null | undefined): void {
    const Transport = this.transport;
    const fallback = Transport === this.options.transport ? this.#fallback : undefined;
    if (fallback?.remembered === true) return fallback.fallBack("remembered");
    const transport = new Transport(
      endPointURL(this.endPoint, params ?? {}, this.options.vsn),
      protocolsFor(authToken ?? undefined),
    );
    transport.binaryType = this.options.binaryType;
    transport.timeout = this.options.longpollerTimeout;
    this.#connection = new Connection(transport, {
      opened: () => this.#opened(transport.skipHeartbeat),
      received: (data) => this.#received(data),
      failed: (error) => this.#failed(error),
      closed: (event, connection) => this.#closed(event, connection),
    });
    fallback?.start();
  }

  /** The params, the token or the transport could not be had: as good as a connection that failed. */
  #startFailed(error: unknown): void {
    this.#preparing = false;
    this.log("transport", "no connection could be tried", error);
    this.#reconnectTimer.schedule();
    this.#callbacks.error.call(error, this.transport, this.#establishedConnections);
  }

  #opened(skipHeartbeat = false): void {
    this.log("transport", `connected to ${this.endPoint}`);
    this.#establishedConnections++;
    this.#reconnectTimer.reset();
    if (!skipHeartbeat) this.#heartbeat.start();
    const waiting = this.sendBuffer;
    this.sendBuffer = [];
    for (const message of waiting) run(() => this.#send(message));
    for (const channel of this.channels) run(() => channel.connected());
    this.#callbacks.open.call();
    this.#fallback?.opened();
  }

  #received(data: unknown): void {
    this.options.decode(data, (message) => {
      this.#heartbeat.received(message.ref);
      const { topic, event, payload, ref, join_ref = null } = message;
      if (this.hasLogger()) this.log("receive", `${statusOf(payload)} ${topic} ${event} (${ref})`, payload);
      for (const channel of this.channels) {
        if (channel.isMember(message)) run(() => channel.trigger(event, payload, ref, join_ref));
      }
      this.#callbacks.message.call(message);
    });
  }

  #failed(error: unknown): void {
    const { transport } = this;
    this.log("transport", "error", error);
    const before = this.#establishedConnections;
    this.#callbacks.error.call(error, transport, before);
    if (before === 0 && this.#wanted) this.#fallback?.failed();
    if (transport === this.transport) this.#lost("connection_error");
  }

  #closed(event: CloseEvent, connection: Connection): void {
    this.log("transport", `close ${event.code} ${event.reason}`, event);
    if (connection === this.#connection) {
      this.#connection = undefined;
      this.#lost("connection_closed");
      if (this.#wanted && event.code !== NORMAL_CLOSURE) this.#reconnectTimer.schedule();
    }
    this.#callbacks.close.call(event);
  }

  #heartbeatTimedOut(): void {
    this.#lost("heartbeat_timeout");
    this.#connection?.abandon("heartbeat timeout");
  }

  #lost(reason: TransportError["reason"]): void {
    this.#heartbeat.stop();
    for (const channel of this.channels) run(() => channel.disconnected(reason));
  }

  #close(callback?: () => void, code?: number, reason?: string): void {
    this.#clock++;
    this.#wanted = false;
    this.#preparing = false;
    this.#fallback?.stop();
    this.#reconnectTimer.reset();
    if (this.#connection === undefined) callback?.();
    else this.#connection.close(callback, code, reason);
  }

  #reconnect(): void {
    if (this.#page.hidden) return this.log("transport", "not reconnecting while the page is hidden");
    try {
      this.#start();
    } catch (error) {
      this.#startFailed(error);
    }
  }

  /** The page is seen or the network is back: no reason to wait any longer. */
  #wake(): void {
    this.#heartbeat.wake();
    if (!this.#wanted || this.#connection !== undefined || this.#preparing) return;
    this.#reconnectTimer.reset();
    this.#reconnect();
  }

  #leavePage(): void {
    if (this.#connection === undefined) return;
    this.#close();
    this.#leftPage = true;
  }

  /** A page whose WebSockets are to be trusted does not carry long polling. */
  #loadFallback(): Promise<void> | undefined {
    const { longPollFallbackMs, sessionStorage } = this.options;
    if (longPollFallbackMs === undefined || this.#fallback !== undefined) return undefined;
    const host = {
      storage: sessionStorage,
      ping: (callback: () => void) => void this.ping(callback),
      log: (message: string) => this.log("transport", message),
      fallBack: (transport: TransportClass) => {
        this.replaceTransport(transport);
        this.connect();
      },
    };
    return import("./socket/fallback.ts").then(({ Fallback }) => {
      this.#fallback = new Fallback(host, longPollFallbackMs);
    });
  }

  #beat(): string {
    const ref = this.makeRef();
    if (this.isConnected()) this.push({ topic: PHOENIX_TOPIC, event: HEARTBEAT, payload: {}, ref });
    return ref;
  }

  #send(message: SocketMessage): void {
    this.options.encode(message, (frame) => this.#connection?.send(frame));
  }
}

const statusOf = (payload: unknown) => (payload as { readonly status?: string } | null)?.status ?? "";
