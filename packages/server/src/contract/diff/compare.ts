/**
 * Compares what one side sends with what the other side takes: every value of the sender's schema must be one of the
 * receiver's. A sender sends the properties that its schema declares, and no others.
 */
import { isObject, isOpen, isSame } from "../json-schema.ts";
import type { JsonSchema } from "../json-schema.ts";
import { accepts } from "./accepts.ts";
import { branchesOf, isValue } from "./branches.ts";
import type { TypeBranch, ValueBranch } from "./branches.ts";
import { refused, shown, undecided, unique } from "./difference.ts";
import type { Difference } from "./difference.ts";
import { compareArrays } from "./compare-arrays.ts";
import { compareObjects } from "./compare-objects.ts";
import { compareNumbers, compareStrings } from "./compare-scalars.ts";
import { isAny, isOfType, listOf, resolve, spelledOut, typesNamed } from "./schema-parts.ts";
import type { AnySchema } from "./schema-parts.ts";
import type { Comparing, Side } from "./comparing.ts";
import { areDisjoint, candidatesFor, splitBy } from "./variants.ts";

/** More steps than these are not taken: a document may be made to be endless. */
const MAX_STEPS = 50_000;
const MAX_DEPTH = 100;

export function compareSchemas(
  sent: JsonSchema,
  taken: JsonSchema,
  { sender, receiver, isStrict }: Pick<Comparing, "sender" | "receiver" | "isStrict">,
): Difference[] {
  // The usual case; and what cannot be compared is taken when it has not changed.
  if (isSame(spelledOut(sent, sender.schemas), spelledOut(taken, receiver.schemas))) return [];
  return unique(new Comparison(sender, receiver, isStrict).compare(sent, taken));
}

class Comparison implements Comparing {
  readonly sender: Side;
  readonly receiver: Side;
  readonly isStrict: boolean;
  #steps = 0;
  #depth = 0;
  /** Pairs that are being compared further out: a recursive schema comes back to them. */
  readonly #running = new Map<unknown, Set<unknown>>();

  constructor(sender: Side, receiver: Side, isStrict: boolean) {
    this.sender = sender;
    this.receiver = receiver;
    this.isStrict = isStrict;
  }

  compare(sentAs: AnySchema, takenAs: AnySchema): Difference[] {
    const sent = resolve(sentAs, this.sender.schemas);
    const taken = resolve(takenAs, this.receiver.schemas);
    if (sent === false || isAny(taken)) return [];
    if (taken === false) return [refused("type", "{sender} sends it, {receiver} refuses any value")];
    if (isObject(sent) && isOpen(sent)) return [undecided("{sender} may send anything: it is not declared")];
    if (isAny(sent) && isNamed(taken as JsonSchema))
      return [refused("type", `{sender} may send any value, {receiver} takes ${nameOf(taken as JsonSchema)}`)];
    if (++this.#steps > MAX_STEPS || this.#depth > MAX_DEPTH)
      return [undecided("the schemas are too large to compare")];
    const running = this.#running.get(sent) ?? new Set();
    if (running.has(taken)) return [];
    this.#running.set(sent, running.add(taken));
    this.#depth++;
    const differences = this.#branches(sent, taken as JsonSchema);
    this.#depth--;
    running.delete(taken);
    return differences;
  }

  #branches(sent: AnySchema, taken: JsonSchema): Difference[] {
    const branches = branchesOf(sent, this.sender.schemas);
    if (branches === undefined) return this.#unlessSame(sent, taken, "it has too many alternatives");
    const values = this.#values(
      branches.filter(isValue).filter(({ value }) => this.#isSent(sent, value)),
      taken,
    );
    const typed = branches.filter((branch): branch is TypeBranch => !isValue(branch));
    return unique([...values, ...typed.flatMap((branch) => this.#typed(branch, taken))]);
  }

  /** A value of one alternative may not be one of the whole: exactly one must fit, for example. */
  #isSent(sent: AnySchema, value: unknown): boolean {
    return accepts(sent, value, this.sender.schemas, true) !== false;
  }

  #values(branches: readonly ValueBranch[], taken: JsonSchema): Difference[] {
    const answers = branches.map(({ value }) => ({
      value,
      isTaken: accepts(taken, value, this.receiver.schemas, this.isStrict),
    }));
    const valuesOf = (answer: boolean | undefined) =>
      answers.filter(({ isTaken }) => isTaken === answer).map(({ value }) => value);
    const [unknown, others] = [valuesOf(undefined), valuesOf(false)];
    return [
      ...(others.length > 0
        ? [refused("value", `{sender} may send ${shown(others)}, which {receiver} does not take`)]
        : []),
      ...(unknown.length > 0 ? [undecided(`whether {receiver} takes ${shown(unknown)}`)] : []),
    ];
  }

  /** The receiver must take it by each of its conditions. */
  #typed(branch: TypeBranch, given: AnySchema): Difference[] {
    const taken = resolve(given, this.receiver.schemas);
    if (isAny(taken)) return [];
    if (taken === false) return [refused("type", "{sender} sends it, {receiver} refuses any value")];
    const schema = taken as JsonSchema;
    const types = typesNamed(schema);
    if (types !== undefined && !types.some((type) => isOfType(branch.type, type)))
      return [typeDifference(branch, schema)];
    return [
      ...this.#finite(branch, schema),
      ...listOf(schema.allOf).flatMap((part) => this.#typed(branch, part)),
      ...(schema.anyOf === undefined ? [] : this.#union(branch, listOf(schema.anyOf))),
      ...(schema.oneOf === undefined ? [] : this.#exclusive(branch, schema)),
      ...this.#undecidable(branch, schema),
      ...this.#keywords(branch, schema),
    ];
  }

  #finite({ type }: TypeBranch, schema: JsonSchema): Difference[] {
    if (schema.enum === undefined && !("const" in schema)) return [];
    const values = schema.enum ?? [schema.const];
    return [refused("value", `{sender} may send any ${type}, {receiver} takes only ${shown(values)}`)];
  }

  #keywords(branch: TypeBranch, taken: JsonSchema): Difference[] {
    const { type, schema } = branch;
    if (type === "string") return compareStrings(schema, taken);
    if (type === "number" || type === "integer") return compareNumbers(schema, taken, type === "integer");
    if (type === "array") return compareArrays(schema, taken, this);
    return compareObjects(schema, taken, this);
  }

  /** One of several schemas must take it. */
  #union(branch: TypeBranch, members: readonly AnySchema[], splits = 0): Difference[] {
    const candidates = candidatesFor(branch, members, this);
    const tried = candidates.map((member) => this.#typed(branch, member));
    if (tried.some((differences) => differences.length === 0)) return [];
    const parts = splits > 3 ? undefined : splitBy(branch, candidates, this);
    if (parts !== undefined) return parts.flatMap((part) => this.#union(part, members, splits + 1));
    const [best] = [...tried].sort((a, b) => a.length - b.length);
    return best ?? [variantDifference(branch)];
  }

  /** Exactly one must take it: the same, when no value fits two of them. */
  #exclusive(branch: TypeBranch, schema: JsonSchema): Difference[] {
    const members = candidatesFor(branch, listOf(schema.oneOf), this);
    const overlap = members.some((one, at) =>
      members.slice(at + 1).some((other) => !areDisjoint(one, other, this.receiver)),
    );
    const found = this.#union(branch, listOf(schema.oneOf));
    if (!overlap || found.length > 0) return found;
    return [undecided("{receiver} takes exactly one of several schemas, and a value may fit two of them")];
  }

  #undecidable({ schema }: TypeBranch, taken: JsonSchema): Difference[] {
    const words = ["not", "if", "contains", "dependencies", "patternProperties"].filter(
      (word) => taken[word] !== undefined && !this.#isSame(schema[word], taken[word]),
    );
    const isConditional =
      taken["if"] !== undefined && !["then", "else"].every((word) => this.#isSame(schema[word], taken[word]));
    const found = isConditional && !words.includes("if") ? [...words, "if"] : words;
    return found.map((word) =>
      undecided(`{receiver} has a condition (${word}) that {sender} does not have in the same form`),
    );
  }

  #unlessSame(sent: AnySchema, taken: AnySchema, why: string): Difference[] {
    return this.#isSame(sent, taken) ? [] : [undecided(why)];
  }

  #isSame(sent: unknown, taken: unknown): boolean {
    return isSame(spelledOut(sent, this.sender.schemas), spelledOut(taken, this.receiver.schemas));
  }
}

function typeDifference({ type }: TypeBranch, taken: JsonSchema): Difference {
  return refused("type", `{sender} may send ${withArticle(type)}, {receiver} takes ${nameOf(taken)}`);
}

function variantDifference({ type, schema }: TypeBranch): Difference {
  const constants = Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    isObject(property) && "const" in property ? [`${name}: ${JSON.stringify(property["const"])}`] : [],
  );
  const what = constants.length > 0 ? `a variant (${constants.join(", ")})` : withArticle(type);
  return refused("variant", `{sender} may send ${what} that {receiver} does not take`);
}

const isNamed = ({ type, enum: values, const: value }: JsonSchema): boolean => (type ?? values ?? value) !== undefined;

const withArticle = (type: string): string =>
  /^[aio]/.test(type) ? `an ${type}` : type === "null" ? type : `a ${type}`;

/** What a schema takes, in a word or two. */
function nameOf(schema: JsonSchema): string {
  const types = typesNamed(schema);
  if (types !== undefined) return types.map(withArticle).join(" or ");
  if (schema.enum !== undefined) return `only ${shown(schema.enum)}`;
  return "const" in schema ? `only ${JSON.stringify(schema.const)}` : "only some values";
}
