/**
 * `.ephemeral`: values that everybody on a topic sees of the others and that nobody keeps: who is typing, cursors, read marks.
 * A client casts `{ value }`; the others are sent `{ key, value }`, with a key that the server says. Null is no value.
 */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { describe, isPromise } from "../awaitable.ts";
import { WingbeatError } from "../errors.ts";
import { checkCount, checkDuration, checkKeys, withDefaults } from "../options.ts";
import type { Context } from "./context.ts";
import { conflate } from "./delivery.ts";
import { Values } from "./ephemeral/values.ts";
import { Sender } from "./ephemeral/sender.ts";
import { Reply } from "./result.ts";
import { isSchema } from "./schema.ts";
import { withHandleIn } from "./spec.ts";
import type { ChannelSpec } from "./spec.ts";

/** What clients are sent of an ephemeral value. */
export interface EphemeralPush<Value, Key extends string | number = string | number> {
  /** Whose value it is. */
  readonly key: Key;
  /** Null: there is none any more. */
  readonly value: Value | null;
}

/** What a client sends: its value, null for none any more, or nothing to be told the values of the others. */
export interface EphemeralIn<Value> {
  readonly value?: Value | null;
}

/** Options of `.ephemeral`. */
export interface EphemeralOptions<Ctx, Key extends string | number = string | number> {
  /** Whose value it is: from what the server knows of the client, so that nobody speaks for others. */
  readonly key: (ctx: Ctx) => Key;
  /** Whether this client may set a value now. Default: it may. Its old value can always be cleared. */
  readonly allow?: (ctx: Ctx) => boolean;
  /** Milliseconds between two broadcasts of one client; of what comes in between, the newest is sent. Default 50. */
  readonly every?: number;
  /** Milliseconds for which newcomers are told a value that is not renewed. Default 20,000, as of the client. */
  readonly expires?: number;
  /** Characters of JSON of the largest value. Default 1,024. */
  readonly maxValueSize?: number;
}

/** Defaults of the limits, as docs/reference/limits.md lists them. */
export const EPHEMERAL_DEFAULTS = { every: 50, expires: 20_000, maxValueSize: 1_024 } as const;

/** How many values a newcomer is told: the newest. As docs/reference/limits.md has it. */
export const MAX_TOLD = 1_000;

/** A client is told the values of the others once in this time. */
const ASK_MS = 1_000;

/** The spec with an ephemeral value. Throws `WB_OPTION`. */
export function withEphemeral(spec: ChannelSpec, event: string, declared: readonly unknown[]): ChannelSpec {
  const where = `ephemeral("${event}") of "${spec.pattern}"`;
  const options = (declared.at(-1) ?? {}) as EphemeralOptions<Context>;
  const schema = declared.length > 1 ? declared[0] : undefined;
  checkKeys(where, options, ["key", "allow", "every", "expires", "maxValueSize"]);
  checkDuration(`${where}: every`, options.every);
  checkDuration(`${where}: expires`, options.expires);
  checkCount(`${where}: maxValueSize`, options.maxValueSize);
  if (event.includes("*")) throw new WingbeatError("WB_OPTION", `${where} needs a name, not a pattern.`);
  if (typeof options.key !== "function") throw new WingbeatError("WB_OPTION", `${where} needs a function as key.`);
  if (schema !== undefined && !isSchema(schema)) {
    throw new WingbeatError("WB_OPTION", `${where} has a schema that is not a Standard Schema.`);
  }
  const values = new EphemeralValues(event, { ...options, ...withDefaults(EPHEMERAL_DEFAULTS, options) });
  const handled = withHandleIn(spec, event, {
    schema: schemaOf(schema),
    reply: undefined,
    error: undefined,
    run: (ctx, payload) => values.handle(ctx, payload as EphemeralIn<unknown>),
  });
  const delivery = conflate(({ key }: EphemeralPush<unknown>) => key);
  return {
    ...handled,
    pushes: new Map([...spec.pushes, [event, { schema: undefined, delivery }]]),
    deliveries: new Map([...spec.deliveries, [event, delivery]]),
    ephemeral: new Map([...spec.ephemeral, [event, schema]]),
  };
}

type Settings = EphemeralOptions<Context> & Readonly<Record<keyof typeof EPHEMERAL_DEFAULTS, number>>;

/** What is declared once, for all its channels. */
class EphemeralValues {
  readonly #event: string;
  readonly #settings: Settings;
  readonly #senders = new WeakMap<Context, Sender>();
  readonly #askedAt = new WeakMap<Context, number>();
  readonly #values: Values;

  constructor(event: string, settings: Settings) {
    this.#event = event;
    this.#settings = settings;
    this.#values = new Values(settings.expires);
  }

  handle(ctx: Context, { value }: EphemeralIn<unknown>): Reply | undefined {
    if (value === undefined) return this.#tell(ctx);
    const { allow, maxValueSize } = this.#settings;
    if (value !== null && JSON.stringify(value).length > maxValueSize) {
      return new Reply("error", { reason: "value too large" });
    }
    if (value !== null && allow?.(ctx) === false) return new Reply("error", { reason: "not allowed" });
    const sender = this.#senders.get(ctx);
    if (sender === undefined && value === null) return undefined;
    (sender ?? this.#newSender(ctx)).set(this.#keyOf(ctx), value);
    return undefined;
  }

  #keyOf(ctx: Context): string | number {
    const key: unknown = this.#settings.key(ctx);
    if (typeof key === "string" || typeof key === "number") return key;
    throw new WingbeatError(
      "WB_BAD_RETURN",
      `key of ephemeral("${this.#event}") returned ${describe(key)}: it must return a string or a number.`,
    );
  }

  #newSender(ctx: Context): Sender {
    const sender = new Sender(ctx, this.#event, this.#settings.every, this.#values);
    this.#senders.set(ctx, sender);
    return sender;
  }

  /** Tells a client the values of the others. */
  #tell(ctx: Context): undefined {
    const now = Date.now();
    if (now - (this.#askedAt.get(ctx) ?? -Infinity) < ASK_MS) return;
    this.#askedAt.set(ctx, now);
    for (const push of this.#values.of(ctx, this.#senders.get(ctx), MAX_TOLD)) ctx.receive(this.#event, push);
  }
}

/** Checks `{ value }` with the schema of the value. */
function schemaOf(schema: StandardSchemaV1 | undefined): StandardSchemaV1 {
  const invalid = (message: string) => ({ issues: [{ message }] });
  const checked = (result: StandardSchemaV1.Result<unknown>): StandardSchemaV1.Result<EphemeralIn<unknown>> =>
    result.issues === undefined
      ? { value: { value: result.value } }
      : { issues: result.issues.map((issue) => ({ ...issue, path: ["value", ...(issue.path ?? [])] })) };
  return {
    "~standard": {
      version: 1,
      vendor: "wingbeat",
      validate: (payload) => {
        if (typeof payload !== "object" || payload === null) return invalid("expected { value }");
        const { value } = payload as EphemeralIn<unknown>;
        if (value === undefined || value === null || schema === undefined) return { value: { value } };
        const result = schema["~standard"].validate(value);
        return isPromise(result) ? Promise.resolve(result).then(checked) : checked(result);
      },
    },
  };
}
