/**
 * `wingbeat/testing/pubsub-suite`: the conformance suite of PubSub adapters. Every adapter passes it; run it in the
 * tests of yours. It works with any test runner: pass it `describe` and `it`.
 *
 * No test waits for time to pass: a message has not arrived if a later one of the same sender has.
 *
 * @example
 * import { describe, it } from "vitest"; // or "node:test"
 * import { pubsubSuite } from "wingbeat/testing/pubsub-suite";
 *
 * pubsubSuite({
 *   name: "redis",
 *   describe,
 *   it,
 *   adapters: (count) => {
 *     const namespace = randomUUID();
 *     return Array.from({ length: count }, () => redisAdapter({ connect: () => new Redis(url), namespace }));
 *   },
 *   capabilities: { severalNodes: true, engine: { stop, start, unreachable } },
 * });
 */
import type { PubSubAdapter } from "../pubsub.ts";
import type { SuiteCase } from "./pubsub-suite/case.ts";
import { PubSubCluster } from "./pubsub-suite/cluster.ts";
import { garbageCases } from "./pubsub-suite/garbage.ts";
import type { ChannelControl } from "./pubsub-suite/garbage.ts";
import { oneNodeCases } from "./pubsub-suite/one-node.ts";
import { outageCases, PATIENCE } from "./pubsub-suite/outages.ts";
import type { EngineControl } from "./pubsub-suite/outages.ts";
import { severalNodesCases } from "./pubsub-suite/several-nodes.ts";

export type { ChannelControl } from "./pubsub-suite/garbage.ts";
export type { EngineControl } from "./pubsub-suite/outages.ts";

export interface PubSubSuiteOptions {
  /** The adapter's name, for titles. */
  readonly name: string;
  /** Opens a group of tests. */
  readonly describe: (title: string, body: () => void) => unknown;
  /** Declares a test. */
  readonly it: (title: string, test: () => Promise<void>) => unknown;
  /**
   * Creates this many adapters, not started: nodes that reach each other and no others. Called once per test.
   */
  readonly adapters: (count: number) => readonly PubSubAdapter[] | Promise<readonly PubSubAdapter[]>;
  /** What the adapter can do beyond one node. Default: nothing. */
  readonly capabilities?: {
    /** `adapters` can create several nodes: run the tests between nodes. */
    readonly severalNodes?: boolean;
    /**
     * Its engine can be stopped and started: run the tests of outages, about a second each. The adapter has a `status`, and
     * queues what is broadcast during an outage instead of refusing it.
     */
    readonly engine?: EngineControl;
    /** Others can write to its engine: the tests of garbage and forged messages run too. */
    readonly channel?: ChannelControl;
  };
  /** How long a message may take to arrive, in ms. Default 5,000. */
  readonly timeout?: number;
}

/** Declares the tests. */
export function pubsubSuite({ name, describe, it, adapters, capabilities, timeout = 5_000 }: PubSubSuiteOptions): void {
  const declare = (nodes: number, cases: readonly SuiteCase[], patience = timeout): void => {
    for (const { title, run, adapters: own } of cases) {
      it(title, async () => {
        const cluster = new PubSubCluster(own === undefined ? await adapters(nodes) : own(), patience);
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
  const { engine, channel } = capabilities;
  if (channel !== undefined) {
    describe(`PubSub over ${name}: garbage`, () => declare(3, garbageCases(channel)));
  }
  if (engine === undefined) return;
  describe(`PubSub over ${name}: outages`, () => declare(3, outageCases(engine), engine.patience ?? PATIENCE));
}
