/**
 * Which requests leave HTTP. As soon as anybody listens to "upgrade", Node emits it for every request that offers an
 * upgrade to anything: `Upgrade: h2c` of curl and Java, `Upgrade: TLS/1.2` of Apache's client. A server may ignore such
 * an offer (RFC 9110, section 7.8), and without listeners Node does: the request is an ordinary one.
 *
 * Newer versions of Node ask `server.shouldUpgradeCallback`. Older ones ask nobody; there we clear `request.upgrade`
 * before the server's own `parser.onIncoming` reads it, which is what makes a request an ordinary one.
 */
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";

type OnUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
type ShouldUpgrade = (request: IncomingMessage) => boolean;
/** Since Node 24. */
type AskingServer = Server & { shouldUpgradeCallback?: ShouldUpgrade };
type OnIncoming = (request: IncomingMessage & { upgrade?: boolean | null }, keepAlive: boolean) => number;
/** Node's HTTP parser of a connection. */
interface Parser {
  onIncoming?: OnIncoming | null;
}

export class UpgradeFilter {
  readonly #server: AskingServer;
  readonly #onUpgrade: OnUpgrade;
  readonly #isOurs: (request: IncomingMessage) => boolean;
  /** The server's own callback, where Node has it. */
  readonly #shouldUpgrade: ShouldUpgrade | undefined;
  readonly #watched = new WeakSet<OnIncoming>();
  #isOn = true;

  /** `onUpgrade` is made a listener of the server, without which Node upgrades nothing. */
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

  /** Makes the parser of a connection ask us, where Node does not. Called again, it does nothing. */
  watch(socket: Duplex): void {
    if (!this.#isOn || this.#shouldUpgrade !== undefined) return;
    const { parser } = socket as { parser?: Parser | null };
    const onIncoming = parser?.onIncoming;
    if (!parser || !onIncoming || this.#watched.has(onIncoming)) return;
    const asking: OnIncoming = (request, keepAlive) => {
      if (request.upgrade && request.method !== "CONNECT" && !this.#decide(request)) request.upgrade = false;
      return onIncoming.call(parser, request, keepAlive);
    };
    this.#watched.add(asking);
    parser.onIncoming = asking;
  }

  /** Whether a request that offers an upgrade is to be emitted as "upgrade". */
  readonly #decide: ShouldUpgrade = (request) => {
    if (!this.#isOn) return this.#asApplication(request);
    const isOurs = this.#isOurs(request);
    // The application's listeners decide over all that is not ours, as they would without us.
    if (!isOurs && this.hasOthers) return this.#asApplication(request);
    if (request.headers.upgrade?.toLowerCase() !== "websocket") return false;
    // It may be gone: some take away all listeners.
    if (!this.#server.listeners("upgrade").includes(this.#onUpgrade)) this.#server.on("upgrade", this.#onUpgrade);
    return true;
  };

  #asApplication(request: IncomingMessage): boolean {
    return this.#shouldUpgrade?.call(this.#server, request) ?? true;
  }
}
