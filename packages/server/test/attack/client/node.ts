/** The client in a process of Node. */
import { Child } from "../child.ts";

export class NodeVictim {
  readonly #child: Child;

  private constructor(child: Child) {
    this.#child = child;
  }

  static async open(port: number): Promise<NodeVictim> {
    return new NodeVictim(await Child.start("client/node-program.ts", { url: `ws://127.0.0.1:${port}/socket` }));
  }

  get violations(): string[] {
    const { end, log } = this.#child;
    if (end !== undefined) return [`the process has ended with ${end}`];
    return log.bytes === 0 ? [] : [`the client has printed: ${log.tail}`];
  }

  memory(): Promise<number> {
    return this.#child.ask("memory");
  }

  close(): Promise<void> {
    return this.#child.stop();
  }
}
