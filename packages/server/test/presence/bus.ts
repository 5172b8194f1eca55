/** A network in memory between the nodes of one process: everything travels as text, and ways can be cut. */
import type { DeliverLocally, PubSubAdapter, PubSubMessage } from "../../src/index.ts";

export class Bus {
  readonly #nodes = new Map<string, DeliverLocally>();
  readonly #cut = new Set<string>();
  /** Messages that were sent, to each receiver. */
  sent = 0;
  /** Whether adapters refuse what they are given. */
  isDown = false;

  /** The adapter of a node. A second one of the same name takes its place: the node has been started again. */
  adapter(nodeName: string): PubSubAdapter {
    let own: DeliverLocally | undefined;
    return {
      nodeName,
      start: (deliver) => {
        own = deliver;
        this.#nodes.set(nodeName, deliver);
      },
      broadcast: (message) => {
        for (const to of this.#nodes.keys()) if (to !== nodeName) this.#send(nodeName, to, message);
      },
      directBroadcast: (to, message) => this.#send(nodeName, to, message),
      stop: () => {
        if (this.#nodes.get(nodeName) === own) this.#nodes.delete(nodeName);
      },
    };
  }

  /** Parts the nodes into groups that do not reach each other. */
  part(...groups: readonly (readonly string[])[]): void {
    for (const group of groups) {
      for (const other of groups) {
        if (group === other) continue;
        for (const from of group) for (const to of other) this.#cut.add(`${from}>${to}`);
      }
    }
  }

  heal(): void {
    this.#cut.clear();
  }

  #send(from: string, to: string, message: PubSubMessage): void {
    if (this.isDown) throw new Error("the bus is down");
    if (this.#cut.has(`${from}>${to}`)) return;
    this.sent++;
    const text = JSON.stringify(message);
    queueMicrotask(() => this.#nodes.get(to)?.(JSON.parse(text) as PubSubMessage));
  }
}
