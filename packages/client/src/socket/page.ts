/** The lifecycle of the page around a socket: hidden pages reconnect slowly, and pages that are left disconnect. */
export interface PageHost {
  /** The page is being left, possibly for the back-forward cache. */
  left(): void;
  /** The page was restored from that cache. */
  returned(): void;
  /** The page is visible again, or the network is back. */
  woke(): void;
}

/** Does nothing where there is no page. */
export class Page {
  readonly #listeners: readonly (readonly [EventTarget, string, () => void])[];

  constructor(host: PageHost) {
    const wake = () => this.hidden || host.woke();
    this.#listeners =
      typeof window === "undefined" || typeof document === "undefined"
        ? []
        : [
            [window, "pagehide", () => host.left()],
            [window, "pageshow", () => host.returned()],
            [window, "online", wake],
            [document, "visibilitychange", wake],
            // The page was frozen: Chrome does not always fire visibilitychange afterwards.
            [document, "resume", wake],
          ];
  }

  get hidden(): boolean {
    return this.#listeners.length > 0 && document.visibilityState === "hidden";
  }

  /** Starts listening. Safe to call twice. */
  watch(): void {
    for (const [target, event, listener] of this.#listeners) target.addEventListener?.(event, listener);
  }

  unwatch(): void {
    for (const [target, event, listener] of this.#listeners) target.removeEventListener?.(event, listener);
  }
}
