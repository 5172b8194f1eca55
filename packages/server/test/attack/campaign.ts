/** What all parts of the campaign have in common: what they are asked, what they give back, and how it is printed. */

export interface Size {
  /** The same seed makes the same attack. */
  readonly seed: number;
  /** Mutated frames of the part `frames`; other parts scale with it. */
  readonly frames: number;
  /** Seconds that the parts go on which are measured in time: each attack of `exhaustion`, `client` and `engines`. */
  readonly seconds: number;
  /** Of the floods of `exhaustion`, only those whose name contains this. */
  readonly flood?: string;
}

/** The short form of a part, for every test run. */
export const isShort = ({ frames }: Size): boolean => frames < 100_000;

export type Figures = Readonly<Record<string, number | string>>;

export interface Outcome {
  readonly figures: Figures;
  /** What was promised and is not so, each with what is needed to see it again. Empty: the part has passed. */
  readonly violations: readonly string[];
}

export type TitledOutcome = Outcome & { readonly title: string };

export interface Part {
  readonly name: string;
  /** What is attacked, and what must hold meanwhile. */
  readonly oracle: string;
  /** Gives what has been found as soon as it is. */
  run(size: Size): AsyncIterable<TitledOutcome>;
}

/** Prints what has been found by an attack: a line for each figure, then one for each violation. */
export function report(title: string, { figures, violations }: Outcome): void {
  const width = Math.max(...Object.keys(figures).map((name) => name.length), 0);
  const lines = Object.entries(figures).map(([name, value]) => `  ${name.padEnd(width)}  ${shown(value)}`);
  const verdict = violations.length === 0 ? "holds" : "VIOLATED";
  process.stdout.write([`${title}: ${verdict}`, ...lines, ...violations.map((text) => `  ! ${text}`), ""].join("\n"));
}

const shown = (value: number | string): string => (typeof value === "number" ? value.toLocaleString("en") : value);

const MB = 1024 * 1024;
export const inMB = (bytes: number): string => `${(bytes / MB).toFixed(1)} MB`;

/** `1011×40 1002×3` */
export const counted = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name}×${count}`)
    .join(" ") || "none";
