/**
 * The login of a connection that ends at some time: the connection is closed then, unless the client has renewed it.
 * Clients with extensions are told how long it lasts and send new credentials; `connect` runs again with them.
 */
import { CloseCode, EXPIRES, PHOENIX_TOPIC, Reason } from "@wingbeat/protocol";
import type { ClientMessage, ServerCodec } from "@wingbeat/protocol";
import type { ClientSource } from "../channel/host.ts";
import { emit } from "../telemetry.ts";
import type { TelemetryEvents } from "../telemetry.ts";
import { Frame } from "../transports/connection.ts";
import type { Connection } from "../transports/connection.ts";
import { cancel, expireAt } from "./expiry.ts";
import type { Expiring } from "./expiry.ts";
import { isEmpty, take, waitMs } from "./rate-limit.ts";
import { encodeRefusal } from "./refusal-message.ts";
import type { RefusalNotice } from "./refusal-message.ts";

/** What a client sends to renew its login: the query of its URL, and its auth token, as they would be now. */
export interface Credentials {
  readonly query: string;
  readonly token: string | undefined;
}

/** What `connect` said to new credentials. */
export type Renewal =
  | { readonly assigns: Readonly<Record<string, unknown>>; readonly id: string | null; readonly expiresAt: number }
  | { readonly notice: RefusalNotice; readonly reason?: unknown; readonly error?: unknown }
  | { readonly failed: "crashed" | "timeout" | "gone"; readonly error?: unknown };

/** Runs `connect` again. Never rejects. `onGone` calls back when the connection has closed. */
export type Renew = (credentials: Credentials, client: { onGone(run: () => void): () => void }) => Promise<Renewal>;

/** A login as `connect` has accepted it. */
export interface LoginTerms {
  /** In ms since 1970. */
  readonly expiresAt: number;
  /** Undefined for clients without extensions: they connect again. */
  readonly renew: Renew | undefined;
}

/** The connection of a login. */
export interface LoginOwner {
  readonly connection: Connection;
  readonly codec: ServerCodec;
  readonly id: string | null;
  describe(): ClientSource;
  began(): void;
  ended(): void;
  /** The login was renewed with these assigns. */
  renewed(assigns: Readonly<Record<string, unknown>>): void;
  shutdown(reason: string, code: CloseCode, text: string): void;
}

/** How often a client may renew its login, with a burst of two. */
const RENEWALS_PER_SECOND = 1;
/** Characters of a query or a token: an HTTP request could carry no more. */
const MAX_CREDENTIALS = 16_384;

export class Login implements Expiring {
  readonly #owner: LoginOwner;
  readonly #renew: Renew | undefined;
  #expiresAt: number;
  /** When its bucket of renewals is full again. */
  #rate = -Infinity;
  #isRenewing = false;
  /** The last message that came while `connect` was running. */
  #waiting: ClientMessage | undefined = undefined;
  #isOver = false;
  #onGone: (() => void) | undefined = undefined;

  constructor({ expiresAt, renew }: LoginTerms, owner: LoginOwner) {
    this.#owner = owner;
    this.#renew = renew;
    this.#expiresAt = expiresAt;
    expireAt(this, expiresAt);
    if (renew === undefined) return;
    const { connection, codec } = owner;
    connection.send(new Frame(codec.encodeMessage(null, null, PHOENIX_TOPIC, EXPIRES, this.#lifetime())));
  }

  /** Whether the client may renew it. */
  get isRenewable(): boolean {
    return this.#renew !== undefined;
  }

  expired(): void {
    emit("socket.expired", this.#owner.describe());
    this.#owner.shutdown("expired", CloseCode.expired, "login expired");
  }

  /** The connection has closed. */
  end(): void {
    this.#isOver = true;
    this.#waiting = undefined;
    cancel(this, this.#expiresAt);
    this.#onGone?.();
  }

  /** The client has sent new credentials. One `connect` runs at a time; of messages that wait for it, the last counts. */
  refresh(message: ClientMessage): void {
    const credentials = credentialsOf(message.payload);
    if (credentials === undefined) return this.#answer(message, "error", { reason: Reason.invalidPayload });
    const now = performance.now();
    const fullAt = take(this.#rate, RENEWALS_PER_SECOND, now);
    if (isEmpty(fullAt, now)) {
      const refusal = { reason: Reason.rateLimited, retry_after_ms: waitMs(fullAt, now) };
      return this.#answer(message, "error", refusal);
    }
    this.#rate = fullAt;
    if (!this.#isRenewing) return this.#run(message, credentials);
    if (this.#waiting !== undefined) this.#answer(this.#waiting, "error", { reason: Reason.superseded });
    this.#waiting = message;
  }

  /** For `connect`: calls back when the connection has closed. */
  onGone(run: () => void): () => void {
    this.#onGone = run;
    return () => {
      this.#onGone = undefined;
    };
  }

  #run(message: ClientMessage, credentials: Credentials): void {
    const owner = this.#owner;
    const startedAt = performance.now();
    this.#isRenewing = true;
    owner.began();
    void this.#renew?.(credentials, this).then((renewal) => {
      this.#isRenewing = false;
      if (!this.#isOver) this.#finish(message, renewal, performance.now() - startedAt);
      owner.ended();
      const waiting = this.#waiting;
      this.#waiting = undefined;
      if (waiting !== undefined) this.#run(waiting, credentialsOf(waiting.payload) as Credentials);
    });
  }

  #finish(message: ClientMessage, renewal: Renewal, duration: number): void {
    if ("failed" in renewal) {
      this.#report(renewal.failed === "timeout" ? "timeout" : "crashed", duration, renewal);
      this.#answer(message, "error", { reason: Reason.refreshFailed });
    } else if ("notice" in renewal) this.#refused(renewal, duration);
    else if (renewal.id !== this.#owner.id) {
      // Channels were joined as somebody else. The client connects again, and joins as who it is now.
      this.#report("other id", duration);
      this.#owner.shutdown("expired", CloseCode.expired, "login of another id");
    } else {
      cancel(this, this.#expiresAt);
      this.#expiresAt = renewal.expiresAt;
      expireAt(this, renewal.expiresAt);
      this.#report("ok", duration);
      this.#answer(message, "ok", this.#lifetime());
      this.#owner.renewed(renewal.assigns);
    }
  }

  #refused(renewal: Extract<Renewal, { notice: RefusalNotice }>, duration: number): void {
    const owner = this.#owner;
    const { frame, error } = encodeRefusal(owner.codec, renewal.notice);
    this.#report("refused", duration, { error, ...renewal });
    owner.connection.send(new Frame(frame));
    owner.shutdown("refused", CloseCode.refused, "refused");
  }

  /** What the client is told: how long the login lasts. Clocks differ, so it is not told when it ends. */
  #lifetime(): { in?: number } {
    return this.#expiresAt === Infinity ? {} : { in: Math.max(0, Math.round(this.#expiresAt - Date.now())) };
  }

  #report(
    result: TelemetryEvents["socket.refreshed"]["result"],
    duration: number,
    { reason, error }: { readonly reason?: unknown; readonly error?: unknown } = {},
  ): void {
    emit("socket.refreshed", { ...this.#owner.describe(), result, reason, error, duration });
  }

  #answer({ ref, topic }: ClientMessage, status: string, response: object): void {
    const { connection, codec } = this.#owner;
    connection.send(new Frame(codec.encodeReply(null, ref, topic, status, response)));
  }
}

function credentialsOf(payload: unknown): Credentials | undefined {
  const { query, token } = (payload ?? {}) as { readonly query?: unknown; readonly token?: unknown };
  if (typeof query !== "string" || query.length > MAX_CREDENTIALS) return undefined;
  if (token === undefined || token === null) return { query, token: undefined };
  return typeof token === "string" && token.length <= MAX_CREDENTIALS ? { query, token } : undefined;
}
