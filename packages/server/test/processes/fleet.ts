/** Nodes in processes of their own over one engine. The second reaches it through a network that can be cut. */
import { Program } from "../pubsub/program.ts";
import { StallingProxy } from "../pubsub/stalling-proxy.ts";
import type { TestEngine } from "../pubsub/engines.ts";
import type { EngineName } from "./adapters.ts";
import type { NodeSettings } from "./node-app.ts";
import { Visit } from "./visit.ts";

/** A file of this folder as a program. Its settings are its argument. */
export function appProgram(file: string, settings: object, ready: string): Program {
  const path = new URL(file, import.meta.url).pathname;
  return new Program({
    command: process.execPath,
    args: ["--import", "tsx", path, JSON.stringify(settings)],
    ready,
  });
}

class Node {
  readonly name: string;
  readonly #program: Program;
  #port = 0;

  constructor(settings: NodeSettings) {
    this.name = settings.nodeName;
    this.#program = appProgram("node-app.ts", settings, " listening\n");
  }

  async start(): Promise<void> {
    await this.#program.start();
    this.#port = Number(/port (\d+) listening/.exec(this.#program.printed)?.[1]);
  }

  /** `kill -9` */
  kill(): Promise<void> {
    return this.#program.stop("SIGKILL");
  }

  visit(): Promise<Visit> {
    return Visit.to(this.#port);
  }
}

export class Fleet {
  readonly engine: TestEngine;
  readonly #name: EngineName;
  readonly #cut: StallingProxy;
  readonly nodes: Node[] = [];

  constructor(name: EngineName, engine: TestEngine) {
    this.#name = name;
    this.engine = engine;
    this.#cut = new StallingProxy(engine.port);
  }

  async start(): Promise<void> {
    await this.engine.start();
    await this.#cut.start();
  }

  /** What a process needs to reach the engine. */
  get settings(): { readonly engine: EngineName; readonly enginePort: number } {
    return { engine: this.#name, enginePort: this.engine.port };
  }

  node(index: number): Node {
    return this.nodes[index] as Node;
  }

  /** Starts nodes until there are so many. */
  async grow(count: number): Promise<void> {
    const added: Node[] = [];
    while (this.nodes.length < count) {
      const n = this.nodes.length + 1;
      const node = this.#newNode(`n${n}`, n === 2 ? this.#cut.port : this.engine.port);
      this.nodes.push(node);
      added.push(node);
    }
    await Promise.all(added.map((node) => node.start()));
  }

  /** Starts a node that was killed under its name, on another way to the engine than one that may be cut. */
  async startAfresh(index: number): Promise<void> {
    const node = this.#newNode(this.node(index).name, this.engine.port);
    this.nodes[index] = node;
    await node.start();
  }

  /** A visit to each of these nodes. */
  visit(...indices: readonly number[]): Promise<Visit[]> {
    return Promise.all(indices.map((index) => this.node(index).visit()));
  }

  visitAll(): Promise<Visit[]> {
    return this.visit(...this.nodes.keys());
  }

  /** The second node no longer reaches the engine, and the engine not it. No connection is closed. */
  cut(): void {
    this.#cut.stall();
  }

  /** It does again; what was held back arrives late. */
  mend(): void {
    this.#cut.resume();
  }

  /** Connections through the network that can be cut: those of the dead, too, until all that they sent has arrived. */
  get heldUp(): number {
    return this.#cut.sockets;
  }

  async end(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.kill()));
    await this.#cut.stop();
    await this.engine.end();
  }

  #newNode(nodeName: string, enginePort: number): Node {
    return new Node({ ...this.settings, nodeName, enginePort });
  }
}
