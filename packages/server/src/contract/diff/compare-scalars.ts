/** Strings and numbers of a sender against the conditions of a receiver. */
import type { JsonSchema } from "../json-schema.ts";
import { refused, undecided } from "./difference.ts";
import type { Difference } from "./difference.ts";
import { lowerBound, numberIn, upperBound } from "./schema-parts.ts";
import type { Bound } from "./schema-parts.ts";

export function compareStrings(sent: JsonSchema, taken: JsonSchema): Difference[] {
  return [...compareSizes(sent, taken, "Length", "characters"), ...comparePatterns(sent, taken)];
}

/** `minLength`, `maxLength`, `minItems`, `maxItems`. */
export function compareSizes(
  sent: JsonSchema,
  taken: JsonSchema,
  size: "Length" | "Items",
  unit: string,
): Difference[] {
  const [min, max] = [numberIn(taken, `min${size}`) ?? 0, numberIn(taken, `max${size}`) ?? Infinity];
  const [least, most] = [numberIn(sent, `min${size}`) ?? 0, numberIn(sent, `max${size}`) ?? Infinity];
  return [
    ...(least < min
      ? [refused("bound", `{receiver} takes at least ${min} ${unit}, {sender} may send ${least || "none"}`)]
      : []),
    ...(most > max
      ? [
          refused(
            "bound",
            `{receiver} takes at most ${max} ${unit}, {sender} may send ${most === Infinity ? "more" : most}`,
          ),
        ]
      : []),
  ];
}

function comparePatterns(sent: JsonSchema, taken: JsonSchema): Difference[] {
  return ["pattern", "format", "contentEncoding", "contentMediaType"].flatMap((word) => {
    const [theirs, ours] = [sent[word], taken[word]];
    if (ours === undefined || ours === theirs) return [];
    // Libraries change the pattern of a format (an e-mail address) between versions: the format says what is meant.
    if (word === "pattern" && taken["format"] !== undefined && taken["format"] === sent["format"]) {
      return theirs === undefined
        ? []
        : [undecided(`the pattern of the format ${String(taken["format"])} has changed`)];
    }
    if (theirs !== undefined)
      return [undecided(`{sender} has another ${word} than {receiver}: ${String(theirs)}, ${String(ours)}`)];
    return [refused("pattern", `{receiver} takes only the ${word} ${String(ours)}, {sender} has none`)];
  });
}

export function compareNumbers(sent: JsonSchema, taken: JsonSchema, isInteger: boolean): Difference[] {
  const step = numberIn(taken, "multipleOf");
  return [
    ...compareBound(lowerBound(sent, isInteger), lowerBound(taken, isInteger), LOWER),
    ...compareBound(upperBound(sent, isInteger), upperBound(taken, isInteger), UPPER),
    ...(step === undefined ? [] : compareSteps(sent, step, isInteger)),
  ];
}

interface Side {
  readonly isInside: (sent: number, taken: number) => boolean;
  readonly inclusive: string;
  readonly exclusive: string;
  readonly others: string;
}
const LOWER: Side = { isInside: (a, b) => a > b, inclusive: "at least", exclusive: "more than", others: "smaller" };
const UPPER: Side = { isInside: (a, b) => a < b, inclusive: "at most", exclusive: "less than", others: "larger" };

function compareBound(sent: Bound | undefined, taken: Bound | undefined, side: Side): Difference[] {
  if (taken === undefined) return [];
  const isTaken =
    sent !== undefined &&
    (sent.value === taken.value ? sent.isExclusive || !taken.isExclusive : side.isInside(sent.value, taken.value));
  if (isTaken) return [];
  const limit = `${taken.isExclusive ? side.exclusive : side.inclusive} ${taken.value}`;
  return [refused("bound", `{receiver} takes ${limit}, {sender} may send ${side.others} numbers`)];
}

function compareSteps(sent: JsonSchema, step: number, isInteger: boolean): Difference[] {
  const theirs = numberIn(sent, "multipleOf") ?? (isInteger ? 1 : undefined);
  if (theirs !== undefined && Number.isInteger(theirs / step)) return [];
  return [refused("bound", `{receiver} takes only multiples of ${step}`)];
}
