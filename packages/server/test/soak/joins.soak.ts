import { expect, it } from "vitest";
import { runOverRedis } from "../joins/three-nodes.ts";

it("10,000 interleavings of a join with writes, on three nodes over Redis", async () => {
  expect(await runOverRedis(1, 10_000)).toEqual([]);
});
