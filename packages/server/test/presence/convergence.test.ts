/**
 * Whatever happens to nodes and network: when it is over, all nodes show the same, and it is true. The seed is fixed; the
 * soak run takes others.
 */
import { describe, it } from "vitest";
import { chaos } from "./chaos.ts";

describe.each([
  [2, 1_000],
  [3, 1_000],
  [5, 600],
])("%i nodes", (nodes, runs) => {
  it("agree in the end, and have told no wrong diff on the way", () => {
    chaos(nodes, runs, 20_261);
  });
});
