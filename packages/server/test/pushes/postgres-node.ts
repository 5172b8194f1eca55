/** Nodes that remember numbered pushes in PostgreSQL. */
import assert from "node:assert/strict";
import { vi } from "vitest";
import { postgresHistory } from "wingbeat/pubsub/postgres";
import type { PostgresHistoryOptions } from "wingbeat/pubsub/postgres";
import type { Claim, PushStore } from "../../src/pubsub/pushes/store.ts";
import { PATIENCE } from "../pubsub/engines.ts";
import { StoreNode } from "../history/store-node.ts";

export const WINDOW = 600_000;

export const claimOf = (n: number, epoch: string, token: string, changes: Partial<Claim> = {}): Claim => ({
  ...{ n, epoch, acked: 0, token, attempt: 1, window: WINDOW, ...changes },
});

export class PushNode extends StoreNode {
  get pushes(): PushStore {
    return this.store.pushes as PushStore;
  }

  static async start(options: PostgresHistoryOptions): Promise<PushNode> {
    const node = new PushNode(postgresHistory(options));
    await node.store.start(node);
    assert.equal(node.store.status().state, "up");
    return node;
  }

  /** Claims a number, and settles it with a reply that names it. */
  async push(record: string, epoch: string, n: number): Promise<void> {
    const token = `${this.producer} ${n}`;
    assert.deepEqual(await this.pushes.claim(record, claimOf(n, epoch, token)), { state: "claimed" });
    assert.equal(await this.pushes.settle(record, { n, token, reply: `reply ${n}`, window: WINDOW }), true);
  }

  async untilDown(): Promise<void> {
    await vi.waitUntil(() => this.store.status().state === "down", { timeout: PATIENCE });
  }

  async untilUp(): Promise<void> {
    await vi.waitUntil(() => this.store.status().state === "up", { timeout: PATIENCE });
  }
}
