/** The life of the page around a socket: hidden pages are in no hurry, left ones do not stay connected. */
export interface PageHost {
  /** The page is left, perhaps into the back-forward cache. */
  left(): void;
  /** The page is back from that cache. */
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
            // A page that was frozen: Chrome does not always send visibilitychange after it.
            [document, "resume", wake],
          ];
  }

  get hidden(): boolean {
    return this.#listeners.length > 0 && document.visibilityState === "hidden";
  }

  /** Listens; twice listens once. */
  watch(): void {
    for (const [target, event, listener] of this.#listeners) target.addEventListener?.(event, listener);
  }

  unwatch(): void {
    for (const [target, event, listener] of this.#listeners) target.removeEventListener?.(event, listener);
  }
}
