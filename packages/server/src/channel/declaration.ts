/** Reads what a channel's definition declares, and refuses what the compiler has not seen. */
import { WingbeatError } from "../errors.ts";
import { checkKeys } from "../options.ts";
import { isDelivery } from "./delivery.ts";
import { isSchema } from "./schema.ts";
import type { ChannelSpec, PayloadHandler, PushSpec } from "./spec.ts";

const SCHEMAS = ["payload", "reply", "error"] as const;
type Schemas = Pick<PayloadHandler, "schema" | "reply" | "error">;

/** The arguments of `join` and `handleIn` after the event: a handler, with what it declares before it. */
export function payloadHandler(spec: ChannelSpec, what: string, declared: readonly unknown[]): PayloadHandler {
  const run = declared.at(-1);
  if (typeof run !== "function") throw invalid(spec, `${what} of`, "needs a function as its last argument");
  const schemas: Schemas =
    declared.length > 1
      ? schemasOf(spec, what, declared[0])
      : { schema: undefined, reply: undefined, error: undefined };
  return { ...schemas, run: run as PayloadHandler["run"] };
}

function schemasOf(spec: ChannelSpec, what: string, declared: unknown): Schemas {
  if (isSchema(declared)) return { schema: declared, reply: undefined, error: undefined };
  const isObject = typeof declared === "object" && declared !== null;
  if (!isObject || !SCHEMAS.some((name) => name in declared)) throw noSchema(spec, what);
  checkKeys(`${what} of "${spec.pattern}"`, declared, SCHEMAS);
  const { payload, reply, error } = declared as Partial<Record<(typeof SCHEMAS)[number], unknown>>;
  const read = (schema: unknown): Schemas["schema"] => {
    if (schema === undefined || isSchema(schema)) return schema;
    throw noSchema(spec, what);
  };
  return { schema: read(payload), reply: read(reply), error: read(error) };
}

const noSchema = (spec: ChannelSpec, what: string): WingbeatError =>
  invalid(
    spec,
    `${what} of`,
    "has a schema that is not a Standard Schema: use zod, valibot, arktype or another Standard Schema",
  );

/** The arguments of `pushes`: schemas and deliveries, by event. */
export function pushSpecs(spec: ChannelSpec, declared: readonly unknown[]): ReadonlyMap<string, PushSpec> {
  const pushes = new Map<string, PushSpec>();
  for (const [event, value] of declared.flatMap((some) => Object.entries(some ?? {}))) {
    const { schema, delivery } = pushes.get(event) ?? {};
    if (isDelivery(value)) pushes.set(event, { schema, delivery: value });
    else if (isSchema(value)) pushes.set(event, { schema: value, delivery });
    else throw invalid(spec, `push "${event}" of`, "must be declared by a Standard Schema, conflate(…) or volatile()");
  }
  return pushes;
}

const invalid = (spec: ChannelSpec, what: string, problem: string): WingbeatError =>
  new WingbeatError("WB_OPTION", `${what} "${spec.pattern}" ${problem}.`);
