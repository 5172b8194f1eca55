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

/** What it needs of its socket. */
export interface FallbackSocket {
  readonly options: { readonly longPollFallbackMs: number; readonly sessionStorage?: PageStorage | undefined };
  /** The transport of the current connection, or of the next one. */
  transport: TransportClass;
  ping(callback: () => void): boolean;
  log(kind: string, message: string): void;
}

export class Fallback {
  readonly #socket: FallbackSocket;
  readonly #timer: Timer;
  readonly #reconnect: () => void;
  readonly #primary: TransportClass;
  readonly #storage: PageStorage | undefined;
  /** The current connection has delivered a message. */
  #delivered = false;
  /** The primary transport has delivered on this page. */
  #primaryWorks = false;
  #inVain = 0;

  /**
   * `reconnect` ends the current connection, and connects over the socket's transport at once. The timer is not imported,
   * but what the page has loaded, so that it stays in one file.
   */
  constructor(socket: FallbackSocket, timer: Timer, reconnect: () => void) {
    this.#socket = socket;
    this.#timer = timer;
    this.#reconnect = reconnect;
    this.#primary = socket.transport;
    this.#storage = socket.options.sessionStorage ?? pageStorage();
    // An earlier page of the session has fallen back.
    if (quietly(() => this.#storage?.getItem(MEMORY_KEY))) this.#use("remembered");
  }

  /** A connection attempt has started. */
  started(): void {
    this.#delivered = false;
    this.#wait();
  }

  stop(): void {
    this.#timer.stop();
  }

  /** The connection is open. It must also deliver a message within the same time. */
  opened(): void {
    this.#wait();
    this.#socket.ping(() => {});
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
      if (!this.#delivered || this.#primaryWorks) this.#socket.transport = this.#primary;
      return false;
    }
    if (this.#delivered || this.#socket.transport !== this.#primary) return false;
    if (this.#primaryWorks && ++this.#inVain < MAX_IN_VAIN) return false;
    this.#fall("nothing was delivered");
    return true;
  }

  get #isPolling(): boolean {
    return this.#socket.transport === LongPoll;
  }

  #fall(reason: string): void {
    this.stop();
    this.#inVain = 0;
    this.#use(reason);
    this.#reconnect();
  }

  #use(reason: string): void {
    this.#socket.log("transport", `falling back to long polling (${reason})`);
    this.#socket.transport = LongPoll;
  }

  #wait(): void {
    if (this.#socket.transport === this.#primary)
      this.#timer.start(this.#socket.options.longPollFallbackMs, () => this.#fall("timeout"));
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
