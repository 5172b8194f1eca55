/** Rows in aligned columns. Empty columns are left out. */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const filled = titles.map((_, column) => rows.some((row) => row[column] !== ""));
  const lines = [titles, ...rows].map((row) => row.filter((_, column) => filled[column]));
  const widths = (lines[0] as string[]).map((_, column) => Math.max(...lines.map((line) => widthOf(line[column]))));
  return lines
    .map((line) => line.map((cell, column) => cell + " ".repeat((widths[column] as number) - cell.length)))
    .map((cells) => cells.join("  ").trimEnd())
    .join("\n");
}

function widthOf(cell: string | undefined): number {
  return cell?.length ?? 0;
}
