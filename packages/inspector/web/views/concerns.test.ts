import { expect, it } from "vitest";
import { DATA } from "../../test/fake/answers.ts";
import { World } from "../../test/fake/world.ts";
import type { Answer, Overview } from "../contract.ts";
import { concernsOf } from "./concerns.ts";

const overview = DATA.overview(new World(() => 1e12), {});
const calm: Overview = {
  ...overview,
  rates: { ...overview.rates, crashes: 0, refusals: 0 },
  nodes: overview.nodes.map((node) => ({ ...node, status: "ok", version: "1", lag: 2, cpu: 0.2 })),
};
const say = (data: Overview): string[] =>
  concernsOf({ data } as Answer<"overview">).map(({ place, text }) => `${place}: ${text}`);

it("says nothing while all is well", () => {
  expect(say(calm)).toEqual([]);
});

it("says what is wrong, and where to look", () => {
  const [first, ...others] = calm.nodes;
  const bad = { ...first!, name: "a", status: "degraded" as const, lag: 250, cpu: 0.97, version: "2" };
  const draining = { ...others[0]!, name: "b", status: "draining" as const };
  expect(say({ ...calm, nodes: [bad, draining], rates: { ...calm.rates, crashes: 2, refusals: 40 } })).toEqual([
    "cluster: a is degraded: it does not reach the other nodes, or its history.",
    "pressure: The event loop of a is delayed by 250 ms.",
    "events: a uses 97 % of a core.",
    "overview: b is draining: it takes no more connections.",
    "errors: Channels crash: 2.0 per second.",
    "doors: Clients cannot connect: 40 per second.",
    "cluster: The nodes run different versions: 2, 1.",
  ]);
});
