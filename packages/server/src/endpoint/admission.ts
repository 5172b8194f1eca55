/**
 * The guarded door: who may connect. In this order, as in Phoenix: query, origin, what the transport asks, version, the
 * socket's own `connect`, its id. The first that says no gives the HTTP answer.
 */
import type { IncomingMessage } from "node:http";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { DEFAULT_VSN, negotiateVersion, v1Server, v2Server } from "@wingbeat/protocol";
import { isPromise } from "../channel/call.ts";
import { NO_REASON, Reply } from "../channel/result.ts";
import { RequestInfo } from "../socket/connect-info.ts";
import type { ConnectInfo } from "../socket/connect-info.ts";
import type { Admission } from "../socket/session.ts";
import type { SocketSpec } from "../socket/spec.ts";
import { emit, isObserved } from "../telemetry.ts";
import type { TelemetryEvents } from "../telemetry.ts";
import type { HttpAnswer, WebSocketOptions } from "./config.ts";
import type { OriginCheck } from "./origin.ts";
import type { PathParams } from "./path.ts";
import { parseQuery } from "./query.ts";

type Stage = TelemetryEvents["socket.refused"]["stage"];

/** One transport of a mount, as far as admission is concerned. */
export interface Entrance {
  readonly endpoint: object;
  /** The mount path of the socket. */
  readonly path: string;
  readonly transport: string;
  readonly socket: SocketSpec;
  readonly checkOrigin: OriginCheck;
  /** Makes the answer to those that `connect` refuses with a reason. */
  readonly errorHandler: WebSocketOptions["errorHandler"] | undefined;
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

export const FORBIDDEN: HttpAnswer = { status: 403 };
export const jsonAnswer = (status: number, detail: string): HttpAnswer => ({
  status,
  headers: { "content-type": "application/json; charset=utf-8" },
  body: JSON.stringify({ errors: { detail } }),
});

/** A request that may go on: its parameters, and when it came. */
export interface Visit {
  readonly request: IncomingMessage;
  /** The query with the path variables. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly startedAt: number;
}

/** Says to telemetry who was turned away, and gives it back. */
export function refuse(entrance: Entrance, refusal: Refusal): Refusal {
  const { endpoint, path, transport } = entrance;
  const { stage, answer, reason, error } = refusal;
  emit("socket.refused", { endpoint, path, transport, stage, status: answer.status, reason, error });
  return refusal;
}

/** What every request must pass: a query that can be read, and the origin check. Never throws. */
export function screen(entrance: Entrance, request: IncomingMessage, pathParams: PathParams): Visit | Refusal {
  const startedAt = performance.now();
  try {
    const url = request.url ?? "/";
    const question = url.indexOf("?");
    const query = parseQuery(question === -1 ? "" : url.slice(question + 1));
    if (query === undefined) {
      return refuse(entrance, new Refusal("request", jsonAnswer(400, "Bad Request"), "query is not UTF-8"));
    }
    if (!entrance.checkOrigin(request)) {
      return refuse(entrance, new Refusal("origin", FORBIDDEN, request.headers.origin));
    }
    return { request, params: Object.assign(query, pathParams), startedAt };
  } catch (error) {
    return refuse(entrance, crash(error));
  }
}

/**
 * Decides over one visit, at once unless `connect` is async. Reports the outcome to telemetry. Never throws or rejects.
 */
export function admit(
  entrance: Entrance,
  visit: Visit,
  authToken: string | undefined,
): Admission | Refusal | PromiseLike<Admission | Refusal> {
  const crashed = (error: unknown): Refusal => refuse(entrance, crash(error));
  try {
    const vsn = visit.params["vsn"] ?? DEFAULT_VSN;
    const version = negotiateVersion(vsn);
    if (version === undefined) return refuse(entrance, new Refusal("version", FORBIDDEN, vsn));
    const finish = (accepted: Accepted | Refusal): Admission | Refusal => {
      if (accepted instanceof Refusal) return refuse(entrance, accepted);
      report(entrance, visit, String(vsn), accepted.id);
      return { codec: version === 1 ? v1Server : v2Server, id: accepted.id, assigns: accepted.assigns };
    };
    const info = new RequestInfo(visit.request, entrance.transport, authToken);
    const accepted = connect(entrance, visit.params, info);
    return isPromise(accepted) ? accepted.then(finish).then(undefined, crashed) : finish(accepted);
  } catch (error) {
    return crashed(error);
  }
}

const crash = (error: unknown): Refusal =>
  new Refusal("connect crashed", jsonAnswer(500, "Internal Server Error"), undefined, error);

function report(entrance: Entrance, visit: Visit, vsn: string, id: string | null): void {
  if (!isObserved("socket.connected")) return;
  const { endpoint, path, transport } = entrance;
  const { params, startedAt } = visit;
  emit("socket.connected", { endpoint, path, transport, id, vsn, params, duration: performance.now() - startedAt });
}

type Accepted = Pick<Admission, "assigns" | "id">;

/** Checks the params, then runs the socket's `connect` and `id`. */
function connect(
  entrance: Entrance,
  params: object,
  info: ConnectInfo,
): Accepted | Refusal | PromiseLike<Accepted | Refusal> {
  const { socket } = entrance;
  const run = (valid: unknown): Accepted | Refusal | PromiseLike<Accepted | Refusal> => {
    const result = socket.connect(valid, info);
    return isPromise(result)
      ? result.then((settled) => accept(entrance, settled, info))
      : accept(entrance, result, info);
  };
  if (socket.params === undefined) return run(params);
  const proceed = (checked: StandardSchemaV1.Result<unknown>): ReturnType<typeof run> =>
    checked.issues === undefined
      ? run(checked.value)
      : new Refusal("connect", FORBIDDEN, "params do not fit the schema");
  const checked = socket.params["~standard"].validate(params);
  return isPromise(checked) ? checked.then(proceed) : proceed(checked);
}

/** Reads what `connect` returned. */
function accept(entrance: Entrance, result: unknown, info: ConnectInfo): Accepted | Refusal {
  if (!(result instanceof Reply)) {
    return new Refusal("connect", FORBIDDEN, "connect must return ok(assigns) or refuse(reason?)");
  }
  if (result.status !== "ok") {
    if (result.response === NO_REASON) return new Refusal("connect", FORBIDDEN);
    return new Refusal("connect", entrance.errorHandler?.(result.response, info) ?? FORBIDDEN, result.response);
  }
  const assigns = result.response as Readonly<Record<string, unknown>>;
  const id = entrance.socket.id?.(assigns) ?? null;
  if (id !== null && typeof id !== "string") {
    return new Refusal("connect", FORBIDDEN, `id must return a text or null, not a ${typeof id}`);
  }
  return { assigns, id };
}
