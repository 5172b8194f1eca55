/**
 * How long something took, as counts of a fixed number of buckets. Each power of two has four: a figure is at most 13 %
 * wrong, from a microsecond to half an hour. Those of several nodes are merged by adding.
 */

const BUCKETS = 128;
const PER_MS = 1_024;
const LARGEST = 2 ** 31;

/** Pairs of bucket and count, of those that are not empty: how nodes send it to each other. */
export type Sparse = readonly number[];

function bucketOf(ms: number): number {
  const units = Math.min(Math.max(Math.floor(ms * PER_MS), 1), LARGEST);
  const power = 31 - Math.clz32(units);
  return power < 2 ? power * 4 : power * 4 + ((units >>> (power - 2)) & 3);
}

/** The middle of a bucket, in ms. */
function valueOf(bucket: number): number {
  const power = bucket >> 2;
  return (2 ** power * (1 + ((bucket & 3) + 0.5) / 4)) / PER_MS;
}

export class Histogram {
  readonly #counts = new Uint32Array(BUCKETS);
  #total = 0;

  add(ms: number): void {
    const bucket = bucketOf(ms);
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1;
    this.#total++;
  }

  addAll(sparse: Sparse): void {
    for (let at = 0; at + 1 < sparse.length; at += 2) {
      const [bucket, count] = [sparse[at] as number, sparse[at + 1] as number];
      if (!Number.isInteger(bucket) || bucket < 0 || bucket >= BUCKETS || !(count > 0)) continue;
      this.#counts[bucket] = (this.#counts[bucket] as number) + count;
      this.#total += count;
    }
  }

  clear(): void {
    this.#counts.fill(0);
    this.#total = 0;
  }

  /** The time that so many of all, 0 to 1, stay below. Null: there were none. */
  quantile(share: number): number | null {
    if (this.#total === 0) return null;
    let left = Math.max(1, Math.ceil(this.#total * share));
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      left -= this.#counts[bucket] as number;
      if (left <= 0) return valueOf(bucket);
    }
    return valueOf(BUCKETS - 1);
  }

  get sparse(): Sparse {
    const sparse: number[] = [];
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const count = this.#counts[bucket] as number;
      if (count > 0) sparse.push(bucket, count);
    }
    return sparse;
  }
}

/** The sum of several. */
export function merged(all: Iterable<Sparse>): Histogram {
  const sum = new Histogram();
  for (const each of all) sum.addAll(each);
  return sum;
}
