/** The node processes of a campaign, and the network between them and their clients. */
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../../../../tools/test/free-port.ts";
import { Child } from "../../attack/child.ts";
import type { Random } from "../../attack/random.ts";
import { StallingProxy } from "../../pubsub/stalling-proxy.ts";
import type { Look } from "../node/node.ts";
import type { NodeSettings } from "../node/settings.ts";

const APP = new URL("../node/app.ts", import.meta.url).href;
/** For an engine to be back, on a busy machine. */
const PATIENCE = 60_000;

export class NodeProcess {
  readonly settings: NodeSettings;
  #child: Child | undefined = undefined;
  #isFrozen = false;

  constructor(settings: NodeSettings) {
    this.settings = settings;
  }

  get isServing(): boolean {
    return this.#child !== undefined && !this.#isFrozen;
  }

  async start(): Promise<void> {
    this.#child = await Child.start(APP, this.settings);
  }

  ask<T>(question: string, about?: unknown): Promise<T> {
    if (this.#child === undefined) throw new Error(`${this.settings.name} does not run`);
    return this.#child.ask<T>(question, about);
  }

  /** `kill -9` */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    await child?.stop();
  }

  /** Closes its endpoint, and ends. */
  async close(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    child?.ask("close").catch(() => {});
    await child?.ended;
  }

  /** Nothing of it runs for some milliseconds. */
  async freeze(ms: number): Promise<void> {
    this.#isFrozen = true;
    this.#child?.signal("SIGSTOP");
    await sleep(ms);
    this.#child?.signal("SIGCONT");
    this.#isFrozen = false;
  }

  /** Throws when it has ended by itself. */
  check(): void {
    const end = this.#child?.end;
    if (end !== undefined) throw new Error(`${this.settings.name} has ended by itself: ${end}`);
  }
}

export class Nodes {
  readonly all: readonly NodeProcess[];
  /** Between the clients and the nodes: each connection goes to some node that serves. */
  readonly front: StallingProxy;

  private constructor(all: readonly NodeProcess[], random: Random) {
    this.all = all;
    this.front = new StallingProxy(() => {
      const serving = all.filter(({ isServing }) => isServing);
      return random.pick(serving.length > 0 ? serving : all).settings.port;
    });
  }

  static async start(all: readonly Omit<NodeSettings, "port">[], random: Random): Promise<Nodes> {
    const processes: NodeProcess[] = [];
    for (const settings of all) processes.push(new NodeProcess({ ...settings, port: await freePort() }));
    const nodes = new Nodes(processes, random);
    await nodes.front.start();
    await Promise.all(processes.map((node) => node.start()));
    return nodes;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.front.port}/socket`;
  }

  get first(): NodeProcess {
    return this.all[0] as NodeProcess;
  }

  async look(): Promise<Look[]> {
    return (await Promise.all(this.all.map((node) => node.ask<Look[]>("look")))).flat();
  }

  /** Resolves when all nodes reach the engine. */
  async up(): Promise<void> {
    for (const until = performance.now() + PATIENCE; ; await sleep(50)) {
      for (const node of this.all) node.check();
      const looks = await this.look().catch(() => []);
      if (looks.length >= this.all.length && looks.every(({ pubsub }) => pubsub === "up")) return;
      if (performance.now() > until) throw new Error(`not all nodes reach the engine again: ${JSON.stringify(looks)}`);
    }
  }

  async end(): Promise<void> {
    await Promise.all(this.all.map((node) => node.kill()));
    await this.front.stop();
  }
}
