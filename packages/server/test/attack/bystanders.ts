/** The bystanders' side of the campaign: starts them, and reads what became of them. */
import { Child } from "./child.ts";
import type { CrowdFigures, CrowdSettings } from "./bystanders/main.ts";

export type { CrowdFigures } from "./bystanders/main.ts";

/** Clients that do nothing wrong, on the same endpoint and in the same rooms, in a process of their own. */
export class Bystanders {
  readonly #child: Child;

  private constructor(child: Child) {
    this.#child = child;
  }

  static async start(settings: CrowdSettings): Promise<Bystanders> {
    return new Bystanders(await Child.start("bystanders/main.ts", settings));
  }

  /** The latencies since the last time, in ms. */
  latencies(): Promise<CrowdFigures["latency"]> {
    return this.#child.ask("latencies");
  }

  /** They say no more, and wait for what others have said; gives how they have fared. */
  async finish(): Promise<CrowdFigures> {
    try {
      return await this.#child.ask<CrowdFigures>("finish");
    } finally {
      await this.#child.stop();
    }
  }

  stop(): Promise<void> {
    return this.#child.stop();
  }
}
