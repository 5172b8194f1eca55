/** The newest entries of a log on this node: whoever comes back is served from here, without asking the store. */
import type { TopicRule } from "./rule.ts";
import type { Stored } from "./store.ts";

/** What an entry takes beside its body, in bytes. */
const ENTRY_BYTES = 160;

const sizeOf = ({ body }: Stored): number => ENTRY_BYTES + body.length;

export class Ring {
  readonly #rule: TopicRule;
  #entries: Stored[] = [];
  bytes = 0;

  constructor(rule: TopicRule) {
    this.#rule = rule;
  }

  get length(): number {
    return this.#entries.length;
  }

  /** Adds the entry that follows the newest. */
  push(entry: Stored): void {
    this.#entries.push(entry);
    this.bytes += sizeOf(entry);
    // In steps, because each moves the whole array.
    const excess = this.#entries.length - this.#rule.size;
    if (excess > Math.max(16, this.#rule.size / 4) || this.bytes > 2 * this.#rule.maxBytes) this.#drop(excess);
  }

  /** Replaces everything. */
  replace(entries: readonly Stored[]): void {
    this.#entries = [...entries];
    this.bytes = entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
  }

  clear(): void {
    this.replace([]);
  }

  /** Drops the entries after an offset. */
  cut(after: number): void {
    this.replace(this.#entries.filter(({ offset }) => offset <= after));
  }

  /** The oldest entry that may still be replayed; undefined when there is none. */
  oldest(now: number): number | undefined {
    const entry = this.#entries[this.#firstUsable(now)];
    return entry?.offset;
  }

  /** Up to `limit` entries after an offset. */
  after(offset: number, limit: number, now: number): readonly Stored[] {
    const first = this.#firstUsable(now);
    const oldest = this.#entries[first];
    if (oldest === undefined) return [];
    const from = first + Math.max(offset + 1 - oldest.offset, 0);
    return this.#entries.slice(from, from + limit);
  }

  /** Those beyond the size, and those that are expired, are not used any more. */
  #firstUsable(now: number): number {
    const { size, ttl } = this.#rule;
    let index = Math.max(this.#entries.length - size, 0);
    while (index < this.#entries.length && (this.#entries[index] as Stored).at + ttl <= now) index++;
    return index;
  }

  #drop(excess: number): void {
    let count = Math.max(excess, 0);
    let { bytes } = this;
    for (let index = 0; index < this.#entries.length; index++) {
      if (index >= count && bytes <= this.#rule.maxBytes) break;
      count = Math.max(count, index + 1);
      bytes -= sizeOf(this.#entries[index] as Stored);
    }
    this.#entries.splice(0, count);
    this.bytes = bytes;
  }
}
