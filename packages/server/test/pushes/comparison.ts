/** Does anything with a line, and with the model of the contract, and compares the answers. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { Model } from "./model.ts";
import { WINDOW } from "./test-line.ts";
import type { TestLine } from "./test-line.ts";

const token = fc.constantFrom("a", "b", "c");
/** From the last number that was claimed. */
const ahead = fc.integer({ min: -3, max: 3 });
export const operation = fc.oneof(
  { weight: 1, arbitrary: fc.record({ ahead }) },
  { weight: 1, arbitrary: fc.record({ ms: fc.constantFrom(1_000, WINDOW / 2, WINDOW - 120_000, WINDOW) }) },
  {
    weight: 12,
    arbitrary: fc.record({
      ahead: fc.oneof(fc.constant(1), ahead),
      token,
      over: fc.option(token, { nil: undefined }),
      acked: fc.integer({ min: -6, max: 1 }),
      isOld: fc.boolean(),
    }),
  },
  { weight: 8, arbitrary: fc.record({ ahead, token, reply: fc.constantFrom("x", "y", undefined) }) },
);
/** To open, to let time pass, to claim, to settle. Time passes by what makes a clear difference: in an engine some passes by itself. */
export type Operation = typeof operation extends fc.Arbitrary<infer Value> ? Value : never;

/** Does the same with the store and the model. */
export async function compare(
  line: TestLine,
  operations: readonly Operation[],
  pass: (ms: number) => unknown,
): Promise<void> {
  const model = new Model();
  /** By their numbers in the model. */
  const epochs = ["none"];
  let last = 0;
  for (const [index, next] of operations.entries()) {
    const window = WINDOW - index * 1_000;
    const n = Math.max(1, last + ("ahead" in next ? next.ahead : 0));
    if ("acked" in next) {
      const { token, over, isOld } = next;
      const epoch = isOld ? Math.max(0, epochs.length - 2) : epochs.length - 1;
      const holder = over === undefined ? undefined : { token: over, attempt: 1 };
      const claim = { n, token, over: holder, acked: Math.max(0, last + next.acked), attempt: index, window };
      const expected = model.claim(epoch, claim);
      assert.deepEqual(await line.claim(n, token, { ...claim, epoch: epochs[epoch]! }), expected);
      if (expected.state === "claimed") last = Math.max(last, n);
    } else if ("token" in next) {
      const settlement = { n, token: next.token, reply: next.reply, window };
      assert.deepEqual(await line.settle(n, next.token, next.reply, settlement), model.settle(settlement));
    } else if ("ms" in next) {
      await pass(next.ms);
      model.pass(next.ms);
    } else {
      const found = await line.open(n, window);
      const [epoch, expected] = model.open(n, window);
      epochs[epoch] ??= found.epoch;
      last = expected;
      assert.deepEqual(found, { epoch: epochs[epoch], last });
    }
  }
}
