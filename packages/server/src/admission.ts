/**
 * Admission: decides who may connect. The checks run in Phoenix's order: query, origin, transport (subprotocol, auth
 * token), version, connection limits, web session, the socket's `connect`, its id. The first that fails determines the
 * HTTP answer.
 */
import type { IncomingMessage } from "node:http";
import { DEFAULT_VSN, negotiateVersion, v1Server, v2Server } from "@wingbeat/protocol";
import type { ServerCodec } from "@wingbeat/protocol";
import { isPromise } from "./awaitable.ts";
import { WingbeatError } from "./errors.ts";
import { parseTarget } from "./admission/target.ts";
import type { Admission } from "./socket/process.ts";
import { emit, isObserved } from "./telemetry.ts";
import { decidedInTime } from "./hosts/node/callers.ts";
import type { Caller } from "./hosts/node/callers.ts";
import type { Entrance, Visit } from "./admission/rules.ts";
import { introduce } from "./admission/connect.ts";
import type { Accepted } from "./admission/connect.ts";
import type { PathParams } from "./admission/path.ts";
import { parseQuery, takeExtensions } from "./admission/query.ts";
import { absent, closed, crash, FORBIDDEN, jsonAnswer, Refusal } from "./admission/refusal.ts";
import { encodeRefusal } from "./socket/refusal-message.ts";

/** Accepted, with a slot reserved. */
export interface Admitted extends Admission {
  readonly visit: Visit;
}

/** Reports a refusal to telemetry, and returns it. */
export function refuse(entrance: Entrance, refusal: Refusal): Refusal {
  const { endpoint, path, transport } = entrance;
  const { stage, answer, reason, error } = refusal;
  emit("socket.refused", { endpoint, path, transport, stage, status: answer.status, reason, error });
  return refusal;
}

/** The checks that every request must pass: a valid query, and the origin check. Never throws or rejects. */
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
    const extensions = takeExtensions(query);
    const params = Object.assign(query, pathParams);
    const visit: Visit = { request, sender, params, extensions, startedAt, caller, isOver: false };
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

/** Only `true` accepts. Anything else but `false` is an error in the application's `checkOrigin`. */
function judge(entrance: Entrance, visit: Visit, verdict: unknown): Visit | Refusal {
  if (verdict === true) return visit;
  const error =
    verdict === false
      ? undefined
      : new WingbeatError("WB_BAD_RETURN", `checkOrigin must return true or false, not a ${typeof verdict}.`);
  return refuse(entrance, new Refusal("origin", FORBIDDEN, visit.request.headers.origin, error));
}

/**
 * Decides on a request; synchronous unless a callback of the application is async. Reports a refusal to telemetry.
 * Never throws or rejects. Every accepted client must be passed to {@link welcome} or {@link turnAway}.
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
    const admitted = { visit, codec, extensions: visit.extensions, place };
    if (accepted instanceof Refusal)
      return turnAway(entrance, admitted, visit.extensions ? told(accepted, codec) : accepted);
    // The endpoint may have started draining while connect was running.
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

/** The refusal with the message that tells its client why. */
function told(refusal: Refusal, codec: ServerCodec): Refusal {
  if (refusal.notice === undefined) return refusal;
  const { frame, error } = encodeRefusal(codec, refusal.notice);
  refusal.frame = frame;
  refusal.error ??= error;
  return refusal;
}

/** Refuses a client that has a slot already, and releases the slot. */
export function turnAway(entrance: Entrance, { place }: Pick<Admission, "place">, refusal: Refusal): Refusal {
  place?.leave();
  return refuse(entrance, refusal);
}

/** Reports to telemetry that a client has connected. */
export function welcome({ endpoint, path, transport }: Entrance, { visit, id }: Admitted): void {
  if (!isObserved("socket.connected")) return;
  const { params, startedAt } = visit;
  const vsn = String(params["vsn"] ?? DEFAULT_VSN);
  emit("socket.connected", { endpoint, path, transport, id, vsn, params, duration: performance.now() - startedAt });
}

/** The decision, unless the client leaves or what is left of `connectTimeout` runs out first. */
async function inTime<T>(entrance: Entrance, visit: Visit, decision: PromiseLike<T>): Promise<T | Refusal> {
  const left = Math.max(1, visit.startedAt + entrance.connectTimeout - performance.now());
  const decided = await decidedInTime(decision, visit.caller, left);
  if (typeof decided !== "string") return decided.value;
  visit.isOver = true;
  return absent(decided);
}
