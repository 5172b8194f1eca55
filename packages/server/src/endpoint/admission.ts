/**
 * The guarded door: who may connect. In this order, as in Phoenix: origin, auth token, subprotocol, version, the
 * socket's own `connect`, its id. The first that says no gives the HTTP answer.
 */
import type { IncomingMessage } from "node:http";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { DEFAULT_VSN, negotiateVersion, v1Server, v2Server } from "@wingbeat/protocol";
import type { ServerCodec } from "@wingbeat/protocol";
import { isPromise } from "../channel/call.ts";
import { NO_REASON, Reply } from "../channel/result.ts";
import { RequestInfo } from "../socket/connect-info.ts";
import type { ConnectInfo } from "../socket/connect-info.ts";
import type { Admission } from "../socket/session.ts";
import { emit, isObserved } from "../telemetry.ts";
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

/** What the checks before `connect` found out. */
interface Screened {
  readonly codec: ServerCodec;
  readonly vsn: string;
  readonly params: object;
  readonly authToken: string | undefined;
  readonly subprotocol: string | undefined;
}

/**
 * Decides over one request, at once unless `connect` is async. Reports the outcome to telemetry. Never throws or
 * rejects.
 */
export function admit(
  endpoint: object,
  mount: MountConfig,
  checkOrigin: OriginCheck,
  request: IncomingMessage,
  pathParams: PathParams,
): Admitted | Refusal | PromiseLike<Admitted | Refusal> {
  const startedAt = performance.now();
  const source = { endpoint, path: mount.path, transport: "websocket" };
  const refused = (refusal: Refusal): Refusal => {
    const { stage, answer, reason, error } = refusal;
    emit("socket.refused", { ...source, stage, status: answer.status, reason, error });
    return refusal;
  };
  const crashed = (error: unknown): Refusal =>
    refused(new Refusal("connect crashed", jsonAnswer(500, "Internal Server Error"), undefined, error));
  try {
    const screened = screen(mount, checkOrigin, request, pathParams);
    if (screened instanceof Refusal) return refused(screened);
    const finish = (accepted: Accepted | Refusal): Admitted | Refusal => {
      if (accepted instanceof Refusal) return refused(accepted);
      const { codec, subprotocol, vsn, params } = screened;
      if (isObserved("socket.connected")) {
        const duration = performance.now() - startedAt;
        emit("socket.connected", { ...source, id: accepted.id, vsn, params, duration });
      }
      return { codec, subprotocol, id: accepted.id, assigns: accepted.assigns };
    };
    const accepted = connect(mount, screened.params, new RequestInfo(request, "websocket", screened.authToken));
    return isPromise(accepted) ? accepted.then(finish).then(undefined, crashed) : finish(accepted);
  } catch (error) {
    return crashed(error);
  }
}

/** The checks that the framework makes by itself. */
function screen(
  mount: MountConfig,
  checkOrigin: OriginCheck,
  request: IncomingMessage,
  pathParams: PathParams,
): Screened | Refusal {
  const url = request.url ?? "/";
  const question = url.indexOf("?");
  const query = parseQuery(question === -1 ? "" : url.slice(question + 1));
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
  return {
    codec: version === 1 ? v1Server : v2Server,
    vsn: String(vsn),
    params,
    authToken: offer.authToken,
    subprotocol: protocol.selected,
  };
}

type Accepted = Pick<Admission, "assigns" | "id">;

/** Checks the params, then runs the socket's `connect` and `id`. */
function connect(
  mount: MountConfig,
  params: object,
  info: ConnectInfo,
): Accepted | Refusal | PromiseLike<Accepted | Refusal> {
  const { spec } = mount.socket;
  const run = (valid: unknown): Accepted | Refusal | PromiseLike<Accepted | Refusal> => {
    const result = spec.connect(valid, info);
    return isPromise(result) ? result.then((settled) => accept(mount, settled, info)) : accept(mount, result, info);
  };
  if (spec.params === undefined) return run(params);
  const proceed = (checked: StandardSchemaV1.Result<unknown>): ReturnType<typeof run> =>
    checked.issues === undefined
      ? run(checked.value)
      : new Refusal("connect", FORBIDDEN, "params do not fit the schema");
  const checked = spec.params["~standard"].validate(params);
  return isPromise(checked) ? checked.then(proceed) : proceed(checked);
}

/** Reads what `connect` returned. */
function accept(mount: MountConfig, result: unknown, info: ConnectInfo): Accepted | Refusal {
  if (!(result instanceof Reply)) {
    return new Refusal("connect", FORBIDDEN, "connect must return ok(assigns) or refuse(reason?)");
  }
  if (result.status !== "ok") {
    const { errorHandler } = mount.websocket;
    if (result.response === NO_REASON) return new Refusal("connect", FORBIDDEN);
    return new Refusal("connect", errorHandler?.(result.response, info) ?? FORBIDDEN, result.response);
  }
  const assigns = result.response as Readonly<Record<string, unknown>>;
  const id = mount.socket.spec.id?.(assigns) ?? null;
  if (id !== null && typeof id !== "string") {
    return new Refusal("connect", FORBIDDEN, `id must return a text or null, not a ${typeof id}`);
  }
  return { assigns, id };
}
