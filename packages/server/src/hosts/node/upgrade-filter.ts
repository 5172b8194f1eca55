/**
 * Decides which requests are emitted as upgrades. Once a server has an "upgrade" listener, Node emits it for every
 * request that offers an upgrade to anything: `Upgrade: h2c` of curl and Java, `Upgrade: TLS/1.2` of Apache's client. A
 * server may ignore such an offer (RFC 9110, section 7.8), and Node without listeners does: the request is an ordinary
 * one.
 *
 * Newer versions of Node call `server.shouldUpgradeCallback`. On older ones we clear `request.upgrade` before the
 * server's own `parser.onIncoming` reads it, which makes the request an ordinary one.
 */
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";

type OnUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
type ShouldUpgrade = (request: IncomingMessage) => boolean;
/** Since Node 24. */
type AskingServer = Server & { shouldUpgradeCallback?: ShouldUpgrade };
/** Marks our hook with its filter: a WeakSet of hooks would take a microsecond for each connection. */
const FILTER = Symbol("filter");
interface OnIncoming {
  (request: IncomingMessage & { upgrade?: boolean | null }, keepAlive: boolean): number;
  [FILTER]?: UpgradeFilter;
}
/** Node's HTTP parser for a connection. */
interface Parser {
  onIncoming?: OnIncoming | null;
}

export class UpgradeFilter {
  readonly #server: AskingServer;
  readonly #onUpgrade: OnUpgrade;
  readonly #isOurs: (request: IncomingMessage) => boolean;
  /** The server's own callback, on versions of Node that have it. */
  readonly #shouldUpgrade: ShouldUpgrade | undefined;
  #isOn = true;

  /** Adds `onUpgrade` as a listener: without one, Node upgrades nothing. */
  constructor(server: Server, onUpgrade: OnUpgrade, isOurs: (request: IncomingMessage) => boolean) {
    this.#server = server;
    this.#onUpgrade = onUpgrade;
    this.#isOurs = isOurs;
    this.#shouldUpgrade = this.#server.shouldUpgradeCallback;
    if (this.#shouldUpgrade !== undefined) this.#server.shouldUpgradeCallback = this.#decide;
    server.on("upgrade", onUpgrade);
  }

  /** Whether the application listens to "upgrade" itself. */
  get hasOthers(): boolean {
    return this.#server.listeners("upgrade").some((listener) => listener !== this.#onUpgrade);
  }

  end(): void {
    this.#isOn = false;
    this.#server.off("upgrade", this.#onUpgrade);
    if (this.#shouldUpgrade !== undefined && this.#server.shouldUpgradeCallback === this.#decide) {
      this.#server.shouldUpgradeCallback = this.#shouldUpgrade;
    }
  }

  /** Hooks the parser of a connection, on versions of Node without the callback. Safe to call twice. */
  watch(socket: Duplex): void {
    if (!this.#isOn || this.#shouldUpgrade !== undefined) return;
    const { parser } = socket as { parser?: Parser | null };
    const onIncoming = parser?.onIncoming;
    if (!parser || !onIncoming || onIncoming[FILTER] === this) return;
    const asking: OnIncoming = (request, keepAlive) => {
      if (request.upgrade && request.method !== "CONNECT" && !this.#decide(request)) request.upgrade = false;
      return onIncoming.call(parser, request, keepAlive);
    };
    asking[FILTER] = this;
    parser.onIncoming = asking;
  }

  /** Whether a request that offers an upgrade is emitted as "upgrade". */
  readonly #decide: ShouldUpgrade = (request) => {
    if (!this.#isOn) return this.#asApplication(request);
    const isOurs = this.#isOurs(request);
    // Requests that are not ours behave as they would without us.
    if (!isOurs && this.hasOthers) return this.#asApplication(request);
    if (request.headers.upgrade?.toLowerCase() !== "websocket") return false;
    // It may be gone: some code removes all listeners.
    if (!this.#server.listeners("upgrade").includes(this.#onUpgrade)) this.#server.on("upgrade", this.#onUpgrade);
    return true;
  };

  #asApplication(request: IncomingMessage): boolean {
    return this.#shouldUpgrade?.call(this.#server, request) ?? true;
  }
}
