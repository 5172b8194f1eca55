import { expect, it } from "vitest";
import { heldRows } from "./held-rows.ts";

const rows = (...values: string[]) => values.map((value) => ({ name: value[0]!, value }));
const shownOf = (...values: string[]) => rows(...values).map((row) => ({ row, gone: false }));
const read = (shown: ReturnType<typeof heldRows<{ name: string; value: string }>>) =>
  shown.map(({ row, gone }) => (gone ? `(${row.value})` : row.value)).join(" ");

it("rows stay where they were, with new figures; new ones come last, and those that have gone are marked", () => {
  const shown = heldRows(shownOf("a1", "b1", "c1"), rows("c2", "d1", "a2"), ({ name }) => name);
  expect(read(shown)).toBe("a2 (b1) c2 d1");
  expect(read(heldRows(shown, rows("b3", "a3"), ({ name }) => name))).toBe("a3 b3 (c2) (d1)");
});

it("so many that have gone stay, and not more", () => {
  const many = Array.from({ length: 500 }, (_, at) => ({ name: String(at), value: "" }));
  const shown = heldRows(
    many.map((row) => ({ row, gone: false })),
    [],
    ({ name }) => name,
  );
  expect(shown).toHaveLength(200);
});
