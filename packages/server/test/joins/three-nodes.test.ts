import { describe, expect, it } from "vitest";
import { redisAvailability } from "../pubsub/engines.ts";
import { runOverRedis } from "./three-nodes.ts";

const { isMissing, note } = redisAvailability;

describe.skipIf(isMissing)(`three nodes over Redis${note}`, () => {
  it(
    "lose, double and reorder nothing in 2,000 interleavings of a join with writes",
    { timeout: 120_000 },
    async () => {
      expect(await runOverRedis(1, 2_000)).toEqual([]);
    },
  );
});
