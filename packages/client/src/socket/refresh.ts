/**
 * Renews the login of one connection before it ends: asks the application for fresh credentials and sends them. Only
 * sockets whose server says that a login ends load this file.
 */
import type { Payload } from "@wingbeat/protocol";
import type { Timer } from "../timer.ts";
import type { Params } from "./url.ts";

type Awaitable<T> = T | PromiseLike<T>;

export interface RefreshHost {
  /** Not imported: what the page has loaded is given, so that it stays in one file. */
  readonly timer: Timer;
  /** Asks the application for params and token. */
  credentials(): readonly [params: Awaitable<Params | undefined>, token: Awaitable<string | null | undefined>];
  /** The URL of a connection with these params. */
  urlFor(params: Params | undefined): string;
  /** Sends new credentials, and calls back with the payload of the reply. */
  ask(payload: Payload, answered: (reply: Payload) => void): void;
}

/** What it needs of its socket. */
export interface RefreshSocket {
  /** Milliseconds that one attempt may take. */
  readonly timeout: number;
  log(kind: string, message: string, data: unknown): void;
}

/** At which part of the time that is left: at random, so that clients that came together do not all come together. */
const FROM = 0.6;
const TO = 0.8;
/** The shortest pause, in ms, also between attempts: logins may be short, and fresh tokens old. */
const MIN_PAUSE_MS = 1000;

export class Refresh {
  readonly #socket: RefreshSocket;
  readonly #host: RefreshHost;
  /** By this machine's clock, which runs while it sleeps. */
  #ends = 0;
  #due = 0;
  /** Counts attempts and their ends: what comes later for an earlier one is dropped. */
  #attempt = 0;

  /** `payload` is what the server has said, at `since` by `Date.now()`. */
  constructor(socket: RefreshSocket, host: RefreshHost, since: number, payload: Payload) {
    this.#socket = socket;
    this.#host = host;
    this.#endsIn(payload, since);
  }

  /** The connection has ended. */
  stop(): void {
    this.#attempt++;
    this.#due = Infinity;
    this.#host.timer.stop();
  }

  /** The machine may have slept: renews at once what should have been renewed. */
  wake(): void {
    if (Date.now() >= this.#due) this.#try();
  }

  #wait(): void {
    const left = this.#ends - Date.now();
    // The server is about to close the connection.
    if (left <= 0) return;
    const pause = Math.max(MIN_PAUSE_MS, left * (FROM + (TO - FROM) * Math.random()));
    this.#due = Date.now() + pause;
    this.#host.timer.start(pause, () => this.#try());
  }

  #try(): void {
    this.stop();
    const attempt = this.#attempt;
    const failed = (why: unknown) => {
      if (attempt !== this.#attempt) return;
      this.stop();
      this.#socket.log("transport", "the login was not renewed", why);
      this.#wait();
    };
    this.#host.timer.start(this.#socket.timeout, () => failed("timeout"));
    this.#ask(
      (reply) => {
        if (attempt !== this.#attempt) return;
        const { status, response } = (reply ?? {}) as { readonly status?: unknown; readonly response?: unknown };
        if (status === "ok") this.#endsIn(response, Date.now());
        else failed(response);
      },
      () => attempt === this.#attempt,
    ).catch(failed);
  }

  async #ask(answered: (reply: Payload) => void, isWanted: () => boolean): Promise<void> {
    const [params, token] = await Promise.all(this.#host.credentials());
    const [, query] = /\?(.*)/.exec(this.#host.urlFor(params)) ?? [];
    if (isWanted()) this.#host.ask({ query, token: token ?? null }, answered);
  }

  /** Without a number, the login does not end any more. */
  #endsIn(payload: Payload, since: number): void {
    this.stop();
    const ms: unknown = (payload as { readonly in?: unknown } | null)?.in;
    if (typeof ms !== "number") return;
    this.#ends = since + ms;
    this.#wait();
  }
}
