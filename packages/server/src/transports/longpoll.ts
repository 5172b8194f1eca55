/**
 * The long-poll transport: messages travel in the responses to waiting GET requests and in the bodies of POST requests.
 * It gets requests that the endpoint has admitted and knows nothing of sockets and channels.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { answerJson, pollText, statusText, writeJson } from "./longpoll/answer.ts";
import { batchOf } from "./longpoll/batch.ts";
import type { BatchFault } from "./longpoll/batch.ts";
import { discardBody, readBody } from "./longpoll/body.ts";
import type { BodyFault, Unfinished } from "./longpoll/body.ts";
import type { ConnectionLimits } from "./longpoll/connection.ts";
import { PollRequest, PostRequest } from "./longpoll/requests.ts";
import type { LongPollSessions } from "./longpoll/sessions.ts";
import type { Patience } from "./longpoll/waiting-request.ts";
import type { Connection, ConnectionHandler } from "./connection.ts";

export { answerEmpty, answerJson, answerPreflight, refusalText, statusText } from "./longpoll/answer.ts";
export { LongPollSessions } from "./longpoll/sessions.ts";
export type { DirectMessages } from "./longpoll/relay.ts";

export interface LongPollTransportOptions extends ConnectionLimits, Patience {
  /** How many messages one POST may hold. */
  readonly maxBatchMessages: number;
}

/** Why a POST was refused as a whole, whatever its session: nothing in it was handled. */
export type PostFault = "body too large" | "body too slow" | BatchFault | "too much waits";

/** The limit that a POST exceeded, if any. */
export type OnRefused = (reason: PostFault, limit: number | undefined) => void;

const FAULTS: Readonly<Record<Exclude<BodyFault, "cut off">, { reason: PostFault; status: number }>> = {
  "too large": { reason: "body too large", status: 413 },
  "too much": { reason: "too much waits", status: 429 },
  "too slow": { reason: "body too slow", status: 408 },
};

export class LongPollTransport {
  readonly #mount: string;
  readonly #options: LongPollTransportOptions;
  readonly #sessions: LongPollSessions;
  readonly #onRefused: OnRefused;
  /** By token. */
  readonly #unfinished = new Map<string, Unfinished>();

  /** `mount` is the path pattern of its requests: tokens of other mounts are rejected. */
  constructor(mount: string, options: LongPollTransportOptions, sessions: LongPollSessions, onRefused: OnRefused) {
    this.#mount = mount;
    this.#options = options;
    this.#sessions = sessions;
    this.#onRefused = onRefused;
  }

  /** Starts a session for an admitted client, with the handler that `accept` returns. */
  open(response: ServerResponse, accept: (connection: Connection) => ConnectionHandler): void {
    const connection = this.#sessions.open(this.#mount, this.#options);
    connection.start(accept(connection));
    answerJson(response, pollText(410, connection.token, []));
  }

  /** Answers a GET with the messages of its session. Calls `onGone` when there is no such session. */
  poll(response: ServerResponse, token: unknown, onGone: () => void): void {
    const session = this.#sessions.find(this.#mount, token);
    if (session === undefined) onGone();
    else new PollRequest(response, session, this.#options, onGone).start();
  }

  /** Passes the batch of a POST to its session. Never rejects. */
  async post(request: IncomingMessage, response: ServerResponse, token: unknown): Promise<void> {
    const session = this.#sessions.find(this.#mount, token);
    if (session === undefined) {
      await this.refusePost(request, response, 410);
      return;
    }
    const { maxBodySize, bodyTimeout, maxBatchMessages } = this.#options;
    const body = await this.#readBody(request, session.token);
    if (body === "cut off") return;
    if (typeof body === "string") {
      const { reason, status } = FAULTS[body];
      this.#onRefused(reason, body === "too slow" ? bodyTimeout : maxBodySize);
      if (body === "too slow") answerJson(response, statusText(status), status, { connection: "close" });
      else await this.refusePost(request, response, status, status);
      return;
    }
    const frames = batchOf(body, request.headers["content-type"], maxBatchMessages);
    if (typeof frames === "string") this.#refuseBatch(response, frames);
    else {
      const onFull = (): void => this.#onRefused("too much waits", maxBodySize);
      new PostRequest(response, session, this.#options, frames, onFull).start();
    }
  }

  /**
   * Answers a POST before its body is read. The connection closes once the client has sent the body, or after
   * `bodyTimeout`.
   */
  async refusePost(
    request: IncomingMessage,
    response: ServerResponse,
    status: number,
    httpStatus = 200,
  ): Promise<void> {
    if (!writeJson(response, statusText(status), httpStatus, { connection: "close" })) return;
    await discardBody(request, this.#options.bodyTimeout);
    // Of pipelined requests, only the first response is destroyed with its socket. Ending the others out of order fails
    // an internal assertion of Node, which ends the process.
    if (!response.destroyed && !request.socket.destroyed) response.end();
  }

  async #readBody(request: IncomingMessage, token: string): Promise<Buffer | BodyFault> {
    const { maxBodySize, bodyTimeout } = this.#options;
    let unfinished = this.#unfinished.get(token);
    if (unfinished === undefined) this.#unfinished.set(token, (unfinished = { count: 0, bytes: 0 }));
    unfinished.count++;
    const body = await readBody(request, maxBodySize, bodyTimeout, unfinished);
    if (--unfinished.count === 0) this.#unfinished.delete(token);
    return body;
  }

  #refuseBatch(response: ServerResponse, fault: BatchFault): void {
    const isTooLarge = fault === "batch too large";
    this.#onRefused(fault, isTooLarge ? this.#options.maxBatchMessages : undefined);
    const status = isTooLarge ? 413 : 400;
    answerJson(response, statusText(status), status);
  }
}
