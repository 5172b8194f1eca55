/**
 * Decides on a request. The checks run in Phoenix's order: query, origin, transport (subprotocol, auth
 * token), version, connection limits, web session, the socket's `connect`, its id. The first that fails determines the
 * HTTP answer.
 */
import { DEFAULT_VSN } from "@wingbeat/protocol";
import type { ServerCodec } from "@wingbeat/protocol";
import { runConnect } from "./connect.ts";
import type { Accepted } from "./connect.ts";
import { decidedInTime } from "./deadline.ts";
import type { PathParams } from "./path.ts";
import { parseQuery, takeExtensions } from "./query.ts";
import { absent, crash, FORBIDDEN, jsonAnswer, noSlot, Refusal } from "./refusal.ts";
import { renewer } from "./renewal.ts";
import type { AdmissionRules, Screened } from "./rules.ts";
import { parseTarget } from "./target.ts";
import type { Visit } from "./visit.ts";
import { isPromise } from "../awaitable.ts";
import { WingbeatError } from "../errors.ts";
import type { Admission } from "../socket/process.ts";
import type { LoginTerms } from "../socket/login.ts";
import { encodeRefusal } from "../socket/refusal-message.ts";
import { emit, isObserved } from "../telemetry.ts";

/** Accepted, with a slot reserved. */
export interface Admitted extends Admission {
  readonly screened: Screened;
  /** Of WebSocket: what the handshake answers. */
  subprotocol: string | undefined;
}

/** Reports a refusal to telemetry, and returns it. */
export function refuse(rules: AdmissionRules, refusal: Refusal): Refusal {
  const { endpoint, path, transport } = rules;
  const { stage, answer, reason, error } = refusal;
  emit("socket.refused", { endpoint, path, transport, stage, status: answer.status, reason, error });
  return refusal;
}

/** The checks that every request must pass: a valid query, and the origin check. Never throws or rejects. */
export function screen(
  rules: AdmissionRules,
  visit: Visit,
  pathParams: PathParams,
): Screened | Refusal | Promise<Screened | Refusal> {
  const startedAt = performance.now();
  try {
    const query = parseQuery(parseTarget(visit.url)?.query ?? "");
    if (query === undefined) {
      return refuse(rules, new Refusal("request", jsonAnswer(400, "Bad Request"), "query is not UTF-8"));
    }
    const sender = rules.senderOf(visit);
    const extensions = takeExtensions(query);
    const params = Object.assign(query, pathParams);
    const screened: Screened = { visit, sender, params, pathParams, extensions, startedAt, isOver: false };
    const verdict = rules.checkOrigin(visit, sender);
    if (!isPromise(verdict)) return judge(rules, screened, verdict);
    return inTime(rules, screened, verdict).then(
      (judged) => (judged instanceof Refusal ? refuse(rules, judged) : judge(rules, screened, judged)),
      (error: unknown) => refuse(rules, crash(error)),
    );
  } catch (error) {
    return refuse(rules, crash(error));
  }
}

/** Only `true` accepts. Anything else but `false` is an error in the application's `checkOrigin`. */
function judge(rules: AdmissionRules, screened: Screened, verdict: unknown): Screened | Refusal {
  if (verdict === true) return screened;
  const error =
    verdict === false
      ? undefined
      : new WingbeatError("WB_BAD_RETURN", `checkOrigin must return true or false, not a ${typeof verdict}.`);
  return refuse(rules, new Refusal("origin", FORBIDDEN, screened.visit.headers["origin"], error));
}

/**
 * Decides on a request; synchronous unless a callback of the application is async. Reports a refusal to telemetry.
 * Never throws or rejects. Every accepted client must be passed to {@link reportAdmitted} or {@link refuseAdmitted}.
 */
export function admit(
  rules: AdmissionRules,
  screened: Screened,
  authToken: string | undefined,
): Admitted | Refusal | Promise<Admitted | Refusal> {
  const vsn = screened.params["vsn"] ?? DEFAULT_VSN;
  const codec = rules.serializer(vsn);
  if (codec === undefined) return refuse(rules, new Refusal("version", FORBIDDEN, vsn));
  const slot = rules.gate.reserve(screened.sender);
  if (typeof slot === "string") return refuse(rules, noSlot(slot));
  const finish = (accepted: Accepted | Refusal): Admitted | Refusal => {
    const { extensions, startedAt: since } = screened;
    if (accepted instanceof Refusal) {
      return refuseAdmitted(rules, { slot }, extensions ? told(accepted, codec) : accepted);
    }
    // The endpoint may have started draining while connect was running.
    if (!rules.gate.isOpen) return refuseAdmitted(rules, { slot }, noSlot("draining"));
    const { id, assigns } = accepted;
    const login = termsOf(rules, screened, accepted);
    return { screened, codec, extensions, slot, id, assigns, login, since, subprotocol: undefined };
  };
  const crashed = (error: unknown): Refusal => refuseAdmitted(rules, { slot }, crash(error));
  try {
    const accepted = runConnect(rules, screened, authToken);
    return isPromise(accepted) ? inTime(rules, screened, accepted).then(finish, crashed) : finish(accepted);
  } catch (error) {
    return crashed(error);
  }
}

/** When the login ends and how it is renewed; undefined for one without an end. */
function termsOf(rules: AdmissionRules, screened: Screened, { expiresAt, info }: Accepted): LoginTerms | undefined {
  if (expiresAt === Infinity) return undefined;
  return { expiresAt, renew: screened.extensions ? renewer(rules, screened.pathParams, info) : undefined };
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
export function refuseAdmitted(rules: AdmissionRules, { slot }: Pick<Admission, "slot">, refusal: Refusal): Refusal {
  slot?.release();
  return refuse(rules, refusal);
}

/** Reports to telemetry that a client has connected. */
export function reportAdmitted({ endpoint, path, transport }: AdmissionRules, { screened, id }: Admitted): void {
  if (!isObserved("socket.connected")) return;
  const { params, startedAt } = screened;
  const vsn = String(params["vsn"] ?? DEFAULT_VSN);
  emit("socket.connected", { endpoint, path, transport, id, vsn, params, duration: performance.now() - startedAt });
}

/** The decision, unless the client leaves or what is left of `connectTimeout` runs out first. */
async function inTime<T>(rules: AdmissionRules, screened: Screened, decision: PromiseLike<T>): Promise<T | Refusal> {
  const left = Math.max(1, screened.startedAt + rules.connectTimeout - performance.now());
  const decided = await decidedInTime(decision, screened.visit, left);
  if (typeof decided !== "string") return decided.value;
  screened.isOver = true;
  return absent(decided);
}
