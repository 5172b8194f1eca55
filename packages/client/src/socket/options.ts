import { reconnectAfterMs, rejoinAfterMs } from "../backoff.ts";
import { Serializer } from "../serializer.ts";
import type { Decode, Encode } from "../serializer.ts";
import type { TransportClass } from "../transport.ts";
import type { Params } from "./url.ts";

export type Provider<T> = T | (() => T | PromiseLike<T>);
/** What is used of the page's sessionStorage. */
export interface PageStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}
export type Logger = (kind: string, message: string, data?: unknown) => void;

/** phoenix.js's options with its defaults, and two of our own at the end. Unknown ones are ignored, as there. */
export interface SocketOptions {
  /** Default: the global WebSocket. In Node 20 pass the `ws` package's; `LongPoll` for long polling. */
  readonly transport?: TransportClass | undefined;
  /** Falls back to long polling when there is no connection after so many ms, or at its first error. Default: never. */
  readonly longPollFallbackMs?: number | undefined;
  /** Where a fallback is remembered. Default: the page's sessionStorage. */
  readonly sessionStorage?: PageStorage | undefined;
  /** Milliseconds that a push or a join waits for its answer. Default 10,000. */
  readonly timeout?: number | undefined;
  /**
   * Milliseconds between heartbeats, and the time that an answer may take: no longer than `timeout` for the one that goes
   * out when the page is seen again, the network is back, or the machine has slept. Default 30,000.
   */
  readonly heartbeatIntervalMs?: number | undefined;
  /** Milliseconds before reconnecting for the `tries`-th time. Default: 10 ms growing to 5 s, plus up to 1 s by chance. */
  readonly reconnectAfterMs?: ((tries: number) => number) | undefined;
  /** Milliseconds before a channel joins again. Default: 1, 2, 5, then 10 s, plus up to 1 s by chance. */
  readonly rejoinAfterMs?: ((tries: number) => number) | undefined;
  /** Milliseconds that a long poll may take. Default 20,000. */
  readonly longpollerTimeout?: number | undefined;
  /** What `connect` gets on the server; a function is called, and its promise awaited, before every connection. */
  readonly params?: Provider<Params> | undefined;
  /** A token that stays out of the URL; a function is called, and its promise awaited, before every connection. */
  readonly authToken?: Provider<string | null | undefined> | undefined;
  readonly binaryType?: string | undefined;
  /** The protocol version that is asked for. Frames are V2 all the same, unless you bring a codec. Default "2.0.0". */
  readonly vsn?: string | undefined;
  readonly encode?: Encode | undefined;
  readonly decode?: Decode | undefined;
  readonly logger?: Logger | undefined;
  /** Logs to the console. */
  readonly debug?: boolean | undefined;
  /** How many messages may wait: for the connection, and in each channel for its join. Default 1,000. */
  readonly bufferLimit?: number | undefined;
  /**
   * After the `tries`-th refusal in a row of a channel's join: try again? Default: until it was refused five times. A channel that does not
   * try by itself joins again with the next connection.
   */
  readonly rejoinRefused?: ((response: unknown, tries: number) => boolean) | undefined;
}

const MAX_REFUSALS = 5;

const DEFAULTS = {
  timeout: 10_000,
  heartbeatIntervalMs: 30_000,
  reconnectAfterMs,
  rejoinAfterMs,
  longpollerTimeout: 20_000,
  binaryType: "arraybuffer",
  vsn: "2.0.0",
  encode: Serializer.encode,
  decode: Serializer.decode,
  bufferLimit: 1000,
  rejoinRefused: (_response: unknown, tries: number) => tries < MAX_REFUSALS,
} satisfies SocketOptions;

/** The options with their defaults. */
export type Config = Omit<SocketOptions, keyof typeof DEFAULTS> & {
  readonly [Name in keyof typeof DEFAULTS]: NonNullable<SocketOptions[Name]>;
} & { readonly transport: TransportClass };

/** Throws where there is no WebSocket and none is given. */
export function configure(options: SocketOptions): Config {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const transport = options.transport ?? (globalThis as { readonly WebSocket?: TransportClass }).WebSocket;
  if (transport === undefined) {
    throw new Error('No global WebSocket here: give option transport, as the WebSocket of "ws"');
  }
  // Long polling has a frame format of its own around the messages.
  const codec = transport.isLongPoll === true ? { encode: DEFAULTS.encode, decode: DEFAULTS.decode } : {};
  const logger = options.debug === true ? consoleLogger : undefined;
  return { ...DEFAULTS, logger, ...Object.fromEntries(given), ...codec, transport };
}

/** What an option gives now: its value, or what its function returns. */
export function provide<T>(option: Provider<T> | undefined): T | undefined | PromiseLike<T> {
  return typeof option === "function" ? (option as () => T | PromiseLike<T>)() : option;
}

// oxlint-disable-next-line no-console -- asked for with option debug
const consoleLogger: Logger = (kind, message, data) => console.log(`${kind}: ${message}`, data);
