/**
 * From WebSocket to long polling, where WebSockets do not get through: a proxy that refuses them, or one that opens them
 * and lets nothing pass. A page that had to fall back remembers it for its session. Only sockets with
 * `longPollFallbackMs` load this file, and long polling with it.
 */
import { LongPoll } from "../longpoll.ts";
import type { TransportClass } from "../transport.ts";
import type { PageStorage } from "./options.ts";

const MEMORY_KEY = "phx:fallback:LongPoll";

export interface FallbackHost {
  /** Default: the page's sessionStorage. */
  readonly storage: PageStorage | undefined;
  /** Continues over this transport. */
  fallBack(transport: TransportClass): void;
  /** Asks the server for a sign of life; calls back when it came. */
  ping(callback: () => void): void;
  log(message: string): void;
}

export class Fallback {
  readonly #host: FallbackHost;
  readonly #afterMs: number;
  readonly #storage: PageStorage | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #state: "waiting" | "open" | "healthy" | "fallen" = "waiting";
  #wasHealthy = false;

  constructor(host: FallbackHost, afterMs: number) {
    this.#host = host;
    this.#afterMs = afterMs;
    this.#storage = host.storage ?? pageStorage();
  }

  /** True when an earlier page of the session had to fall back: there is no use in trying again. */
  get remembered(): boolean {
    return typeof this.#storage?.getItem(MEMORY_KEY) === "string";
  }

  /** A connection is being tried. */
  start(): void {
    this.#state = "waiting";
    this.#wait();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** The connection is open. The first transport must answer as well, within the same time. */
  opened(): void {
    if (this.#state === "fallen") {
      // A server that was down for a while says nothing about WebSockets.
      if (!this.#wasHealthy) this.#storage?.setItem(MEMORY_KEY, "true");
      return;
    }
    this.#state = "open";
    this.#wait();
    this.#host.ping(() => {
      if (this.#state !== "open") return;
      this.#state = "healthy";
      this.#wasHealthy = true;
      this.stop();
    });
  }

  /** An error before the connection was ever open. */
  failed(): void {
    if (this.#state === "waiting") this.fallBack("error");
  }

  fallBack(reason: string): void {
    this.stop();
    if (this.#state === "fallen") return;
    this.#state = "fallen";
    this.#host.log(`falling back to long polling (${reason})`);
    this.#host.fallBack(LongPoll);
  }

  #wait(): void {
    this.stop();
    this.#timer = setTimeout(() => this.fallBack("timeout"), this.#afterMs);
  }
}

/** Pages that are not allowed to store anything throw when asked for it. */
function pageStorage(): PageStorage | undefined {
  try {
    return globalThis.sessionStorage;
  } catch {
    return undefined;
  }
}
