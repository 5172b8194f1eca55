/** The WebSocket part of admission: the subprotocol, and an auth token sent as one. */
import { isPromise } from "../awaitable.ts";
import { admit, refuse, screen } from "./admit.ts";
import type { Admitted } from "./admit.ts";
import type { PathParams } from "./path.ts";
import { FORBIDDEN, jsonAnswer, Refusal } from "./refusal.ts";
import type { AdmissionRules, Screened } from "./rules.ts";
import { offeredProtocols, selectProtocol, takeAuthToken } from "./subprotocol.ts";
import type { Visit } from "./visit.ts";

type Outcome = Admitted | Refusal;

/**
 * Decides on an upgrade request; synchronous unless a callback of the application is async. Never throws or rejects.
 */
export function admitHandshake(
  rules: AdmissionRules,
  visit: Visit,
  pathParams: PathParams,
): Outcome | Promise<Outcome> {
  const screened = screen(rules, visit, pathParams);
  return isPromise(screened) ? screened.then((settled) => goOn(rules, settled)) : goOn(rules, screened);
}

function goOn(rules: AdmissionRules, screened: Screened | Refusal): Outcome | Promise<Outcome> {
  if (screened instanceof Refusal) return screened;
  const agreed = agree(rules, screened.visit);
  if (agreed instanceof Refusal) return refuse(rules, agreed);
  const { subprotocol } = agreed;
  const finish = (outcome: Outcome): Outcome => {
    outcome.subprotocol = subprotocol;
    return outcome;
  };
  const admitted = admit(rules, screened, agreed.authToken);
  return isPromise(admitted) ? admitted.then(finish) : finish(admitted);
}

interface Agreed {
  readonly authToken: string | undefined;
  readonly subprotocol: string | undefined;
}

/** Extracts the token from the offered subprotocols and picks one of the others. */
function agree(rules: AdmissionRules, { headers }: Visit): Agreed | Refusal {
  const offered = offeredProtocols(headers["sec-websocket-protocol"]);
  const offer = rules.authToken ? takeAuthToken(offered) : { protocols: offered, authToken: undefined };
  if (offer === undefined) return new Refusal("auth token", jsonAnswer(400, "auth token is not base64"));
  const supported = rules.authToken ? ["phoenix", ...rules.subprotocols] : rules.subprotocols;
  const protocol = selectProtocol(supported, offer.protocols);
  if (protocol === "none matches") return new Refusal("subprotocol", FORBIDDEN, offer.protocols);
  return { authToken: offer.authToken, subprotocol: protocol.selected };
}
