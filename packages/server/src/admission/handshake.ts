/** The WebSocket part of admission: the subprotocol, and an auth token sent as one. */
import type { IncomingMessage } from "node:http";
import { isPromise } from "../awaitable.ts";
import { admit, refuse, screen } from "../admission.ts";
import type { Admitted } from "../admission.ts";
import type { Caller } from "../hosts/node/callers.ts";
import type { Entrance, Visit } from "./rules.ts";
import type { PathParams } from "./path.ts";
import { FORBIDDEN, jsonAnswer, Refusal } from "./refusal.ts";
import { offeredProtocols, selectProtocol, takeAuthToken } from "./subprotocol.ts";

/** The WebSocket transport of a mount, as seen by admission. */
export interface WebSocketEntrance extends Entrance {
  readonly subprotocols: readonly string[];
  /** Whether a token is read from `Sec-WebSocket-Protocol`. */
  readonly authToken: boolean;
}

/** Accepted: what the socket process needs, and the subprotocol to answer with. */
export interface AdmittedHandshake extends Admitted {
  readonly subprotocol: string | undefined;
}

type Outcome = AdmittedHandshake | Refusal;

/**
 * Decides on an upgrade request; synchronous unless a callback of the application is async. Never throws or rejects.
 */
export function admitHandshake(
  entrance: WebSocketEntrance,
  request: IncomingMessage,
  pathParams: PathParams,
  caller: Caller,
): Outcome | Promise<Outcome> {
  const visit = screen(entrance, request, pathParams, caller);
  return isPromise(visit) ? visit.then((screened) => goOn(entrance, screened)) : goOn(entrance, visit);
}

function goOn(entrance: WebSocketEntrance, visit: Visit | Refusal): Outcome | Promise<Outcome> {
  if (visit instanceof Refusal) return visit;
  const agreed = agree(entrance, visit.request);
  if (agreed instanceof Refusal) return refuse(entrance, agreed);
  const { subprotocol } = agreed;
  const finish = (admitted: Admitted | Refusal): Outcome => {
    if (!(admitted instanceof Refusal)) return { ...admitted, subprotocol };
    admitted.subprotocol = subprotocol;
    return admitted;
  };
  const admitted = admit(entrance, visit, agreed.authToken);
  return isPromise(admitted) ? admitted.then(finish) : finish(admitted);
}

interface Agreed {
  readonly authToken: string | undefined;
  readonly subprotocol: string | undefined;
}

/** Extracts the token from the offered subprotocols and picks one of the others. */
function agree(entrance: WebSocketEntrance, request: IncomingMessage): Agreed | Refusal {
  const offered = offeredProtocols(request.headers["sec-websocket-protocol"]);
  const offer = entrance.authToken ? takeAuthToken(offered) : { protocols: offered, authToken: undefined };
  if (offer === undefined) return new Refusal("auth token", jsonAnswer(400, "auth token is not base64"));
  const supported = entrance.authToken ? ["phoenix", ...entrance.subprotocols] : entrance.subprotocols;
  const protocol = selectProtocol(supported, offer.protocols);
  if (protocol === "none matches") return new Refusal("subprotocol", FORBIDDEN, offer.protocols);
  return { authToken: offer.authToken, subprotocol: protocol.selected };
}
