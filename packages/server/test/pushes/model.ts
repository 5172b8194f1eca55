/** The contract of `PushStore`, as plainly as it can be said, for one record: what the suite compares stores with. */
import { KEPT_REPLIES } from "../../src/pubsub/pushes/store.ts";
import type { Claim, Claimed, Holder, Settlement } from "../../src/pubsub/pushes/store.ts";

interface Known {
  readonly holder?: Holder;
  readonly settled?: { readonly token: string; readonly reply: string | undefined };
}

interface Record {
  /** The present epoch, as the model names it: `1`, `2` … */
  readonly epoch: number;
  last: number;
  readonly numbers: Map<number, Known>;
  until: number;
}

export class Model {
  #now = 0;
  #epochs = 0;
  #record: Record | undefined = undefined;

  pass(ms: number): void {
    this.#now += ms;
  }

  /** Number of the epoch, and last. */
  open(next: number, window: number): readonly [number, number] {
    let record = this.#find(window);
    if (record === undefined) {
      record = { epoch: ++this.#epochs, last: 0, numbers: new Map(), until: this.#now + window };
      this.#record = record;
    }
    record.last = Math.max(record.last, next - 1);
    return [record.epoch, record.last];
  }

  claim(epoch: number, { n, acked, token, over, attempt, window }: Omit<Claim, "epoch">): Claimed {
    const record = this.#find(window);
    if (record === undefined || record.epoch !== epoch) return { state: "epoch" };
    for (const number of record.numbers.keys()) {
      const isDone = number <= acked && number < n;
      if (isDone || number <= record.last - KEPT_REPLIES) record.numbers.delete(number);
    }
    if (n > record.last + 1) return { state: "order", next: record.last + 1 };
    if (n <= record.last) {
      const { holder, settled } = record.numbers.get(n) ?? {};
      if (holder === undefined) return { state: "settled", reply: settled?.reply };
      if (holder.token === token) return { state: "claimed" };
      if (holder.token !== over?.token) return { state: "running", holder };
    }
    record.last = Math.max(record.last, n);
    record.numbers.set(n, { holder: { token, attempt } });
    return { state: "claimed" };
  }

  settle({ n, token, reply, window }: Settlement): boolean {
    const record = this.#find(window);
    const known = record?.numbers.get(n);
    if (record === undefined || known === undefined) return false;
    const { holder, settled } = known;
    if (settled !== undefined) return settled.token === token && settled.reply === reply;
    if (holder?.token !== token) return false;
    record.numbers.set(n, { settled: { token, reply } });
    return true;
  }

  #find(window: number): Record | undefined {
    const record = this.#record;
    if (record === undefined || record.until <= this.#now) return undefined;
    record.until = this.#now + window;
    return record;
  }
}
