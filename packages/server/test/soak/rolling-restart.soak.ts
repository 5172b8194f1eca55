import { expect, it } from "vitest";
import { rollingRestart } from "../proxies/rolling-restart.ts";

it("a rolling restart with 2,000 clients loses nobody and nothing", async () => {
  const { back, lost, unacknowledged, spreads } = await rollingRestart(2_000);
  expect({ back, lost, unacknowledged }).toEqual({ back: 2_000, lost: 0, unacknowledged: 0 });
  expect(Math.min(...spreads)).toBeGreaterThan(500);
});
