/**
 * A connection over plain HTTP for networks that block WebSockets: `new Socket(url, { transport: LongPoll })`. To the
 * socket it looks like a WebSocket. A GET waits for messages and is repeated; outgoing messages are POSTed.
 */
import { fromBase64, toBase64 } from "./longpoll/base64.ts";
import { Posts } from "./longpoll/posts.ts";
import { request } from "./longpoll/request.ts";
import type { Answer } from "./longpoll/request.ts";
import type { CloseEvent, Transport } from "./transport.ts";

const CONNECTING = 0;
const OPEN = 1;
const CLOSED = 3;

const NDJSON = { "Content-Type": "application/x-ndjson" };
/** Minimum milliseconds between polls when one returned no messages. */
const MIN_POLL_MS = 100;

const AUTH_TOKEN_PREFIX = "base64url.bearer.phx.";

type Handler<Event> = ((event: Event) => unknown) | null;

/**
 * The long-polling transport of Phoenix: `new Socket(url, { transport: LongPoll })`, or with `longPollFallbackMs` after a
 * failed WebSocket.
 */
export class LongPoll implements Transport {
  static readonly isLongPoll = true;
  /** Polls detect a lost connection. */
  readonly skipHeartbeat = true;
  binaryType = "arraybuffer";
  /** Milliseconds a request may take. Longer than the server lets a poll wait (10,000); 0: no limit. */
  timeout = 20_000;
  onopen: Handler<{ readonly type: "open" }> = null;
  onmessage: Handler<{ readonly type: "message"; readonly data: string | ArrayBuffer }> = null;
  /** Gets the status of the server's answer, 500 when it was unusable, or `timeout`. */
  onerror: Handler<number | "timeout"> = null;
  onclose: Handler<CloseEvent & { readonly type: "close" }> = null;
  readonly #url: string;
  readonly #authToken: string | undefined;
  readonly #abort = new AbortController();
  readonly #posts = new Posts((body) => this.#post(body));
  #readyState = CONNECTING;
  #token: string | undefined;

  /** The URL of the WebSocket transport; `protocols` as passed to a WebSocket by a socket with `authToken`. */
  constructor(url: string, protocols?: readonly string[] | null) {
    this.#url = pollUrl(url);
    const [, bearer] = protocols ?? [];
    if (bearer?.startsWith(AUTH_TOKEN_PREFIX)) this.#authToken = fromBase64(bearer.slice(AUTH_TOKEN_PREFIX.length));
    // Deferred, so that the callbacks and the timeout are set first.
    queueMicrotask(() => this.#poll());
  }

  get readyState(): number {
    return this.#readyState;
  }

  /** Characters that the server has not accepted yet. */
  get bufferedAmount(): number {
    return this.#readyState === OPEN ? this.#posts.size : 0;
  }

  /**
   * Messages sent in one turn go in one request. Throws before the connection is open; does nothing once it is closed.
   */
  send(data: string | ArrayBuffer | Uint8Array): void {
    if (this.#readyState === CONNECTING) throw new Error("LongPoll is not open yet");
    if (this.#readyState === OPEN) this.#posts.add(typeof data === "string" ? data : toBase64(new Uint8Array(data)));
  }

  /**
   * Ends the poll. Unsent frames go out in one last request, which browsers complete even when the page is being left.
   * The server ends the session when it is no longer polled.
   */
  close(code = 1005, reason = ""): void {
    const rest = this.#readyState === OPEN ? this.#posts.takeRest() : "";
    if (rest !== "") void this.#request("POST", NDJSON, { body: rest, keepalive: true });
    this.#end(code, reason, true);
  }

  async #poll(): Promise<void> {
    while (this.#readyState !== CLOSED) {
      const start = Date.now();
      const authToken = this.#authToken === undefined ? {} : { "X-Phoenix-AuthToken": this.#authToken };
      const headers = { Accept: "application/json", ...authToken };
      const { status, token, messages } = await this.#request("GET", headers, { signal: this.#abort.signal });
      const isNew = this.#token === undefined;
      if (isNew && status === 410 && token !== undefined) this.#opened(token);
      else if (!isNew && (status === 200 || status === 204)) this.#deliver(messages);
      else {
        // Why a Wingbeat server refuses.
        this.#deliver(messages);
        return this.#fail(status, ...closeOfPoll(status));
      }
      if (isNew) continue;
      // A server lets a poll wait for messages. If something answers at once without any, do not poll it in a tight
      // loop. Messages come first: one of them may end the connection, and another poll would open a new one.
      const rest = messages.length > 0 ? 0 : MIN_POLL_MS - (Date.now() - start);
      await new Promise((resolve) => setTimeout(resolve, rest));
    }
  }

  #opened(token: string): void {
    this.#token = token;
    this.#later(() => {
      this.#readyState = OPEN;
      this.onopen?.({ type: "open" });
    });
  }

  #deliver(messages: readonly string[]): void {
    for (const message of messages) this.#later(() => this.onmessage?.({ type: "message", data: frameOf(message) }));
  }

  async #post(body: string): Promise<boolean> {
    const { status } = await this.#request("POST", NDJSON, { body, signal: this.#abort.signal });
    if (status === 200) return true;
    this.#fail(status, ...(status === "timeout" ? TIMEOUT : INTERNAL_ERROR));
    return false;
  }

  /**
   * The session token goes into the query, the only place where Phoenix up to 1.8.9 looks, and into a header, which
   * takes precedence in later versions. In the query it comes last: a connect param named `token` comes before it.
   */
  #request(method: string, headers: Record<string, string>, init: RequestInit): Promise<Answer> {
    if (this.#token === undefined) return request(this.#url, { ...init, method, headers }, this.timeout);
    const url = `${this.#url}${this.#url.includes("?") ? "&" : "?"}token=${encodeURIComponent(this.#token)}`;
    const withToken = { ...headers, "X-Phoenix-Longpoll-Token": this.#token };
    return request(url, { ...init, method, headers: withToken }, this.timeout);
  }

  #fail(status: Answer["status"], code: number, reason: string): void {
    this.#later(() => {
      try {
        this.onerror?.(status);
      } finally {
        this.#end(code, reason, false);
      }
    });
  }

  /**
   * Every event is a separate task, as with a WebSocket: promise reactions of one message run before the next, and a
   * callback that throws loses no message. Timers set together run in order, without a pause in between.
   */
  #later(event: () => void): void {
    setTimeout(() => {
      if (this.#readyState !== CLOSED) event();
    });
  }

  #end(code: number, reason: string, wasClean: boolean): void {
    if (this.#readyState === CLOSED) return;
    this.#readyState = CLOSED;
    this.#abort.abort();
    this.onclose?.({ type: "close", code, reason, wasClean });
  }
}

type Close = readonly [code: number, reason: string];

const TIMEOUT: Close = [1005, "timeout"];
const INTERNAL_ERROR: Close = [1011, "internal server error"];

function closeOfPoll(status: Answer["status"]): Close {
  if (status === "timeout") return TIMEOUT;
  if (status === 403) return [1008, "forbidden"];
  return status === 410 ? [3410, "session_gone"] : INTERNAL_ERROR;
}

/**
 * A text frame, or a binary one: its bytes decoded as UTF-8, or as base64, which starts with `A` or `B` because the first
 * byte is below 8 (PROTOCOL.md, section 14.3).
 */
function frameOf(message: string): string | ArrayBuffer {
  if (message < " ") return new TextEncoder().encode(message).buffer;
  if (!/^[AB]/.test(message)) return message;
  try {
    return Uint8Array.from(fromBase64(message), (character) => character.charCodeAt(0)).buffer;
  } catch {
    // Neither base64 nor JSON: the socket reports it.
    return message;
  }
}

/** `ws://host/socket/websocket?vsn=2.0.0` becomes `http://host/socket/longpoll?vsn=2.0.0`. */
function pollUrl(url: string): string {
  const [path = "", ...query] = url.replace(/^ws/, "http").split("?");
  return [path.replace(/\/websocket(\/?)$/, "/longpoll$1"), ...query].join("?");
}
