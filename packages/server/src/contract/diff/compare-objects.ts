/** Objects of a sender against what a receiver takes. */
import { isObject, isSame } from "../json-schema.ts";
import type { JsonSchema } from "../json-schema.ts";
import type { Comparing } from "./comparing.ts";
import { accepts } from "./accepts.ts";
import { refused, stepTo, under } from "./difference.ts";
import type { Difference } from "./difference.ts";
import { isAny, numberIn } from "./schema-parts.ts";
import type { AnySchema } from "./schema-parts.ts";

export function compareObjects(sent: JsonSchema, taken: JsonSchema, comparing: Comparing): Difference[] {
  return [
    ...compareProperties(sent, taken, comparing),
    ...compareOthers(sent, taken, comparing),
    ...compareRequired(sent, taken),
    ...compareNames(sent, taken, comparing),
    ...compareCounts(sent, taken),
    ...(comparing.isStrict ? [] : goneProperties(sent, taken)),
  ];
}

const propertiesOf = ({ properties = {} }: JsonSchema) => properties as Readonly<Record<string, AnySchema>>;

/** The schema of all properties that are not declared. Undefined: there are none. */
function othersOf({ additionalProperties = true }: JsonSchema): JsonSchema | undefined {
  return isObject(additionalProperties) && !isAny(additionalProperties)
    ? (additionalProperties as JsonSchema)
    : undefined;
}

/** Each property that the sender declares. */
function compareProperties(sent: JsonSchema, taken: JsonSchema, comparing: Comparing): Difference[] {
  const known = propertiesOf(taken);
  return Object.entries(propertiesOf(sent)).flatMap(([name, schema]) => {
    const step = stepTo(name);
    if (schema === false) return [];
    if (Object.hasOwn(known, name)) return under(step, comparing.compare(schema, known[name] as AnySchema));
    const { additionalProperties } = taken;
    if (additionalProperties === false) {
      return comparing.isStrict
        ? under(step, [refused("closed", "{receiver} refuses it: its object is closed, and has no such property")])
        : [];
    }
    const others = othersOf(taken);
    return others === undefined ? [] : under(step, comparing.compare(schema, others));
  });
}

/** The properties that a sender may add under any name. */
function compareOthers(sent: JsonSchema, taken: JsonSchema, comparing: Comparing): Difference[] {
  const others = othersOf(sent);
  if (others === undefined) {
    const isLoose = sent.additionalProperties === true || isObject(sent.additionalProperties);
    const needs = taken.additionalProperties === false ? comparing.isStrict : othersOf(taken) !== undefined;
    return isLoose && needs
      ? under(".*", [refused("closed", "{sender} may add properties, {receiver} does not take all of them")])
      : [];
  }
  const declared = propertiesOf(sent);
  const named = Object.entries(propertiesOf(taken)).flatMap(([name, schema]) =>
    Object.hasOwn(declared, name) ? [] : under(stepTo(name), comparing.compare(others, schema)),
  );
  if (taken.additionalProperties === false) {
    return comparing.isStrict
      ? [
          ...named,
          ...under(".*", [
            refused("closed", "{sender} may send any key, {receiver} takes only those that it declares"),
          ]),
        ]
      : named;
  }
  const theirs = othersOf(taken);
  return theirs === undefined ? named : [...named, ...under(".*", comparing.compare(others, theirs))];
}

function compareRequired(sent: JsonSchema, taken: JsonSchema): Difference[] {
  const always = new Set(sent.required);
  return (taken.required ?? [])
    .filter((name) => !always.has(name))
    .flatMap((name) => {
      const why = Object.hasOwn(propertiesOf(sent), name) ? "may leave it out" : "does not send it";
      return under(stepTo(name), [refused("required", `{receiver} requires it, {sender} ${why}`)]);
    });
}

/** `propertyNames`: the keys of a record. */
function compareNames(sent: JsonSchema, taken: JsonSchema, comparing: Comparing): Difference[] {
  const names = taken["propertyNames"] as AnySchema | undefined;
  if (names === undefined || isAny(names) || isSame(names, { type: "string" })) return [];
  const refusedNames = Object.keys(propertiesOf(sent)).filter(
    (name) => accepts(names, name, comparing.receiver.schemas, true) !== true,
  );
  const declared = refusedNames.flatMap((name) =>
    under(stepTo(name), [refused("closed", "{receiver} does not take this key")]),
  );
  if (othersOf(sent) === undefined) return declared;
  const keys = (sent["propertyNames"] as AnySchema | undefined) ?? { type: "string" };
  return [...declared, ...under(".*", comparing.compare(keys, names))];
}

function compareCounts(sent: JsonSchema, taken: JsonSchema): Difference[] {
  const [min, max] = [numberIn(taken, "minProperties") ?? 0, numberIn(taken, "maxProperties") ?? Infinity];
  const least = Math.max(numberIn(sent, "minProperties") ?? 0, sent.required?.length ?? 0);
  const declared = othersOf(sent) === undefined ? Object.keys(propertiesOf(sent)).length : Infinity;
  const most = Math.min(numberIn(sent, "maxProperties") ?? Infinity, declared);
  return [
    ...(least < min ? [refused("bound", `{receiver} takes at least ${min} properties`)] : []),
    ...(most > max ? [refused("bound", `{receiver} takes at most ${max} properties`)] : []),
  ];
}

/** What a client may have shown, and is not sent any more. */
function goneProperties(sent: JsonSchema, taken: JsonSchema): Difference[] {
  if (othersOf(sent) !== undefined || sent.properties === undefined) return [];
  const required = new Set(taken.required);
  return Object.keys(propertiesOf(taken))
    .filter((name) => !required.has(name) && !Object.hasOwn(propertiesOf(sent), name))
    .flatMap((name) =>
      under(stepTo(name), [{ path: "$", rule: "gone", kind: "gone", text: "{sender} does not send it" }]),
    );
}
