import { expect, it } from "vitest";
import { Reader } from "./reader.ts";

function reading(...numbers: readonly number[]): Reader {
  const reader = new Reader();
  for (const n of numbers) reader.read(n);
  return reader;
}

const nothing = { lost: 0, untold: 0, doubled: 0, reordered: 0 };

it("owes everything since the first message", () => {
  expect(reading(5, 6, 7).account(7)).toEqual({ ...nothing, owed: 3 });
});

it("counts what is lost, at the end as well", () => {
  expect(reading(1, 2, 5).account(7)).toEqual({ ...nothing, owed: 7, lost: 4, untold: 4 });
});

it("counts what is doubled, and what comes after a later one", () => {
  expect(reading(1, 2, 2, 4, 3).account(4)).toEqual({ ...nothing, owed: 4, doubled: 1, reordered: 1 });
});

it("a gap is told by a report in it, and by no other", () => {
  const reader = reading(1, 2);
  reader.told();
  for (const n of [5, 8]) reader.read(n);
  expect(reader.account(8)).toEqual({ ...nothing, owed: 8, lost: 4, untold: 2 });
});
