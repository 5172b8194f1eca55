/**
 * The guarded door: who may connect. In this order, as in Phoenix: query, origin, what the transport asks, version, how
 * many are there already, the web session, the socket's own `connect`, its id. The first that says no gives the HTTP
 * answer.
 */
import type { IncomingMessage } from "node:http";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { DEFAULT_VSN, negotiateVersion, v1Server, v2Server } from "@wingbeat/protocol";
import { isPromise } from "../channel/call.ts";
import { NO_REASON, Reply } from "../channel/result.ts";
import { RequestInfo } from "../socket/connect-info.ts";
import type { ConnectInfo, Sender } from "../socket/connect-info.ts";
import type { Admission, Place } from "../socket/session.ts";
import type { SocketSpec } from "../socket/spec.ts";
import { emit, isObserved } from "../telemetry.ts";
import type { TelemetryEvents } from "../telemetry.ts";
import type { HttpAnswer, WebSocketOptions } from "./config.ts";
import type { ReadSession } from "./cookie-session.ts";
import type { Closure, Gate } from "./gate.ts";
import type { OriginCheck } from "./origin.ts";
import type { PathParams } from "./path.ts";
import type { FindSender } from "./proxy.ts";
import { parseQuery } from "./query.ts";

type Stage = TelemetryEvents["socket.refused"]["stage"];

/** What all entrances of an endpoint share. */
export interface Premises {
  /** The public host name, when it is not that of the request. */
  readonly host: string | undefined;
  readonly gate: Gate;
  readonly senderOf: FindSender;
}

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
  readonly gate: Gate;
  readonly senderOf: FindSender;
  readonly readSession: ReadSession | undefined;
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
/** Seconds after which those who find no place may ask again. A draining server has gone by then, or is another one. */
const RETRY_AFTER: Readonly<Record<Closure, string>> = { draining: "1", maxConnections: "5", maxConnectionsPerIp: "5" };
const closed = (why: Closure): Refusal =>
  new Refusal(why === "draining" ? why : "limit", { status: 503, headers: { "retry-after": RETRY_AFTER[why] } }, why);
export const jsonAnswer = (status: number, detail: string): HttpAnswer => ({
  status,
  headers: { "content-type": "application/json; charset=utf-8" },
  body: JSON.stringify({ errors: { detail } }),
});

/** A request that may go on: its parameters, and when it came. */
export interface Visit {
  readonly request: IncomingMessage;
  readonly sender: Sender;
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
    const sender = entrance.senderOf(request);
    if (!entrance.checkOrigin(request, sender)) {
      return refuse(entrance, new Refusal("origin", FORBIDDEN, request.headers.origin));
    }
    return { request, sender, params: Object.assign(query, pathParams), startedAt };
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
  const vsn = visit.params["vsn"] ?? DEFAULT_VSN;
  const version = negotiateVersion(vsn);
  if (version === undefined) return refuse(entrance, new Refusal("version", FORBIDDEN, vsn));
  const place = entrance.gate.enter(visit.sender.address);
  if (typeof place === "string") return refuse(entrance, closed(place));
  const finish = (accepted: Accepted | Refusal): Admission | Refusal => {
    if (accepted instanceof Refusal) return turnAway(entrance, place, accepted);
    // The endpoint may have begun to drain while connect was under way.
    if (!entrance.gate.isOpen) return turnAway(entrance, place, closed("draining"));
    report(entrance, visit, String(vsn), accepted.id);
    return { codec: version === 1 ? v1Server : v2Server, id: accepted.id, assigns: accepted.assigns, place };
  };
  const crashed = (error: unknown): Refusal => turnAway(entrance, place, crash(error));
  try {
    const accepted = introduce(entrance, visit, authToken);
    return isPromise(accepted) ? accepted.then(finish, crashed) : finish(accepted);
  } catch (error) {
    return crashed(error);
  }
}

/** Refuses one who had a place already. */
function turnAway(entrance: Entrance, place: Place, refusal: Refusal): Refusal {
  place.leave();
  return refuse(entrance, refusal);
}

/** Reads the web session, where the mount wants it, and connects. */
function introduce(
  entrance: Entrance,
  { request, sender, params }: Visit,
  authToken: string | undefined,
): Accepted | Refusal | PromiseLike<Accepted | Refusal> {
  const proceed = (session: ConnectInfo["session"]): ReturnType<typeof introduce> =>
    connect(entrance, params, new RequestInfo(request, sender, entrance.transport, authToken, session));
  const session = entrance.readSession?.(request, params);
  return isPromise(session) ? session.then(proceed) : proceed(session);
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
