/** One socket on its path: takes the requests of that path and makes sessions of them. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { CloseCode } from "@wingbeat/protocol";
import { Session } from "../socket/session.ts";
import type { SessionEnvironment } from "../socket/session.ts";
import type { Connection } from "../transports/transport.ts";
import { WebSocketTransport } from "../transports/websocket.ts";
import { isPromise } from "../channel/call.ts";
import { admit, Refusal } from "./admission.ts";
import type { Admitted } from "./admission.ts";
import type { HttpAnswer, MountConfig } from "./config.ts";
import { answer, answerUpgrade, handshakeFault } from "./http.ts";
import { originCheck } from "./origin.ts";
import type { OriginCheck } from "./origin.ts";
import { pathMatcher } from "./path.ts";
import type { PathMatcher, PathParams } from "./path.ts";

const ignoreError = (): void => {};

function refuseUpgrade(socket: Duplex, refusal: HttpAnswer): void {
  socket.on("error", ignoreError);
  answerUpgrade(socket, refusal);
}

export class Mount {
  readonly #config: MountConfig;
  readonly #environment: SessionEnvironment;
  readonly #match: PathMatcher;
  readonly #checkOrigin: OriginCheck;
  readonly #transport: WebSocketTransport;
  #isOpen = true;

  constructor(config: MountConfig, environment: SessionEnvironment, host: string | undefined) {
    this.#config = config;
    this.#environment = environment;
    this.#match = pathMatcher(config.path, config.websocket.path);
    this.#checkOrigin = originCheck(config.websocket.checkOrigin, host);
    this.#transport = new WebSocketTransport(config.websocket);
  }

  /** How many clients are connected. */
  get connections(): number {
    return this.#environment.sessions.size;
  }

  /** Whether this mount answers requests for a path. */
  match(path: string): PathParams | undefined {
    return this.#match(path);
  }

  /** An upgrade request for this mount. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, params: PathParams): void {
    if (request.method !== "GET") {
      refuseUpgrade(socket, { status: 400 });
      return;
    }
    const admitted = this.#admit(request, params);
    if (!isPromise(admitted)) {
      this.#upgrade(request, socket, head, admitted);
      return;
    }
    // Nobody else listens to the socket while connect is under way.
    socket.on("error", ignoreError);
    void admitted.then((settled) => {
      socket.off("error", ignoreError);
      if (!socket.destroyed) this.#upgrade(request, socket, head, settled);
    });
  }

  /** A request for this mount that asks for no upgrade. It is admitted first, as in Phoenix, and then told why not. */
  async request(request: IncomingMessage, response: ServerResponse, params: PathParams): Promise<void> {
    if (request.method !== "GET") {
      answer(response, { status: 400 });
      return;
    }
    const admitted = await this.#admit(request, params);
    answer(response, admitted instanceof Refusal ? admitted.answer : (handshakeFault(request) ?? { status: 400 }));
  }

  /** Closes all connections, and ends after `ms` those that do not answer. New ones get 503 from now on. */
  async close(reason: string, code: CloseCode, text: string, ms: number): Promise<void> {
    this.#isOpen = false;
    for (const session of [...this.#environment.sessions]) session.shutdown(reason, code, text);
    await this.#transport.stop(ms);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, admitted: Admitted | Refusal): void {
    const refused = admitted instanceof Refusal ? admitted.answer : this.#refusal(request);
    if (refused !== undefined) refuseUpgrade(socket, refused);
    else {
      const client = admitted as Admitted;
      this.#transport.upgrade(request, socket, head, client.subprotocol, (connection) =>
        this.#open(client, connection),
      );
    }
  }

  #refusal(request: IncomingMessage): HttpAnswer | undefined {
    return this.#isOpen ? handshakeFault(request) : { status: 503, headers: { "retry-after": "1" } };
  }

  #admit(request: IncomingMessage, params: PathParams): ReturnType<typeof admit> {
    return admit(this.#environment.endpoint, this.#config, this.#checkOrigin, request, params);
  }

  #open(admitted: Admitted, connection: Connection): Session {
    const session = new Session(this.#environment, admitted, connection);
    this.#environment.sessions.add(session);
    return session;
  }
}
