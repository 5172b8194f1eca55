/** Lines through values at equal distances. */

/** Values that are missing are bridged, up to so many; a longer gap stays one. */
const BRIDGED = 3;

export interface Line {
  readonly line: string;
  /** The same, closed at the bottom. */
  readonly area: string;
}

export function linesOf(values: readonly (number | null)[], highest: number, height: number): Line[] {
  const runs: (readonly [x: number, y: number])[][] = [];
  let last = -Infinity;
  for (const [at, value] of values.entries()) {
    if (value === null) continue;
    // A little room above, so that the line is not cut.
    const y = height - (highest === 0 ? 0 : (value / highest) * (height - 2)) - 1;
    const point = [at + 0.5, Math.round(y * 10) / 10] as const;
    if (at - last > BRIDGED + 1) runs.push([point]);
    else runs.at(-1)?.push(point);
    last = at;
  }
  return runs.map((points) => {
    const [first = [0, 0], end = first] = [points[0], points.at(-1)];
    const line = `M${points.map(([x, y]) => `${x} ${y}`).join("L")}${points.length === 1 ? "h0.01" : ""}`;
    return { line, area: `${line}L${end[0]} ${height}L${first[0]} ${height}Z` };
  });
}
