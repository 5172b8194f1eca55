/**
 * Falls back from WebSocket to long polling where WebSockets do not work: a proxy refuses them, or accepts them and
 * lets nothing through. What counts is whether messages are delivered, not whether a connection opens. When long
 * polling delivers nothing either, the server is down, and WebSockets are tried again. Only sockets with
 * `longPollFallbackMs` load this file, and long polling with it.
 */
import { LongPoll } from "../longpoll.ts";
import type { Timer } from "../timer.ts";
import type { TransportClass } from "../transport.ts";
import type { PageStorage } from "./options.ts";

const MEMORY_KEY = "phx:fallback:LongPoll";
/** Consecutive connections without a message before falling back on a page where WebSockets have worked. */
const MAX_IN_VAIN = 3;

export interface FallbackHost {
  /** Not imported: what the page has loaded is given, so that it stays in one file. */
  readonly timer: Timer;
  /** Default: the page's sessionStorage. */
  readonly storage: PageStorage | undefined;
  /** The transport of the current connection, or of the next one. */
  transport: TransportClass;
  /** Ends the current connection, and connects over `transport` at once. */
  reconnect(): void;
  /** Sends a heartbeat. */
  ping(): void;
  log(message: string): void;
}

export class Fallback {
  readonly #host: FallbackHost;
  readonly #primary: TransportClass;
  readonly #afterMs: number;
  readonly #storage: PageStorage | undefined;
  /** The current connection has delivered a message. */
  #delivered = false;
  /** The primary transport has delivered on this page. */
  #primaryWorks = false;
  #inVain = 0;

  constructor(host: FallbackHost, afterMs: number) {
    this.#host = host;
    this.#primary = host.transport;
    this.#afterMs = afterMs;
    this.#storage = host.storage ?? pageStorage();
    // An earlier page of the session has fallen back.
    if (quietly(() => this.#storage?.getItem(MEMORY_KEY))) this.#use("remembered");
  }

  /** A connection attempt has started. */
  started(): void {
    this.#delivered = false;
    this.#wait();
  }

  stop(): void {
    this.#host.timer.stop();
  }

  /** The connection is open. It must also deliver a message within the same time. */
  opened(): void {
    this.#wait();
    this.#host.ping();
  }

  /** A message arrived. */
  received(): void {
    if (this.#delivered) return;
    this.#delivered = true;
    this.stop();
    if (!this.#isPolling) {
      this.#primaryWorks = true;
      this.#inVain = 0;
      quietly(() => this.#storage?.removeItem?.(MEMORY_KEY));
    } else if (!this.#primaryWorks) quietly(() => this.#storage?.setItem(MEMORY_KEY, "true"));
  }

  /** The connection has ended, or failed to open. True when long polling has taken over. */
  ended(): boolean {
    this.stop();
    if (this.#isPolling) {
      // Long polling delivers nothing either: that says nothing about WebSockets. Nor does a server that was slow to
      // restart, where they have worked before.
      if (!this.#delivered || this.#primaryWorks) this.#host.transport = this.#primary;
      return false;
    }
    if (this.#delivered || this.#host.transport !== this.#primary) return false;
    if (this.#primaryWorks && ++this.#inVain < MAX_IN_VAIN) return false;
    this.#fall("nothing was delivered");
    return true;
  }

  get #isPolling(): boolean {
    return this.#host.transport === LongPoll;
  }

  #fall(reason: string): void {
    this.stop();
    this.#inVain = 0;
    this.#use(reason);
    this.#host.reconnect();
  }

  #use(reason: string): void {
    this.#host.log(`falling back to long polling (${reason})`);
    this.#host.transport = LongPoll;
  }

  #wait(): void {
    if (this.#host.transport === this.#primary) this.#host.timer.start(this.#afterMs, () => this.#fall("timeout"));
  }
}

/** Accessing sessionStorage throws on pages without permission. */
const pageStorage = (): PageStorage | undefined => quietly(() => globalThis.sessionStorage);

/** Errors of the storage are ignored. */
function quietly<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch {
    return undefined;
  }
}
