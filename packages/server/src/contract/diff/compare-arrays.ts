/** Arrays of a sender against what a receiver takes. */
import type { JsonSchema } from "../json-schema.ts";
import type { Comparing } from "./comparing.ts";
import { compareSizes } from "./compare-scalars.ts";
import { refused, under } from "./difference.ts";
import type { Difference } from "./difference.ts";
import { listOf, numberIn } from "./schema-parts.ts";
import type { AnySchema } from "./schema-parts.ts";

export function compareArrays(sent: JsonSchema, taken: JsonSchema, comparing: Comparing): Difference[] {
  const isUnique =
    sent["uniqueItems"] === true || taken["uniqueItems"] !== true || (numberIn(sent, "maxItems") ?? 2) < 2;
  return [
    ...compareSizes(sent, taken, "Items", "items"),
    ...(isUnique ? [] : [refused("bound", "{receiver} takes each item once, {sender} may repeat it")]),
    ...compareItems(sent, taken, comparing),
  ];
}

function compareItems(sent: JsonSchema, taken: JsonSchema, comparing: Comparing): Difference[] {
  const most = numberIn(sent, "maxItems") ?? Infinity;
  const places = Math.max(tupleOf(sent).length, tupleOf(taken).length);
  const fixed = Array.from({ length: Math.min(places, most) }, (_, at) =>
    under(`[${at}]`, comparing.compare(itemAt(sent, at), itemAt(taken, at))),
  );
  const rest = most > places ? under("[*]", comparing.compare(itemAt(sent, places), itemAt(taken, places))) : [];
  return [...fixed.flat(), ...rest];
}

const tupleOf = ({ items }: JsonSchema): readonly AnySchema[] => (Array.isArray(items) ? listOf(items) : []);

function itemAt(schema: JsonSchema, at: number): AnySchema {
  const { items = true, additionalItems = true } = schema;
  return Array.isArray(items) ? (listOf(items)[at] ?? (additionalItems as AnySchema)) : (items as AnySchema);
}
