/**
 * The guarded door: who may connect. In this order, as in Phoenix: origin, auth token, subprotocol, version, the
 * socket's own `connect`, its id. The first that says no gives the HTTP answer.
 */
import type { IncomingMessage } from "node:http";
import { DEFAULT_VSN, negotiateVersion, v1Server, v2Server } from "@wingbeat/protocol";
import { isPromise } from "../channel/call.ts";
import { NO_REASON, Reply } from "../channel/result.ts";
import { connectInfo } from "../socket/connect-info.ts";
import type { ConnectInfo } from "../socket/connect-info.ts";
import type { Admission } from "../socket/session.ts";
import type { SocketSpec } from "../socket/spec.ts";
import { emit } from "../telemetry.ts";
import type { TelemetryEvents } from "../telemetry.ts";
import type { HttpAnswer, MountConfig } from "./config.ts";
import type { OriginCheck } from "./origin.ts";
import type { PathParams } from "./path.ts";
import { parseQuery } from "./query.ts";
import { offeredProtocols, selectProtocol, takeAuthToken } from "./subprotocol.ts";

type Stage = TelemetryEvents["socket.refused"]["stage"];

/** Let in: what the session needs, and the subprotocol to answer. */
export interface Admitted extends Admission {
  readonly subprotocol: string | undefined;
}

/** Turned away. */
export class Refusal {
  readonly stage: Stage;
  readonly answer: HttpAnswer;
  readonly reason: unknown;
  readonly error: unknown;

  constructor(stage: Stage, answer: HttpAnswer, reason?: unknown, error?: unknown) {
    this.stage = stage;
    this.answer = answer;
    this.reason = reason;
    this.error = error;
  }
}

const FORBIDDEN: HttpAnswer = { status: 403 };
const jsonAnswer = (status: number, detail: string): HttpAnswer => ({
  status,
  headers: { "content-type": "application/json; charset=utf-8" },
  body: JSON.stringify({ errors: { detail } }),
});

/** Decides over one request. Reports the outcome to telemetry. Never throws or rejects. */
export async function admit(
  endpoint: object,
  mount: MountConfig,
  checkOrigin: OriginCheck,
  request: IncomingMessage,
  pathParams: PathParams,
): Promise<Admitted | Refusal> {
  const startedAt = performance.now();
  const source = { endpoint, path: mount.path, transport: "websocket" };
  let outcome: { admitted: Admitted; vsn: string; params: object } | Refusal;
  try {
    outcome = await decide(mount, checkOrigin, request, pathParams);
  } catch (error) {
    outcome = new Refusal("connect crashed", jsonAnswer(500, "Internal Server Error"), undefined, error);
  }
  if (outcome instanceof Refusal) {
    const { stage, answer, reason, error } = outcome;
    emit("socket.refused", { ...source, stage, status: answer.status, reason, error });
    return outcome;
  }
  const { admitted, vsn, params } = outcome;
  emit("socket.connected", { ...source, id: admitted.id, vsn, params, duration: performance.now() - startedAt });
  return admitted;
}

async function decide(
  mount: MountConfig,
  checkOrigin: OriginCheck,
  request: IncomingMessage,
  pathParams: PathParams,
): Promise<{ admitted: Admitted; vsn: string; params: object } | Refusal> {
  const url = request.url ?? "/";
  const query = parseQuery(url.includes("?") ? url.slice(url.indexOf("?") + 1) : "");
  if (query === undefined) return new Refusal("request", jsonAnswer(400, "Bad Request"), "query is not UTF-8");
  if (!checkOrigin(request)) return new Refusal("origin", FORBIDDEN, request.headers.origin);
  const offered = offeredProtocols(request.headers["sec-websocket-protocol"]);
  const offer = mount.authToken ? takeAuthToken(offered) : { protocols: offered, authToken: undefined };
  if (offer === undefined) return new Refusal("auth token", jsonAnswer(400, "auth token is not base64"));
  const supported = mount.authToken ? ["phoenix", ...mount.websocket.subprotocols] : mount.websocket.subprotocols;
  const protocol = selectProtocol(supported, offer.protocols);
  if (protocol === "none matches") return new Refusal("subprotocol", FORBIDDEN, offer.protocols);
  const params = Object.assign(query, pathParams);
  const vsn = params["vsn"] ?? DEFAULT_VSN;
  const version = negotiateVersion(vsn);
  if (version === undefined) return new Refusal("version", FORBIDDEN, vsn);
  const info = connectInfo(request, "websocket", offer.authToken);
  const accepted = await connect(mount, params, info);
  if (accepted instanceof Refusal) return accepted;
  const admitted: Admitted = {
    ...accepted,
    codec: version === 1 ? v1Server : v2Server,
    subprotocol: protocol.selected,
  };
  return { admitted, vsn: String(vsn), params };
}

/** Runs the socket's `connect` and `id`. */
async function connect(
  mount: MountConfig,
  params: object,
  info: ConnectInfo,
): Promise<Pick<Admission, "assigns" | "id"> | Refusal> {
  const { spec } = mount.socket;
  const checked = await validParams(spec, params);
  if (checked === undefined) return new Refusal("connect", FORBIDDEN, "params do not fit the schema");
  const returned = spec.connect?.(checked.value, info) ?? new Reply("ok", {});
  const result = isPromise(returned) ? await returned : returned;
  if (!(result instanceof Reply)) {
    return new Refusal("connect", FORBIDDEN, "connect must return ok(assigns) or refuse(reason?)");
  }
  if (result.status !== "ok") {
    const { errorHandler } = mount.websocket;
    if (result.response === NO_REASON || errorHandler === undefined) {
      return new Refusal("connect", FORBIDDEN, result.response === NO_REASON ? undefined : result.response);
    }
    return new Refusal("connect", errorHandler(result.response, info), result.response);
  }
  const assigns = result.response as Readonly<Record<string, unknown>>;
  const id = spec.id?.(assigns) ?? null;
  if (id !== null && typeof id !== "string") {
    return new Refusal("connect", FORBIDDEN, `id must return a text or null, not a ${typeof id}`);
  }
  return { assigns, id };
}

async function validParams(spec: SocketSpec, params: object): Promise<{ value: unknown } | undefined> {
  if (spec.params === undefined) return { value: params };
  const result = await spec.params["~standard"].validate(params);
  return result.issues === undefined ? { value: result.value } : undefined;
}
