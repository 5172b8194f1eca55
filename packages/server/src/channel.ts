/**
 * `defineChannel`: a channel as a chain of declarations. The result is plain data with types; the process that runs it
 * for each client is in `channel/process.ts`.
 *
 * The type parameter is one record, {@link ChannelDef}: hover a channel to read its topic, assigns, events and pushes.
 */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { ChannelContract, ParamsOf, ReplyContract, TopicOf } from "@wingbeat/protocol";
import type { ChannelEndpoint, ReplyRef } from "./channel/context.ts";
import type { Reply, Stop } from "./channel/result.ts";
import { duplicate, emptySpec, withHandleIn } from "./channel/spec.ts";
import type { ChannelLog, ChannelSpec, PayloadHandler } from "./channel/spec.ts";
import type { Timer } from "./channel/timer.ts";
import { WingbeatError } from "./errors.ts";
import { checkKeys } from "./options.ts";
import { parsePattern } from "./pattern.ts";
import type { Broadcast } from "./pubsub.ts";

/** The types of a channel. */
export interface ChannelDef extends ChannelContract {
  readonly assigns: object;
  /** The messages that the channel sends to itself. */
  readonly info: unknown;
}

/** `Promise` is in it for the compiler: it takes a promise's type argument without comparing the whole interface. */
type Awaitable<T> = T | Promise<T> | PromiseLike<T>;

/**
 * The part of a Standard Schema that is matched: a whole schema type can be too deep for the compiler (arktype's is),
 * and doubles its time (zod's).
 */
interface AnySchema {
  readonly "~standard": SchemaProps;
}
interface SchemaProps {
  readonly validate: unknown;
  readonly types?: unknown;
}
type TypesOf<Props extends SchemaProps> = NonNullable<Props["types"]>;
type InputOf<Props extends SchemaProps> = TypesOf<Props>["input" & keyof TypesOf<Props>];
type OutputOf<Props extends SchemaProps> = TypesOf<Props>["output" & keyof TypesOf<Props>];
type Input<S extends AnySchema> = InputOf<S["~standard"]>;
type Output<S extends AnySchema> = OutputOf<S["~standard"]>;
/** A push as `pushes` declares it: by schema or by type. */
type Pushed<T> = T extends { readonly "~standard": infer Props extends SchemaProps } ? InputOf<Props> : T;
type Payloads<P> = { readonly [E in keyof P]: Pushed<P[E]> };

/** What `join` may return. */
export type JoinResult = Reply<"ok"> | Reply<"error">;
/** What `handleIn` may return: nothing for no reply; a {@link ReplyRef} to reply later. */
export type InResult = void | Reply | Stop | ReplyRef;
/** What `handleOut` and `handleInfo` may return. */
export type OutResult = void | Stop;

/** The replies in what a callback returns, as a client sees them. */
type RepliesOf<R> =
  R extends Reply<infer S, infer T>
    ? { readonly status: S; readonly response: T }
    : R extends Stop<infer P>
      ? RepliesOf<P>
      : R extends ReplyRef<infer P>
        ? RepliesOf<P>
        : never;

/** Why a channel has ended. `stop(reason)` adds reasons of its own. */
export type TerminateReason =
  /** The client left the topic. */
  | "left"
  /** The connection is gone. */
  | "closed"
  /** A "disconnect" was broadcast on the socket's id. */
  | "disconnected"
  /** A callback threw; the error is the third argument. */
  | "crashed"
  /** The same client joined the topic again. */
  | "duplicate_join"
  /** The endpoint is closing, or `stop("shutdown")`. */
  | "shutdown"
  /** `stop()`. */
  | "normal"
  | (string & {});

/** The first argument of callbacks. One object per joined channel, the same in every callback. */
export interface ChannelContext<D extends ChannelDef> {
  readonly topic: TopicOf<D["topic"]>;
  /** The named parts of the topic: `room:{id}` gives `id`. */
  readonly params: ParamsOf<D["topic"]>;
  /** This channel's own copy of what `connect` and the route assigned. Change it with `assign`. */
  readonly assigns: Readonly<D["assigns"]>;
  /** The event being handled, in `handleIn` and `handleOut`. */
  readonly event: string | undefined;
  /** The ref of the message being handled, in `handleIn`: a string or null from official clients, from others any JSON value. */
  readonly ref: unknown;
  /** The ref of the join: what the client calls this channel by. */
  readonly joinRef: unknown;
  /** The socket's id, or null for an anonymous socket. */
  readonly id: string | null;
  /** `websocket` or `longpoll`. */
  readonly transport: string;
  /** Broadcasts to other topics. */
  readonly endpoint: ChannelEndpoint;
  /** Merges values into `assigns`. Later callbacks of this channel see them; nobody else does. */
  assign(values: Partial<D["assigns"]>): void;
  /** Sends an event to this client. Throws inside `join`: the client has not joined yet. */
  push<E extends keyof D["pushes"] & string>(event: E, payload: D["pushes"][E]): void;
  /** Sends an event to all subscribers of the topic, including this client. Throws inside `join`. */
  broadcast<E extends keyof D["pushes"] & string>(event: E, payload: D["pushes"][E]): void;
  /** Sends an event to all subscribers of the topic except this channel. Throws inside `join`. */
  broadcastFrom<E extends keyof D["pushes"] & string>(event: E, payload: D["pushes"][E]): void;
  /** Receives broadcasts of another topic in `handleInfo`, until the channel ends. Subscribing twice has no effect. */
  subscribe(topic: string): void;
  unsubscribe(topic: string): void;
  /** Sends this channel a message: `handleInfo` gets it after everything already queued. */
  send(message: D["info"]): void;
  /** The same after `ms` milliseconds, unless the timer is cancelled or the channel ends before. */
  sendAfter(message: D["info"], ms: number): Timer;
  /**
   * In `join`: runs a task once the client has joined, after the reply and before its first message. It is dropped when
   * the join is refused. Outside of `join` it runs at once, unless the channel has ended; the next message waits until
   * it has settled.
   */
  afterJoin(task: () => Awaitable<void>): void;
  /**
   * For libraries that hold resources for a channel: runs once when it has ended, for whatever reason, before
   * `terminate`; also when the join was refused. Exceptions and rejections go to telemetry (`channel.crashed`).
   */
  onEnd(task: (reason: TerminateReason) => Awaitable<void>): void;
  /** In `handleIn`: returns the ref of the message, to reply later. Throws for a message without a ref. */
  socketRef<R extends Reply = Reply>(): ReplyRef<R>;
}

/** A channel that `defineSocket` takes. */
export interface AnyChannel {
  readonly spec: ChannelSpec;
  /** Types only: what a client may send and receive. There is no value at run time. */
  readonly "~contract": ChannelContract;
  /** Types only: what `connect` must provide. */
  readonly "~assigns": object;
}

/** An event that a channel takes, as a part of its contract. */
type Event<E extends string, In, R> = {
  readonly [K in E]: { readonly in: In; readonly reply: RepliesOf<R> };
};

/**
 * A channel definition. Every method returns a new one; the original is unchanged.
 *
 * Methods with handlers take the definition from `this` and not from the class: their signatures are then the same for
 * all channels, and the compiler makes no copy of each for each step of a declaration.
 */
export class Channel<D extends ChannelDef> implements AnyChannel {
  declare readonly "~contract": {
    readonly topic: D["topic"];
    readonly join: D["join"];
    readonly events: D["events"];
    readonly pushes: D["pushes"];
  };
  declare readonly "~assigns": D["assigns"];
  /** The definition as the runtime reads it. */
  readonly spec: ChannelSpec;

  constructor(spec: ChannelSpec) {
    this.spec = spec;
  }

  /** Declares the assigns: what `connect` and the route provide, and optional ones of the channel's own. */
  assigns<A extends object>(): Channel<{
    topic: D["topic"];
    assigns: A;
    info: D["info"];
    pushes: D["pushes"];
    join: D["join"];
    events: D["events"];
  }> {
    return new Channel(this.spec);
  }

  /** Declares the messages that the channel sends to itself. */
  info<M>(): Channel<{
    topic: D["topic"];
    assigns: D["assigns"];
    info: M;
    pushes: D["pushes"];
    join: D["join"];
    events: D["events"];
  }> {
    return new Channel(this.spec);
  }

  /**
   * Declares what the server sends: each event's payload, by type (`pushes<{ new_msg: Message }>()`) or by schema.
   * Payloads are checked by the compiler; at run time they are sent as they are.
   */
  pushes<P extends Record<string, unknown>>(
    schemas?: P,
  ): Channel<{
    topic: D["topic"];
    assigns: D["assigns"];
    info: D["info"];
    pushes: Payloads<P>;
    join: D["join"];
    events: D["events"];
  }> {
    return new Channel({ ...this.spec, pushes: Object.keys(schemas ?? {}) });
  }

  /**
   * At which level the logger prints joins (default `info`) and handled messages (default `debug`); `false`: never.
   */
  log(levels: Partial<ChannelLog>): Channel<D> {
    checkKeys(`log of "${this.spec.pattern}"`, levels, ["join", "handleIn"]);
    for (const [name, level] of Object.entries(levels)) checkLevel(this.spec, name, level);
    return new Channel({ ...this.spec, log: { ...this.spec.log, ...levels } });
  }

  /**
   * Decides who may join: `ok(reply?)` accepts, `refuse(reason?)` refuses. A throw or any other result is answered with
   * "join crashed".
   */
  join<D extends ChannelDef, R extends JoinResult>(
    this: Channel<D>,
    handler: (ctx: ChannelContext<D>, params: unknown) => Awaitable<R>,
  ): Channel<{
    topic: D["topic"];
    assigns: D["assigns"];
    info: D["info"];
    pushes: D["pushes"];
    join: { in: unknown; reply: RepliesOf<R> };
    events: D["events"];
  }>;
  /** The same with a schema: invalid params are answered with `{ reason: "invalid payload", issues }`. */
  join<D extends ChannelDef, S extends AnySchema, R extends JoinResult>(
    this: Channel<D>,
    schema: S,
    handler: (ctx: ChannelContext<D>, params: Output<S>) => Awaitable<R>,
  ): Channel<{
    topic: D["topic"];
    assigns: D["assigns"];
    info: D["info"];
    pushes: D["pushes"];
    join: { in: Input<S>; reply: RepliesOf<R> };
    events: D["events"];
  }>;
  join(...declared: unknown[]): unknown {
    if (this.spec.join !== undefined) throw duplicate(this.spec, "join");
    return new Channel({ ...this.spec, join: payloadHandler(this.spec, "join", declared) });
  }

  /**
   * Handles an event of the client, by name or by prefix (`reaction:*`; `ctx.event` has the name). Exact names win,
   * then prefixes in the order of declaration. An event without a handler is answered with "unknown event".
   */
  handleIn<D extends ChannelDef, E extends string, R extends InResult>(
    this: Channel<D>,
    event: E,
    handler: (ctx: ChannelContext<D>, payload: unknown) => Awaitable<R>,
  ): Channel<{
    topic: D["topic"];
    assigns: D["assigns"];
    info: D["info"];
    pushes: D["pushes"];
    join: D["join"];
    events: D["events"] & Event<E, unknown, R>;
  }>;
  /** The same with a schema: an invalid payload is answered with `{ reason: "invalid payload", issues }`. */
  handleIn<D extends ChannelDef, E extends string, S extends AnySchema, R extends InResult>(
    this: Channel<D>,
    event: E,
    schema: S,
    handler: (ctx: ChannelContext<D>, payload: Output<S>) => Awaitable<R>,
  ): Channel<{
    topic: D["topic"];
    assigns: D["assigns"];
    info: D["info"];
    pushes: D["pushes"];
    join: D["join"];
    events: D["events"] & Event<E, Input<S>, R>;
  }>;
  handleIn(event: string, ...declared: unknown[]): unknown {
    return new Channel(withHandleIn(this.spec, event, payloadHandler(this.spec, `handleIn("${event}")`, declared)));
  }

  /**
   * Intercepts an event that is broadcast on this topic: runs once per subscriber instead of sending. Push it (changed
   * or not) to deliver it; do nothing to drop it.
   */
  handleOut<D extends ChannelDef, E extends keyof D["pushes"] & string>(
    this: Channel<D>,
    event: E,
    handler: (ctx: ChannelContext<D>, payload: D["pushes"][E]) => Awaitable<OutResult>,
  ): Channel<D> {
    if (this.spec.handleOut.has(event)) throw duplicate(this.spec, `handleOut("${event}")`);
    return new Channel({ ...this.spec, handleOut: new Map([...this.spec.handleOut, [event, handler as never]]) });
  }

  /**
   * Receives what the channel sent to itself (`ctx.send`, `ctx.sendAfter`) and, as `Broadcast`, broadcasts on topics
   * that it subscribed to. Without it, both are ignored.
   */
  handleInfo<D extends ChannelDef>(
    this: Channel<D>,
    handler: (ctx: ChannelContext<D>, message: Broadcast | D["info"]) => Awaitable<OutResult>,
  ): Channel<D> {
    if (this.spec.handleInfo !== undefined) throw duplicate(this.spec, "handleInfo");
    return new Channel({ ...this.spec, handleInfo: handler as never });
  }

  /**
   * Runs once when a joined channel has ended, for whatever reason. `detail` is the error of a crash, or the payload of
   * the client's leave. Pushes still reach the client, if it is connected, before the close message.
   */
  terminate<D extends ChannelDef>(
    this: Channel<D>,
    handler: (ctx: ChannelContext<D>, reason: TerminateReason, detail: unknown) => Awaitable<void>,
  ): Channel<D> {
    if (this.spec.terminate !== undefined) throw duplicate(this.spec, "terminate");
    return new Channel({ ...this.spec, terminate: handler as never });
  }
}

function checkLevel(spec: ChannelSpec, name: string, level: unknown): void {
  if (level === undefined || level === false || ["debug", "info", "warn", "error"].includes(level as string)) return;
  throw new WingbeatError(
    "WB_OPTION",
    `log.${name} of "${spec.pattern}" is ${String(level)}: it must be debug, info, warn, error or false.`,
  );
}

function payloadHandler(spec: ChannelSpec, what: string, declared: readonly unknown[]): PayloadHandler {
  const run = declared.at(-1);
  const schema = declared.length > 1 ? (declared[0] as StandardSchemaV1 | undefined) : undefined;
  if (typeof run !== "function") {
    throw new WingbeatError("WB_OPTION", `${what} of "${spec.pattern}" needs a function as its last argument.`);
  }
  if (declared.length > 1 && typeof schema?.["~standard"]?.validate !== "function") {
    throw new WingbeatError(
      "WB_OPTION",
      `${what} of "${spec.pattern}" has a schema that is not a Standard Schema: use zod, valibot, arktype or another Standard Schema.`,
    );
  }
  return { schema, run: run as PayloadHandler["run"] };
}

/** Nothing declared yet: no assigns, any push, any info. */
export interface NewChannel<Pattern extends string> {
  topic: Pattern;
  assigns: Record<never, never>;
  info: unknown;
  pushes: Record<string, object>;
  join: { in: unknown; reply: ReplyContract };
  events: Record<never, never>;
}

/**
 * Defines a channel on a topic pattern: `lobby` (that topic), `room:*` (any rest, including an empty one) or
 * `room:{id}` (a named rest of at least one character, in `ctx.params`).
 */
export function defineChannel<const Pattern extends string>(pattern: Pattern): Channel<NewChannel<Pattern>> {
  parsePattern(pattern);
  return new Channel(emptySpec(pattern));
}
