/** What one client has got of the messages 1, 2, 3 … since its first one. */
export interface Account {
  /** How many it should have got. */
  readonly owed: number;
  readonly lost: number;
  /** Of the lost ones: those for which nothing said that something might be missing. */
  readonly untold: number;
  readonly doubled: number;
  readonly reordered: number;
}

export class Reader {
  readonly #seen = new Set<number>();
  /** The numbers read before each report. */
  readonly #told: number[] = [];
  #first = 0;
  #newest = 0;
  #doubled = 0;
  #reordered = 0;

  get isReading(): boolean {
    return this.#first > 0;
  }

  read(n: number): void {
    this.#first ||= n;
    if (this.#seen.has(n)) this.#doubled += 1;
    else if (n < this.#newest) this.#reordered += 1;
    this.#seen.add(n);
    this.#newest = Math.max(this.#newest, n);
  }

  /** The client was told that it may have missed something after what it has read. */
  told(): void {
    this.#told.push(this.#newest);
  }

  account(last: number): Account {
    let [lost, untold] = [0, 0];
    let before = this.#first;
    for (let n = this.#first; n <= last; n++) {
      if (this.#seen.has(n)) {
        before = n;
        continue;
      }
      lost += 1;
      if (!this.#told.includes(before)) untold += 1;
    }
    const owed = last - this.#first + 1;
    return { owed, lost, untold, doubled: this.#doubled, reordered: this.#reordered };
  }
}
