import { hiddenReconnectAfterMs, reconnectAfterMs, rejoinAfterMs } from "../backoff.ts";
import { report } from "../listeners.ts";
import type { OutboxOptions } from "../outbox/storage.ts";
import { Serializer } from "../serializer.ts";
import type { Decode, Encode } from "../serializer.ts";
import { checkNumber } from "../timer.ts";
import type { TransportClass } from "../transport.ts";
import type { Params } from "./url.ts";

export type Provider<T> = T | (() => T | PromiseLike<T>);
/** The part of sessionStorage that is used. */
export interface PageStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem?(key: string): void;
}
/** Gets a line for everything that a socket does: its kind (`push`, `receive`, `transport` …), a text, and details. */
export type Logger = (kind: string, message: string, data?: unknown) => void;

/**
 * phoenix.js's options with its defaults, and seven of our own at the end. Unknown ones are ignored, as there. Durations
 * may be arbitrarily long, Infinity for "never"; the constructor rejects NaN and negative ones. If one of your
 * functions returns an invalid duration, that is reported, and the default is used instead.
 */
export interface SocketOptions {
  /** Default: the global WebSocket. In Node 20 pass the one of the `ws` package; `LongPoll` for long polling. */
  readonly transport?: TransportClass | undefined;
  /**
   * Falls back to long polling when WebSockets deliver nothing: the connection fails or ends before a message has
   * arrived, or none arrives within this many ms. Default, and 0: never.
   */
  readonly longPollFallbackMs?: number | undefined;
  /** Where a fallback is remembered. Default: the page's sessionStorage. */
  readonly sessionStorage?: PageStorage | undefined;
  /** Milliseconds that a push or join waits for its reply. Default 10,000. */
  readonly timeout?: number | undefined;
  /**
   * Milliseconds between heartbeats, and the time that a reply may take; at most `timeout` for the heartbeat sent when
   * the page becomes visible, the network is back, or the machine has slept. While there is other traffic, a late reply
   * is tolerated. Default 30,000.
   */
  readonly heartbeatIntervalMs?: number | undefined;
  /**
   * Milliseconds before reconnecting for the `tries`-th time. Default: 10 ms growing to 5 s, plus up to 1 s of jitter.
   * Counted from 1 again once a connection has answered a join or a heartbeat.
   */
  readonly reconnectAfterMs?: ((tries: number) => number) | undefined;
  /** Milliseconds before a channel joins again. Default: 1, 2, 5, then 10 s, plus up to 1 s of jitter. */
  readonly rejoinAfterMs?: ((tries: number) => number) | undefined;
  /** Milliseconds that a long poll may take. Default 20,000. */
  readonly longpollerTimeout?: number | undefined;
  /** The params for `connect` on the server; a function is called, and its promise awaited, before every connection. */
  readonly params?: Provider<Params> | undefined;
  /** A token that stays out of the URL; a function is called, and its promise awaited, before every connection. */
  readonly authToken?: Provider<string | null | undefined> | undefined;
  readonly binaryType?: string | undefined;
  /** The protocol version to request. Frames are V2 regardless, unless you pass a codec. Default "2.0.0". */
  readonly vsn?: string | undefined;
  readonly encode?: Encode | undefined;
  readonly decode?: Decode | undefined;
  readonly logger?: Logger | undefined;
  /** Logs to the console. */
  readonly debug?: boolean | undefined;
  /** How many messages may be queued: for the connection, and in each channel for its join. Default 1,000. */
  readonly maxBufferedPushes?: number | undefined;
  /**
   * Whether to join again after the `tries`-th consecutive refusal of a channel's join. Default: until it was refused
   * five times. Otherwise the channel joins again with the next connection.
   */
  readonly rejoinRefused?: ((response: unknown, tries: number) => boolean) | undefined;
  /**
   * Milliseconds that a connection attempt may take, including the wait for `params` and `authToken`, before the next
   * one starts. Default: `timeout`.
   */
  readonly connectTimeout?: number | undefined;
  /**
   * Like `reconnectAfterMs`, for a hidden page; the longer delay of the two is used. The page connects at once when it
   * becomes visible. Default: 20 to 40 s at random. `() => Infinity` waits until the page is visible, as phoenix.js
   * does.
   */
  readonly hiddenReconnectAfterMs?: ((tries: number) => number) | undefined;
  /**
   * Tells the server by `wingbeat=1` in the URL that this client understands Wingbeat's own messages; a Phoenix server
   * ignores it. False: the URL and all messages are those of phoenix.js, without what conformance/phoenix-js.md lists under
   * "Only with a Wingbeat server". Default true.
   */
  readonly extensions?: boolean | undefined;
  /**
   * Asks a Wingbeat server for the messages that a channel has missed, in a sixth element of `phx_join`, which other
   * servers ignore. Needs `extensions`, and the default `encode` and `decode`. Default true.
   */
  readonly recovery?: boolean | undefined;
  /** How pushes with `retry` are kept, and how many. Default: in memory. */
  readonly outbox?: OutboxOptions | undefined;
}

const MAX_REFUSALS = 5;

const DEFAULTS = {
  timeout: 10_000,
  longPollFallbackMs: 0,
  heartbeatIntervalMs: 30_000,
  reconnectAfterMs,
  rejoinAfterMs,
  hiddenReconnectAfterMs,
  longpollerTimeout: 20_000,
  binaryType: "arraybuffer",
  vsn: "2.0.0",
  ...Serializer,
  maxBufferedPushes: 1000,
  rejoinRefused: (_response: unknown, tries: number) => tries < MAX_REFUSALS,
  extensions: true as boolean,
  recovery: true as boolean,
} satisfies SocketOptions;

/** The options with their defaults. */
export type Config = Omit<SocketOptions, keyof typeof DEFAULTS | "connectTimeout"> & {
  readonly [Name in keyof typeof DEFAULTS]: NonNullable<SocketOptions[Name]>;
} & { readonly transport: TransportClass; readonly connectTimeout: number };

/** Throws when there is no WebSocket, and for invalid options. */
export function configure(options: SocketOptions): Config {
  const config = {
    ...DEFAULTS,
    connectTimeout: options.timeout ?? DEFAULTS.timeout,
    transport: globalThis.WebSocket as TransportClass | undefined,
    logger: options.debug === true ? consoleLogger : undefined,
  };
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && value !== null) Object.assign(config, { [name]: checked(name, value) });
  }
  if (!config.transport) {
    throw new Error("no global WebSocket: pass the option transport, in Node 20 { transport: WebSocket } from ws");
  }
  // Long polling has its own framing.
  return Object.assign(config, config.transport.isLongPoll === true && Serializer) as Config;
}

type Anything = (...args: unknown[]) => unknown;

function checked(name: string, value: unknown): unknown {
  const fallback: unknown = name === "connectTimeout" ? 0 : DEFAULTS[name as keyof typeof DEFAULTS];
  if (typeof fallback === "number") checkNumber(name, value, name.startsWith("longp") ? 0 : 1);
  if (name === "outbox") {
    for (const [limit, given = 1] of Object.entries(value as object)) {
      if (limit.startsWith("max")) checkNumber(`outbox.${limit}`, given, 1);
    }
  }
  if (typeof fallback !== "function" && name !== "logger") return value;
  if (typeof value !== "function") throw new TypeError(`${name} must be a function`);
  return MAY_FAIL.test(name) ? guarded(name, value as Anything, fallback as Anything) : value;
}

/** Functions of the application that must not fail. */
const MAY_FAIL = /AfterMs$|^rejoin/;

/** When the function throws, or gives no delay where there must be one, that is reported, and the default is used. */
const guarded =
  (name: string, given: Anything, fallback: Anything): Anything =>
  (...args) => {
    try {
      const result = given(...args);
      if (name !== "rejoinRefused") checkNumber(`${name}(${args[0]})`, result);
      return result;
    } catch (error) {
      report(error);
      return fallback(...args);
    }
  };

/** The current value of an option: its value, or what its function returns. */
export function provide<T>(option: Provider<T> | undefined): T | undefined | PromiseLike<T> {
  return typeof option === "function" ? (option as () => T | PromiseLike<T>)() : option;
}

// oxlint-disable-next-line no-console -- asked for with option debug
const consoleLogger: Logger = (kind, message, data) => console.log(`${kind}: ${message}`, data);
