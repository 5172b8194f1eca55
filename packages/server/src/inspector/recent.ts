/** What was made a moment ago is given to all that ask for the same: ten viewers cost as much as one. */

/** So many different ones are kept. */
const MOST = 64;

interface Made<T> {
  /** Infinity: it is under way. */
  at: number;
  readonly value: T;
}

export class Recent<T> {
  readonly #age: number;
  readonly #made = new Map<string, Made<T>>();

  /** `age`: for how many ms, of a promise from when it is settled. */
  constructor(age: number) {
    this.#age = age;
  }

  get(key: string, make: () => T): T {
    const now = performance.now();
    const known = this.#made.get(key);
    if (known !== undefined && now - known.at < this.#age) return known.value;
    for (const [other, { at }] of this.#made) if (now - at >= this.#age) this.#made.delete(other);
    const made: Made<T> = { at: now, value: make() };
    if (made.value instanceof Promise) {
      made.at = Infinity;
      const settled = (): void => void (made.at = performance.now());
      made.value.then(settled, settled);
    }
    if (this.#made.size < MOST) this.#made.set(key, made);
    return made.value;
  }
}
