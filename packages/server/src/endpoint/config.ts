/** Options of an endpoint, read once: unknown keys and invalid values are rejected at start; all defaults are here. */
import type { HttpAnswer } from "../admission/answer.ts";
import { sessionReader } from "../admission/cookie-session.ts";
import type { ReadSession, SessionOptions } from "../admission/cookie-session.ts";
import type { CheckOrigin } from "../admission/origin.ts";
import type { TrustProxy } from "../admission/proxy.ts";
import { phoenixSerializer } from "../admission/rules.ts";
import type { PickSerializer } from "../admission/rules.ts";
import { WingbeatError } from "../errors.ts";
import { checkCount, checkDuration, checkKeys, checkLimit, checkTimeout, withDefaults } from "../options.ts";
import type { HistoryStore, PubSub, PubSubAdapter } from "../pubsub.ts";
import type { ConnectInfo } from "../socket/connect-info.ts";
import type { BadFrames } from "../socket/process.ts";
import type { SocketDefinition } from "../socket.ts";
import type { LoggerOption } from "../telemetry/logger.ts";
import type { TransportDefinition } from "../transports/transport.ts";
import type { DrainOptions } from "./drain.ts";

/** A mount's `websocket`: who may connect over WebSocket, and the limits of a connection. */
export interface WebSocketOptions {
  /** Path below the mount, with `:variables` that join the connect params. Default `/websocket`. */
  readonly path?: string;
  /** Milliseconds without data from the client after which it is closed with 1002. Default 60,000. */
  readonly timeout?: number;
  /** Bytes of the largest frame or fragmented message; beyond it the connection closes with 1009. Default 1,000,000. */
  readonly maxFrameSize?: number;
  /**
   * Bytes that may be buffered for a slow client. Beyond it the client has `bufferTimeout` to catch up before it is
   * closed with 1013; at four times the limit it is closed at once. Data sent in a single turn of the event loop does
   * not count against a client that had caught up before. Default 4 MiB.
   */
  readonly maxBufferedBytes?: number;
  /** Milliseconds a client may stay above `maxBufferedBytes`. Default 10,000. */
  readonly bufferTimeout?: number;
  /** Subprotocols that a client may request. A client that requests only others gets 403. Default none. */
  readonly subprotocols?: readonly string[];
  /** Accept permessage-deflate. Costs memory and time per connection. Default false. */
  readonly compress?: boolean;
  /** Which pages may connect. Default: the endpoint's. */
  readonly checkOrigin?: CheckOrigin;
  /**
   * Builds the HTTP answer when `connect` refuses with a reason; sync or async. Not asked for clients that are told the
   * reason itself (`@wingbeat/client`). Framing headers (`content-length`,
   * `connection` …) are dropped. An answer that HTTP does not allow becomes a 500. Default: 403 with no body.
   */
  readonly errorHandler?: (reason: unknown, info: ConnectInfo) => HttpAnswer | PromiseLike<HttpAnswer>;
}

/** A mount's `longpoll`: who may connect by long polling, and the limits of a client. */
export interface LongPollOptions {
  /** Path below the mount, with `:variables` that join the connect params. Default `/longpoll`. */
  readonly path?: string;
  /**
   * Milliseconds a poll waits for messages. A client that does not poll for one and a half times as long is gone. Default
   * 10,000.
   */
  readonly window?: number;
  /** Milliseconds to wait for another node to confirm that it has the client. Default 2,000. */
  readonly pubsubTimeout?: number;
  /**
   * Milliseconds in which the body of a POST must arrive (beyond it, 408) and the answer to a poll must be read.
   * Default 15,000.
   */
  readonly bodyTimeout?: number;
  /** Bytes of the largest body of a POST; beyond it the answer is 413. Default 1,500,000. */
  readonly maxBodySize?: number;
  /** Messages in one POST; a larger batch is refused as a whole with 413. Default 100. */
  readonly maxBatchMessages?: number;
  /**
   * Bytes that may be buffered for a client's next poll. Beyond it the client has `bufferTimeout` to catch up before
   * its connection ends; at four times the limit it ends at once. Default 4 MiB.
   */
  readonly maxBufferedBytes?: number;
  /** Milliseconds a client may stay above `maxBufferedBytes`. Default 10,000. */
  readonly bufferTimeout?: number;
  /** Which pages may connect. Default: the endpoint's. */
  readonly checkOrigin?: CheckOrigin;
}

/** A socket on a path, with options. */
export interface MountOptions {
  readonly socket: SocketDefinition;
  /** Read a token from `Sec-WebSocket-Protocol` or `X-Phoenix-AuthToken` into `info.authToken`. Default false. */
  readonly authToken?: boolean;
  /** Reads the web session of the user who connects into `info.session`. Default: none. */
  readonly session?: SessionOptions;
  /** Default true. */
  readonly websocket?: boolean | WebSocketOptions;
  /** For clients behind proxies that block WebSockets. Default false. */
  readonly longpoll?: boolean | LongPollOptions;
  /** Other transports, in addition to these: `wingbeat/transports` has the contract. Default none. */
  readonly transports?: readonly TransportDefinition[];
  /**
   * Picks the serializer for the `vsn` of a client: for other dialects of the wire. Undefined refuses the client with 403.
   * Default: Phoenix's, V1 for 1.0.x and V2 for 2.0.x.
   */
  readonly serializer?: PickSerializer;
  /**
   * What happens when a frame of a client cannot be decoded. `close`, as in Phoenix: the connection is closed with 1011.
   * `ignore`: nothing; the frame counts against `eventsPerSecond`. Both are told to telemetry. Default `close`.
   */
  readonly badFrames?: BadFrames;
}

/** What `createEndpoint` takes. */
export interface EndpointOptions {
  /** Sockets by mount path. A path may have `:variables`. */
  readonly sockets: Readonly<Record<string, SocketDefinition | MountOptions>>;
  /** Which pages may connect. Default true: pages of this host. */
  readonly checkOrigin?: CheckOrigin;
  /** The public host name, for `checkOrigin: true` behind a proxy that changes `Host`. Default: the `Host` header. */
  readonly host?: string;
  /** Connects this node to others. Default: none. */
  readonly pubsub?: PubSubAdapter;
  /**
   * Signs the tokens of long polling: 64 random characters, the same on all nodes. Default: generated at start,
   * which works for a single process.
   */
  readonly secretKeyBase?: string;
  /**
   * Keeps what is broadcast on topics whose channels declare `.history`. Default: the adapter's own; without an adapter
   * `memoryHistory()`.
   */
  readonly history?: HistoryStore;
  /** Presences used by its channels, made by `definePresence`. Default: none. */
  readonly presence?: readonly EndpointPresence[];
  /**
   * Which proxies are trusted to report the client's address: `info.peer`, `info.uri`, `checkOrigin`. Default false:
   * none.
   */
  readonly trustProxy?: TrustProxy;
  /**
   * Maximum number of connections to all its sockets; beyond it 503 with `Retry-After`. Infinity: no limit. Default
   * 100,000.
   */
  readonly maxConnections?: number;
  /**
   * The same per IPv4 address, or per IPv6 /64 network. Behind a proxy, also set `trustProxy`. Default Infinity,
   * because many users may share one address.
   */
  readonly maxConnectionsPerIp?: number;
  /**
   * Milliseconds that the async callbacks of one connection may take together: `checkOrigin`, `session`, `params`,
   * `connect`, `errorHandler`, `id`. Beyond it 503 with `Retry-After`. Infinity: no limit. Default 10,000.
   */
  readonly connectTimeout?: number;
  /**
   * For {@link Endpoint.listen}: milliseconds a client has to send the headers of a request, counted from when it
   * connects. It has three times as long to send the whole request. Default 10,000. Infinity: no limit.
   */
  readonly requestTimeout?: number;
  /**
   * For {@link Endpoint.listen}: how many TCP connections may be open without having sent a whole request. Beyond it
   * the oldest is closed. Default 10,000.
   */
  readonly maxPendingSockets?: number;
  /** How `close` drains clients. Default: batches of 10,000 every 2 s, all within 30 s. False: all at once. */
  readonly drain?: DrainOptions | false;
  /** The path of the health check: 200, or 503 while draining. Default: none. */
  readonly health?: string;
  /** What is logged; `false`: nothing. Default true: level `info` on the console. */
  readonly logger?: LoggerOption;
}

/** What an endpoint needs of a presence. */
export interface EndpointPresence {
  bind(endpoint: { readonly pubsub: PubSub }): BoundPresence;
}

/** How many are on a topic. */
export interface PresenceSize {
  readonly topic: string;
  readonly keys: number;
  readonly metas: number;
}

/** A presence bound to an endpoint. */
export interface BoundPresence {
  /** The names of the nodes it knows. */
  readonly nodes: readonly string[];
  /** The names of nodes that are silent, but may come back. */
  readonly silentNodes: readonly string[];
  /** Its own name. */
  readonly name: string;
  /** How many keys and metas are on each topic, on all nodes. */
  sizes(): Iterable<PresenceSize>;
  sizeOf(topic: string): PresenceSize;
  start(): void;
  stop(): void;
}

/** WebSocket options with defaults filled in. */
export type WebSocketConfig = Required<Omit<WebSocketOptions, "errorHandler">> & Pick<WebSocketOptions, "errorHandler">;
/** Long-poll options with defaults filled in. */
export type LongPollConfig = Required<LongPollOptions>;

/** A mount with defaults filled in. */
export interface MountConfig {
  readonly path: string;
  readonly socket: SocketDefinition;
  readonly authToken: boolean;
  readonly readSession: ReadSession | undefined;
  readonly websocket: WebSocketConfig | undefined;
  readonly longpoll: LongPollConfig | undefined;
  readonly transports: readonly TransportDefinition[];
  readonly serializer: PickSerializer;
  readonly badFrames: BadFrames;
  /** For transports that have none of their own. */
  readonly checkOrigin: CheckOrigin;
}

const ENDPOINT_KEYS = [
  "sockets",
  "checkOrigin",
  "host",
  "pubsub",
  "history",
  "presence",
  "secretKeyBase",
  "trustProxy",
  "maxConnections",
  "maxConnectionsPerIp",
  "connectTimeout",
  "requestTimeout",
  "maxPendingSockets",
  "drain",
  "health",
  "logger",
];
const MOUNT_KEYS = ["socket", "authToken", "session", "websocket", "longpoll", "transports", "serializer", "badFrames"];
const WEBSOCKET_KEYS = [
  "path",
  "timeout",
  "maxFrameSize",
  "maxBufferedBytes",
  "bufferTimeout",
  "subprotocols",
  "compress",
  "checkOrigin",
  "errorHandler",
];

/** Defaults of the limits, as docs/reference/limits.md lists them. */
export const ENDPOINT_LIMITS = {
  maxConnections: 100_000,
  maxConnectionsPerIp: Infinity,
  connectTimeout: 10_000,
  requestTimeout: 10_000,
  maxPendingSockets: 10_000,
} as const;
export const WEBSOCKET_LIMITS = {
  timeout: 60_000,
  maxFrameSize: 1_000_000,
  maxBufferedBytes: 4 * 1024 * 1024,
  bufferTimeout: 10_000,
} as const;
export const LONGPOLL_LIMITS = {
  window: 10_000,
  pubsubTimeout: 2_000,
  bodyTimeout: 15_000,
  maxBodySize: 1_500_000,
  maxBatchMessages: 100,
  maxBufferedBytes: 4 * 1024 * 1024,
  bufferTimeout: 10_000,
} as const;

/** Reads the mounts of an endpoint. Throws `WB_OPTION`. */
export function readMounts(options: EndpointOptions): MountConfig[] {
  checkKeys("createEndpoint", options, ENDPOINT_KEYS);
  checkSecret(options.secretKeyBase);
  for (const name of ["maxConnections", "maxConnectionsPerIp", "maxPendingSockets"] as const) {
    checkLimit(`createEndpoint: ${name}`, options[name]);
  }
  checkTimeout("createEndpoint: requestTimeout", options.requestTimeout);
  checkTimeout("createEndpoint: connectTimeout", options.connectTimeout);
  if (options.health !== undefined) checkPath(options.health);
  const mounts = Object.entries(options.sockets ?? {});
  if (mounts.length === 0) {
    throw new WingbeatError("WB_OPTION", 'createEndpoint needs sockets: write sockets: { "/socket": userSocket }.');
  }
  return mounts.map(([path, mount]) => readMount(path, mount, options.checkOrigin ?? true));
}

function readMount(path: string, mount: SocketDefinition | MountOptions, checkOrigin: CheckOrigin): MountConfig {
  const options: MountOptions = "socket" in mount ? mount : { socket: mount };
  const where = `sockets["${path}"]`;
  checkKeys(where, options, MOUNT_KEYS);
  checkPath(path);
  const { socket, authToken = false, session, websocket = true, longpoll = false, transports = [] } = options;
  const { serializer = phoenixSerializer, badFrames = "close" } = options;
  if (badFrames !== "close" && badFrames !== "ignore") {
    throw new WingbeatError(
      "WB_OPTION",
      `${where}.badFrames is ${JSON.stringify(badFrames)}: it must be "close" or "ignore".`,
    );
  }
  if (websocket === false && longpoll === false && transports.length === 0) {
    throw new WingbeatError("WB_OPTION", `${where} has no transport: enable websocket or longpoll.`);
  }
  const config: MountConfig = {
    path,
    socket,
    authToken,
    readSession: session && sessionReader(`${where}.session`, session),
    websocket:
      websocket === false
        ? undefined
        : readWebSocket(`${where}.websocket`, websocket === true ? {} : websocket, checkOrigin),
    longpoll:
      longpoll === false
        ? undefined
        : readLongPoll(`${where}.longpoll`, longpoll === true ? {} : longpoll, checkOrigin),
    transports,
    serializer,
    badFrames,
    checkOrigin,
  };
  checkGuards(where, config, session);
  return config;
}

/** A session that every site's pages could use is a mistake. */
function checkGuards(where: string, config: MountConfig, session: SessionOptions | undefined): void {
  const { websocket, longpoll, transports, checkOrigin } = config;
  if (session?.csrf !== false) return;
  const all = [websocket, longpoll, ...transports].filter((transport) => transport !== undefined);
  if (all.every((transport) => (transport.checkOrigin ?? checkOrigin) !== false)) return;
  throw new WingbeatError(
    "WB_OPTION",
    `${where} has checkOrigin: false and session.csrf: false: every web page could act as its visitors. Set one of them.`,
  );
}

function readWebSocket(where: string, options: WebSocketOptions, checkOrigin: CheckOrigin): WebSocketConfig {
  checkKeys(where, options, WEBSOCKET_KEYS);
  if (options.path !== undefined) checkPath(options.path);
  checkTimeout(`${where}.timeout`, options.timeout);
  checkCount(`${where}.maxFrameSize`, options.maxFrameSize);
  checkLimit(`${where}.maxBufferedBytes`, options.maxBufferedBytes);
  checkTimeout(`${where}.bufferTimeout`, options.bufferTimeout);
  const defaults = { path: "/websocket", ...WEBSOCKET_LIMITS, subprotocols: [], compress: false, checkOrigin };
  return withDefaults(defaults, options);
}

function readLongPoll(where: string, options: LongPollOptions, checkOrigin: CheckOrigin): LongPollConfig {
  checkKeys(where, options, ["path", "checkOrigin", ...Object.keys(LONGPOLL_LIMITS)]);
  if (options.path !== undefined) checkPath(options.path);
  for (const name of ["window", "pubsubTimeout"] as const) checkDuration(`${where}.${name}`, options[name]);
  for (const name of ["bodyTimeout", "bufferTimeout"] as const) checkTimeout(`${where}.${name}`, options[name]);
  for (const name of ["maxBodySize", "maxBatchMessages"] as const) checkCount(`${where}.${name}`, options[name]);
  checkLimit(`${where}.maxBufferedBytes`, options.maxBufferedBytes);
  return withDefaults({ path: "/longpoll", ...LONGPOLL_LIMITS, checkOrigin }, options);
}

/** Checked here because a secret that is too short would otherwise fail only at the first client. */
function checkSecret(secret: unknown): void {
  if (secret === undefined || (typeof secret === "string" && Buffer.byteLength(secret) >= 20)) return;
  throw new WingbeatError(
    "WB_OPTION",
    "createEndpoint: secretKeyBase must be a string of at least 20 bytes, better 64. Generate one: openssl rand -base64 48",
  );
}

function checkPath(path: string): void {
  if (path.startsWith("/")) return;
  throw new WingbeatError("WB_OPTION", `path "${path}" must begin with "/".`);
}
