/**
 * What the types read of a schema: only its input and output. A whole schema type can be too deep for the compiler
 * (arktype's is), and doubles its time (zod's).
 */
import type { StandardSchemaV1 } from "@standard-schema/spec";

/** Any Standard Schema. */
export interface AnySchema {
  readonly "~standard": SchemaProps;
}
interface SchemaProps {
  readonly validate: unknown;
  readonly types?: unknown;
}
type TypesOf<Props extends SchemaProps> = NonNullable<Props["types"]>;
type InputOf<Props extends SchemaProps> = TypesOf<Props>["input" & keyof TypesOf<Props>];
type OutputOf<Props extends SchemaProps> = TypesOf<Props>["output" & keyof TypesOf<Props>];

/** What a schema takes: the values that are sent. */
export type Input<S extends AnySchema> = InputOf<S["~standard"]>;
/** What a schema makes of it: the values that handlers get. */
export type Output<S extends AnySchema> = OutputOf<S["~standard"]>;
/** A payload that is declared by schema or by type. */
export type Declared<T> = T extends { readonly "~standard": infer Props extends SchemaProps } ? InputOf<Props> : T;

/** What a handler declares: the schema of its payload alone, or an object of schemas. */
export type Declaration = AnySchema | PayloadAndReply;
/** The payload, the response of `ok(…)` and that of `refuse(…)`. */
export interface PayloadAndReply {
  readonly payload?: AnySchema;
  readonly reply?: AnySchema;
  readonly error?: AnySchema;
}

type SchemaIn<T, Name extends string> = T extends { readonly [K in Name]: infer S extends AnySchema } ? S : undefined;
/** What the client may send. */
export type PayloadIn<T extends Declaration> = T extends AnySchema
  ? Input<T>
  : SchemaIn<T, "payload"> extends infer S extends AnySchema
    ? Input<S>
    : unknown;
/** What the handler gets. */
export type PayloadOut<T extends Declaration> = T extends AnySchema
  ? Output<T>
  : SchemaIn<T, "payload"> extends infer S extends AnySchema
    ? Output<S>
    : unknown;

export function isSchema(value: unknown): value is StandardSchemaV1 {
  return typeof (value as Partial<StandardSchemaV1> | null | undefined)?.["~standard"]?.validate === "function";
}
