/**
 * From WebSocket to long polling, where WebSockets do not get through: a proxy that refuses them, or one that opens them
 * and lets nothing pass. A page that had to fall back remembers it for its session. Only sockets with
 * `longPollFallbackMs` load this file, and long polling with it.
 */
import { LongPoll } from "../longpoll.ts";
import type { TransportClass } from "../transport.ts";

const MEMORY_KEY = "phx:fallback:LongPoll";

export interface FallbackHost {
  readonly storage: Pick<Storage, "getItem" | "setItem"> | undefined;
  /** Continues over this transport. */
  fallBack(transport: TransportClass): void;
  /** Asks the server for a sign of life; calls back when it came. */
  ping(callback: () => void): void;
  log(message: string): void;
}

export class Fallback {
  readonly #host: FallbackHost;
  readonly #afterMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #state: "waiting" | "open" | "healthy" | "fallen" = "waiting";

  constructor(host: FallbackHost, afterMs: number) {
    this.#host = host;
    this.#afterMs = afterMs;
  }

  /** True when an earlier page of the session had to fall back: there is no use in trying again. */
  get remembered(): boolean {
    return this.#host.storage?.getItem(MEMORY_KEY) != null;
  }

  /** A connection is being tried. */
  start(): void {
    if (this.#state === "fallen") return;
    this.#state = "waiting";
    this.#wait();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** The connection is open. The first transport must answer as well, within the same time. */
  opened(): void {
    if (this.#state === "fallen") return this.#host.storage?.setItem(MEMORY_KEY, "true");
    this.#state = "open";
    this.#wait();
    this.#host.ping(() => {
      if (this.#state !== "open") return;
      this.#state = "healthy";
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
