/** The long-poll transport: messages travel in the answers to waiting GET requests and in the bodies of POST requests. */
import type { Admitted } from "../admission.ts";
import type { PathParams } from "../admission/path.ts";
import { absent, Refusal } from "../admission/refusal.ts";
import type { Screened } from "../admission/rules.ts";
import type { BodyFault, Exchange, Unfinished } from "../hosts/host.ts";
import { emit } from "../telemetry.ts";
import { jsonBody, pollText, preflightAnswer, refusalText, statusText, UNSUPPORTED } from "./longpoll/answer.ts";
import { batchOf } from "./longpoll/batch.ts";
import type { BatchFault } from "./longpoll/batch.ts";
import type { LongPollClients } from "./longpoll/clients.ts";
import type { ConnectionLimits } from "./longpoll/connection.ts";
import { PollRequest, PostRequest } from "./longpoll/requests.ts";
import type { Timeouts } from "./longpoll/waiting-request.ts";
import type { Transport, TransportDefinition, TransportMount } from "./transport.ts";

export { LongPollClients } from "./longpoll/clients.ts";
export type { DirectMessages } from "./longpoll/relay.ts";

export interface LongPollTransportOptions
  extends ConnectionLimits, Timeouts, Omit<TransportDefinition, "name" | "start"> {
  /** How many messages one POST may hold. */
  readonly maxBatchMessages: number;
}

/** The transport with these options. `clients` are those of the endpoint. */
export const longPollTransport = (
  options: LongPollTransportOptions,
  clients: LongPollClients,
): TransportDefinition => ({
  ...options,
  name: "longpoll",
  start: (mount) => new LongPollTransport(mount, options, clients),
});

/** Why a POST was refused as a whole, whoever sent it: nothing in it was handled. */
type PostFault = "body too large" | "body too slow" | BatchFault | "too much waits";

const FAULTS: Readonly<Record<Exclude<BodyFault, "cut off">, { reason: PostFault; status: number }>> = {
  "too large": { reason: "body too large", status: 413 },
  "too much": { reason: "too much waits", status: 429 },
  "too slow": { reason: "body too slow", status: 408 },
};

class LongPollTransport implements Transport {
  readonly #mount: TransportMount;
  readonly #options: LongPollTransportOptions;
  readonly #clients: LongPollClients;
  /** The path pattern of its requests: tokens of other mounts are rejected. */
  readonly #path: string;
  /** By token. */
  readonly #unfinished = new Map<string, Unfinished>();

  constructor(mount: TransportMount, options: LongPollTransportOptions, clients: LongPollClients) {
    this.#mount = mount;
    this.#options = options;
    this.#clients = clients;
    this.#path = `${mount.path}${options.path}`;
  }

  async request(exchange: Exchange, params: PathParams): Promise<void> {
    const screened = await this.#mount.screen(exchange, params);
    if (screened instanceof Refusal) await this.#refuse(exchange, screened);
    else if (exchange.method === "GET") this.#poll(exchange, screened);
    else if (exchange.method === "POST") await this.#post(exchange, tokenOf(screened));
    else exchange.answer(exchange.method === "OPTIONS" ? preflightAnswer(exchange) : UNSUPPORTED);
  }

  /** Nothing to wait for: a closed connection is gone at once. */
  async stop(): Promise<void> {}

  /** Answers a GET with the messages of its client, or connects a new one. */
  #poll(exchange: Exchange, screened: Screened): void {
    const connect = (): void => void this.#connect(exchange, screened);
    const client = this.#clients.find(this.#path, tokenOf(screened));
    if (client === undefined) connect();
    else new PollRequest(exchange, client, this.#options, connect).start();
  }

  async #connect(exchange: Exchange, screened: Screened): Promise<void> {
    const authToken = this.#mount.authToken ? exchange.headers["x-phoenix-authtoken"] : undefined;
    try {
      this.#open(exchange, await this.#mount.admitScreened(screened, authToken));
    } catch (error) {
      emit("http.failed", { error });
      exchange.destroy();
    }
  }

  #open(exchange: Exchange, admitted: Admitted | Refusal): void {
    if (admitted instanceof Refusal) refuseGet(exchange, admitted);
    else if (exchange.isGone) this.#mount.refuse(admitted, absent("gone"));
    else {
      const connection = this.#clients.open(this.#path, this.#options);
      connection.start(this.#mount.open(admitted, connection));
      exchange.answer(jsonBody(pollText(410, connection.token, [])));
    }
  }

  /** Passes the batch of a POST to its client. Never rejects. */
  async #post(exchange: Exchange, token: unknown): Promise<void> {
    const client = this.#clients.find(this.#path, token);
    if (client === undefined) {
      await this.#refusePost(exchange, 410);
      return;
    }
    const { maxBodySize, bodyTimeout, maxBatchMessages } = this.#options;
    const body = await this.#readBody(exchange, client.token);
    if (body === "cut off") return;
    if (typeof body === "string") {
      const { reason, status } = FAULTS[body];
      this.#report(reason, body === "too slow" ? bodyTimeout : maxBodySize);
      if (body === "too slow") exchange.answer(jsonBody(statusText(status), status, { connection: "close" }));
      else await this.#refusePost(exchange, status, status);
      return;
    }
    const frames = batchOf(body, exchange.headers["content-type"], maxBatchMessages);
    if (typeof frames === "string") this.#refuseBatch(exchange, frames);
    else {
      const onFull = (): void => this.#report("too much waits", maxBodySize);
      new PostRequest(exchange, client, this.#options, frames, onFull).start();
    }
  }

  async #readBody(exchange: Exchange, token: string): Promise<Buffer | BodyFault> {
    const { maxBodySize, bodyTimeout } = this.#options;
    let unfinished = this.#unfinished.get(token);
    if (unfinished === undefined) this.#unfinished.set(token, (unfinished = { count: 0, bytes: 0 }));
    unfinished.count++;
    const body = await exchange.readBody(maxBodySize, bodyTimeout, unfinished);
    if (--unfinished.count === 0) this.#unfinished.delete(token);
    return body;
  }

  #refuseBatch(exchange: Exchange, fault: BatchFault): void {
    const isTooLarge = fault === "batch too large";
    this.#report(fault, isTooLarge ? this.#options.maxBatchMessages : undefined);
    const status = isTooLarge ? 413 : 400;
    exchange.answer(jsonBody(statusText(status), status));
  }

  async #refuse(exchange: Exchange, refusal: Refusal): Promise<void> {
    const { status } = refusal.answer;
    if (exchange.method !== "POST") refuseGet(exchange, refusal);
    else await this.#refusePost(exchange, status, status === 403 ? 200 : status);
  }

  /** Answers a POST before its body is read. */
  #refusePost(exchange: Exchange, status: number, httpStatus = 200): Promise<void> {
    return exchange.answerEarly(jsonBody(statusText(status), httpStatus), this.#options.bodyTimeout);
  }

  /** `limit` is the limit that a POST exceeded, if any. */
  #report(reason: PostFault, limit: number | undefined): void {
    const { endpoint, path } = this.#mount;
    emit("longpoll.refused", { endpoint, path, reason, limit });
  }
}

/** Long-poll clients treat this status as a server failure: they close and reconnect. */
const FAILURE = statusText(500);

/** A 403 is sent in the body of a 200, as Phoenix does; only failures use the HTTP status. */
function refuseGet(exchange: Exchange, { answer, frame }: Refusal): void {
  if (frame !== undefined) exchange.answer(jsonBody(refusalText(frame)));
  else if (answer.status === 403) exchange.answer(jsonBody(statusText(403)));
  else exchange.answer(jsonBody(FAILURE, answer.status, answer.status === 503 ? answer.headers : {}));
}

/** The client's token: in a header (Phoenix 1.9) or in the query. The header wins. */
const tokenOf = ({ visit, params }: Screened): unknown => visit.headers["x-phoenix-longpoll-token"] ?? params["token"];
