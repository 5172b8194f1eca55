/** Merged recent deltas: a replica that missed a little gets a little, and not the whole state. Pure. */
import type { Clocks } from "./clock.ts";
import type { Delta, Part } from "./delta.ts";

export class Generations {
  readonly #maxSizes: readonly number[];
  #generations: Map<string, Part>[];

  /** `maxSizes`: how many entries and removals each generation may hold, in ascending order. */
  constructor(maxSizes: readonly number[]) {
    this.#maxSizes = maxSizes;
    this.#generations = maxSizes.map(() => new Map());
  }

  /**
   * Merges a delta. A generation that has grown too large restarts with the content of the next smaller one. A part
   * that is not contiguous with the rest is skipped until the gap is filled.
   */
  push(delta: Delta): void {
    let smaller = delta;
    this.#generations = this.#generations.map((generation, i) => {
      absorb(generation, delta);
      const isTooLarge = sizeOf(generation) > (this.#maxSizes[i] ?? 0);
      const kept = isTooLarge ? copyOf(smaller) : generation;
      smaller = kept;
      return kept;
    });
  }

  /**
   * What a replica at `clocks` is missing of `known`, from the smallest generation that has all of it. Undefined when
   * none does.
   */
  extract(clocks: Clocks, known: Clocks): Delta | undefined {
    const lacking = [...clocks].filter(([replica, clock]) => (known.get(replica) ?? 0) > clock);
    const generation = this.#generations.find((parts) =>
      lacking.every(([replica, clock]) => {
        const part = parts.get(replica);
        return part !== undefined && part.start <= clock && part.end >= (known.get(replica) ?? 0);
      }),
    );
    return generation && new Map(lacking.map(([replica]) => [replica, generation.get(replica) as Part]));
  }

  /** Forgets a replica: it is gone, or its state was learnt by other means than deltas. */
  remove(replica: string): void {
    for (const generation of this.#generations) generation.delete(replica);
  }
}

function absorb(generation: Map<string, Part>, delta: Delta): void {
  for (const [replica, part] of delta) {
    const own = generation.get(replica);
    if (own === undefined) generation.set(replica, part.copy());
    else if (own.isContiguousWith(part)) own.absorb(part);
  }
}

const copyOf = (delta: Delta): Map<string, Part> =>
  new Map([...delta].map(([replica, part]) => [replica, part.copy()] as const));

function sizeOf(delta: Delta): number {
  let size = 0;
  for (const part of delta.values()) size += part.size;
  return size;
}
