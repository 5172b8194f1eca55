/** In the primary: passes what the campaign asks on to the workers, which answer like nodes of their own. */
import cluster from "node:cluster";
import type { Worker } from "node:cluster";
import { setTimeout as sleep } from "node:timers/promises";

interface Answer {
  readonly id: number;
  readonly answer?: unknown;
  readonly error?: string;
}

export function askWorkers(count: number) {
  const waiting = new Map<number, (answer: Answer) => void>();
  let asked = 0;
  cluster.on("message", (_worker, message: Partial<Answer>) => {
    if (typeof message?.id !== "number") return;
    waiting.get(message.id)?.(message as Answer);
    waiting.delete(message.id);
  });

  const ask = (worker: Worker, question: string, about: unknown): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = ++asked;
      waiting.set(id, ({ answer, error }) => (error === undefined ? resolve(answer) : reject(new Error(error))));
      worker.once("exit", () => reject(new Error("the worker has ended")));
      worker.send({ id, question, about });
    });
  const workers = (): Worker[] => Object.values(cluster.workers ?? {}).filter((one) => one !== undefined);
  const first = (question: string) => (about: unknown) => ask(workers()[0] as Worker, question, about);

  return {
    /** All, when as many are there as there should be. */
    async quiet() {
      for (;;) {
        const now = workers();
        const answers = await Promise.allSettled(now.map((worker) => ask(worker, "quiet", undefined)));
        if (now.length === count && answers.every(({ status }) => status === "fulfilled")) return;
        await sleep(100);
      }
    },
    publish: first("publish"),
    snapshot: first("snapshot"),
    look: async () => (await Promise.all(workers().map((worker) => ask(worker, "look", undefined)))).flat(),
  };
}
