import { describe, expect, it } from "vitest";
import { Gate, networkOf } from "./gate.ts";

describe("what is counted as one address", () => {
  it.each([
    ["192.0.2.1", "192.0.2.1"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8:1:2::", "2001:db8:1:2::/64"],
    ["2001:0db8:0001:0002::9", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["64:ff9b::192.0.2.1", "64:ff9b:0:0::/64"],
    ["", ""],
  ])("%s: %s", (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});

describe("the gate", () => {
  it("counts per network and in total, and forgets a network that has left", () => {
    const gate = new Gate(3, 2);
    const first = gate.reserve({ address: "2001:db8::1" });
    gate.reserve({ address: "2001:db8::2" });
    expect(gate.reserve({ address: "2001:db8::3" })).toBe("maxConnectionsPerIp");
    gate.reserve({ address: "192.0.2.1" });
    expect(gate.reserve({ address: "192.0.2.2" })).toBe("maxConnections");
    if (typeof first !== "string") first.release();
    expect(typeof gate.reserve({ address: "2001:db8::3" })).toBe("object");
  });

  it("lets nobody in when it is closed", () => {
    const gate = new Gate();
    expect(gate.isOpen).toBe(true);
    gate.close();
    expect([gate.isOpen, gate.reserve({ address: "192.0.2.1" })]).toEqual([false, "draining"]);
  });
});
