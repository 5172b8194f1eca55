/** Remembers numbered pushes in the primary of node:cluster, so that they outlive workers. */
import type { Claim, Claimed, Line as PushLine, PushStore, Settlement } from "../../pushes/store.ts";
import type { Line } from "./line.ts";

export class ClusterPushes implements PushStore {
  readonly #line: Line;

  constructor(line: Line) {
    this.#line = line;
  }

  open(record: string, next: number, window: number): Promise<PushLine> {
    return this.#line.call({ ask: "open pushes", record, next, window });
  }

  claim(record: string, claim: Claim): Promise<Claimed> {
    return this.#line.call({ ask: "claim push", record, claim });
  }

  settle(record: string, settlement: Settlement): Promise<boolean> {
    return this.#line.call({ ask: "settle push", record, settlement });
  }
}
