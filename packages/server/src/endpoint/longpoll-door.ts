/** Handles long-poll requests of a mount. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { SocketProcess } from "../socket/process.ts";
import type { SocketEnvironment } from "../socket/process.ts";
import { emit } from "../telemetry.ts";
import {
  answerEmpty,
  answerJson,
  answerPreflight,
  LongPollTransport,
  refusalText,
  statusText,
} from "../transports/longpoll.ts";
import type { LongPollSessions } from "../transports/longpoll.ts";
import { admit, screen, turnAway, welcome } from "../admission.ts";
import type { Admitted } from "../admission.ts";
import { RequestCaller } from "../hosts/node/callers.ts";
import type { LongPollConfig, MountConfig } from "./config.ts";
import type { ClientDoor } from "./door.ts";
import type { Entrance, Premises, Visit } from "../admission/rules.ts";
import { answerUpgrade } from "../hosts/node/answer.ts";
import { originCheck } from "../admission/origin.ts";
import { pathMatcher } from "../admission/path.ts";
import type { PathMatcher, PathParams } from "../admission/path.ts";
import { absent, Refusal } from "../admission/refusal.ts";

/** Long-poll clients treat this status as a server failure: they close and reconnect. */
const FAILURE = statusText(500);

export class LongPollDoor implements ClientDoor {
  readonly #environment: SocketEnvironment;
  readonly #entrance: Entrance;
  readonly #hasAuthToken: boolean;
  readonly #match: PathMatcher;
  readonly #transport: LongPollTransport;

  constructor(
    mount: MountConfig,
    config: LongPollConfig,
    environment: SocketEnvironment,
    premises: Premises,
    sessions: LongPollSessions,
  ) {
    const { endpoint } = environment;
    const { path } = mount;
    this.#environment = environment;
    this.#entrance = {
      endpoint,
      path,
      transport: "longpoll",
      socket: mount.socket.spec,
      checkOrigin: originCheck(config.checkOrigin, premises.host),
      errorHandler: undefined,
      gate: premises.gate,
      senderOf: premises.senderOf,
      readSession: mount.readSession,
      connectTimeout: premises.connectTimeout,
    };
    this.#hasAuthToken = mount.authToken;
    this.#match = pathMatcher(path, config.path);
    this.#transport = new LongPollTransport(`${path}${config.path}`, config, sessions, (reason, limit) =>
      emit("longpoll.refused", { endpoint, path, reason, limit }),
    );
  }

  match(path: string): PathParams | undefined {
    return this.#match(path);
  }

  upgrade(_request: IncomingMessage, socket: Duplex): void {
    answerUpgrade(socket, { status: 400 });
  }

  async request(request: IncomingMessage, response: ServerResponse, params: PathParams): Promise<void> {
    const visit = await screen(this.#entrance, request, params, new RequestCaller(request, response));
    if (visit instanceof Refusal) await this.#turnAway(request, response, visit);
    else if (request.method === "GET") {
      this.#transport.poll(response, tokenOf(visit), () => void this.#connect(visit, response));
    } else if (request.method === "POST") await this.#transport.post(request, response, tokenOf(visit));
    else if (request.method === "OPTIONS") answerPreflight(request, response);
    else answerEmpty(response, 400);
  }

  /** Nothing to wait for: a closed session is gone at once. */
  async stop(): Promise<void> {}

  /** A GET without a session: runs `connect` and opens a session. */
  async #connect(visit: Visit, response: ServerResponse): Promise<void> {
    const authToken = this.#hasAuthToken ? headerOf(visit.request, "x-phoenix-authtoken") : undefined;
    try {
      this.#finish(await admit(this.#entrance, visit, authToken), response);
    } catch (error) {
      emit("http.failed", { error });
      response.destroy();
    }
  }

  #finish(admitted: Admitted | Refusal, response: ServerResponse): void {
    if (admitted instanceof Refusal) refuseGet(response, admitted);
    else if (response.destroyed) turnAway(this.#entrance, admitted, absent("gone"));
    else {
      this.#transport.open(response, (connection) => {
        welcome(this.#entrance, admitted);
        const process = new SocketProcess(this.#environment, admitted, connection);
        this.#environment.processes.add(process);
        return process;
      });
    }
  }

  async #turnAway(request: IncomingMessage, response: ServerResponse, refusal: Refusal): Promise<void> {
    const { status } = refusal.answer;
    if (request.method !== "POST") refuseGet(response, refusal);
    else await this.#transport.refusePost(request, response, status, status === 403 ? 200 : status);
  }
}

/** A 403 is sent in the body of a 200, as Phoenix does; only failures use the HTTP status. */
function refuseGet(response: ServerResponse, { answer, frame }: Refusal): void {
  if (frame !== undefined) answerJson(response, refusalText(frame));
  else if (answer.status === 403) answerJson(response, statusText(403));
  else answerJson(response, FAILURE, answer.status, answer.status === 503 ? answer.headers : {});
}

/** The session token: in a header (Phoenix 1.9) or in the query. The header wins. */
function tokenOf({ request, params }: Visit): unknown {
  return headerOf(request, "x-phoenix-longpoll-token") ?? params["token"];
}

function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" ? value : undefined;
}
