/**
 * The long-poll clients of one endpoint. Their tokens are signed, so that nobody can forge one, and name the node that has
 * the client, so that any node can serve its requests. A token works only on the mount it was created for.
 */
import { randomBytes } from "node:crypto";
import { sign, verify } from "../../token.ts";
import { sweepEvery } from "../sweep.ts";
import { LongPollConnection } from "./connection.ts";
import type { ConnectionLimits } from "./connection.ts";
import type { LongPollClient } from "./client.ts";
import { Relay } from "./relay.ts";
import type { DirectMessages } from "./relay.ts";

/** What the tokens are for. */
const SALT = "wingbeat long poll";
/** Tokens do not expire: the connection itself does. */
const MAX_AGE = Number.POSITIVE_INFINITY;
/** How often the sweep runs per window: a connection ends at most 5 % of a window late. */
const SWEEPS_PER_WINDOW = 20;

const random = (): string => randomBytes(16).toString("base64url");
const topicOf = (endpointId: string): string => `wingbeat:longpoll:${endpointId}`;

/** The content of a token: the node and endpoint that have the client, the client's number, and its mount. */
type TokenContent = readonly [nodeName: string, endpointId: string, client: string, mount: string];

export class LongPollClients {
  readonly #secret: string;
  readonly #nodeName: string;
  /** Distinguishes this endpoint from others on the same node, and from earlier runs. */
  readonly #endpointId = random();
  readonly #connections = new Map<string, LongPollConnection>();
  readonly #relay: Relay | undefined;
  readonly #forget = (connection: LongPollConnection): void => void this.#connections.delete(connection.token);
  #sweeper: NodeJS.Timeout | undefined = undefined;
  #shortestWindow = Number.POSITIVE_INFINITY;

  /** `messages` is set when there may be other nodes. They must have the same secret. */
  constructor(secret: string, nodeName: string, messages: DirectMessages | undefined) {
    this.#secret = secret;
    this.#nodeName = nodeName;
    this.#relay = messages && new Relay(messages, topicOf(this.#endpointId), (token) => this.#connections.get(token));
  }

  /** Creates a connection with its own token. `mount` is the path pattern under which it is polled. */
  open(mount: string, limits: ConnectionLimits): LongPollConnection {
    const connection = new LongPollConnection(this.#sign(mount), mount, limits, this.#forget);
    this.#connections.set(connection.token, connection);
    this.#sweep(limits.window);
    return connection;
  }

  /** The client of a token. Undefined when there is none, or the token is forged or of another mount. */
  find(mount: string, token: unknown): LongPollClient | undefined {
    if (typeof token !== "string") return undefined;
    const connection = this.#connections.get(token);
    if (connection !== undefined) return connection.mount === mount ? connection : undefined;
    if (this.#relay === undefined) return undefined;
    const content = verify<TokenContent>(this.#secret, SALT, token, { maxAge: MAX_AGE });
    if (!content.ok) return undefined;
    const [node, endpointId, , mountOfToken] = content.data;
    if (mountOfToken !== mount) return undefined;
    // A client of this node that is not found has gone.
    return node === this.#nodeName ? undefined : this.#relay.client(token, { node, topic: topicOf(endpointId) });
  }

  /** Ends the requests that wait for other nodes, and stops the sweep. The connections are already closed. */
  stop(): void {
    this.#relay?.stop();
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
  }

  #sign(mount: string): string {
    const content: TokenContent = [this.#nodeName, this.#endpointId, random(), mount];
    return sign(this.#secret, SALT, content, { maxAge: MAX_AGE });
  }

  #sweep(window: number): void {
    if (window >= this.#shortestWindow) return;
    this.#shortestWindow = window;
    clearInterval(this.#sweeper);
    this.#sweeper = sweepEvery(window / SWEEPS_PER_WINDOW, (passed, now) => {
      for (const connection of this.#connections.values()) connection.closeIfIdle(passed, now);
    });
  }
}
