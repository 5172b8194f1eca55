/**
 * `defineChannel`: a channel as a chain of declarations. The result is plain data with types; the process that runs it
 * for each client is in `channel/process.ts`.
 *
 * There are two type parameters, both records: what is declared ({@link ChannelDef}), which is all that `ctx` depends
 * on, and what clients may send ({@link Accepts}), which grows with every handler.
 */
import type { ChannelContract, Mistake } from "@wingbeat/protocol";
import type { Awaitable } from "./awaitable.ts";
import type { ChannelContext, ChannelDef, TerminateReason } from "./channel/context.ts";
import { payloadHandler, pushSpecs } from "./channel/declaration.ts";
import type { Delivery } from "./channel/delivery.ts";
import type { AnyTopic, BroadcastsOf, ChannelEndpoint, Sendable, TopicContract } from "./channel/endpoint.ts";
import type {
  OkOrRefuseOrNothing,
  InResultFor,
  OkOrRefuse,
  JoinResultFor,
  NothingOrStop,
  RepliesFor,
  RepliesOf,
} from "./channel/result.ts";
import type { AnySchema, Declaration, Declared, Input, Output, PayloadIn, PayloadOut } from "./channel/schema.ts";
import { withDedupe } from "./channel/dedupe.ts";
import type { DedupeOptions } from "./channel/dedupe.ts";
import { duplicate, emptySpec, withHandleIn, withPushes } from "./channel/spec.ts";
import type { ChannelLog, ChannelSpec } from "./channel/spec.ts";
import { withEphemeral } from "./channel/ephemeral.ts";
import type { EphemeralIn, EphemeralOptions, EphemeralPush } from "./channel/ephemeral.ts";
import { withHistory } from "./channel/history.ts";
import type { HistoryOptions } from "./channel/history.ts";
import { WingbeatError } from "./errors.ts";
import { checkKeys } from "./options.ts";
import { parsePattern } from "./pattern.ts";
import type { Broadcast } from "./pubsub.ts";

export type { ChannelContext, ChannelDef, TerminateReason } from "./channel/context.ts";

/** What the clients of a channel may send. */
export interface Accepts {
  readonly join: ChannelContract["join"];
  readonly events: ChannelContract["events"];
}

/** A channel that nobody can join yet. */
export interface NoJoin {
  readonly in: never;
  readonly reply: never;
}

/** A channel that `defineSocket` takes. */
export interface AnyChannel {
  readonly spec: ChannelSpec;
  /** Types only: what may be sent and received. There is no value at run time. */
  readonly "~contract": ChannelContract & TopicContract;
  /** Types only: what `connect` must provide. */
  readonly "~assigns": object;
}

/** The `ctx` of a channel, for helper functions: `ContextOf<typeof room>`. */
export type ContextOf<C extends AnyChannel> = C extends Channel<infer D, infer _A> ? ChannelContext<D> : never;

/** An endpoint that can send to these channels: for functions that take `endpoint` or `ctx.endpoint`. */
export type EndpointOf<C extends AnyChannel> = ChannelEndpoint<{ readonly channels: Sendable<C["~contract"]> }>;

/** What `handleInfo` of a channel gets: the messages that it sends to itself, and the broadcasts of others. */
export type InfoOf<C extends AnyChannel> = C extends Channel<infer D, infer _A> ? Message<D> : never;
type Message<D extends ChannelDef> =
  | Exclude<D["info"], Mistake<string>>
  | (string extends D["talksTo"]["topic"] ? Broadcast : BroadcastsOf<D["talksTo"]>);

/**
 * A channel definition. Every method returns a new one; the original is unchanged.
 *
 * Methods with handlers take the definition from `this` and not from the class: their signatures are then the same for
 * all channels, and the compiler makes no copy of each for each step of a declaration.
 */
export class Channel<D extends ChannelDef, A extends Accepts> implements AnyChannel {
  declare readonly "~contract": {
    readonly topic: D["topic"];
    readonly join: A["join"];
    readonly events: A["events"];
    readonly pushes: D["pushes"];
    readonly commands: D["commands"];
  };
  declare readonly "~assigns": D["assigns"];
  declare readonly "~def": D;
  /** The definition as the runtime reads it. */
  readonly spec: ChannelSpec;

  constructor(spec: ChannelSpec) {
    this.spec = spec;
  }

  /** Declares the assigns: what `connect` and the route provide, and optional ones of the channel's own. */
  assigns<T extends object>(): Channel<
    {
      topic: D["topic"];
      assigns: T;
      info: D["info"];
      pushes: D["pushes"];
      commands: D["commands"];
      talksTo: D["talksTo"];
    },
    A
  > {
    return new Channel(this.spec);
  }

  /** Declares the messages that the channel sends to itself. */
  info<Message>(): Channel<
    {
      topic: D["topic"];
      assigns: D["assigns"];
      info: Message;
      pushes: D["pushes"];
      commands: D["commands"];
      talksTo: D["talksTo"];
    },
    A
  > {
    return new Channel(this.spec);
  }

  /**
   * Declares what the server sends: each event's payload, by type or by schema. Payloads are checked by the compiler; at
   * run time they are sent as they are. `conflate` and `volatile` say what a slow client may miss.
   *
   * @example
   * .pushes<{ new_msg: Message; cursor: Cursor }>({ cursor: conflate((cursor) => cursor.userId) })
   * .pushes({ new_msg: Message, cursor: Cursor }, { cursor: conflate((cursor) => cursor.userId) })
   */
  pushes<P extends object>(
    declared?: P | Deliveries<P>,
    delivery?: Deliveries<P>,
  ): Channel<
    {
      topic: D["topic"];
      assigns: D["assigns"];
      info: D["info"];
      pushes: { readonly [E in keyof P]: Declared<P[E]> };
      commands: D["commands"];
      talksTo: D["talksTo"];
    },
    A
  > {
    return new Channel(withPushes(this.spec, pushSpecs(this.spec, [declared, delivery]), declared !== undefined));
  }

  /** Declares the commands that other parts of the server send to the channel: for `handleCommand`. No client sees them. */
  commands<C extends object>(): Channel<
    {
      topic: D["topic"];
      assigns: D["assigns"];
      info: D["info"];
      pushes: D["pushes"];
      commands: { readonly [E in keyof C]: C[E] };
      talksTo: D["talksTo"];
    },
    A
  > {
    return new Channel(this.spec);
  }

  /**
   * Declares the channels to whose topics this one sends, or subscribes: `ctx.endpoint`, `ctx.subscribe` and the messages
   * of `handleInfo` are then typed. Its own topic is always known. Declare `info`, too, if it sends itself messages.
   *
   * @example
   * .talksTo<typeof inbox | typeof lobby>()
   */
  talksTo<C extends AnyChannel>(): Channel<
    {
      topic: D["topic"];
      assigns: D["assigns"];
      info: unknown extends D["info"] ? Mistake<"declare what this channel sends itself with .info<…>()"> : D["info"];
      pushes: D["pushes"];
      commands: D["commands"];
      talksTo: Sendable<C["~contract"]>;
    },
    A
  > {
    return new Channel(this.spec);
  }

  /**
   * Keeps what is broadcast on its topics, so that clients which were away are sent what they missed, in order and once, or
   * are told that something is missing (docs/guide/history.md). Throws `WB_OPTION`.
   *
   * @example
   * .history({ size: 200, ttl: 600_000, events: ["new_msg"] })
   */
  history(options: HistoryOptions<keyof D["pushes"] & string> = {}): Channel<D, A> {
    if (this.spec.history !== undefined) throw duplicate(this.spec, "history");
    return new Channel(withHistory(this.spec, options));
  }

  /**
   * Takes pushes that clients send with `{ retry: true }`: each is handled once, although it is sent again when a connection is
   * lost before its reply, and gets one reply (docs/guide/exactly-once.md). They are remembered where the history is kept
   * (`createEndpoint({ history })`); the channel needs no `.history` for it. Throws `WB_OPTION`.
   *
   * @example
   * .dedupe({ window: 3_600_000 })
   */
  dedupe(options: DedupeOptions = {}): Channel<D, A> {
    if (this.spec.dedupe !== undefined) throw duplicate(this.spec, "dedupe");
    return new Channel(withDedupe(this.spec, options));
  }

  /**
   * At which level the logger prints joins (default `info`) and handled messages (default `debug`); `false`: never.
   */
  log(levels: Partial<ChannelLog>): Channel<D, A> {
    checkKeys(`log of "${this.spec.pattern}"`, levels, ["join", "handleIn"]);
    for (const [name, level] of Object.entries(levels)) checkLevel(this.spec, name, level);
    return new Channel({ ...this.spec, log: { ...this.spec.log, ...levels } });
  }

  /**
   * Decides who may join: `ok(reply?)` accepts, `refuse(reason?)` refuses, returned or thrown. Any other result or
   * exception is answered with "join crashed".
   */
  join<D extends ChannelDef, A extends Accepts, R extends OkOrRefuse>(
    this: Channel<D, A>,
    handler: (ctx: ChannelContext<D>, params: unknown) => Awaitable<R>,
  ): Channel<D, { join: { in: unknown; reply: RepliesOf<R> }; events: A["events"] }>;
  /**
   * The same with a schema: invalid params are answered with `{ reason: "invalid payload", issues }`. Or with several:
   * `{ payload, reply, error }` also declares the responses of `ok` and `refuse`. The compiler checks them; at run time
   * they are sent as they are.
   */
  join<D extends ChannelDef, A extends Accepts, T extends Declaration, R extends JoinResultFor<T>>(
    this: Channel<D, A>,
    declared: T,
    handler: (ctx: ChannelContext<D>, params: PayloadOut<T>) => Awaitable<R>,
  ): Channel<D, { join: { in: PayloadIn<T>; reply: RepliesFor<T, R> }; events: A["events"] }>;
  join(...declared: unknown[]): unknown {
    if (this.spec.join !== undefined) throw duplicate(this.spec, "join");
    return new Channel({ ...this.spec, join: payloadHandler(this.spec, "join", declared) });
  }

  /**
   * Handles an event of the client, by name or by prefix (`reaction:*`; `ctx.event` has the name). Exact names win,
   * then prefixes in the order of declaration. An event without a handler is answered with "unknown event".
   */
  handleIn<D extends ChannelDef, A extends Accepts, E extends string, R extends OkOrRefuseOrNothing>(
    this: Channel<D, A>,
    event: E,
    handler: (ctx: ChannelContext<D>, payload: unknown) => Awaitable<R>,
  ): Channel<
    D,
    {
      join: A["join"];
      events: A["events"] & { readonly [K in E]: { readonly in: unknown; readonly reply: RepliesOf<R> } };
    }
  >;
  /**
   * The same with a schema: an invalid payload is answered with `{ reason: "invalid payload", issues }`. Or with several:
   * `{ payload, reply, error }` also declares the responses of `ok` and `refuse`. The compiler checks them; at run time
   * they are sent as they are.
   */
  handleIn<D extends ChannelDef, A extends Accepts, E extends string, T extends Declaration, R extends InResultFor<T>>(
    this: Channel<D, A>,
    event: E,
    declared: T,
    handler: (ctx: ChannelContext<D>, payload: PayloadOut<T>) => Awaitable<R>,
  ): Channel<
    D,
    {
      join: A["join"];
      events: A["events"] & { readonly [K in E]: { readonly in: PayloadIn<T>; readonly reply: RepliesFor<T, R> } };
    }
  >;
  handleIn(event: string, ...declared: unknown[]): unknown {
    return new Channel(withHandleIn(this.spec, event, payloadHandler(this.spec, `handleIn("${event}")`, declared)));
  }

  /**
   * Declares a value that every client on the topic may have, that the others see at once, and that nobody keeps: who is
   * typing, cursors, read marks (docs/guide/ephemeral.md). Clients use `ephemeral` of `@wingbeat/client/ephemeral`. Declare `pushes`
   * before it. Throws `WB_OPTION`.
   *
   * @example
   * .ephemeral("cursor", z.object({ x: z.number(), y: z.number() }), { key: (ctx) => ctx.assigns.user.id })
   */
  ephemeral<D extends ChannelDef, A extends Accepts, E extends string, S extends AnySchema, K extends string | number>(
    this: Channel<D, A>,
    event: E,
    schema: S,
    options: EphemeralOptions<ChannelContext<D>, K>,
  ): Channel<
    {
      topic: D["topic"];
      assigns: D["assigns"];
      info: D["info"];
      pushes: PushesWith<D["pushes"], E, EphemeralPush<Output<S>, K>>;
      commands: D["commands"];
      talksTo: D["talksTo"];
    },
    {
      join: A["join"];
      events: A["events"] & { readonly [K in E]: { readonly in: EphemeralIn<Input<S>>; readonly reply: never } };
    }
  >;
  /** The same with any JSON value, which is not checked. */
  ephemeral<D extends ChannelDef, A extends Accepts, E extends string, K extends string | number>(
    this: Channel<D, A>,
    event: E,
    options: EphemeralOptions<ChannelContext<D>, K>,
  ): Channel<
    {
      topic: D["topic"];
      assigns: D["assigns"];
      info: D["info"];
      pushes: PushesWith<D["pushes"], E, EphemeralPush<unknown, K>>;
      commands: D["commands"];
      talksTo: D["talksTo"];
    },
    {
      join: A["join"];
      events: A["events"] & { readonly [K in E]: { readonly in: EphemeralIn<unknown>; readonly reply: never } };
    }
  >;
  ephemeral(event: string, ...declared: unknown[]): unknown {
    return new Channel(withEphemeral(this.spec, event, declared));
  }

  /**
   * Intercepts an event that is broadcast on this topic: runs once per subscriber instead of sending. Push it (changed
   * or not) to deliver it; do nothing to drop it.
   */
  handleOut<D extends ChannelDef, A extends Accepts, E extends keyof D["pushes"] & string>(
    this: Channel<D, A>,
    event: E,
    handler: (ctx: ChannelContext<D>, payload: D["pushes"][E]) => Awaitable<NothingOrStop>,
  ): Channel<D, A> {
    if (this.spec.handleOut.has(event)) throw duplicate(this.spec, `handleOut("${event}")`);
    return new Channel({ ...this.spec, handleOut: new Map([...this.spec.handleOut, [event, handler as never]]) });
  }

  /**
   * Receives what the channel sent to itself (`ctx.send`, `ctx.sendAfter`) and, as `Broadcast`, broadcasts on topics
   * that it subscribed to. Without it, both are ignored.
   */
  handleInfo<D extends ChannelDef, A extends Accepts>(
    this: Channel<D, A>,
    handler: (ctx: ChannelContext<D>, message: Message<D>) => Awaitable<NothingOrStop>,
  ): Channel<D, A> {
    if (this.spec.handleInfo !== undefined) throw duplicate(this.spec, "handleInfo");
    return new Channel({ ...this.spec, handleInfo: handler as never });
  }

  /**
   * Receives a command that was sent to the topic (`endpoint.command`), on every channel that has joined it. A throw or
   * rejection crashes the channel. A command without a handler is ignored, and reported (`channel.unknown_command`).
   */
  handleCommand<D extends ChannelDef, A extends Accepts, E extends keyof D["commands"] & string>(
    this: Channel<D, A>,
    command: E,
    handler: (ctx: ChannelContext<D>, payload: D["commands"][E]) => Awaitable<NothingOrStop>,
  ): Channel<D, A> {
    const { handleCommand } = this.spec;
    if (handleCommand.has(command)) throw duplicate(this.spec, `handleCommand("${command}")`);
    return new Channel({ ...this.spec, handleCommand: new Map([...handleCommand, [command, handler as never]]) });
  }

  /**
   * Decides whether a client may stay on the topic after it has renewed its login: `ok()` or `refuse(reason?)`, which
   * ends the channel for good and tells the client why. It runs among the channel's other callbacks, with what `connect`
   * has assigned now merged into `ctx.assigns`. A throw crashes the channel, and the client joins again. Without it, the
   * client stays.
   */
  reauthorize<D extends ChannelDef, A extends Accepts>(
    this: Channel<D, A>,
    handler: (ctx: ChannelContext<D>) => Awaitable<OkOrRefuse>,
  ): Channel<D, A> {
    if (this.spec.reauthorize !== undefined) throw duplicate(this.spec, "reauthorize");
    return new Channel({ ...this.spec, reauthorize: handler as never });
  }

  /**
   * Runs once when a joined channel has ended, for whatever reason. `detail` is the error of a crash, or the payload of
   * the client's leave. Pushes still reach the client, if it is connected, before the close message.
   */
  terminate<D extends ChannelDef, A extends Accepts>(
    this: Channel<D, A>,
    handler: (ctx: ChannelContext<D>, reason: TerminateReason, detail: unknown) => Awaitable<void>,
  ): Channel<D, A> {
    if (this.spec.terminate !== undefined) throw duplicate(this.spec, "terminate");
    return new Channel({ ...this.spec, terminate: handler as never });
  }
}

/** What a channel sends, and its first or next ephemeral value. */
export type PushesWith<Pushes, E extends string, Push> = (string extends keyof Pushes ? unknown : Pushes) & {
  readonly [K in E]: Push;
};

/** `P` is not inferred from it. (`NoInfer` needs TypeScript 5.4.) */
type Deliveries<P> = { readonly [E in keyof Deferred<P>]?: Delivery<Declared<Deferred<P>[E]>> };
type Deferred<P> = [P][P extends unknown ? 0 : never];

function checkLevel(spec: ChannelSpec, name: string, level: unknown): void {
  if (level === undefined || level === false || ["debug", "info", "warn", "error"].includes(level as string)) return;
  throw new WingbeatError(
    "WB_OPTION",
    `log.${name} of "${spec.pattern}" is ${String(level)}: it must be debug, info, warn, error or false.`,
  );
}

/** Nothing declared yet: no assigns, any push, any command, any info. */
export interface NewChannel<Pattern extends string> {
  topic: Pattern;
  assigns: Record<never, never>;
  info: unknown;
  pushes: Record<string, object>;
  commands: Record<string, object>;
  talksTo: AnyTopic;
}

/** Nobody can join yet, and nothing is handled. */
export interface NoHandlers {
  join: NoJoin;
  // oxlint-disable-next-line typescript/no-empty-object-type -- vanishes from the type when a handler is added
  events: {};
}

/**
 * Defines a channel on a topic pattern: `lobby` (that topic), `room:*` (any rest, including an empty one) or
 * `room:{id}` (a named rest of at least one character, in `ctx.params`).
 */
export function defineChannel<const Pattern extends string>(
  pattern: Pattern,
): Channel<NewChannel<Pattern>, NoHandlers> {
  parsePattern(pattern);
  return new Channel(emptySpec(pattern));
}
