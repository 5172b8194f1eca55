/** Workers of node:cluster are killed while clients talk: whoever comes back to any worker has all, once, in one order. */
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, onTestFinished, vi } from "vitest";
import { freePort } from "../../../../tools/test/free-port.ts";
import { PATIENCE, START_TIME } from "../pubsub/engines.ts";
import { Program } from "../pubsub/program.ts";
import { RecoveringClient } from "./recovering-client.ts";

const WORKERS = 3;
const CLIENTS = 6;
const KILLS = 3;
const TOPIC = "room:1";

class Workers {
  readonly url: string;
  readonly #program: Program;
  #seen = 0;

  private constructor(port: number) {
    this.url = `ws://127.0.0.1:${port}/socket`;
    const app = new URL("cluster-app.ts", import.meta.url).pathname;
    this.#program = new Program({
      command: process.execPath,
      args: ["--import", "tsx", app, JSON.stringify({ workers: WORKERS, port })],
      ready: " is ready\n",
    });
  }

  static async start(): Promise<Workers> {
    const workers = new Workers(await freePort());
    onTestFinished(() => workers.#program.stop());
    await workers.#program.start();
    await workers.ready(WORKERS);
    return workers;
  }

  get pids(): number[] {
    return [...this.#program.printed.matchAll(/worker (\d+) is ready/g)].map(([, pid]) => Number(pid));
  }

  /** Resolves when so many more have started. */
  async ready(more: number): Promise<void> {
    this.#seen += more;
    await vi.waitUntil(() => this.pids.length >= this.#seen, { timeout: PATIENCE, interval: 20 });
  }
}

/** Says something, and says it again until a worker confirms it. Gives the pid of that worker. */
async function say(client: RecoveringClient, id: string): Promise<number> {
  for (;;) {
    try {
      const { pid } = (await client.channel.push("say", { id }, 1_000)) as { pid: number };
      return pid;
    } catch {
      await sleep(50);
    }
  }
}

it(
  "R-3, R-5: kill -9 of workers under load, and cut connections: 0 lost, 0 doubled",
  { timeout: START_TIME },
  async () => {
    const workers = await Workers.start();
    const clients = await Promise.all(
      Array.from({ length: CLIENTS }, () => RecoveringClient.join(() => workers.url, TOPIC)),
    );
    onTestFinished(() => clients.forEach((client) => client.end()));
    // a position before anything was ever said.
    for (const { channel } of clients) expect(channel.position).toMatchObject({ offset: 0 });

    let isOver = false;
    const confirmed: string[] = [];
    const served = new Set<number>();
    const talk = async (client: RecoveringClient, name: string): Promise<void> => {
      for (let n = 1; !isOver; n++) {
        served.add(await say(client, `${name} ${n}`));
        confirmed.push(`${name} ${n}`);
        await sleep(2);
      }
    };
    const talking = clients.slice(0, 3).map((client, n) => talk(client, `client ${n}`));
    for (let kill = 0; kill < KILLS; kill++) {
      const before = confirmed.length;
      await vi.waitUntil(() => confirmed.length > before + 100, { timeout: PATIENCE });
      clients[kill + 3]!.cut();
      process.kill(workers.pids[kill]!, "SIGKILL");
      await workers.ready(1);
    }
    isOver = true;
    await Promise.all(talking);
    await say(clients[0]!, "end");
    await Promise.all(
      clients.map((client) => client.until(() => client.heard.some(({ payload }) => idOf(payload) === "end"))),
    );

    const log = clients[0]!.heard.map(({ payload }) => idOf(payload));
    expect(new Set(log).size).toBe(log.length);
    expect([...log].sort()).toEqual([...confirmed, "end"].sort());
    for (const client of clients) {
      expect(client.heard.map(({ payload }) => idOf(payload))).toEqual(log);
      expect(client.offsets).toEqual(log.map((_, index) => index + 1));
      for (const recovery of client.recoveries) expect(recovery).toMatchObject({ recovered: true });
    }
    expect(clients.flatMap(({ recoveries }) => recoveries).length).toBeGreaterThanOrEqual(KILLS);
    expect(served.size).toBeGreaterThan(1);
  },
);

const idOf = (payload: unknown): string => (payload as { readonly id: string }).id;
