/** Where WebSocket clients come in. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { isPromise } from "../channel/call.ts";
import { Session } from "../socket/session.ts";
import type { SessionEnvironment } from "../socket/session.ts";
import type { Connection } from "../transports/transport.ts";
import { WebSocketTransport } from "../transports/websocket.ts";
import { Refusal } from "./admission.ts";
import type { Premises } from "./admission.ts";
import type { MountConfig, WebSocketConfig } from "./config.ts";
import type { ClientDoor } from "./door.ts";
import { admitHandshake, handshakeFault } from "./handshake.ts";
import type { Admitted, WebSocketEntrance } from "./handshake.ts";
import { answer, answerUpgrade, ignoreError } from "./http.ts";
import { originCheck } from "./origin.ts";
import { pathMatcher } from "./path.ts";
import type { PathMatcher, PathParams } from "./path.ts";

export class WebSocketDoor implements ClientDoor {
  readonly #environment: SessionEnvironment;
  readonly #entrance: WebSocketEntrance;
  readonly #match: PathMatcher;
  readonly #transport: WebSocketTransport;

  constructor(mount: MountConfig, config: WebSocketConfig, environment: SessionEnvironment, premises: Premises) {
    this.#environment = environment;
    this.#entrance = entranceOf(mount, config, environment.endpoint, premises);
    this.#match = pathMatcher(mount.path, config.path);
    this.#transport = new WebSocketTransport(config);
  }

  match(path: string): PathParams | undefined {
    return this.#match(path);
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, params: PathParams): void {
    if (request.method !== "GET") {
      answerUpgrade(socket, { status: 400 });
      return;
    }
    const admitted = admitHandshake(this.#entrance, request, params);
    if (!isPromise(admitted)) {
      this.#upgrade(request, socket, head, admitted);
      return;
    }
    // Nobody else listens to the socket while connect is under way.
    socket.on("error", ignoreError);
    void admitted.then((settled) => {
      socket.off("error", ignoreError);
      if (!socket.destroyed) this.#upgrade(request, socket, head, settled);
      else if (!(settled instanceof Refusal)) settled.place?.leave();
    });
  }

  /** A request that asks for no upgrade is admitted first, as in Phoenix, and then told why not. */
  async request(request: IncomingMessage, response: ServerResponse, params: PathParams): Promise<void> {
    if (request.method !== "GET") {
      answer(response, { status: 400 });
      return;
    }
    const admitted = await admitHandshake(this.#entrance, request, params);
    if (!(admitted instanceof Refusal)) admitted.place?.leave();
    answer(response, admitted instanceof Refusal ? admitted.answer : (handshakeFault(request) ?? { status: 400 }));
  }

  stop(ms: number): Promise<void> {
    return this.#transport.stop(ms);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, admitted: Admitted | Refusal): void {
    if (admitted instanceof Refusal) {
      answerUpgrade(socket, admitted.answer);
      return;
    }
    const fault = handshakeFault(request);
    let session: Session | undefined;
    if (fault !== undefined) answerUpgrade(socket, fault);
    else {
      this.#transport.upgrade(request, socket, head, admitted.subprotocol, (connection) => {
        session = this.#open(admitted, connection);
        return session;
      });
    }
    // The handshake went wrong, or the client has gone: nobody else will give the place back.
    if (session === undefined) admitted.place?.leave();
  }

  #open(admitted: Admitted, connection: Connection): Session {
    const session = new Session(this.#environment, admitted, connection);
    this.#environment.sessions.add(session);
    return session;
  }
}

/** What admission needs to know of a mount. */
export function entranceOf(
  { path, socket, authToken, readSession }: MountConfig,
  { checkOrigin, subprotocols, errorHandler }: WebSocketConfig,
  endpoint: object,
  { host, gate, senderOf }: Premises,
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
    subprotocols,
    authToken,
  };
}
