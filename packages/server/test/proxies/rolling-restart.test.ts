import { describe, expect, it } from "vitest";
import { proxyAvailability } from "./proxy.ts";
import { rollingRestart } from "./rolling-restart.ts";

const { isMissing, note } = proxyAvailability("HAProxy");

describe.skipIf(isMissing)(`a rolling restart of two nodes${note}`, () => {
  it("loses no client and no push that was acknowledged, and answers what was taken", async () => {
    const { back, acknowledged, lost, unacknowledged, spreads } = await rollingRestart(200);
    expect({ back, lost, unacknowledged }).toEqual({ back: 200, lost: 0, unacknowledged: 0 });
    expect(acknowledged).toBeGreaterThan(1_000);
    // Half of the clients in four batches, then all of them in eight; 200 ms apart.
    expect(spreads[0]).toBeGreaterThan(500);
    expect(spreads[1]).toBeGreaterThan(1_200);
  });
});
