/** Many logins that end; the long run is `soak/logins.soak.ts`. */
import { expect, it } from "vitest";
import { runLogins } from "./logins.ts";

it("2,000 logins are renewed without a reconnect; who may not stay is told why, and phoenix.js comes back", async () => {
  const { spread, ...figures } = await runLogins(2_000, 12_000);
  expect(figures).toEqual({
    staying: 1_800,
    leaving: 200,
    connections: 1_800,
    refreshed: 1_800,
    refused: 200,
    told: 200,
    stayedAway: 200,
    renewed: 1_800,
    official: 10,
    returned: 10,
  });
  expect(spread).toBeGreaterThan(1_000);
}, 120_000);
