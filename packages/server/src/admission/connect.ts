/** The application's part of admission: web session, params schema, `connect`, `errorHandler` and `id`. */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { Reason } from "@wingbeat/protocol";
import { isPromise, settle } from "../awaitable.ts";
import { issuesOf } from "../channel/call.ts";
import { errorFor, expiryOf, isRefusal, isReply, NO_REASON } from "../channel/result.ts";
import { WingbeatError } from "../errors.ts";
import type { ConnectInfo } from "../socket/connect-info.ts";
import type { Admission } from "../socket/process.ts";
import { readAnswer } from "./answer.ts";
import { RequestInfo } from "./info.ts";
import type { AdmissionRules, Screened } from "./rules.ts";
import { absent, FORBIDDEN, Refusal } from "./refusal.ts";

export interface Accepted extends Pick<Admission, "assigns" | "id"> {
  /** When the login ends, in ms since 1970. Infinity: never. */
  readonly expiresAt: number;
  readonly info: RequestInfo;
}
type Decision = Accepted | Refusal | PromiseLike<Accepted | Refusal>;

/** Continues with a value that may be a promise; creates no promise for a plain value. */
function then<T, R>(value: T | PromiseLike<T>, proceed: (value: T) => R | PromiseLike<R>): R | PromiseLike<R> {
  return isPromise(value) ? Promise.resolve(value).then(proceed) : proceed(value);
}

/** Runs the application's callbacks in turn and stops when the client has gone. Throws or rejects as they do. */
export function runConnect(rules: AdmissionRules, screened: Screened, authToken: string | undefined): Decision {
  const { visit, sender, params } = screened;
  const session = then(rules.readSession?.(visit, params), (read) => fitting(rules.socket.session, read));
  return then(session, (found) => {
    const info = new RequestInfo(visit, sender, rules.transport, authToken, found);
    return decide(rules, params, info, screened);
  });
}

/** Runs the params schema, `connect`, and `id` or `errorHandler`. Throws or rejects as they do. */
export function decide(
  rules: AdmissionRules,
  params: object,
  info: RequestInfo,
  attempt: { readonly isOver: boolean; readonly extensions: boolean },
): Decision {
  return then(check(rules, params), (checked) => {
    if (checked instanceof Refusal) return checked;
    if (attempt.isOver) return absent("gone");
    return then(connect(rules, checked.value, info), (result) => accept(rules, result, info, !attempt.extensions));
  });
}

/** What `connect` returned. A refusal may have been thrown. */
function connect({ socket }: AdmissionRules, params: unknown, info: ConnectInfo): unknown {
  const caught = (error: unknown): unknown => {
    if (isRefusal(error)) return error;
    throw errorFor("connect", error);
  };
  try {
    const result = socket.connect(params, info);
    if (!isPromise(result)) return result;
    void info.peer; // read now: a client that has gone meanwhile has no address any more
    return Promise.resolve(result).catch(caught);
  } catch (error) {
    return caught(error);
  }
}

type Checked = { readonly value: unknown } | Refusal;

/** The params as parsed by the socket's schema. */
function check({ socket }: AdmissionRules, params: object): Checked | PromiseLike<Checked> {
  if (socket.params === undefined) return { value: params };
  return then(validate("params", socket.params, params), (result): Checked => {
    if (result.issues === undefined) return { value: result.value };
    const notice = { reason: { reason: Reason.invalidPayload, issues: issuesOf(result) } };
    return new Refusal("connect", FORBIDDEN, "params do not match the schema", undefined, notice);
  });
}

type Session = ConnectInfo["session"];

/** The session as parsed by the socket's schema; none when it does not fit. */
function fitting(schema: StandardSchemaV1 | undefined, session: Session): Session | PromiseLike<Session> {
  if (schema === undefined || session === undefined) return session;
  return then(validate("session", schema, session), (result) =>
    result.issues === undefined ? (result.value as Session) : undefined,
  );
}

type Result = StandardSchemaV1.Result<unknown>;

function validate(what: string, schema: StandardSchemaV1, value: unknown): Result | PromiseLike<Result> {
  return then(schema["~standard"].validate(value) as unknown, (result) => {
    if (typeof result === "object" && result !== null && ("issues" in result || "value" in result)) {
      return result as Result;
    }
    throw new WingbeatError(
      "WB_BAD_RETURN",
      `${what} is not a Standard Schema: validate returned neither value nor issues.`,
    );
  });
}

/** Reads what `connect` returned. */
function accept(rules: AdmissionRules, result: unknown, info: RequestInfo, getsHttp: boolean): Decision {
  if (!isReply(result)) return badReturn("connect must return ok(assigns) or refuse(reason?)");
  if (result.status !== "ok") return refused(rules, result.response, getsHttp ? info : undefined);
  const { response } = result;
  if (typeof response !== "object" || response === null || isPromise(response)) {
    if (isPromise(response)) settle(response, ignore, ignore);
    return badReturn("connect must return ok(assigns) with an object: is an await missing?");
  }
  // Reads them once: a getter that throws is a failure of connect, and not of whoever reads them later.
  const assigns: Readonly<Record<string, unknown>> = { ...response };
  const expiresAt = expiryOf(result);
  if (expiresAt <= Date.now()) {
    return new Refusal("connect", FORBIDDEN, Reason.expired, undefined, { reason: { reason: Reason.expired } });
  }
  return then(rules.socket.id?.(response as typeof assigns), (id = null) =>
    id === null || typeof id === "string"
      ? { assigns, id, expiresAt, info }
      : badReturn(`id must return a string or null, not a ${typeof id}`),
  );
}

/**
 * Builds the answer when `connect` refuses: 403, or what `errorHandler` returns when there is a reason. `info` is absent
 * when the client gets no HTTP answer.
 */
function refused(
  { errorHandler }: AdmissionRules,
  reason: unknown,
  info: ConnectInfo | undefined,
): Refusal | PromiseLike<Refusal> {
  if (reason === NO_REASON) return new Refusal("connect", FORBIDDEN, undefined, undefined, {});
  if (errorHandler === undefined || info === undefined) {
    return new Refusal("connect", FORBIDDEN, reason, undefined, { reason });
  }
  return then(errorHandler(reason, info) as unknown, (answer) => new Refusal("connect", readAnswer(answer), reason));
}

const ignore = (): void => {};

const badReturn = (what: string): Refusal =>
  new Refusal("connect", FORBIDDEN, what, new WingbeatError("WB_BAD_RETURN", `${what}.`));
