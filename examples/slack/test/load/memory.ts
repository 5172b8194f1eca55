/** What the server's memory does while it is at work. */
import type { LoadedServer } from "./server.ts";

/** How often the heap is looked at in one run. Each time costs the server a collection. */
const LOOKS = 10;
/** A longer history of messages alone may cost so much, in MB: caches that have not been filled yet. */
const TOLERANCE = 5;

export class MemoryLog {
  readonly #timer: NodeJS.Timeout;
  readonly #looks: Promise<number>[] = [];
  readonly #server: LoadedServer;

  /** Looks at the heap from now on, for a run that takes so many milliseconds. */
  constructor(server: LoadedServer, milliseconds: number) {
    this.#server = server;
    this.#timer = setInterval(() => this.#look(), milliseconds / LOOKS);
  }

  /** Megabytes, in the order of time. */
  end(): Promise<number[]> {
    clearInterval(this.#timer);
    this.#look();
    return Promise.all(this.#looks);
  }

  #look(): void {
    const look = this.#server.heapMegabytes();
    look.catch(() => {}); // said by `end`, unless the server has ended: that says more
    this.#looks.push(look);
  }
}

/** Whether the last third is above the one before it. The first is for code and caches to get warm. */
export function hasGrown(megabytes: readonly number[]): boolean {
  const third = Math.max(1, Math.floor(megabytes.length / 3));
  const mean = (part: readonly number[]): number => part.reduce((sum, n) => sum + n, 0) / part.length;
  return mean(megabytes.slice(-third)) > mean(megabytes.slice(-2 * third, -third)) * 1.05 + TOLERANCE;
}
