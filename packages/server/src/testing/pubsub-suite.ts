/**
 * `wingbeat/testing/pubsub-suite`: the conformance suite of PubSub adapters. Every adapter passes it; run it in the
 * tests of yours. It is bound to no test runner: it is given `describe` and `it` of the one you use.
 *
 * Nothing in it sleeps: that a message does not arrive is known when a later one of the same sender has arrived.
 *
 * @example
 * import { describe, it } from "vitest"; // or "node:test"
 * import { pubsubSuite } from "wingbeat/testing/pubsub-suite";
 *
 * pubsubSuite({
 *   name: "redis",
 *   describe,
 *   it,
 *   adapters: (count) => Array.from({ length: count }, () => redisAdapter({ url, prefix: randomUUID() })),
 *   capabilities: { severalNodes: true },
 * });
 */
import type { PubSubAdapter } from "../pubsub.ts";
import type { SuiteCase } from "./pubsub-suite/case.ts";
import { PubSubCluster } from "./pubsub-suite/cluster.ts";
import { oneNodeCases } from "./pubsub-suite/one-node.ts";
import { severalNodesCases } from "./pubsub-suite/several-nodes.ts";

export interface PubSubSuiteOptions {
  /** The adapter's name, for the titles. */
  readonly name: string;
  /** Opens a group of tests. */
  readonly describe: (title: string, body: () => void) => unknown;
  /** Declares a test. */
  readonly it: (title: string, test: () => Promise<void>) => unknown;
  /**
   * Makes so many adapters that were not started: nodes which reach each other, and nobody else. Called once per test.
   */
  readonly adapters: (count: number) => readonly PubSubAdapter[] | Promise<readonly PubSubAdapter[]>;
  /** What the adapter can do beyond one node. Default: nothing. */
  readonly capabilities?: {
    /** `adapters` can make more than one node: the tests between nodes run. */
    readonly severalNodes?: boolean;
  };
  /** How long a message may be under way, in ms. Default 2,000. */
  readonly timeout?: number;
}

/** Declares the tests. */
export function pubsubSuite({ name, describe, it, adapters, capabilities, timeout = 2_000 }: PubSubSuiteOptions): void {
  const declare = (nodes: number, cases: readonly SuiteCase[]): void => {
    for (const { title, run } of cases) {
      it(title, async () => {
        const cluster = new PubSubCluster(await adapters(nodes), timeout);
        await cluster.start();
        try {
          await run(cluster);
        } finally {
          await cluster.stop();
        }
      });
    }
  };
  describe(`PubSub over ${name}: one node`, () => declare(1, oneNodeCases));
  if (capabilities?.severalNodes !== true) return;
  describe(`PubSub over ${name}: several nodes`, () => declare(3, severalNodesCases));
}
