/** Anything that can happen to nodes and the network between them, in random order. */
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { OPTIONS, PIDS, Simulation, TOPICS } from "./simulation.ts";

interface Step {
  readonly is: string;
  readonly node: number;
  readonly other: number;
  readonly packet: number;
  readonly periods: number;
  readonly pid: number;
  readonly topic: string;
  readonly key: string;
}

/** How often each thing happens. */
const WEIGHTS = {
  track: 6,
  untrack: 3,
  untrackAll: 2,
  deliver: 12,
  copy: 2,
  lose: 3,
  tick: 6,
  flush: 4,
  pass: 3,
  cut: 1,
  heal: 1,
  kill: 1,
  stop: 1,
  restart: 2,
  round: 1,
};

const step: fc.Arbitrary<Step> = fc.record({
  is: fc.oneof(...Object.entries(WEIGHTS).map(([is, weight]) => ({ weight, arbitrary: fc.constant(is) }))),
  node: fc.nat(4),
  other: fc.nat(4),
  packet: fc.nat(1_000),
  periods: fc.integer({ min: 1, max: 6 }),
  pid: fc.constantFrom(...PIDS),
  topic: fc.constantFrom(...TOPICS),
  key: fc.constantFrom("x", "__proto__"),
});

function run(simulation: Simulation, n: number, taken: Step): void {
  const { is, pid, topic, key } = taken;
  const node = simulation.node(taken.node);
  const { shard } = node;
  const entry = shard.find(pid, topic, key);
  const acts: Record<string, () => unknown> = {
    track: () => (entry === undefined ? shard.track(pid, topic, key, { n }) : shard.replace(entry, pid, { n })),
    untrack: () => entry && shard.untrack([entry]),
    untrackAll: () => shard.untrack(shard.of(pid)),
    flush: () => shard.flush(),
    tick: () => simulation.tick(taken.node),
    stop: () => simulation.stop(taken.node),
    kill: () => simulation.kill(taken.node),
    restart: () => simulation.restart(taken.node),
    deliver: () => simulation.deliver(taken.packet),
    copy: () => simulation.deliver(taken.packet, true),
    lose: () => simulation.lose(taken.packet),
    pass: () => (simulation.now += taken.periods * OPTIONS.broadcastPeriod),
    cut: () => simulation.cut(taken.node, taken.other),
    heal: () => simulation.heal(),
    round: () => simulation.round(),
  };
  const needsLife = ["track", "untrack", "untrackAll", "flush"].includes(is);
  if (!needsLife || node.isRunning) acts[is]?.();
  if (node.isRunning) node.check();
}

/** Long enough for the dead to be found dead, and for the living to have compared their clocks. */
const SETTLING_ROUNDS = 14;

/** What happens at most in a run. */
const LENGTH = 100;

/** Lets things happen, then nothing more: all nodes must show what is true, and have nothing left to ask. */
export function chaos(nodes: number, numRuns: number, seed: number, maxLength = LENGTH): void {
  fc.assert(
    fc.property(fc.array(step, { maxLength, size: "max" }), (steps) => {
      const simulation = new Simulation(nodes);
      for (const [n, taken] of steps.entries()) run(simulation, n, taken);
      simulation.heal();
      simulation.deliverAll();
      for (let round = 0; round < SETTLING_ROUNDS; round++) simulation.round();
      const { truth, transfers } = simulation;
      for (const node of simulation.nodes) {
        if (node.isRunning && !isDeepStrictEqual(node.visible, truth)) {
          throw new Error(`${node.name} shows ${node.visible.join(", ")}; true is ${truth.join(", ")}`);
        }
      }
      for (let round = 0; round < 4; round++) simulation.round();
      if (simulation.transfers !== transfers) throw new Error("nodes that agree still ask each other");
    }),
    { numRuns, seed },
  );
}
