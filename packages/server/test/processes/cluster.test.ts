/** The same without an engine: workers of node:cluster on one port. Their primary carries what they tell each other. */
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { freePort } from "../../../../tools/test/free-port.ts";
import type { Program } from "../pubsub/program.ts";
import { comeAndGo } from "./come-and-go.ts";
import { appProgram } from "./fleet.ts";
import { agree, enterAll, ownRef, PATIENCE, usersOf } from "./scenes.ts";
import { Visit } from "./visit.ts";

const TIME = { timeout: 300_000 };
const TOPIC = "room:1";

class Workers {
  readonly #port: number;
  readonly #program: Program;

  private constructor(count: number, port: number) {
    this.#port = port;
    this.#program = appProgram("cluster-app.ts", { workers: count, port }, " is ready\n");
  }

  /** Starts a program with so many workers. It ends with the test. */
  static async start(count: number): Promise<Workers> {
    const workers = new Workers(count, await freePort());
    onTestFinished(() => workers.#program.stop());
    await workers.#program.start();
    await workers.ready(count);
    return workers;
  }

  /** Resolves when so many have started since the beginning. */
  async ready(count: number): Promise<void> {
    await vi.waitFor(() => {
      if (this.pids.length < count) throw new Error(`${this.pids.length} of ${count} workers are ready`);
    }, PATIENCE);
  }

  /** Of all workers so far. */
  get pids(): number[] {
    return [...this.#program.printed.matchAll(/worker (\d+) is ready/g)].map(([, pid]) => Number(pid));
  }

  /** A visit to one of them. They take turns with new connections. */
  async visit(pid: number): Promise<Visit> {
    for (;;) {
      const visit = await Visit.to(this.#port);
      if (visit.pid === pid) return visit;
      visit.end();
    }
  }

  visitAll(): Promise<Visit[]> {
    return Promise.all(this.pids.map((pid) => this.visit(pid)));
  }

  /** `kill -9` of the primary. */
  killPrimary(): Promise<void> {
    return this.#program.stop("SIGKILL");
  }
}

describe("workers of node:cluster", () => {
  it.for([2, 3, 5])("%i: who comes, talks and goes is seen on all", TIME, async (count, { annotate }) => {
    const workers = await Workers.start(count);
    await comeAndGo(TOPIC, await workers.visitAll(), annotate);
  });

  it("kill -9: the worker's users leave, and its replacement sees what the others see", TIME, async ({ annotate }) => {
    const workers = await Workers.start(2);
    const [doomed, surviving] = workers.pids as [number, number];
    const { guests } = await enterAll(TOPIC, await Promise.all([workers.visit(surviving), workers.visit(surviving)]));
    const visits = await Promise.all([workers.visit(doomed), workers.visit(doomed)]);
    const { guests: lost } = await enterAll(TOPIC, visits, "lost");
    await agree([...guests, ...lost], usersOf([...guests, ...lost]));

    for (const guest of guests) guest.forget();
    const killedAt = performance.now();
    process.kill(doomed, "SIGKILL");
    for (const visit of visits) visit.end();
    await workers.ready(3);
    guests.push(await (await workers.visit(workers.pids[2]!)).enter(TOPIC, "new"));
    await agree(guests, usersOf(guests));
    await annotate(`all agree ${Math.round(performance.now() - killedAt)} ms after the worker was killed`);
    const news = { joins: [ownRef(guests[2]!)], leaves: lost.map(ownRef).sort() };
    for (const { joins, leaves } of guests.slice(0, 2)) expect({ joins, leaves: leaves.sort() }).toEqual(news);
  });

  it("kill -9 of the primary ends its workers: nobody is left on a part of the cluster", TIME, async () => {
    const workers = await Workers.start(2);
    const visits = await workers.visitAll();
    const closed = visits.map(({ socket }) => new Promise<void>((resolve) => socket.onClose(() => resolve())));
    await workers.killPrimary();
    await Promise.all(closed);
  });
});
