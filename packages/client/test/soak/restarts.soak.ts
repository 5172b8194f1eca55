/** The long run of `restart.test.ts`. Prints its figures: how the reconnects are spread is in tenths of a second. */
import { expect, it } from "vitest";
import { runRestarts, usualRush } from "../restarts.ts";

const CLIENTS = Number(process.env["SOAK_CLIENTS"] ?? 50);
const RESTARTS = Number(process.env["SOAK_RESTARTS"] ?? 20);

it(`${CLIENTS} clients and ${RESTARTS} restarts`, async () => {
  const { histograms, underWay, ...figures } = await runRestarts(CLIENTS, RESTARTS);
  const parts = Object.entries({ ...figures, underWayOk: underWay.ok, underWayClosed: underWay.closed });
  process.stdout.write(
    `soak restarts: ${parts.map(([name, value]) => `${name} ${JSON.stringify(value)}`).join(", ")}\n`,
  );
  for (const bins of histograms) process.stdout.write(`  reconnects per 100 ms after the kill: ${bins.join(" ")}\n`);
  expect(figures).toMatchObject({
    rejoins: CLIENTS * RESTARTS,
    buffered: 2 * CLIENTS * RESTARTS,
    missing: 0,
    doubled: 0,
    mostOpen: 1,
    resourcesLeft: {},
  });
  expect(usualRush(histograms)).toBeLessThan(CLIENTS / 2);
});
