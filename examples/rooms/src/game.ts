/** A game to have a rank in: one point for each message. */
const PLAYERS = 1_000;

export class Game {
  readonly #points = new Map<string, number>();

  score(uid: string): void {
    const points = (this.#points.get(uid) ?? 0) + 1;
    this.#points.delete(uid); // set again at the end: the first in the map has been silent for longest
    this.#points.set(uid, points);
    if (this.#points.size > PLAYERS) this.#points.delete(this.#points.keys().next().value as string);
  }

  /** 1 is the best; equal points give equal ranks; somebody without points comes last. */
  rank(uid: string): number {
    const own = this.#points.get(uid) ?? 0;
    return 1 + [...this.#points.values()].filter((points) => points > own).length;
  }
}
