/** Workers of node:cluster, whose primary keeps the history. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Bed } from "../campaign/bed.ts";
import type { Nodes } from "../campaign/nodes.ts";
import type { Random } from "../../attack/random.ts";

const WORKERS = 2;

async function someWorker(nodes: Nodes, random: Random): Promise<number> {
  return random.pick(await nodes.look()).pid;
}

/** Resolves when a worker has been replaced. */
async function replaced(nodes: Nodes, pid: number): Promise<void> {
  for (;;) {
    const pids = (await nodes.look().catch(() => [])).map((look) => look.pid);
    if (pids.length === WORKERS && !pids.includes(pid)) return;
    await sleep(50);
  }
}

export function clusterBed(): Bed {
  return {
    name: "cluster",
    nodes: 1,
    async start() {},
    settings: () => ({ name: "cluster", workers: WORKERS }),
    injections: [
      {
        what: "a worker: kill -9",
        async run(nodes, random) {
          const pid = await someWorker(nodes, random);
          process.kill(pid, "SIGKILL");
          await replaced(nodes, pid);
        },
      },
      {
        what: "a worker: SIGTERM",
        async run(nodes, random) {
          const pid = await someWorker(nodes, random);
          process.kill(pid, "SIGTERM");
          await replaced(nodes, pid);
        },
      },
      {
        what: "a worker: SIGSTOP",
        outage: true,
        async run(nodes, random) {
          const pid = await someWorker(nodes, random);
          process.kill(pid, "SIGSTOP");
          await sleep(random.int(3_000));
          process.kill(pid, "SIGCONT");
        },
      },
      { what: "the primary: SIGSTOP", outage: true, run: ({ first }, random) => first.freeze(random.int(2_000)) },
    ],
    async end() {},
  };
}
