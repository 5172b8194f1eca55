/** A short run of `npm run blackbox:once`. */
import { expect, it } from "vitest";
import { postgresAvailability, postgresEngine, TEST_TIME } from "../pubsub/engines.ts";
import { soak } from "./postgres-soak.ts";

const { isMissing, note } = postgresAvailability;

it.skipIf(isMissing)(
  `R-24: while nodes are killed, each push has one row and one broadcast, in the order of its line${note}`,
  { timeout: TEST_TIME },
  async () => {
    const engine = await postgresEngine();
    await engine.start();
    try {
      const result = await soak({ enginePort: engine.port, pushes: 480, kills: 2, pace: 10 });
      expect(result).toMatchObject({ faults: [], kills: 2 });
      // Something was cut off, so that the result says something.
      expect(result.repeated + result.known).toBeGreaterThan(0);
    } finally {
      await engine.end();
    }
  },
);
