/** The first of many in some order, without sorting all of them. */
export class First<T> {
  readonly #limit: number;
  readonly #compare: (a: T, b: T) => number;
  #items: T[] = [];
  /** The last that is still among the first, once there are enough. */
  #bar: T | undefined = undefined;

  /** `compare`: negative when `a` comes before `b`. */
  constructor(limit: number, compare: (a: T, b: T) => number) {
    this.#limit = limit;
    this.#compare = compare;
  }

  /** Whether {@link add} would keep it, for items that are expensive to make. */
  takes(item: T): boolean {
    return this.#bar === undefined || this.#compare(item, this.#bar) < 0;
  }

  add(item: T): void {
    if (!this.takes(item)) return;
    this.#items.push(item);
    if (this.#items.length >= 2 * this.#limit) this.#trim();
  }

  /** In order. */
  get list(): readonly T[] {
    return this.#trim();
  }

  #trim(): readonly T[] {
    this.#items = this.#items.sort(this.#compare).slice(0, this.#limit);
    if (this.#items.length === this.#limit) this.#bar = this.#items[this.#limit - 1];
    return this.#items;
  }
}
