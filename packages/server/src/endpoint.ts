/**
 * The endpoint mounts sockets on paths of a node:http server, owns PubSub, and lets any code broadcast. It is the
 * composition root: the only place that picks transports, the PubSub adapter and the logger.
 */
import { randomBytes } from "node:crypto";
import { Gate } from "./admission/gate.ts";
import { senderFinder } from "./admission/proxy.ts";
import { onRejection } from "./awaitable.ts";
import { commands } from "./channel/commands.ts";
import { ChannelEndpoint } from "./channel/endpoint.ts";
import type { BroadcastsAt, Contracted, EndpointContract, TopicsOf } from "./channel/endpoint.ts";
import { fastlane, news } from "./channel/fastlane.ts";
import { historySetup } from "./channel/history-setup.ts";
import { ENDPOINT_LIMITS, readMounts } from "./endpoint/config.ts";
import type { BoundPresence, EndpointOptions, MountConfig } from "./endpoint/config.ts";
import { directMessages } from "./endpoint/direct-messages.ts";
import { drain, readDrain } from "./endpoint/drain.ts";
import type { DrainConfig, DrainOptions } from "./endpoint/drain.ts";
import { healthHandler } from "./endpoint/health.ts";
import type { Health } from "./endpoint/health.ts";
import { Mount } from "./endpoint/mount.ts";
import { WingbeatError } from "./errors.ts";
import type { FindHandler, Found, Handler } from "./hosts/host.ts";
import { NodeHost } from "./hosts/node.ts";
import type { AddressInfo, HttpServer, PendingLimits } from "./hosts/node.ts";
import { withDefaults } from "./options.ts";
import { PubSub } from "./pubsub.ts";
import type { Broadcast, HistorySetup, Subscription } from "./pubsub.ts";
import { INSPECTOR, InspectorMail } from "./pubsub/inspector-mail.ts";
import { answerRollCall, ROLL_CALL } from "./pubsub/roll-call.ts";
import type { TopicsIn } from "./socket.ts";
import { Disconnects } from "./socket/disconnects.ts";
import type { SocketProcess } from "./socket/process.ts";
import { emit } from "./telemetry.ts";
import { startLogger } from "./telemetry/logger.ts";
import type { FilterParameters } from "./telemetry/logger.ts";
import { LongPollClients, longPollTransport } from "./transports/longpoll.ts";
import type { TransportDefinition } from "./transports/transport.ts";
import { webSocketTransport } from "./transports/websocket.ts";

/** A plain subscription, made by `endpoint.subscribe`. */
export interface EndpointSubscription {
  readonly topic: string;
  unsubscribe(): void;
}

/** Options of `endpoint.close`. */
export interface CloseOptions {
  /** How clients are drained. `false`: all at once, even with callbacks running. Default: the endpoint's `drain`. */
  readonly drain?: DrainOptions | false;
}

/** Something else that an endpoint serves: the inspector. */
export interface Guest {
  readonly find: FindHandler;
  /** Called once, when all clients have been drained. Must not reject. */
  close(): Promise<void>;
}

/** How long `close` waits for clients to answer the close frame. */
const CLOSE_WAIT = 1_000;

/** What an inspector looks at. */
export interface EndpointInside {
  readonly mounts: readonly Mount[];
  readonly presences: readonly BoundPresence[];
  /** What the logger hides. */
  readonly filterParameters: FilterParameters | undefined;
  readonly mail: InspectorMail;
  isDraining(): boolean;
}

/** `Contract`: what may be sent to which topics. A plain `Endpoint` takes everything. */
export class Endpoint<Contract extends EndpointContract = EndpointContract> extends ChannelEndpoint<Contract> {
  /** The sockets by path, as configured. Used by `wingbeat routes`. */
  readonly sockets: EndpointOptions["sockets"];
  /** @internal As given to `createEndpoint`. */
  readonly options: EndpointOptions;
  readonly #mounts: readonly Mount[];
  readonly #guests = new Set<Guest>();
  readonly #gate: Gate;
  readonly #drainConfig: DrainConfig;
  readonly #health: { readonly path: string; readonly handler: Handler } | undefined;
  /** @internal The ids that were disconnected recently: for the test kit, whose clients come by themselves. */
  readonly disconnects: Disconnects;
  readonly #presences: readonly BoundPresence[];
  readonly #filterParameters: FilterParameters | undefined;
  readonly #inspectorMail: InspectorMail;
  readonly #longPolls: LongPollClients | undefined;
  readonly #stopLogger: () => void;
  readonly #pendingLimits: PendingLimits;
  readonly #host = new NodeHost((path) => this.find(path));
  #started: Promise<void> | undefined = undefined;
  readonly #hurry = new AbortController();
  #draining: Promise<void> | undefined = undefined;
  #closing: Promise<void> | undefined = undefined;

  constructor(options: EndpointOptions) {
    const configs = readMounts(options);
    const disconnects = new Disconnects();
    const routes = configs.map(({ socket }) => socket.spec.routes);
    const mail = new InspectorMail();
    super(pubsubOf(options, disconnects, mail, historySetup(routes, options.pubsub, options.history)));
    this.#inspectorMail = mail;
    this.#filterParameters = typeof options.logger === "object" ? options.logger.filterParameters : undefined;
    this.disconnects = disconnects;
    this.options = options;
    this.sockets = options.sockets;
    const { host, health, maxConnections = ENDPOINT_LIMITS.maxConnections, maxConnectionsPerIp } = options;
    const rules = {
      host,
      gate: new Gate(maxConnections, maxConnectionsPerIp),
      senderOf: senderFinder(options.trustProxy ?? false),
      connectTimeout: options.connectTimeout ?? ENDPOINT_LIMITS.connectTimeout,
    };
    const { requestTimeout, maxPendingSockets } = withDefaults(ENDPOINT_LIMITS, options);
    this.#pendingLimits = { requestTimeout, maxPendingSockets };
    this.#gate = rules.gate;
    this.#drainConfig = readDrain("createEndpoint: drain", options.drain ?? {});
    this.#health = health === undefined ? undefined : { path: health, handler: healthHandler(() => this.health()) };
    this.#longPolls = this.#longPollClients(configs, options);
    this.#mounts = configs.map(
      (config) =>
        new Mount(
          config,
          {
            endpoint: this,
            pubsub: this.pubsub,
            path: config.path,
            socket: config.socket.spec,
            processes: new Set<SocketProcess>(),
            work: { running: 0 },
            disconnects,
            badFrames: config.badFrames,
          },
          rules,
          transportsOf(config, this.#longPolls),
        ),
    );
    this.#presences = (options.presence ?? []).map((presence) => presence.bind(this));
    const channels = configs.flatMap(({ socket }) => socket.spec.routes.map(({ channel }) => channel));
    this.#stopLogger = startLogger(
      this,
      options.logger ?? true,
      channels.map(({ log }) => log.handleIn),
    );
    if (this.#longPolls !== undefined && options.pubsub !== undefined && options.secretKeyBase === undefined) {
      emit("longpoll.secret_is_random", { endpoint: this });
    }
  }

  /** The names of the nodes that are up, this one first, as known to its presences. */
  nodes(): readonly string[] {
    return [...new Set([this.pubsub.nodeName, ...this.#presences.flatMap(({ nodes }) => nodes)])];
  }

  /** @internal For the inspector. */
  inside(): EndpointInside {
    return {
      mounts: this.#mounts,
      presences: this.#presences,
      filterParameters: this.#filterParameters,
      mail: this.#inspectorMail,
      isDraining: () => !this.#gate.isOpen,
    };
  }

  /** How many clients are connected to this endpoint. */
  get connections(): number {
    return this.#mounts.reduce((sum, mount) => sum + mount.processes.size, 0);
  }

  /** The health of the endpoint. Iterates over all connections: meant for a request every few seconds. */
  health(): Health {
    const pubsub = this.pubsub.status();
    let channels = 0;
    let bufferedBytes = 0;
    for (const { processes } of this.#mounts) {
      for (const process of processes) {
        channels += process.channels;
        bufferedBytes += process.connection.bufferedBytes;
      }
    }
    const history = this.pubsub.history?.store.status();
    const isUp = pubsub.state === "up" && history?.state !== "down";
    const status = !this.#gate.isOpen ? "draining" : isUp ? "ok" : "degraded";
    const counts = { connections: this.connections, channels, bufferedBytes };
    return { status, ...counts, pubsub, ...(history === undefined ? {} : { history }) };
  }

  /**
   * Listens on its own port; other paths than the sockets' get 404. Port 0 picks a free one. Rejects when the port is
   * taken or the PubSub adapter cannot start.
   */
  async listen(port: number, host?: string): Promise<AddressInfo> {
    if (this.#host.isListening) throw new WingbeatError("WB_ENDPOINT_STATE", "the endpoint is already listening.");
    const limits = this.#pendingLimits;
    const onEnded = (): void =>
      emit("endpoint.pending_socket_ended", { endpoint: this, limit: limits.maxPendingSockets });
    return this.#host.listen(port, host, limits, onEnded, this.#start());
  }

  /**
   * Serves the sockets on an existing HTTP server, beside whatever else uses it (Express, Fastify, Hono, other
   * WebSocket servers …), added before or after: requests for the endpoint's paths reach only the endpoint, all others
   * never do. The caller keeps the server: `close` does not close it.
   */
  attach(server: HttpServer): void {
    void this.#start();
    this.#host.attach(server);
  }

  /** @internal Serves a guest, too, until the endpoint closes. Returns a function that takes it out without closing it. */
  serve(guest: Guest): () => void {
    if (this.#draining !== undefined) {
      throw new WingbeatError("WB_ENDPOINT_STATE", "the endpoint is closed: create a new one.");
    }
    this.#guests.add(guest);
    return () => void this.#guests.delete(guest);
  }

  /** @internal What answers requests for a path. */
  find(path: string): Found | undefined {
    if (this.#health?.path === path) return { handler: this.#health.handler, params: {} };
    for (const mount of this.#mounts) {
      const found = mount.find(path);
      if (found !== undefined) return found;
    }
    for (const guest of this.#guests) {
      const found = guest.find(path);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /**
   * Calls `receiver` for each broadcast on a topic. It runs inside `broadcast`: keep it short. An exception or
   * rejection is reported to telemetry (`pubsub.delivery_failed`), not thrown to the broadcaster; async receivers are
   * not awaited.
   */
  subscribe<Known extends EndpointContract, const Topic extends TopicsOf<Known>>(
    this: Contracted<Known>,
    topic: Topic,
    receiver: (broadcast: BroadcastsAt<Known, Topic>) => unknown,
  ): EndpointSubscription;
  subscribe(topic: string, receiver: (broadcast: never) => unknown): EndpointSubscription {
    return this.subscribeUnchecked(topic, receiver as (broadcast: Broadcast) => unknown);
  }

  /** {@link subscribe} for topics that the compiler does not know. */
  subscribeUnchecked(topic: string, receiver: (broadcast: Broadcast) => unknown): EndpointSubscription {
    const { pubsub } = this;
    const subscription: Subscription & EndpointSubscription = {
      topic,
      get owner() {
        return subscription;
      },
      receive: (message) => {
        const failed = (error: unknown): void => emit("pubsub.delivery_failed", { topic, subscribers: 1, error });
        try {
          onRejection(receiver(message as Broadcast), failed);
        } catch (error) {
          failed(error);
        }
      },
      unsubscribe: () => pubsub.unsubscribe(subscription),
    };
    pubsub.subscribe(subscription);
    return subscription;
  }

  /**
   * Disconnects all clients with 1012, so that they reconnect to other nodes: in batches, each client once its messages
   * are handled and answered. New clients get 503 meanwhile. Resolves when all are gone, at most one second after the
   * deadline. The endpoint cannot be used afterwards: {@link close} it. `false` closes all at once, also during a
   * drain. Throws `WB_OPTION`.
   */
  drain(options: DrainOptions | false = {}): Promise<void> {
    const config = readDrain("drain", options, this.#drainConfig);
    if (options === false) this.#hurry.abort();
    this.#draining ??= this.#drain(config);
    return this.#draining;
  }

  /** Drains, then closes the server of `listen`, the presences and PubSub. */
  close({ drain }: CloseOptions = {}): Promise<void> {
    if (drain === false) this.#hurry.abort();
    this.#closing ??= this.#close(drain ?? {});
    return this.#closing;
  }

  /** Starts PubSub and the presences, once. Never rejects unhandled. */
  #start(): Promise<void> {
    if (this.#closing !== undefined)
      throw new WingbeatError("WB_ENDPOINT_STATE", "the endpoint is closed: create a new one.");
    this.#started ??= this.pubsub.start().then(() => this.#presences.forEach((presence) => presence.start()));
    this.#started.catch(() => {});
    return this.#started;
  }

  async #drain(config: DrainConfig): Promise<void> {
    this.#gate.close();
    await drain(
      this.#mounts.flatMap(({ processes }) => [...processes]),
      config,
      () => this.#mounts.some(({ hasWork }) => hasWork),
      (round) => emit("endpoint.draining", { endpoint: this, ...round }),
      this.#hurry.signal,
    );
    await Promise.all(this.#mounts.map((mount) => mount.stop(CLOSE_WAIT)));
    await Promise.all([...this.#guests].map((guest) => guest.close()));
    this.#guests.clear();
  }

  async #close(options: DrainOptions | false): Promise<void> {
    await this.drain(options);
    this.#longPolls?.stop();
    await this.#host.close();
    for (const presence of this.#presences) presence.stop();
    await this.pubsub.stop();
    this.#stopLogger();
  }

  /**
   * Present when a mount has long polling. Without a secret shared by all nodes, its clients are known on this node only.
   */
  #longPollClients(configs: readonly MountConfig[], options: EndpointOptions): LongPollClients | undefined {
    if (configs.every(({ longpoll }) => longpoll === undefined)) return undefined;
    const secret = options.secretKeyBase ?? randomBytes(48).toString("base64url");
    const messages = options.pubsub === undefined ? undefined : directMessages(this.pubsub);
    return new LongPollClients(secret, this.pubsub.nodeName, messages);
  }
}

/** The transports of a mount. */
function transportsOf(
  { websocket, longpoll, transports }: MountConfig,
  longPolls: LongPollClients | undefined,
): TransportDefinition[] {
  const builtIn: TransportDefinition[] = [];
  if (websocket !== undefined) builtIn.push(webSocketTransport(websocket));
  if (longpoll !== undefined && longPolls !== undefined) builtIn.push(longPollTransport(longpoll, longPolls));
  return [...builtIn, ...transports];
}

function pubsubOf(
  { pubsub }: EndpointOptions,
  disconnects: Disconnects,
  mail: InspectorMail,
  history: HistorySetup | undefined,
): PubSub {
  const created: PubSub = new PubSub({
    ...(pubsub === undefined ? {} : { adapter: pubsub }),
    history,
    dispatchers: {
      fastlane,
      news,
      commands,
      disconnect: (subscriptions, from, message, position) => {
        disconnects.add((message as Broadcast).topic);
        fastlane(subscriptions, from, message, position);
      },
      [ROLL_CALL]: (_subscriptions, _from, question) => answerRollCall(created, question),
      [INSPECTOR]: (_subscriptions, _from, message) => mail.receive?.(message),
    },
    unconditional: ["disconnect", ROLL_CALL, INSPECTOR],
  });
  return created;
}

/**
 * Creates an endpoint. It serves nothing until {@link Endpoint.listen} or {@link Endpoint.attach} is called.
 *
 * @example
 * const endpoint = createEndpoint({ sockets: { "/socket": userSocket } });
 * await endpoint.listen(4000);
 */
export function createEndpoint<Sockets extends EndpointOptions["sockets"]>(
  options: EndpointOptions & { readonly sockets: Sockets },
): Endpoint<TopicsIn<Sockets>> {
  return new Endpoint(options);
}
