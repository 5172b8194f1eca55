/** Runs `connect` again for a client whose login is about to end. */
import { isPromise } from "../awaitable.ts";
import type { Renew, Renewal } from "../socket/login.ts";
import { decide } from "./connect.ts";
import type { Accepted } from "./connect.ts";
import { decidedInTime } from "./deadline.ts";
import type { RequestInfo } from "./info.ts";
import type { PathParams } from "./path.ts";
import { parseQuery, takeExtensions } from "./query.ts";
import { Refusal } from "./refusal.ts";
import type { AdmissionRules } from "./rules.ts";

/** How the credentials of a connected client are checked: as at its handshake, of which `info` keeps what it needs. */
export function renewer(rules: AdmissionRules, pathParams: PathParams, info: RequestInfo): Renew {
  const kept = info.withToken(undefined);
  return async ({ query, token }, client) => {
    const params = parseQuery(query);
    if (params === undefined) return { failed: "crashed", error: new Error("the query is not UTF-8") };
    takeExtensions(params);
    Object.assign(params, pathParams);
    const attempt = { isOver: false, extensions: true };
    try {
      const decision = decide(rules, params, kept.withToken(rules.authToken ? token : undefined), attempt);
      if (!isPromise(decision)) return read(decision);
      const decided = await decidedInTime(decision, client, rules.connectTimeout);
      if (typeof decided !== "string") return read(decided.value);
      attempt.isOver = true;
      return { failed: decided };
    } catch (error) {
      return { failed: "crashed", error };
    }
  };
}

function read(decision: Accepted | Refusal): Renewal {
  if (!(decision instanceof Refusal)) return decision;
  const { notice, reason, error } = decision;
  return notice === undefined ? { failed: "crashed", error } : { notice, reason, error };
}
