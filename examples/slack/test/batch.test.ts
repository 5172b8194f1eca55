import { expect, it } from "vitest";
import { Batch } from "../src/batch.ts";

/** Answers with twice the number, when it is let. Keeps what was asked together. */
function doubling() {
  const asked: (readonly number[])[] = [];
  const waiting: (() => void)[] = [];
  const batch = new Batch<number, number>(async (numbers) => {
    asked.push(numbers);
    await new Promise<void>((resolve) => waiting.push(resolve));
    if (numbers.includes(13)) throw new Error("unlucky");
    return numbers.map((number) => number * 2);
  });
  const answerNext = async (): Promise<void> => {
    await expect.poll(() => waiting.length).toBeGreaterThan(0);
    waiting.shift()?.();
  };
  return { batch, asked, answerNext };
}

it("asks together what is asked in the same moment, and what is asked later in a query of its own", async () => {
  const { batch, asked, answerNext } = doubling();
  const first = Promise.all([batch.ask(1), batch.ask(2)]);
  await expect.poll(() => asked).toEqual([[1, 2]]);
  const later = Promise.all([batch.ask(3), batch.ask(4)]);
  await answerNext();
  expect(await first).toEqual([2, 4]);
  await answerNext();
  expect(await later).toEqual([6, 8]);
  expect(asked).toEqual([
    [1, 2],
    [3, 4],
  ]);
});

it("fails for all who asked together, and for nobody else", async () => {
  const { batch, answerNext } = doubling();
  const failed = Promise.allSettled([batch.ask(13), batch.ask(1)]);
  await answerNext();
  expect(await failed).toMatchObject([{ reason: { message: "unlucky" } }, { reason: { message: "unlucky" } }]);
  const after = batch.ask(1);
  await answerNext();
  expect(await after).toBe(2);
});

it("cuts a large crowd into several queries", async () => {
  const { batch, asked, answerNext } = doubling();
  const all = Promise.all(Array.from({ length: 501 }, () => batch.ask(1)));
  await answerNext();
  await answerNext();
  expect(await all).toHaveLength(501);
  expect(asked.map(({ length }) => length)).toEqual([500, 1]);
});
