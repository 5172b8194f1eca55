/** Who is at the door: the checks that each request passes before anything is said to it. */
import { hostOf } from "../admission/info.ts";
import type { Sender } from "../admission/info.ts";
import { senderFinder } from "../admission/proxy.ts";
import type { FindSender } from "../admission/proxy.ts";
import type { Visit } from "../admission/visit.ts";
import { ENDPOINT_LIMITS } from "../endpoint/config.ts";
import { emit } from "../telemetry.ts";
import type { TelemetryEvents } from "../telemetry.ts";
import { Authorization } from "./authorization.ts";
import type { Login } from "./authorization.ts";
import { Failures } from "./failures.ts";
import { isLocal } from "./loopback.ts";
import type { InspectorConfig } from "./options.ts";
import { RIGHTS } from "./rights.ts";

type Why = TelemetryEvents["inspector.refused"]["reason"];

/** Somebody who is not let in. */
export interface Refused {
  readonly refused: Why;
  /** Seconds after which they may try again. */
  readonly retryAfter?: number;
}

/**
 * What is asked for. `page`: anybody may send people to it. `part`: what the page loads, and what programs ask for.
 * `ticket`: only the page itself may. `socket`: no other page.
 */
export type Asked = "page" | "part" | "ticket" | "socket";

/** The machine's own people, in development. */
const EVERYTHING: Login = { user: null, may: RIGHTS, expiresAt: Infinity };

export class Guard {
  readonly #endpoint: object;
  readonly #host: string | undefined;
  readonly #senderOf: FindSender;
  readonly #authorization: Authorization | undefined;
  readonly #failures: Failures;

  constructor({ endpoint, authorize, failuresPerMinute }: InspectorConfig) {
    const { host, trustProxy = false, connectTimeout = ENDPOINT_LIMITS.connectTimeout } = endpoint.options;
    this.#endpoint = endpoint;
    this.#host = host?.toLowerCase();
    this.#senderOf = senderFinder(trustProxy);
    this.#authorization = authorize === undefined ? undefined : new Authorization(authorize, connectTimeout);
    this.#failures = new Failures(failuresPerMinute);
  }

  /** Whether only this machine is let in. */
  get isLocal(): boolean {
    return this.#authorization === undefined;
  }

  addressOf(visit: Visit): string {
    return this.#senderOf(visit).address;
  }

  /** The checks that need no application. Undefined: passed. */
  screen(visit: Visit, asked: Asked): Refused | undefined {
    const sender = this.#senderOf(visit);
    const retryAfter = this.#failures.waitOf(sender.address);
    if (retryAfter > 0) return this.refuse(sender.address, { refused: "too many failures", retryAfter });
    if (this.isLocal && !isLocal(visit, sender)) return this.refuse(sender.address, { refused: "not this machine" });
    if (this.#isOther(sender)) return this.refuse(sender.address, { refused: "host" });
    if (isOfOtherSite(visit, asked) || !this.#isOwnOrigin(visit, sender, asked)) {
      return this.refuse(sender.address, { refused: "other site" });
    }
    return undefined;
  }

  /** All checks. Never rejects. */
  async admit(visit: Visit, asked: Asked): Promise<Login | Refused> {
    const refused = this.screen(visit, asked);
    if (refused !== undefined) return refused;
    if (this.#authorization === undefined) return EVERYTHING;
    const address = this.addressOf(visit);
    const login = await this.#authorization.ask(visit, address);
    if (!("denied" in login)) return login;
    const { denied, error } = login;
    if (denied === "not authorized") this.#failures.add(address);
    return this.refuse(address, denied === "busy" ? { refused: denied, retryAfter: 1 } : { refused: denied }, error);
  }

  /** Somebody has shown a ticket that is none. */
  failed(address: string): void {
    this.#failures.add(address);
    this.refuse(address, { refused: "ticket" });
  }

  /** Reports it. */
  refuse(address: string, refused: Refused, error?: unknown): Refused {
    emit("inspector.refused", { endpoint: this.#endpoint, address, reason: refused.refused, error });
    return refused;
  }

  /** Whether it was sent to another host than the endpoint's, which a name in the DNS of somebody else can lead to. */
  #isOther(sender: Sender): boolean {
    return this.#host !== undefined && hostOf(sender.host).name !== this.#host;
  }

  #isOwnOrigin({ headers }: Visit, sender: Sender, asked: Asked): boolean {
    const { origin } = headers;
    if (origin === undefined) return asked !== "ticket";
    if (!URL.canParse(origin)) return false;
    const url = new URL(origin);
    if (this.#host !== undefined) return url.hostname === this.#host;
    const own = hostOf(sender.host);
    const port = url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
    return url.hostname === own.name && (own.port === undefined ? url.port === "" : port === own.port);
  }
}

/** What browsers say of the page that has made the request. */
function isOfOtherSite({ headers }: Visit, asked: Asked): boolean {
  const site = headers["sec-fetch-site"];
  if (site === undefined || site === "same-origin") return false;
  switch (asked) {
    case "page":
      return (headers["sec-fetch-dest"] ?? "document") !== "document";
    case "part":
      return site !== "none";
    default:
      return true;
  }
}
