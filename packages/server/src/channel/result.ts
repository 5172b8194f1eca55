/** What callbacks return: results are values, created by the functions of this file. */
import type { ReplyContract } from "@wingbeat/protocol";
import { describe } from "../awaitable.ts";
import { WingbeatError } from "../errors.ts";
import type { Position } from "../pubsub.ts";
import type { AnySchema, Declaration, Input } from "./schema.ts";

/** An answer with a status: `ok(...)`, `refuse(...)` or `reply(...)`. */
export class Reply<Status extends string = string, Response = unknown> implements ReplyContract {
  readonly status: Status;
  readonly response: Response;

  constructor(status: Status, response: Response) {
    this.status = status;
    this.response = response;
  }

  get "~result"(): "reply" {
    return "reply";
  }
}

/** Accepts a connection for a limited time: `ok(assigns, { expiresAt })`. */
class TimedReply<Response = unknown> extends Reply<"ok", Response> {
  /** In ms since 1970. Infinity: never. */
  readonly expiresAt: number;

  constructor(response: Response, expiresAt: number) {
    super("ok", response);
    this.expiresAt = expiresAt;
  }
}

/** When the login ends that `connect` has accepted with this reply, in ms since 1970. Infinity: never. */
export const expiryOf = (reply: Reply): number => (reply as Partial<TimedReply>).expiresAt ?? Infinity;

/** What a client may see of a topic's history: nothing that was, or what came after a position or a moment. */
export type Grant = "none" | { readonly after: Position | Date };

/** Accepts a join with a part of the history: `ok(response, { history })`. */
class GrantingReply<Response = unknown> extends Reply<"ok", Response> {
  readonly grant: Grant;

  constructor(response: Response, grant: Grant) {
    super("ok", response);
    this.grant = grant;
  }
}

/** The part of the history that `join` grants with this reply; undefined: all. */
export const grantOf = (reply: Reply): Grant | undefined => (reply as Partial<GrantingReply>).grant;

/** Ends the channel: `stop(...)`. */
export class Stop<R extends Reply | undefined = Reply | undefined> {
  readonly reason: string;
  readonly reply: R;

  constructor(reason: string, reply: R) {
    this.reason = reason;
    this.reply = reply;
  }

  get "~result"(): "stop" {
    return "stop";
  }
}

/** A channel's process, which sends replies. */
interface Replier {
  reply(ref: unknown, answer: Reply): void;
}

declare const responses: unique symbol;

/**
 * A deferred reply, created by `ctx.socketRef()`. It is valid as long as the connection lives, even after the handler
 * has returned or the channel has ended. A handler that returns it replies later.
 */
export class ReplyRef<R extends Reply = Reply> {
  declare readonly [responses]: R;
  readonly #channel: Replier;
  readonly #ref: unknown;

  constructor(channel: Replier, ref: unknown) {
    this.#channel = channel;
    this.#ref = ref;
  }

  /**
   * Sends a reply. More than one may be sent; official clients use the first. Throws when the response is not valid
   * JSON.
   */
  reply(answer: R): void {
    this.#channel.reply(this.#ref, answer);
  }

  get "~result"(): "ref" {
    return "ref";
  }
}

/**
 * Which of the three a value is. They are told apart by this key and not by `instanceof`: a program may have two copies
 * of this package.
 */
function kindOf(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  try {
    return (value as { readonly "~result"?: unknown })["~result"];
  } catch {
    return undefined; // a proxy that throws
  }
}
export const isReply = (value: unknown): value is Reply => kindOf(value) === "reply";
export const isStop = (value: unknown): value is Stop => kindOf(value) === "stop";
export const isReplyRef = (value: unknown): value is ReplyRef => kindOf(value) === "ref";
/** What may be thrown as well as returned. */
export const isRefusal = (value: unknown): value is Reply<"error"> => isReply(value) && value.status === "error";

/** What `join` may return: `ok(reply?)` or `refuse(reason?)`. */
export type OkOrRefuse = Reply<"ok"> | Reply<"error">;
/** What `handleIn` may return: nothing, `ok(…)`, `refuse(…)`, `reply(…)`, `stop(…)`, or a ReplyRef to reply later. */
export type OkOrRefuseOrNothing = void | Reply | Stop | ReplyRef;
/** What `handleOut`, `handleInfo` and `handleCommand` may return: nothing, or `stop(…)`. */
export type NothingOrStop = void | Stop;

/** What may be returned after a declaration of replies. */
type Declared<Ok, Refused> = Reply<"ok", Ok> | Reply<"error", Refused>;
type DeclaredOrNothing<Ok, Refused> =
  | void
  | Declared<Ok, Refused>
  | Stop<Declared<Ok, Refused> | undefined>
  | ReplyRef<Declared<Ok, Refused>>;
type Replied<T, Name extends "reply" | "error"> = T extends { readonly [K in Name]: infer S extends AnySchema }
  ? Input<S>
  : unknown;
/** What `join` may return after its declaration. That of a schema is decided first: it is by far the most common. */
export type JoinResultFor<T extends Declaration> = [T] extends [AnySchema]
  ? OkOrRefuse
  : Declared<Replied<T, "reply">, Replied<T, "error">>;
/** What `handleIn` may return after its declaration. */
export type InResultFor<T extends Declaration> = [T] extends [AnySchema]
  ? OkOrRefuseOrNothing
  : HasReplies<T> extends true
    ? DeclaredOrNothing<Replied<T, "reply">, Replied<T, "error">>
    : OkOrRefuseOrNothing;
type HasReplies<T> = T extends { readonly reply: AnySchema } | { readonly error: AnySchema } ? true : false;

/** One result as a client sees it. */
type ReplyOf<R> =
  R extends Reply<infer S, infer T>
    ? { readonly status: S; readonly response: T }
    : R extends Stop<infer P>
      ? ReplyOf<P>
      : R extends ReplyRef<infer P>
        ? ReplyOf<P>
        : never;
/**
 * The replies in what a callback returns, as a client sees them. Never, when it never replies; when it sometimes does,
 * the others are empty: our client is told that the message was handled.
 */
export type RepliesOf<R> =
  ReplyOf<R> extends infer Known extends ReplyContract
    ? [Known] extends [never]
      ? never
      : Known | (undefined extends R ? { readonly status: "ok"; readonly response: Empty } : never)
    : never;
/** The same after a declaration: what is declared stands for what is returned. */
export type RepliesFor<T extends Declaration, R> = [T] extends [AnySchema]
  ? RepliesOf<R>
  : HasReplies<T> extends true
    ? OkFor<T, R> | ErrorFor<T, R>
    : RepliesOf<R>;
type OkFor<T, R> = T extends { readonly reply: infer S extends AnySchema }
  ? { readonly status: "ok"; readonly response: Input<S> }
  : Exclude<RepliesOf<R>, { readonly status: "error" }>;
type ErrorFor<T, R> = T extends { readonly error: infer S extends AnySchema }
  ? { readonly status: "error"; readonly response: Input<S> }
  : Extract<RepliesOf<R>, { readonly status: "error" }>;

type Empty = Record<never, never>;

/** Accepts a connection (the payload becomes the assigns), accepts a join, or answers a message with status `ok`. */
export function ok(): Reply<"ok", Empty>;
export function ok<Response>(response: Response): Reply<"ok", Response>;
/**
 * In `connect`: accepts a connection until `expiresAt`, in milliseconds since 1970 or as a Date. Then it is closed with
 * 4401, unless the client has renewed its login: `@wingbeat/client` does, others connect again. Undefined and Infinity:
 * no end. A time in the past refuses the client. Throws `WB_OPTION` for anything else, also for what must be seconds.
 */
export function ok<Assigns extends object>(
  assigns: Assigns,
  login: { readonly expiresAt: number | Date | undefined },
): Reply<"ok", Assigns>;
/**
 * In `join`: accepts with a part of the topic's history. `"none"`: the client is not sent what came before; `after`: only
 * what came after a position, or a moment. What it asked for and may not see is reported to it (`denied`). Throws `WB_OPTION`.
 */
export function ok<Response>(response: Response, granted: { readonly history: Grant }): Reply<"ok", Response>;
export function ok(
  response: unknown = {},
  options?: { readonly expiresAt: unknown } | { readonly history: Grant },
): Reply<"ok"> {
  if (options === undefined) return new Reply("ok", response);
  if (!("history" in options)) return new TimedReply(response, timeOf(options.expiresAt));
  return new GrantingReply(response, checkedGrant(options.history));
}

function checkedGrant(grant: Grant): Grant {
  const { after } = (typeof grant === "object" && grant !== null ? grant : {}) as { readonly after?: unknown };
  const isTime = after instanceof Date && !Number.isNaN(after.getTime());
  const isPosition = Number.isSafeInteger((after as Position | undefined)?.offset);
  if (grant === "none" || isTime || isPosition) return grant;
  throw new WingbeatError("WB_OPTION", 'ok: history must be "none", or { after } with a Date or a position.');
}

/** 1973 in milliseconds. No login is so old; but this is the year 5138 in seconds. */
const SECONDS = 1e11;

function timeOf(expiresAt: unknown): number {
  if (expiresAt === undefined) return Infinity;
  const time = expiresAt instanceof Date ? expiresAt.getTime() : expiresAt;
  if (typeof time === "number" && time >= SECONDS) return time;
  const shown = typeof time === "number" ? `${time}${time > 0 ? ", which looks like seconds" : ""}` : typeof time;
  throw new WingbeatError(
    "WB_OPTION",
    `ok: expiresAt is ${shown}: it must be a Date or milliseconds since 1970 (of a JWT: exp * 1000).`,
  );
}

/**
 * Says no, with status `error`: refuses a connection (HTTP 403, or whatever the mount's `errorHandler` makes of the
 * reason), refuses a join, or answers a message. The reason becomes the response, e.g. `refuse({ reason: "unauthorized" })`.
 */
export function refuse(): Reply<"error", Empty>;
export function refuse<Reason>(reason: Reason): Reply<"error", Reason>;
export function refuse(reason: unknown = NO_REASON): Reply<"error"> {
  return new Reply("error", reason);
}

/** The response of `refuse()` without a reason: an empty object on the wire, recognised by the endpoint. */
export const NO_REASON: object = Object.freeze({});

/** Answers a message with any status. Clients receive it with `.receive(status, …)`. */
export function reply<Status extends string>(status: Status): Reply<Status, Empty>;
export function reply<Status extends string, Response>(status: Status, response: Response): Reply<Status, Response>;
export function reply(status: string, response: unknown = {}): Reply {
  return new Reply(status, response);
}

/**
 * Ends the channel after this callback, with an optional last reply.
 *
 * Reasons `normal` (the default), `shutdown` and `shutdown:<anything>` are orderly: the client gets `phx_close` and
 * stays away. Any other reason counts as a crash: the client gets `phx_error` and rejoins.
 */
export function stop(reason?: string): Stop<undefined>;
export function stop<R extends Reply>(reason: string, reply: R): Stop<R>;
export function stop(reason = "normal", reply?: Reply): Stop {
  return new Stop(reason, reply);
}

/** Whether a stop reason is orderly, so that the client is told `phx_close`. */
export function isOrderly(reason: string): boolean {
  return reason === "normal" || reason === "shutdown" || reason.startsWith("shutdown:");
}

/**
 * The error for what a callback threw. Throwing `refuse(…)` is an answer in `connect`, `join`, `handleIn` and `reauthorize`,
 * and a mistake elsewhere; other results can only be returned.
 */
export function errorFor(callback: string, thrown: unknown): unknown {
  if (isRefusal(thrown)) {
    return new WingbeatError(
      "WB_BAD_RETURN",
      `${callback} threw refuse(…), but nobody waits for an answer there: throw it in connect, join, handleIn or reauthorize.`,
    );
  }
  const kind = kindOf(thrown);
  if (kind === undefined) return thrown;
  const what = isReply(thrown)
    ? thrown.status === "ok"
      ? "ok(…)"
      : `reply("${thrown.status}")`
    : isStop(thrown)
      ? "stop(…)"
      : "a ReplyRef";
  return new WingbeatError("WB_BAD_RETURN", `${callback} threw ${what}: return it. Only refuse(…) may be thrown.`);
}

const ALLOWED: Readonly<Record<string, string>> = {
  handleIn: "nothing, ok(…), refuse(…), reply(…), stop(…) or a ReplyRef",
  reauthorize: "ok() or refuse(reason?)",
};

/** The error for a callback that returned an invalid value. */
export function badReturn(callback: string, event: unknown, result: unknown): WingbeatError {
  const allowed = ALLOWED[callback] ?? "nothing or stop(…)";
  return new WingbeatError(
    "WB_BAD_RETURN",
    `${callback}${event === undefined ? "" : `("${event}")`} returned ${describe(result)}: it may return ${allowed}.`,
  );
}
