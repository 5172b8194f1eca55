/** One line of the table. */
/* oxlint-disable no-console -- prints the table */
export interface Figure {
  readonly name: string;
  readonly value: string;
  readonly goal: string;
  readonly isMissed: boolean;
}

/** `below`: the goal, if there is one. */
export function figure(name: string, value: number, unit: string, below?: number): Figure {
  const text = (number: number) => `${Math.round(number * 10) / 10} ${unit}`.trim();
  return {
    name,
    value: text(value),
    goal: below === undefined ? "" : `< ${text(below)}`,
    isMissed: below !== undefined && !(value < below),
  };
}

export function printTable(figures: readonly Figure[]): void {
  const width = (of: (figure: Figure) => string) => Math.max(...figures.map((line) => of(line).length));
  const [names, values, goals] = [width(({ name }) => name), width(({ value }) => value), width(({ goal }) => goal)];
  for (const { name, value, goal, isMissed } of figures) {
    console.log(`${name.padEnd(names)}  ${value.padStart(values)}  ${goal.padEnd(goals)}${isMissed ? "  missed" : ""}`);
  }
}

/** `part` from 0 to 1. */
export function percentile(numbers: readonly number[], part: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
