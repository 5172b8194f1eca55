/** Rows that change every second, and stay where they are while somebody points at them or has the focus among them. */
import { useEffect, useRef, useState } from "react";
import type { ReactNode } from "react";
import { heldRows } from "./held-rows.ts";
import type { ShownRow } from "./held-rows.ts";

export interface Column<Row> {
  readonly name: string;
  readonly cell: (row: Row) => ReactNode;
  /** What the column is for, where its name does not say it. */
  readonly hint?: string;
  /** `name`: takes the room that is left. `figure`: right-aligned. Default `word`. */
  readonly is?: "name" | "figure" | "word" | "wide";
  /** Left out on narrow screens: `large` below the widest, `medium` below a desktop's, `small` on phones. */
  readonly hide?: "large" | "medium" | "small";
  /** Rows can be sorted by it, under this name. */
  readonly sort?: string;
}

export interface TableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** What was asked for: when it changes, rows need not stay where they were. */
  readonly of?: string;
  readonly sort?: string;
  readonly onSort?: (sort: string) => void;
  /** What stands there without rows. */
  readonly empty: ReactNode;
  /** Marks rows that need attention. */
  readonly toneOf?: (row: Row) => "bad" | "warn" | undefined;
}

const classOf = <Row,>({ is = "word", hide }: Column<Row>): string =>
  `c-${is}${hide === undefined ? "" : ` hide-${hide}`}`;

export function Table<Row>(props: TableProps<Row>) {
  const { label, columns, rows, keyOf, of = "", sort, onSort, empty, toneOf } = props;
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const last = useRef<{ readonly of: string; readonly shown: readonly ShownRow<Row>[] }>({ of, shown: [] });
  const isHeld = (pointed || focused) && last.current.of === of;
  const shown = isHeld ? heldRows(last.current.shown, rows, keyOf) : rows.map((row) => ({ row, gone: false }));
  useEffect(() => {
    last.current = { of, shown };
  });
  if (shown.length === 0) return <p className="empty">{empty}</p>;
  return (
    <div className="table-room" role="group" aria-label={label} tabIndex={0}>
      <table aria-label={label}>
        <thead>
          <tr>
            {columns.map((column) => (
              <Head key={column.name} column={column} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody
          onPointerEnter={(event) => event.pointerType === "mouse" && setPointed(true)}
          onPointerLeave={() => setPointed(false)}
          onFocus={() => setFocused(true)}
          onBlur={() => setFocused(false)}
        >
          {shown.map(({ row, gone }) => (
            <tr key={keyOf(row)} data-gone={gone || undefined} data-tone={toneOf?.(row)}>
              {columns.map((column) => (
                <td key={column.name} className={classOf(column)}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Head<Row>({
  column,
  sort,
  onSort,
}: {
  readonly column: Column<Row>;
  readonly sort: string | undefined;
  readonly onSort: ((sort: string) => void) | undefined;
}) {
  const { name, hint, sort: by } = column;
  if (by === undefined || onSort === undefined) {
    return (
      <th scope="col" className={classOf(column)} title={hint}>
        {name}
      </th>
    );
  }
  return (
    <th scope="col" className={classOf(column)} title={hint} aria-sort={by === sort ? "descending" : "none"}>
      <button type="button" className="sort" onClick={() => onSort(by)}>
        {name}
        <span aria-hidden="true">{by === sort ? " ↓" : ""}</span>
      </button>
    </th>
  );
}
