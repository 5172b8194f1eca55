/** Against an oracle: a value that Ajv finds in the sender's schema and not in the receiver's must have been reported. */
import { Ajv } from "ajv";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonSchema, Schemas } from "../json-schema.ts";
import { isObject, SCHEMAS } from "../json-schema.ts";
import { compareSchemas } from "./compare.ts";

type Schema = JsonSchema | boolean;

const NAMES = ["a", "b", "kind"];
const TEXTS = ["", "a", "b", "ab", "0123456789"];
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
const defined = (schema: object): JsonSchema =>
  Object.fromEntries(Object.entries(schema).filter(([, value]) => value !== undefined));
const size = fc.nat({ max: 3 });

const scalar: fc.Arbitrary<Schema> = fc.oneof(
  fc
    .record({
      minLength: maybe(size),
      maxLength: maybe(size),
      pattern: maybe(fc.constantFrom("^a", "b$", "^[0-9]+$")),
    })
    .map((keywords) => defined({ type: "string", ...keywords })),
  fc
    .record({
      type: fc.constantFrom("integer", "number"),
      minimum: maybe(fc.integer({ min: -2, max: 2 })),
      maximum: maybe(fc.integer({ min: -2, max: 4 })),
      exclusiveMinimum: maybe(fc.integer({ min: -2, max: 2 })),
      exclusiveMaximum: maybe(fc.integer({ min: 0, max: 4 })),
      multipleOf: maybe(fc.constantFrom(1, 2, 4, 0.5)),
    })
    .map(defined),
  fc.constantFrom<Schema>({ type: "boolean" }, { type: "null" }, { type: ["string", "null"] }, {}, true, {
    const: "a",
  }),
  fc
    .uniqueArray(fc.constantFrom<unknown>("a", "b", "ab", 1, 2, null, true), {
      minLength: 1,
      maxLength: 4,
    })
    .map((values) => ({ enum: values })),
);

const tree = fc.letrec<{ schema: Schema; object: JsonSchema }>((tie) => ({
  object: fc
    .record({
      properties: fc.dictionary(fc.constantFrom(...NAMES), tie("schema"), { maxKeys: 3 }),
      required: maybe(fc.subarray(NAMES)),
      additionalProperties: fc.oneof(
        fc.constantFrom<Schema | undefined>(undefined, undefined, true, false),
        tie("schema"),
      ),
      minProperties: maybe(fc.nat({ max: 2 })),
      maxProperties: maybe(size),
    })
    .map((keywords) => defined({ type: "object", ...keywords })),
  schema: fc.oneof(
    { depthSize: "small", maxDepth: 3, withCrossShrink: true },
    { weight: 3, arbitrary: scalar },
    { weight: 3, arbitrary: tie("object") },
    {
      weight: 2,
      arbitrary: fc
        .record({
          items: fc.oneof(tie("schema"), fc.array(tie("schema"), { minLength: 1, maxLength: 2 })),
          additionalItems: maybe(fc.oneof(fc.constant(false), tie("schema"))),
          minItems: maybe(size),
          maxItems: maybe(size),
          uniqueItems: maybe(fc.boolean()),
        })
        .map((keywords) => defined({ type: "array", ...keywords })),
    },
    {
      weight: 1,
      arbitrary: fc.array(tie("schema"), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
    },
    {
      weight: 1,
      arbitrary: fc.array(tie("schema"), { minLength: 1, maxLength: 3 }).map((oneOf) => ({ oneOf })),
    },
    {
      weight: 1,
      arbitrary: fc.array(tie("object"), { minLength: 1, maxLength: 2 }).map((allOf) => ({ allOf })),
    },
    { weight: 1, arbitrary: tie("object").map((not) => ({ type: "object", not })) },
    { weight: 1, arbitrary: fc.constant({ $ref: `${SCHEMAS}Node` }) },
  ),
}));

/** A schema, and what its references lead to. */
const side = fc.record({
  schema: tree.schema.map((schema): JsonSchema => (typeof schema === "boolean" ? { anyOf: [schema] } : schema)),
  schemas: tree.object.map((Node): Schemas => ({ Node })),
});
type Side = typeof side extends fc.Arbitrary<infer T> ? T : never;

/** One keyword of a schema is taken from another one, or is gone: most changes of a contract are like this. */
const changed = (from: Side): fc.Arbitrary<Side> =>
  fc.record({ other: side, at: fc.nat(), pick: fc.nat() }).map(({ other, at, pick }) => {
    let count = 0;
    const target = at % countObjects(from.schema);
    const change = (value: unknown, isMap = false): unknown => {
      if (Array.isArray(value)) return value.map((part) => change(part));
      if (!isObject(value)) return value;
      const inner = (): object =>
        Object.fromEntries(
          Object.entries(value).map(([key, part]) => [key, change(part, !isMap && key === "properties")]),
        );
      if (isMap || count++ !== target) return inner();
      const keys = [...new Set([...Object.keys(value), ...Object.keys(other.schema)])];
      const key = keys[pick % keys.length] ?? "";
      const { [key]: _old, ...rest } = value;
      return key in other.schema ? { ...rest, [key]: other.schema[key] } : rest;
    };
    return { ...from, schema: change(from.schema) as JsonSchema };
  });
const countObjects = (value: unknown, isMap = false): number => {
  const parts = Array.isArray(value)
    ? value.map((part) => [part, false] as const)
    : Object.entries(isObject(value) ? value : {}).map(
        ([key, part]) => [part, !isMap && key === "properties"] as const,
      );
  return parts.reduce((sum, [part, inner]) => sum + countObjects(part, inner), isObject(value) && !isMap ? 1 : 0);
};

const pair = side
  .chain((one) =>
    fc.tuple(fc.constant(one), fc.oneof({ weight: 4, arbitrary: changed(one) }, { weight: 1, arbitrary: side })),
  )
  .chain(([one, other]) => fc.constantFrom<[Side, Side]>([one, other], [other, one]));

/** Values that a sender makes of a schema: with the properties that it declares. Not all of them are valid. */
function valuesOf(schema: Schema, schemas: Schemas, depth = 4): fc.Arbitrary<unknown> {
  if (depth === 0 || typeof schema === "boolean") return fc.constantFrom<unknown>("a", 1, null, {}, []);
  const inner = (part: Schema) => valuesOf(part, schemas, depth - 1);
  if (schema.$ref !== undefined) return inner(schemas["Node"] ?? true);
  if ("const" in schema) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const members = [schema.anyOf, schema.oneOf].flatMap((list) => list ?? []);
  if (members.length > 0) return fc.oneof(...members.map(inner));
  if (schema.allOf !== undefined) {
    const parts = schema.allOf.map(inner);
    return fc
      .tuple(...parts)
      .map((values) => (values.every(isObject) ? Object.assign({}, ...values) : values[0]) as unknown);
  }
  const types = Array.isArray(schema.type) ? schema.type : [schema.type ?? "string"];
  return fc.oneof(...types.map((type) => ofType(type as string, schema, inner)));
}

function ofType(
  type: string,
  schema: JsonSchema,
  inner: (part: Schema) => fc.Arbitrary<unknown>,
): fc.Arbitrary<unknown> {
  if (type === "string") return fc.constantFrom(...TEXTS);
  if (type === "integer") return fc.integer({ min: -3, max: 5 });
  if (type === "number") return fc.oneof(fc.integer({ min: -3, max: 5 }), fc.constantFrom(0.5, 1.5, -0.5));
  if (type === "boolean") return fc.boolean();
  if (type === "null") return fc.constant(null);
  if (type === "array") {
    const items = schema.items ?? true;
    if (!Array.isArray(items)) return fc.array(inner(items as Schema), { maxLength: 4 });
    const rest = schema["additionalItems"] ?? true;
    return fc
      .tuple(
        fc.tuple(...items.map((item: Schema) => inner(item))),
        rest === false ? fc.constant([]) : fc.array(inner(rest as Schema), { maxLength: 2 }),
      )
      .map(([fixed, more]) => [...fixed, ...more]);
  }
  const { properties = {}, required = [], additionalProperties = true } = schema;
  const declared = fc.record(
    Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, inner(part)])),
    { requiredKeys: required.filter((name) => Object.hasOwn(properties, name)) },
  );
  if (!isObject(additionalProperties) || Object.keys(additionalProperties).length === 0) return declared;
  const others = fc.dictionary(
    fc.constantFrom(...["a", "b", "other"].filter((name) => !Object.hasOwn(properties, name))),
    inner(additionalProperties),
    {
      maxKeys: 2,
    },
  );
  return fc.tuple(others, declared).map(([more, own]) => ({ ...more, ...own }));
}

const ajv = new Ajv({
  strict: false,
  validateFormats: false,
  validateSchema: false,
  addUsedSchema: false,
});
const validator = ({ schema, schemas }: Side, isStrict: boolean) => {
  const components = isStrict ? { schemas } : opened({ schemas });
  return ajv.compile({ ...(isStrict ? schema : (opened(schema) as JsonSchema)), components });
};

/** Clients ignore what they do not know. */
function opened(value: unknown): object {
  const open = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(open);
    if (!isObject(part)) return part;
    return Object.fromEntries(
      Object.entries(part)
        .filter(([key, item]) => key !== "additionalProperties" || item !== false)
        .map(([key, item]) => [key, open(item)]),
    );
  };
  return open(value) as object;
}

/** Without `$ref` in its own schema, a schema may have `components` beside it. */
const wrapped = (one: Side): Side => ({ ...one, schema: { allOf: [one.schema] } });

const RUNS = Number(process.env["RUNS"] ?? 1_000);
/** A seed that is not chosen anew each time: a failure can be repeated. */
const seed = Number(process.env["SEED"] ?? 42);

describe.each([
  ["client to server", true],
  ["server to client", false],
])("a value sent from %s", (_direction, isStrict) => {
  it("is taken, or its refusal was reported", () => {
    let [changes, taken] = [0, 0];
    fc.assert(
      fc.property(pair, ([sender, receiver]) => {
        const found = compareSchemas(sender.schema, receiver.schema, {
          sender,
          receiver,
          isStrict,
        });
        if (found.some(({ kind }) => kind !== "gone")) return;
        if (JSON.stringify(sender) !== JSON.stringify(receiver)) changes++;
        const [isSent, isTaken] = [validator(wrapped(sender), true), validator(wrapped(receiver), isStrict)];
        for (const made of fc.sample(valuesOf(sender.schema, sender.schemas), {
          numRuns: 20,
          seed,
        })) {
          const value: unknown = JSON.parse(JSON.stringify(made));
          if (!isSent(value)) continue;
          taken++;
          expect(isTaken(value), JSON.stringify(value)).toBe(true);
        }
      }),
      { numRuns: RUNS, seed },
    );
    // Otherwise it would prove nothing.
    expect(changes).toBeGreaterThan(RUNS / 10);
    expect(taken).toBeGreaterThan(RUNS);
  });
});

it("the same schema in another form has no differences", () => {
  const plain = side.filter((one) => !/"(oneOf|allOf|not)"/.test(JSON.stringify(one)));
  fc.assert(
    fc.property(plain, (one) => {
      const found = compareSchemas(one.schema, { allOf: [one.schema] }, { sender: one, receiver: one, isStrict: true });
      expect(found).toEqual([]);
    }),
    { numRuns: RUNS, seed },
  );
});
