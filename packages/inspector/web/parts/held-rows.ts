/** Rows in the order in which they were shown last. */

export interface ShownRow<Row> {
  readonly row: Row;
  /** It is not among the rows any more, and shown as it was. */
  readonly gone: boolean;
}

/** So many rows that have gone stay at most. */
const MAX_GONE = 200;

/** What was shown stays in its place, with its new figures; what is new comes at the end; what has gone is marked. */
export function heldRows<Row>(
  shown: readonly ShownRow<Row>[],
  rows: readonly Row[],
  keyOf: (row: Row) => string,
): readonly ShownRow<Row>[] {
  const fresh = new Map(rows.map((row) => [keyOf(row), row]));
  let gone = 0;
  const kept: ShownRow<Row>[] = [];
  for (const { row } of shown) {
    const key = keyOf(row);
    const now = fresh.get(key);
    if (now !== undefined) kept.push({ row: now, gone: false });
    else if (gone++ < MAX_GONE) kept.push({ row, gone: true });
    fresh.delete(key);
  }
  return [...kept, ...[...fresh.values()].map((row) => ({ row, gone: false }))];
}
