/**
 * The long-poll sessions of one endpoint. Their tokens are signed, so that nobody can make up one, and say which node has
 * the session, so that any node can serve its requests. A token works only on the mount that it was made for.
 */
import { randomBytes } from "node:crypto";
import { sign, verify } from "../../token.ts";
import { sweepEvery } from "../transport.ts";
import { LongPollConnection } from "./connection.ts";
import type { ConnectionLimits } from "./connection.ts";
import type { Reach } from "./reach.ts";
import { Relay } from "./relay.ts";
import type { Cluster } from "./relay.ts";

/** What the tokens are for. */
const SALT = "wingbeat long poll";
/** The signature proves who made a token; how long its session lives is not for the token to say. */
const MAX_AGE = Number.POSITIVE_INFINITY;
/** The sweep runs so many times per window: a session ends at most 5 % of a window late. */
const SWEEPS_PER_WINDOW = 20;

const random = (): string => randomBytes(16).toString("base64url");
const topicOf = (endpointId: string): string => `wingbeat:longpoll:${endpointId}`;

/** What a token says: the node and the endpoint that have the session, a number of the session's own, and its mount. */
type TokenContent = readonly [nodeName: string, endpointId: string, session: string, mount: string];

export class LongPollSessions {
  readonly #secret: string;
  readonly #nodeName: string;
  /** Tells this endpoint from others of the same node, and from those before it. */
  readonly #endpointId = random();
  readonly #sessions = new Map<string, LongPollConnection>();
  readonly #relay: Relay | undefined;
  readonly #forget = (connection: LongPollConnection): void => void this.#sessions.delete(connection.token);
  #sweeper: NodeJS.Timeout | undefined = undefined;
  #shortestWindow = Number.POSITIVE_INFINITY;

  /** `cluster` is there when there may be other nodes. They must have the same secret. */
  constructor(secret: string, nodeName: string, cluster: Cluster | undefined) {
    this.#secret = secret;
    this.#nodeName = nodeName;
    this.#relay = cluster && new Relay(cluster, topicOf(this.#endpointId), (token) => this.#sessions.get(token));
  }

  /** Makes a session with a token of its own. `mount` is the path pattern under which it is polled. */
  open(mount: string, limits: ConnectionLimits): LongPollConnection {
    const connection = new LongPollConnection(this.#sign(mount), mount, limits, this.#forget);
    this.#sessions.set(connection.token, connection);
    this.#sweep(limits.window);
    return connection;
  }

  /** The session of a token. Undefined when there is none, or the token is not genuine, or of another mount. */
  find(mount: string, token: unknown): Reach | undefined {
    if (typeof token !== "string") return undefined;
    const session = this.#sessions.get(token);
    if (session !== undefined) return session.mount === mount ? session : undefined;
    if (this.#relay === undefined) return undefined;
    const content = verify<TokenContent>(this.#secret, SALT, token, { maxAge: MAX_AGE });
    if (!content.ok) return undefined;
    const [node, endpointId, , mountOfToken] = content.data;
    if (mountOfToken !== mount) return undefined;
    // A session of this node that is not here has ended.
    return node === this.#nodeName ? undefined : this.#relay.reach(token, { node, topic: topicOf(endpointId) });
  }

  /** Ends the requests that wait for other nodes, and the sweep. The sessions are closed already. */
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
      for (const connection of this.#sessions.values()) connection.closeIfIdle(passed, now);
    });
  }
}
