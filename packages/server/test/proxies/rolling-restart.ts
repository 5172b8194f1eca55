/** Two nodes behind HAProxy are restarted, one after the other, while clients push. Counts what became of it. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Socket } from "@wingbeat/client";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { freePort } from "../../../../tools/test/free-port.ts";
import { Program, temporaryFolder } from "../pubsub/program.ts";
import { startProxy } from "./proxy.ts";

export interface Restart {
  /** Clients that are joined again at the end. */
  readonly back: number;
  /** Pushes that a node acknowledged. */
  readonly acknowledged: number;
  /** Of those: which no node has saved. */
  readonly lost: number;
  /** Pushes that a node saved and whose client was told that they failed. */
  readonly unacknowledged: number;
  /** Milliseconds from the first to the last batch that was sent away, for each node. */
  readonly spreads: readonly number[];
}

interface HealthAnswer {
  readonly connections: number;
}

/** A client that pushes one message after the other, each once. */
class Pusher {
  readonly socket: Socket;
  readonly channel: ReturnType<Socket["channel"]>;
  readonly #name: string;
  readonly acknowledged: string[] = [];
  #isOver = false;

  constructor(url: string, name: string) {
    this.#name = name;
    this.socket = new Socket(url, { transport: WebSocket as never });
    this.channel = this.socket.channel(`room:${name}`);
    this.socket.connect();
  }

  async run(): Promise<void> {
    await this.channel.join();
    for (let n = 0; !this.#isOver; n++) {
      const id = `${this.#name}-${n}`;
      try {
        if (this.channel.state === "joined") {
          await this.channel.push("save", { id });
          this.acknowledged.push(id);
        }
      } catch {
        // Cut off before it was answered: what the counts are about.
      }
      await sleep(20 + (n % 5) * 10);
    }
  }

  end(): void {
    this.#isOver = true;
  }
}

export async function rollingRestart(clients: number): Promise<Restart> {
  const folder = temporaryFolder();
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const saved = join(folder, "saved");
  const ports: [number, number] = [await freePort(), await freePort()];
  const rounds = (index: number): string => join(folder, `rounds ${index}`);
  const nodes = ports.map((port, index) => nodeOn(port, saved, rounds(index), Math.ceil(clients / 8)));
  for (const node of nodes) {
    onTestFinished(() => node.stop("SIGKILL"));
    await node.start();
  }
  const proxy = await startProxy("HAProxy", ports);

  const pushers = Array.from({ length: clients }, (_, n) => new Pusher(`ws://127.0.0.1:${proxy}/socket`, `c${n}`));
  const runs = pushers.map((pusher) => pusher.run());
  const joined = (): number => pushers.filter(({ channel }) => channel.state === "joined").length;
  await until(() => joined() === clients);

  const spreads: number[] = [];
  for (const [index, node] of nodes.entries()) {
    await node.stop();
    await until(() => joined() === clients);
    const times = readFileSync(rounds(index), "utf8").trim().split("\n").map(Number);
    spreads.push(Math.max(...times) - Math.min(...times));
    await node.start();
    // The next node is not taken away before this one is seen to be there.
    await until(async () => (await healthOf(ports[index] as number)) !== undefined);
    await sleep(1_500);
  }
  for (const pusher of pushers) pusher.end();
  await Promise.all(runs);
  const back = (await Promise.all(ports.map(healthOf))).reduce((sum, health) => sum + (health?.connections ?? 0), 0);
  for (const { socket } of pushers) socket.disconnect();

  const written = new Set(readFileSync(saved, "utf8").trim().split("\n"));
  const acknowledged = pushers.flatMap((pusher) => pusher.acknowledged);
  const known = new Set(acknowledged);
  return {
    back,
    acknowledged: acknowledged.length,
    lost: acknowledged.filter((id) => !written.has(id)).length,
    unacknowledged: [...written].filter((id) => !known.has(id)).length,
    spreads,
  };
}

function nodeOn(port: number, saved: string, rounds: string, batch: number): Program {
  return new Program({
    command: "env",
    args: [
      `PORT=${port}`,
      `SAVED=${saved}`,
      `ROUNDS=${rounds}`,
      `BATCH=${batch}`,
      process.execPath,
      "--import",
      "tsx",
      new URL("node-app.ts", import.meta.url).pathname,
    ],
    ready: "listening",
  });
}

async function healthOf(port: number): Promise<HealthAnswer | undefined> {
  const answer = await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined);
  return answer?.ok === true ? ((await answer.json()) as HealthAnswer) : undefined;
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(20);
}
