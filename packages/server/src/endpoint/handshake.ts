/** What WebSocket asks beyond admission: handshake headers, a subprotocol, the auth token that comes as one. */
import type { IncomingMessage } from "node:http";
import { isPromise } from "../channel/call.ts";
import type { Admission } from "../socket/session.ts";
import { admit, FORBIDDEN, jsonAnswer, Refusal, refuse, screen } from "./admission.ts";
import type { Entrance } from "./admission.ts";
import type { HttpAnswer } from "./config.ts";
import type { PathParams } from "./path.ts";
import { offeredProtocols, selectProtocol, takeAuthToken } from "./subprotocol.ts";

/** Where WebSocket clients come in. */
export interface WebSocketEntrance extends Entrance {
  readonly subprotocols: readonly string[];
  /** Whether a token is read from `Sec-WebSocket-Protocol`. */
  readonly authToken: boolean;
}

/** Let in: what the session needs, and the subprotocol to answer. */
export interface Admitted extends Admission {
  readonly subprotocol: string | undefined;
}

/** Decides over one upgrade request, at once unless `connect` is async. Never throws or rejects. */
export function admitHandshake(
  entrance: WebSocketEntrance,
  request: IncomingMessage,
  pathParams: PathParams,
): Admitted | Refusal | PromiseLike<Admitted | Refusal> {
  const visit = screen(entrance, request, pathParams);
  if (visit instanceof Refusal) return visit;
  const agreed = agree(entrance, request);
  if (agreed instanceof Refusal) return refuse(entrance, agreed);
  const finish = (admitted: Admission | Refusal): Admitted | Refusal =>
    admitted instanceof Refusal ? admitted : { ...admitted, subprotocol: agreed.subprotocol };
  const admitted = admit(entrance, visit, agreed.authToken);
  return isPromise(admitted) ? admitted.then(finish) : finish(admitted);
}

interface Agreed {
  readonly authToken: string | undefined;
  readonly subprotocol: string | undefined;
}

/** Takes the token out of the offered subprotocols and chooses one of the others. */
function agree(entrance: WebSocketEntrance, request: IncomingMessage): Agreed | Refusal {
  const offered = offeredProtocols(request.headers["sec-websocket-protocol"]);
  const offer = entrance.authToken ? takeAuthToken(offered) : { protocols: offered, authToken: undefined };
  if (offer === undefined) return new Refusal("auth token", jsonAnswer(400, "auth token is not base64"));
  const supported = entrance.authToken ? ["phoenix", ...entrance.subprotocols] : entrance.subprotocols;
  const protocol = selectProtocol(supported, offer.protocols);
  if (protocol === "none matches") return new Refusal("subprotocol", FORBIDDEN, offer.protocols);
  return { authToken: offer.authToken, subprotocol: protocol.selected };
}

const text = (body: string): HttpAnswer => ({
  status: 400,
  headers: { "content-type": "text/plain; charset=utf-8" },
  body,
});

/** Why a GET request cannot become a WebSocket, or undefined when its headers are right (RFC 6455, section 4.2.1). */
export function handshakeFault(request: IncomingMessage): HttpAnswer | undefined {
  const { upgrade, connection } = request.headers;
  if (!/\bupgrade\b/i.test(connection ?? "")) return text('a WebSocket request needs the header "connection: upgrade"');
  if (upgrade?.toLowerCase() !== "websocket") return text('a WebSocket request needs the header "upgrade: websocket"');
  if (request.headers["sec-websocket-version"] !== "13") {
    return text('a WebSocket request needs the header "sec-websocket-version: 13"');
  }
  if (request.headers["sec-websocket-key"] === undefined) {
    return text('a WebSocket request needs the header "sec-websocket-key"');
  }
  return undefined;
}
