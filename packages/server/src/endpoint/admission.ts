/**
 * The guarded door: who may connect. In this order, as in Phoenix: query, origin, what the transport asks, version, how
 * many are there already, the web session, the socket's own `connect`, its id. The first that says no gives the HTTP
 * answer.
 */
import type { IncomingMessage } from "node:http";
import { DEFAULT_VSN, negotiateVersion, v1Server, v2Server } from "@wingbeat/protocol";
import { isPromise } from "../awaitable.ts";
import { WingbeatError } from "../errors.ts";
import { parseTarget } from "../socket/request-target.ts";
import type { Admission } from "../socket/session.ts";
import { emit, isObserved } from "../telemetry.ts";
import { decidedInTime } from "./caller.ts";
import type { Caller } from "./caller.ts";
import type { Entrance, Visit } from "./entrance.ts";
import { introduce } from "./introduction.ts";
import type { Accepted } from "./introduction.ts";
import type { PathParams } from "./path.ts";
import { parseQuery } from "./query.ts";
import { absent, closed, crash, FORBIDDEN, jsonAnswer, Refusal } from "./refusal.ts";

/** Let in, with a place. */
export interface Admitted extends Admission {
  readonly visit: Visit;
}

/** Says to telemetry who was turned away, and gives it back. */
export function refuse(entrance: Entrance, refusal: Refusal): Refusal {
  const { endpoint, path, transport } = entrance;
  const { stage, answer, reason, error } = refusal;
  emit("socket.refused", { endpoint, path, transport, stage, status: answer.status, reason, error });
  return refusal;
}

/** What every request must pass: a query that can be read, and the origin check. Never throws or rejects. */
export function screen(
  entrance: Entrance,
  request: IncomingMessage,
  pathParams: PathParams,
  caller: Caller,
): Visit | Refusal | Promise<Visit | Refusal> {
  const startedAt = performance.now();
  try {
    const query = parseQuery(parseTarget(request.url ?? "/")?.query ?? "");
    if (query === undefined) {
      return refuse(entrance, new Refusal("request", jsonAnswer(400, "Bad Request"), "query is not UTF-8"));
    }
    const sender = entrance.senderOf(request);
    const params = Object.assign(query, pathParams);
    const visit: Visit = { request, sender, params, startedAt, caller, isOver: false };
    const verdict = entrance.checkOrigin(request, sender);
    if (!isPromise(verdict)) return judge(entrance, visit, verdict);
    return inTime(entrance, visit, verdict).then(
      (judged) => (judged instanceof Refusal ? refuse(entrance, judged) : judge(entrance, visit, judged)),
      (error: unknown) => refuse(entrance, crash(error)),
    );
  } catch (error) {
    return refuse(entrance, crash(error));
  }
}

/** Only `true` lets in. Anything but `false` is a fault of the application's `checkOrigin`. */
function judge(entrance: Entrance, visit: Visit, verdict: unknown): Visit | Refusal {
  if (verdict === true) return visit;
  const error =
    verdict === false
      ? undefined
      : new WingbeatError("WB_BAD_RETURN", `checkOrigin must return true or false, not a ${typeof verdict}.`);
  return refuse(entrance, new Refusal("origin", FORBIDDEN, visit.request.headers.origin, error));
}

/**
 * Decides over one visit, at once unless the application is async. Reports a refusal to telemetry. Never throws or
 * rejects. Whoever is let in is to be {@link welcome}d or {@link turnAway}ed.
 */
export function admit(
  entrance: Entrance,
  visit: Visit,
  authToken: string | undefined,
): Admitted | Refusal | Promise<Admitted | Refusal> {
  const vsn = visit.params["vsn"] ?? DEFAULT_VSN;
  const version = negotiateVersion(vsn);
  if (version === undefined) return refuse(entrance, new Refusal("version", FORBIDDEN, vsn));
  const place = entrance.gate.enter(visit.sender.address);
  if (typeof place === "string") return refuse(entrance, closed(place));
  const codec = version === 1 ? v1Server : v2Server;
  const finish = (accepted: Accepted | Refusal): Admitted | Refusal => {
    const admitted = { visit, codec, place };
    if (accepted instanceof Refusal) return turnAway(entrance, admitted, accepted);
    // The endpoint may have begun to drain while connect was under way.
    if (!entrance.gate.isOpen) return turnAway(entrance, admitted, closed("draining"));
    return { ...admitted, id: accepted.id, assigns: accepted.assigns, since: visit.startedAt };
  };
  const crashed = (error: unknown): Refusal => turnAway(entrance, { place }, crash(error));
  try {
    const accepted = introduce(entrance, visit, authToken);
    return isPromise(accepted) ? inTime(entrance, visit, accepted).then(finish, crashed) : finish(accepted);
  } catch (error) {
    return crashed(error);
  }
}

/** Refuses one who had a place already. */
export function turnAway(entrance: Entrance, { place }: Pick<Admission, "place">, refusal: Refusal): Refusal {
  place?.leave();
  return refuse(entrance, refusal);
}

/** Says to telemetry that a client is connected. */
export function welcome({ endpoint, path, transport }: Entrance, { visit, id }: Admitted): void {
  if (!isObserved("socket.connected")) return;
  const { params, startedAt } = visit;
  const vsn = String(params["vsn"] ?? DEFAULT_VSN);
  emit("socket.connected", { endpoint, path, transport, id, vsn, params, duration: performance.now() - startedAt });
}

/** What was decided, while the client is there, within what is left of `connectTimeout`. */
async function inTime<T>(entrance: Entrance, visit: Visit, decision: PromiseLike<T>): Promise<T | Refusal> {
  const left = Math.max(1, visit.startedAt + entrance.connectTimeout - performance.now());
  const decided = await decidedInTime(decision, visit.caller, left);
  if (typeof decided !== "string") return decided.value;
  visit.isOver = true;
  return absent(decided);
}
