/** One reason why a value that one side sends may be refused by the other side. */
export interface Difference {
  /** Where in the payload: `$.author.name`, `$.items[*]`. */
  readonly path: string;
  readonly rule: Rule;
  /** `unknown`: it cannot be told. `gone`: nothing is refused, but something is not sent any more. */
  readonly kind: "refused" | "unknown" | "gone";
  /** What is wrong, with `{sender}` and `{receiver}` for the two sides. */
  readonly text: string;
}

/** The rules that a schema can break. */
export type Rule = "type" | "value" | "required" | "closed" | "bound" | "pattern" | "variant" | "gone" | "undecided";

export const refused = (rule: Rule, text: string): Difference => ({ path: "$", rule, kind: "refused", text });
export const undecided = (text: string): Difference => ({ path: "$", rule: "undecided", kind: "unknown", text });

/** The same differences, of a part of a payload. `step` is `.name` or `[*]`. */
export const under = (step: string, differences: readonly Difference[]): Difference[] =>
  differences.map((difference) => ({ ...difference, path: `$${step}${difference.path.slice(1)}` }));

/** The step to a property, in a JSON path. */
export const stepTo = (name: string): string =>
  /^[A-Za-z_]\w*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;

/** Each once. */
export function unique(differences: readonly Difference[]): Difference[] {
  const byText = new Map(differences.map((one) => [`${one.path} ${one.rule} ${one.text}`, one]));
  return [...byText.values()];
}

/** Values for a message: `"a", "b"`. */
export function shown(values: readonly unknown[]): string {
  const texts = values.slice(0, 5).map((value) => JSON.stringify(value));
  return values.length > 5 ? `${texts.join(", ")} and ${values.length - 5} more` : texts.join(", ");
}
