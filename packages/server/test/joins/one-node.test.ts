import { expect, it, onTestFinished } from "vitest";
import { nodesOf, runInterleavings } from "./interleavings.ts";

it(
  "loses, doubles and reorders nothing in 10,000 interleavings of a join with writes",
  { timeout: 120_000 },
  async () => {
    const nodes = nodesOf([undefined]);
    onTestFinished(async () => void (await Promise.all(nodes.map((node) => node.close()))));
    expect(await runInterleavings(nodes, 1, 10_000)).toEqual([]);
  },
);
