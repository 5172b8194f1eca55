import { hiddenReconnectAfterMs, reconnectAfterMs, rejoinAfterMs } from "../backoff.ts";
import { report, run } from "../listeners.ts";
import { Serializer } from "../serializer.ts";
import type { Decode, Encode } from "../serializer.ts";
import { isDelay } from "../timer.ts";
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
 * phoenix.js's options with its defaults, and six of our own at the end. Unknown ones are ignored, as there. Durations
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
   * ignores it. False: the URL and all messages are those of phoenix.js, without what docs/phoenix-js.md lists under
   * "Only with a Wingbeat server". Default true.
   */
  readonly extensions?: boolean | undefined;
  /**
   * Asks a Wingbeat server for the messages that a channel has missed, in a sixth element of `phx_join`, which other
   * servers ignore. Needs `extensions`, and the default `encode` and `decode`. Default true.
   */
  readonly recovery?: boolean | undefined;
}

const MAX_REFUSALS = 5;

const DEFAULTS = {
  timeout: 10_000,
  heartbeatIntervalMs: 30_000,
  reconnectAfterMs,
  rejoinAfterMs,
  hiddenReconnectAfterMs,
  longpollerTimeout: 20_000,
  binaryType: "arraybuffer",
  vsn: "2.0.0",
  encode: Serializer.encode,
  decode: Serializer.decode,
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
  const given = Object.fromEntries(
    Object.entries(options).filter(([name, value]) => {
      check(name, value);
      return value !== undefined && value !== null;
    }),
  ) as SocketOptions;
  const transport = options.transport ?? (globalThis as { readonly WebSocket?: TransportClass }).WebSocket;
  if (transport === undefined) {
    throw new Error('no global WebSocket: pass the option transport, for example the WebSocket of "ws"');
  }
  // Long polling has its own framing.
  const codec = transport.isLongPoll === true ? { encode: DEFAULTS.encode, decode: DEFAULTS.decode } : {};
  const logger = options.debug === true ? consoleLogger : undefined;
  const connectTimeout = given.timeout ?? DEFAULTS.timeout;
  const config = { ...DEFAULTS, logger, connectTimeout, ...given, ...codec, transport } as Config;
  return {
    ...config,
    reconnectAfterMs: delays("reconnectAfterMs", config),
    rejoinAfterMs: delays("rejoinAfterMs", config),
    hiddenReconnectAfterMs: delays("hiddenReconnectAfterMs", config),
    rejoinRefused: (response, tries) =>
      result(
        () => config.rejoinRefused(response, tries),
        () => DEFAULTS.rejoinRefused(response, tries),
      ),
  };
}

const NUMBERS = /^(timeout|(heartbeatInterval|longPollFallback)Ms|connectTimeout|longpollerTimeout|maxBufferedPushes)$/;
const MAY_BE_ZERO = /^(longp|buf)/i;
const FUNCTIONS = /^(re.*AfterMs|hidden.*|rejoinRefused|encode|decode|logger)$/;

function check(name: string, value: unknown): void {
  if (value === undefined || value === null) return;
  if (NUMBERS.test(name) && !(isDelay(value) && (value > 0 || MAY_BE_ZERO.test(name)))) {
    throw new RangeError(`${name} is ${shown(value)}: it must be a positive number, or Infinity`);
  }
  if (FUNCTIONS.test(name) && typeof value !== "function") {
    throw new TypeError(`${name} is ${shown(value)}: it must be a function`);
  }
}

const shown = (value: unknown) => (typeof value === "number" ? String(value) : `a ${typeof value}`);

type Delays = "reconnectAfterMs" | "rejoinAfterMs" | "hiddenReconnectAfterMs";

/**
 * A function of the application that returns milliseconds. When it fails, the default is used, so that there is always
 * a delay.
 */
function delays(name: Delays, { [name]: given, logger }: Pick<Config, Delays | "logger">): (tries: number) => number {
  return (tries) => {
    const delay = result(
      () => given(tries),
      () => DEFAULTS[name](tries),
    );
    if (isDelay(delay)) return delay;
    const text = `${name}(${tries}) returned ${shown(delay)}: it must return milliseconds from 0; using the default`;
    report(new RangeError(text));
    if (logger !== undefined) run(() => logger("transport", text));
    return DEFAULTS[name](tries);
  };
}

/** The result of a function of the application, or a fallback when it throws, which is reported. */
function result<T>(call: () => T, otherwise: () => T): T {
  try {
    return call();
  } catch (error) {
    report(error);
    return otherwise();
  }
}

/** The current value of an option: its value, or what its function returns. */
export function provide<T>(option: Provider<T> | undefined): T | undefined | PromiseLike<T> {
  return typeof option === "function" ? (option as () => T | PromiseLike<T>)() : option;
}

// oxlint-disable-next-line no-console -- asked for with option debug
const consoleLogger: Logger = (kind, message, data) => console.log(`${kind}: ${message}`, data);
