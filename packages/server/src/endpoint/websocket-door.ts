/** Handles WebSocket requests of a mount. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { CloseCode } from "@wingbeat/protocol";
import { isPromise } from "../awaitable.ts";
import { SocketProcess } from "../socket/process.ts";
import type { SocketEnvironment } from "../socket/process.ts";
import type { Connection } from "../transports/connection.ts";
import { refusedHandshake, WebSocketTransport } from "../transports/websocket.ts";
import { turnAway, welcome } from "../admission.ts";
import { RequestCaller, UpgradeCaller } from "../hosts/node/callers.ts";
import type { MountConfig, WebSocketConfig } from "./config.ts";
import type { ClientDoor } from "./door.ts";
import type { Premises } from "../admission/rules.ts";
import { admitHandshake } from "../admission/handshake.ts";
import type { AdmittedHandshake, WebSocketEntrance } from "../admission/handshake.ts";
import { answer, answerUpgrade, endUpgrade } from "../hosts/node/answer.ts";
import { originCheck } from "../admission/origin.ts";
import { pathMatcher } from "../admission/path.ts";
import type { PathMatcher, PathParams } from "../admission/path.ts";
import { absent, Refusal } from "../admission/refusal.ts";

export class WebSocketDoor implements ClientDoor {
  readonly #environment: SocketEnvironment;
  readonly #entrance: WebSocketEntrance;
  readonly #match: PathMatcher;
  readonly #transport: WebSocketTransport;

  constructor(mount: MountConfig, config: WebSocketConfig, environment: SocketEnvironment, premises: Premises) {
    this.#environment = environment;
    this.#entrance = entranceOf(mount, config, environment.endpoint, premises);
    this.#match = pathMatcher(mount.path, config.path);
    this.#transport = new WebSocketTransport(config);
  }

  match(path: string): PathParams | undefined {
    return this.#match(path);
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, params: PathParams): void | Promise<void> {
    if (request.method !== "GET") {
      answerUpgrade(socket, { status: 400 });
      return;
    }
    const caller = new UpgradeCaller(socket, head);
    const admitted = admitHandshake(this.#entrance, request, params, caller);
    if (isPromise(admitted)) return admitted.then((settled) => this.#upgrade(request, caller, settled));
    this.#upgrade(request, caller, admitted);
  }

  /** A request without an upgrade goes through admission first, as in Phoenix, and then gets an error. */
  async request(request: IncomingMessage, response: ServerResponse, params: PathParams): Promise<void> {
    if (request.method !== "GET") {
      answer(response, { status: 400 });
      return;
    }
    const admitted = await admitHandshake(this.#entrance, request, params, new RequestCaller(request, response));
    answer(response, admitted instanceof Refusal ? admitted.answer : this.#fault(request, admitted).answer);
  }

  stop(ms: number): Promise<void> {
    return this.#transport.stop(ms);
  }

  #upgrade(request: IncomingMessage, { socket, head }: UpgradeCaller, admitted: AdmittedHandshake | Refusal): void {
    const handshake = this.#transport.read(request);
    if (admitted instanceof Refusal) {
      const { frame, subprotocol } = admitted;
      if (frame === undefined || typeof handshake === "string") answerUpgrade(socket, admitted.answer);
      else endUpgrade(socket, refusedHandshake(handshake.key, subprotocol, frame, CloseCode.refused, "refused"));
      return;
    }
    if (typeof handshake === "string") {
      answerUpgrade(socket, this.#fault(request, admitted).answer);
      return;
    }
    let process: SocketProcess | undefined;
    try {
      this.#transport.upgrade(handshake, socket, head, admitted.subprotocol, (connection) => {
        process = this.#open(admitted, connection);
        return process;
      });
    } finally {
      // The client has gone: nothing else would release the slot.
      if (process === undefined) turnAway(this.#entrance, admitted, absent("gone"));
    }
  }

  /** Refuses a client that passed admission but whose request is not a valid WebSocket handshake. */
  #fault(request: IncomingMessage, admitted: AdmittedHandshake): Refusal {
    const handshake = this.#transport.read(request);
    const body = typeof handshake === "string" ? handshake : "this path needs a WebSocket handshake";
    const answer = { status: 400, headers: { "content-type": "text/plain; charset=utf-8" }, body };
    return turnAway(this.#entrance, admitted, new Refusal("request", answer, body));
  }

  #open(admitted: AdmittedHandshake, connection: Connection): SocketProcess {
    welcome(this.#entrance, admitted);
    const process = new SocketProcess(this.#environment, admitted, connection);
    this.#environment.processes.add(process);
    return process;
  }
}

/** What admission needs to know about a mount. */
export function entranceOf(
  { path, socket, authToken, readSession }: MountConfig,
  { checkOrigin, subprotocols, errorHandler }: WebSocketConfig,
  endpoint: object,
  { host, gate, senderOf, connectTimeout }: Premises,
): WebSocketEntrance {
  return {
    endpoint,
    path,
    transport: "websocket",
    socket: socket.spec,
    checkOrigin: originCheck(checkOrigin, host),
    errorHandler,
    gate,
    senderOf,
    readSession,
    connectTimeout,
    subprotocols,
    authToken,
  };
}
