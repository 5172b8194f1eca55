/**
 * The rules of the publish handler, without HTTP's objects: who may publish, what a request must look like, and what is
 * answered. A request is judged by its head first: the body of one that is refused is never read.
 */
import { EncodeError, jsonOf } from "@wingbeat/protocol";
import { describeThrown, WingbeatError } from "../errors.ts";
import { checkCount, checkDuration, checkKeys, checkRate, withDefaults } from "../options.ts";
import { emit, isObserved } from "../telemetry.ts";
import { Grant, grantOf, isSecret } from "./grant.ts";
import { InvalidMessage, readMessages } from "./messages.ts";
import { MessageRate } from "./rate.ts";

/** What messages are handed to: an endpoint or a broadcaster. */
export interface PublishTarget {
  broadcastUnchecked(topic: string, event: string, payload: object): void;
  readonly pubsub: { status(): { readonly state: "up" | "down" } };
}

/** What `publishHandler` takes. */
export interface PublishOptions {
  /** Where the messages go: an endpoint, or a broadcaster. */
  readonly to: PublishTarget;
  /**
   * The secret that signs the tokens: at least 20 bytes. In a list, all are accepted: to rotate it, add the new one,
   * change the senders, remove the old one.
   */
  readonly secret: string | readonly string[];
  /** Seconds after which a token is refused, whatever it says itself. Default 300. */
  readonly maxAge?: number;
  /** Bytes of the largest body; beyond it the answer is 413. Default 1,000,000. */
  readonly maxBodySize?: number;
  /** Messages in one request; a longer list is refused as a whole with 413. Default 100. */
  readonly maxBatchMessages?: number;
  /** Messages per second of all requests together, two seconds' worth at once; beyond it 429. Default 1,000. */
  readonly messagesPerSecond?: number;
  /** Requests whose body is being read at the same time; beyond it 503. Default 100. */
  readonly maxRequests?: number;
  /** Milliseconds in which the body must arrive; beyond it 408. Default 15,000. */
  readonly bodyTimeout?: number;
}

/** Defaults of the limits, as docs/reference/limits.md lists them. */
export const PUBLISH_LIMITS = {
  maxAge: 300,
  maxBodySize: 1_000_000,
  maxBatchMessages: 100,
  messagesPerSecond: 1_000,
  maxRequests: 100,
  bodyTimeout: 15_000,
} as const;

/** The part of a request that comes before its body. */
export interface PublishHead {
  readonly method: string | undefined;
  /** The value of a header, by its name in lower case. */
  readonly header: (name: string) => string | null | undefined;
}

export interface PublishAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Why a body could not be read. */
export type BodyFault = "too large" | "too slow";

export class Publisher {
  readonly limits: Readonly<Required<Omit<PublishOptions, "to" | "secret">>>;
  readonly #target: PublishTarget;
  readonly #secrets: readonly string[];
  readonly #rate: MessageRate;
  #reading = 0;

  /** Throws `WB_OPTION`. */
  constructor(options: PublishOptions) {
    const { to, secret, ...limits } = options;
    checkKeys("publishHandler", options, ["to", "secret", ...Object.keys(PUBLISH_LIMITS)]);
    if (typeof to?.broadcastUnchecked !== "function") {
      throw new WingbeatError("WB_OPTION", "publishHandler.to must be an endpoint or a broadcaster.");
    }
    this.#secrets = typeof secret === "string" ? [secret] : secret;
    if (!Array.isArray(this.#secrets) || this.#secrets.length === 0 || !this.#secrets.every(isSecret)) {
      throw new WingbeatError(
        "WB_OPTION",
        "publishHandler.secret must be a string of at least 20 bytes, or a list of them. Generate one: openssl rand -base64 48",
      );
    }
    for (const name of ["maxAge", "maxBodySize", "maxBatchMessages", "maxRequests"] as const) {
      checkCount(`publishHandler.${name}`, limits[name]);
    }
    checkRate("publishHandler.messagesPerSecond", limits.messagesPerSecond);
    checkDuration("publishHandler.bodyTimeout", limits.bodyTimeout);
    this.limits = withDefaults(PUBLISH_LIMITS, limits);
    this.#rate = new MessageRate(this.limits.messagesPerSecond);
    this.#target = to;
  }

  /** Judges a request before its body is read. A grant must be given back: {@link publish} or {@link giveUp}. */
  admit({ method, header }: PublishHead): Grant | PublishAnswer {
    if (method !== "POST") {
      return this.#refuse(405, "not a POST", "Send a POST request with a JSON body.", { allow: "POST" });
    }
    const grant = grantOf(header("authorization"), this.#secrets, this.limits.maxAge);
    if (!(grant instanceof Grant)) {
      return this.#refuse(401, grant.reason, grant.detail, { "www-authenticate": "Bearer" });
    }
    if (!/^application\/json\s*(;|$)/i.test(header("content-type") ?? "")) {
      return this.#refuse(415, "not JSON", "Send the header content-type: application/json.");
    }
    if (!/^(identity)?$/i.test(header("content-encoding") ?? "")) {
      return this.#refuse(415, "encoded body", "Send the body as it is, without content-encoding.");
    }
    const { maxBodySize, maxRequests } = this.limits;
    if (Number(header("content-length") ?? 0) > maxBodySize) return this.#tooLarge();
    if (this.#reading >= maxRequests) {
      const detail = `${maxRequests} other requests are being read (maxRequests): try again in a second.`;
      return this.#refuse(503, "too many requests at once", detail, { "retry-after": "1" });
    }
    this.#reading++;
    return grant;
  }

  /** The body of an admitted request has not arrived: its sender is gone, or gets this answer. */
  giveUp(fault?: BodyFault): PublishAnswer | undefined {
    this.#reading--;
    if (fault === undefined) return undefined;
    if (fault === "too large") return this.#tooLarge();
    return this.#refuse(
      408,
      "body too slow",
      `The body did not arrive within ${this.limits.bodyTimeout} ms (bodyTimeout).`,
    );
  }

  /** Checks the body of an admitted request, and publishes what is in it: all messages, or none. Never throws. */
  publish(grant: Grant, body: Uint8Array): PublishAnswer {
    this.#reading--;
    try {
      return this.#publish(grant, body);
    } catch (error) {
      return this.failed(error);
    }
  }

  /** For a failure that nobody foresaw. */
  failed(error: unknown): PublishAnswer {
    return this.#refuse(500, "failed", "The server failed: its log says why.", {}, error);
  }

  #publish(grant: Grant, body: Uint8Array): PublishAnswer {
    const { maxBatchMessages, messagesPerSecond } = this.limits;
    const messages = readMessages(body, maxBatchMessages);
    if (messages instanceof InvalidMessage) return this.#refuse(messages.status, messages.reason, messages.detail);
    for (const [index, { topic, payload }] of messages.entries()) {
      if (!grant.allows(topic)) {
        const detail = `The token does not allow ${JSON.stringify(topic)} (message ${index}): it allows ${grant.patterns}.`;
        return this.#refuse(403, "topic not allowed", detail);
      }
      try {
        jsonOf(payload, `The payload of message ${index}`);
      } catch (error) {
        if (!(error instanceof EncodeError)) throw error;
        return this.#refuse(400, "invalid message", error.message);
      }
    }
    const wait = this.#rate.take(messages.length, performance.now());
    if (wait > 0) {
      const seconds = Math.ceil(wait / 1_000);
      const detail = `More than ${messagesPerSecond} messages per second (messagesPerSecond): try again in ${seconds} s.`;
      return this.#refuse(429, "too many messages", detail, { "retry-after": String(seconds) });
    }
    for (const [index, { topic, event, payload }] of messages.entries()) {
      try {
        this.#target.broadcastUnchecked(topic, event, payload);
      } catch (error) {
        const detail = `${describeThrown(error)}. The first ${index} messages of the request were published.`;
        return this.#refuse(503, "broadcast failed", detail, {}, error);
      }
    }
    if (isObserved("publish.accepted")) {
      emit("publish.accepted", { endpoint: this.#target, messages: messages.length, bytes: body.length });
    }
    return json(202, { accepted: messages.length, pubsub: this.#target.pubsub.status().state });
  }

  #tooLarge(): PublishAnswer {
    return this.#refuse(413, "body too large", `The body may have ${this.limits.maxBodySize} bytes (maxBodySize).`);
  }

  #refuse(
    status: number,
    reason: string,
    detail: string,
    headers: Readonly<Record<string, string>> = {},
    error?: unknown,
  ): PublishAnswer {
    emit("publish.refused", { endpoint: this.#target, status, reason, ...(error === undefined ? {} : { error }) });
    return json(status, { reason, detail }, headers);
  }
}

function json(status: number, value: object, headers: Readonly<Record<string, string>> = {}): PublishAnswer {
  const own = { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" };
  return { status, headers: { ...own, ...headers }, body: JSON.stringify(value) };
}
