/** What can be done to nodes that are several. */
import { setTimeout as sleep } from "node:timers/promises";
import type { StallingProxy } from "../../pubsub/stalling-proxy.ts";
import type { Injection } from "../campaign/bed.ts";

export const nodeInjections: readonly Injection[] = [
  {
    what: "a node: kill -9",
    async run({ all }, random) {
      const node = random.pick(all);
      await node.kill();
      await sleep(random.int(500));
      await node.start();
    },
  },
  {
    what: "a node: closed, and started again",
    async run({ all }, random) {
      const node = random.pick(all);
      await node.close();
      await node.start();
    },
  },
  { what: "a node: SIGSTOP", outage: true, run: ({ all }, random) => random.pick(all).freeze(random.int(3_000)) },
];

/** What can be done to the network between nodes and an engine: one proxy for each node. */
export const networkInjections = (proxies: readonly StallingProxy[], what = "engine"): readonly Injection[] => [
  {
    what: `a node's network to the ${what}: stalled, and what was held back comes late`,
    outage: true,
    async run(_nodes, random) {
      const proxy = random.pick(proxies);
      proxy.stall();
      await sleep(random.int(3_000));
      proxy.resume();
    },
  },
  {
    what: `a node's network to the ${what}: cut`,
    outage: true,
    async run(_nodes, random) {
      for (const link of random.pick(proxies).links) {
        if (random.chance(0.5)) link.cut();
        else link.reset();
      }
    },
  },
  {
    what: `one connection of a node to the ${what}: cut`,
    outage: true,
    async run(_nodes, random) {
      const { links } = random.pick(proxies);
      if (links.length > 0) random.pick(links).reset();
    },
  },
];
