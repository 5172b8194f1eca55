/** What is shown of each engine, with five processes that live from the first test to the last. */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Availability, TestEngine } from "../pubsub/engines.ts";
import type { EngineName } from "./adapters.ts";
import { afterlife } from "./afterlife.ts";
import { comeAndGo } from "./come-and-go.ts";
import { kill } from "./kill.ts";
import { Fleet } from "./fleet.ts";
import { partition } from "./partition.ts";
import { restart } from "./restart.ts";
import { PATIENCE } from "./scenes.ts";
import { worker } from "./worker.ts";

/** What is measured goes into annotations: `vitest run --reporter=verbose` shows them. */
const TIME = { timeout: 300_000 };

export function describeProcesses(
  name: EngineName,
  { isMissing, note }: Availability,
  engine: () => Promise<TestEngine>,
): void {
  describe.skipIf(isMissing)(`processes over ${name}${note}`, () => {
    let fleet: Fleet;
    beforeAll(async () => {
      fleet = new Fleet(name, await engine());
      await fleet.start();
    });
    afterAll(() => fleet.end());

    it.for([2, 3, 5])("%i: who comes, talks and goes is seen on all", TIME, async (count, { annotate }) => {
      await fleet.grow(count);
      await comeAndGo(`room:${count}`, await fleet.visitAll(), annotate);
    });

    it("kill -9: the node's users leave, and do not come back with its name", TIME, ({ annotate }) =>
      kill(fleet, "room:kill", annotate),
    );

    it("a partition splits, and heals without ghosts", TIME, ({ annotate }) =>
      partition(fleet, "room:partition", annotate),
    );

    it("an engine restarted under load: all agree again, and what was lost is told", TIME, ({ annotate }) =>
      restart(fleet, "room:restart", annotate),
    );

    it("what a dead node has sent arrives late, and changes nothing", TIME, () => afterlife(fleet, "room:afterlife"));

    it(
      "a worker reaches all nodes; the engine is killed under it: what was lost is said, and it goes on",
      TIME,
      ({ annotate }) => worker(fleet, "room:worker", annotate),
    );

    it("when all have gone, nobody is left on any node", TIME, async () => {
      for (const visit of await fleet.visitAll()) {
        for (const topic of ["2", "3", "5", "kill", "partition", "restart", "afterlife", "worker"]) {
          await vi.waitFor(async () => expect((await visit.look(`room:${topic}`)).refs).toEqual([]), PATIENCE);
        }
      }
    });
  });
}
