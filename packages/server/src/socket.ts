/**
 * `defineSocket`: who may connect, the id of each connection, and which channels it can join. The process that runs it
 * for each client is in `socket/process.ts`.
 */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { MAX_DEPTH, MAX_LEVELS } from "@wingbeat/protocol";
import type { ChannelContract, Mistake, ParamsOf, SocketContract } from "@wingbeat/protocol";
import type { AnyChannel, NoJoin } from "./channel.ts";
import type { AnySchema, Output as SchemaOutput } from "./channel/schema.ts";
import type { EndpointContract, Sendable, TopicContract } from "./channel/endpoint.ts";
import type { Reply } from "./channel/result.ts";
import { WingbeatError } from "./errors.ts";
import { checkKeys, checkLimit, checkRate, checkTimeout, withDefaults } from "./options.ts";
import { parsePattern } from "./pattern.ts";
import type { ConnectInfo } from "./socket/connect-info.ts";
import type { Route, SocketSpec } from "./socket/spec.ts";

export type { ConnectInfo } from "./socket/connect-info.ts";

type Awaitable<T> = T | PromiseLike<T>;
type Output<S> = S extends StandardSchemaV1<infer _In, infer Out> ? Out : never;

/**
 * Connect params from the URL, including path variables: each a string, or nested by `a[b]=` and `l[]=`. They are
 * untrusted: check them, or declare a schema as `params`.
 */
export type ConnectParams = Readonly<Record<string, unknown>>;

/** What `connect` may return: `ok(assigns)` or `refuse(reason?)`. */
type OkOrRefuse = Reply<"ok", object> | Reply<"error">;
type AssignsOf<R> = R extends Reply<"ok", infer A> ? A : never;
/**
 * The reasons with which `connect` refuses. With a `refuse()` among them unknown: the compiler merges all other results
 * into it.
 */
type ReasonsOf<R> =
  R extends Reply<"error", infer Reason> ? (Record<never, never> extends Reason ? unknown : Reason) : never;

/** A channel under another pattern, or with assigns of its own: made by {@link routeChannel}. */
export interface RoutedChannel<C extends AnyChannel = AnyChannel, Pattern extends string = string, A = object> {
  readonly pattern: Pattern;
  readonly channel: C;
  readonly assigns: A;
}

type Routable = AnyChannel | RoutedChannel;
type ChannelOf<R> = R extends RoutedChannel<infer C> ? C : R;
type OwnAssigns<R> = R extends RoutedChannel<AnyChannel, string, infer A> ? A : unknown;
type ContractOf<R> =
  R extends RoutedChannel<infer C, infer Pattern>
    ? Omit<C["~contract"], "topic"> & { readonly topic: Pattern }
    : R extends AnyChannel
      ? R["~contract"]
      : never;

/** The compiler error for a channel whose assigns `connect` does not provide. */
export interface MissingAssigns<Needed, Provided> {
  readonly "this channel declares assigns that connect and its route do not provide": {
    readonly needed: Needed;
    readonly provided: Provided;
  };
}

/** A channel needs a `join`, and what it declares as assigns from the socket and its route. */
type Checked<R, Assigns> =
  ChannelOf<R> extends { readonly "~assigns": infer Needed; readonly "~contract": { readonly join: infer Join } }
    ? [Join] extends [NoJoin]
      ? Mistake<"this channel has no join, so no client could join it: add .join(() => ok())">
      : Assigns & OwnAssigns<R> extends Needed
        ? unknown
        : MissingAssigns<Needed, Assigns & OwnAssigns<R>>
    : unknown;

/** What `connect` receives: parsed by the schema, or raw. */
type ParamsFor<Schema> = [Schema] extends [StandardSchemaV1] ? Output<Schema> : ConnectParams;

/** The second argument of `connect`. */
type InfoFor<Session> = Session extends AnySchema ? ConnectInfo<SchemaOutput<Session>> : ConnectInfo;

/** What `defineSocket` takes. */
export interface SocketOptions<
  Routes extends readonly Routable[],
  Result extends OkOrRefuse,
  Schema extends StandardSchemaV1 | undefined,
  Id extends string = string,
  Session extends AnySchema | undefined = undefined,
> {
  /** A schema for the connect params. Params that do not fit are refused with HTTP 403. */
  readonly params?: Schema;
  /**
   * A schema for the web session, on mounts that read one: `info.session` has its type. A session that does not fit
   * counts as none.
   */
  readonly session?: Session;
  /**
   * Decides who may connect: `ok(assigns)` or `refuse(reason?)`, sync or async. `() => ok()` accepts everybody. A throw
   * is answered with HTTP 500.
   */
  readonly connect: (params: ParamsFor<Schema>, info: InfoFor<Session>) => Awaitable<Result>;
  /** Names the connection, for "disconnect" broadcasts; null or absent: anonymous. Put it after `connect`. */
  readonly id?: (assigns: AssignsOf<Result>) => Awaitable<Id | null | undefined>;
  /** The channels. A topic goes to the first whose pattern matches. */
  readonly channels: { readonly [K in keyof Routes]: Checked<Routes[K], AssignsOf<Result>> & Routes[K] };
  /** How many channels one connection may be on. Default 100. */
  readonly maxChannels?: number;
  /**
   * How many messages may wait for a busy channel before the server stops reading from the connection. Default 1,000.
   */
  readonly maxMailboxMessages?: number;
  /**
   * The same limit in bytes of memory, estimated from the decoded messages and summed over all channels of the
   * connection. Default 4 MiB.
   */
  readonly maxMailboxBytes?: number;
  /**
   * How many levels of arrays and objects a client's payload may have: `{"a":[]}` has two. Deeper frames are not parsed;
   * they close the connection with 1011. Default 64, at most 1,000.
   */
  readonly maxDepth?: number;
  /**
   * Milliseconds after which a callback of a channel that has not settled is reported to telemetry
   * (`channel.slow_callback`), `join` included. Nothing else happens to it. Infinity turns it off. Default 5,000.
   */
  readonly slowCallback?: number;
  /**
   * How many messages per second one connection may send, with bursts of two seconds' worth. Beyond it messages get an
   * error reply `{ reason: "rate limited", retry_after_ms }`; at twice the rate the connection is closed with 1008.
   * Infinity turns it off. Default 1,000.
   */
  readonly eventsPerSecond?: number;
  /**
   * How many bytes per second one connection may send, with bursts of about one second's worth; what its messages
   * broadcast counts as well. When a client exceeds it we stop reading until it is back within the rate: nothing is
   * lost. Infinity turns it off. Default 1,000,000.
   */
  readonly bytesPerSecond?: number;
  /** The same as `eventsPerSecond` for joins. Default 100. */
  readonly joinsPerSecond?: number;
  /** The same per channel. Default Infinity: only the connection's rate counts. */
  readonly channelEventsPerSecond?: number;
  /**
   * How many topics one channel may subscribe to; beyond it `ctx.subscribe` throws `WB_CHANNEL_LIMIT`. Default 1,000.
   */
  readonly maxSubscriptions?: number;
  /** How many tasks of one channel may run; beyond it `ctx.spawn` throws `WB_CHANNEL_LIMIT`. Default 100. */
  readonly maxTasks?: number;
  /**
   * For how many keys a channel may hold back the newest message (`conflate`) while its client is behind; beyond it the
   * oldest are sent. Default 1,000.
   */
  readonly maxConflatedKeys?: number;
  /**
   * A client is behind when more than these bytes wait for it: in the process, and, where the client tells how far it has
   * read, on the way to it. Default 65,536.
   */
  readonly maxUnackedBytes?: number;
  /**
   * A client is also behind when it does not say for so many milliseconds that it has read what was sent before, or, with
   * long polling, does not poll. Default 500.
   */
  readonly ackTimeout?: number;
  /** How many timers of one channel may run; beyond it `ctx.sendAfter` throws `WB_CHANNEL_LIMIT`. Default 1,000. */
  readonly maxTimers?: number;
}

/** What a socket's type says: to clients, and to the code that sends to its topics. */
interface SocketTypes extends SocketContract {
  readonly channels: ChannelContract & TopicContract;
  /** What `id` returns. */
  readonly id: string;
}

/** A socket, ready to be mounted. Its type tells the client everything it needs to know. */
export interface SocketDefinition<Contract extends SocketContract = SocketContract> {
  readonly spec: SocketSpec;
  /** Types only: the channels, for clients. There is no value at run time. */
  readonly "~contract": Contract;
}

/** The topics of sockets, as `createEndpoint` mounts them, and those that disconnect clients by id. */
export interface TopicsIn<Sockets> extends EndpointContract {
  readonly channels: TopicOf<Sockets[keyof Sockets]>;
}
type TopicOf<Mounted> = Mounted extends { readonly "~contract": infer Contract }
  ? Contract extends SocketTypes
    ? Sendable<Contract["channels"]> | IdTopic<Contract["id"]>
    : TopicContract
  : Mounted extends { readonly socket: infer Definition }
    ? TopicOf<Definition>
    : never;
/** An id that is any string cannot be told from other topics. */
type IdTopic<Id extends string> = string extends Id
  ? never
  : {
      readonly topic: Id;
      readonly pushes: { readonly disconnect: Record<never, never> };
      readonly commands: Record<never, never>;
    };

/** Defaults of the limits, as docs/reference/limits.md lists them. */
export const SOCKET_LIMITS = {
  maxChannels: 100,
  maxMailboxMessages: 1_000,
  maxMailboxBytes: 4 * 1024 * 1024,
  eventsPerSecond: 1_000,
  joinsPerSecond: 100,
  channelEventsPerSecond: Infinity,
  bytesPerSecond: 1_000_000,
  maxSubscriptions: 1_000,
  maxTimers: 1_000,
  maxTasks: 100,
  maxConflatedKeys: 1_000,
  maxUnackedBytes: 65_536,
  ackTimeout: 500,
  slowCallback: 5_000,
  maxDepth: MAX_DEPTH,
} as const;

const TIMEOUTS: readonly string[] = ["slowCallback", "ackTimeout"];
const RATES: readonly string[] = ["eventsPerSecond", "joinsPerSecond", "channelEventsPerSecond", "bytesPerSecond"];
const KEYS = ["params", "session", "connect", "id", "channels", ...Object.keys(SOCKET_LIMITS)];

type SocketLimits = { readonly [Name in keyof typeof SOCKET_LIMITS]: number };

function limitsOf(options: Partial<SocketLimits>): SocketLimits {
  const given: Partial<Record<string, number>> = {};
  for (const name of Object.keys(SOCKET_LIMITS) as (keyof SocketLimits)[]) {
    const check = TIMEOUTS.includes(name) ? checkTimeout : RATES.includes(name) ? checkRate : checkLimit;
    check(`defineSocket: ${name}`, options[name]);
    given[name] = options[name];
  }
  return withDefaults(SOCKET_LIMITS, given) as SocketLimits;
}

/**
 * Stands for connect's result before it is inferred: TypeScript first checks the arguments without the
 * context-sensitive callbacks, and every channel must pass that check.
 */
type Undecided = Reply<"ok", never>;

/** Defines a socket. Throws `WB_OPTION` for channels without `join` and for bad options. */
export function defineSocket<
  const Routes extends readonly Routable[],
  Result extends OkOrRefuse = Undecided,
  Schema extends StandardSchemaV1 | undefined = undefined,
  const Id extends string = never,
  Session extends AnySchema | undefined = undefined,
>(
  options: SocketOptions<Routes, Result, Schema, Id, Session>,
): SocketDefinition<{
  readonly channels: ContractOf<Routes[number]>;
  readonly id: Id;
  readonly refusal: ReasonsOf<Result>;
}> {
  checkKeys("defineSocket", options, KEYS);
  const limits = limitsOf(options);
  if (limits.maxDepth > MAX_LEVELS) {
    throw new WingbeatError(
      "WB_OPTION",
      `defineSocket: maxDepth is ${limits.maxDepth}: it must be at most ${MAX_LEVELS}.`,
    );
  }
  if (typeof options.connect !== "function") {
    throw new WingbeatError("WB_OPTION", "defineSocket needs connect: () => ok() accepts everybody.");
  }
  const spec: SocketSpec = {
    params: options.params,
    session: options.session as SocketSpec["session"],
    connect: options.connect as SocketSpec["connect"],
    id: options.id as SocketSpec["id"],
    routes: routesOf(options.channels as unknown as readonly Routable[]),
    ...limits,
    rates: limits,
    frameLimits: { maxDepth: limits.maxDepth },
  };
  return { spec } as SocketDefinition<{
    readonly channels: ContractOf<Routes[number]>;
    readonly id: Id;
    readonly refusal: ReasonsOf<Result>;
  }>;
}

/**
 * Routes a channel under another topic pattern, optionally with static assigns: one definition can serve several
 * patterns. The pattern must have the named parts that the channel uses.
 *
 * @example
 * channels: [room, routeChannel("support:{id}", room, { assigns: { desk: true } })]
 */
export function routeChannel<
  C extends AnyChannel,
  const Pattern extends string,
  A extends object = Record<never, never>,
>(
  pattern: ParamsOf<Pattern> extends ParamsOf<C["~contract"]["topic"]> ? Pattern : never,
  channel: C,
  options?: { readonly assigns?: A },
): RoutedChannel<C, Pattern, A> {
  return { pattern, channel, assigns: options?.assigns ?? ({} as A) };
}

function routesOf(channels: readonly Routable[]): readonly Route[] {
  const routes = channels.map(routeSpec);
  const taken = new Map<string, string>();
  for (const { pattern } of routes) {
    const topics = pattern.source.replaceAll(/\{[^}]*\}/g, "{}");
    const first = taken.get(topics);
    if (first !== undefined) {
      throw new WingbeatError(
        "WB_OPTION",
        `two channels have the topics "${pattern.source}"${first === pattern.source ? "" : ` (as "${first}")`}: ` +
          "no client could join the second. Remove it, or give it a pattern of its own: routeChannel(pattern, channel).",
      );
    }
    taken.set(topics, pattern.source);
  }
  return routes;
}

function routeSpec(routable: Routable): Route {
  const routed: RoutedChannel =
    "channel" in routable ? routable : { pattern: routable.spec.pattern, channel: routable, assigns: {} };
  const { spec } = routed.channel;
  if (spec.join === undefined) {
    throw new WingbeatError(
      "WB_OPTION",
      `channel "${spec.pattern}" has no join handler, so no client could join it: add .join(() => ok()).`,
    );
  }
  return {
    pattern: parsePattern(routed.pattern),
    channel: spec,
    assigns: routed.assigns as Readonly<Record<string, unknown>>,
  };
}
