/** One line, as a node asks a store about it. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { Claim, Claimed, Line, PushStore, Settlement } from "../../src/pubsub/pushes/store.ts";

export const WINDOW = 600_000;
export const newRecord = (): string => randomBytes(32).toString("base64url");

export const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);

export class TestLine {
  readonly store: PushStore;
  readonly record: string;
  epoch = "";

  constructor(store: PushStore, record = newRecord(), epoch = "") {
    this.store = store;
    this.record = record;
    this.epoch = epoch;
  }

  async open(next = 1, window = WINDOW): Promise<Line> {
    const line = await this.store.open(this.record, next, window);
    this.epoch = line.epoch;
    return line;
  }

  async claim(n: number, token: string, more: Partial<Claim> = {}): Promise<Claimed> {
    const claim = { n, epoch: this.epoch, acked: 0, token, attempt: 1, window: WINDOW, ...more };
    return this.store.claim(this.record, claim);
  }

  async settle(n: number, token: string, reply: string | undefined, more: Partial<Settlement> = {}): Promise<boolean> {
    return this.store.settle(this.record, { n, token, reply, window: WINDOW, ...more });
  }

  /** Claims and settles the numbers. */
  async handle(...numbers: readonly number[]): Promise<void> {
    for (const n of numbers) {
      assert.deepEqual(await this.claim(n, `token ${n}`), { state: "claimed" });
      assert.equal(await this.settle(n, `token ${n}`, `reply ${n}`), true);
    }
  }

  /** What is answered to who asks for a number again: `reply`, `gone`, `running`, `epoch` … */
  async ask(n: number): Promise<string> {
    const claimed = await this.claim(n, `asked ${n}`);
    return claimed.state === "settled" ? (claimed.reply ?? "gone") : claimed.state;
  }

  askAll(...numbers: readonly number[]): Promise<string[]> {
    return Promise.all(numbers.map((n) => this.ask(n)));
  }
}
