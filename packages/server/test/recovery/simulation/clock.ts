/**
 * Time that passes only when the simulation says so. While it is installed, timers, dates and random numbers of the whole
 * process are its own: the product runs on it without knowing.
 */
import type { Random } from "../../attack/random.ts";

/** Whoever acts: a node, a client, the store. What it has planned ends with it. */
export interface Actor {
  readonly name: string;
  isDead: boolean;
  /** It does nothing before this time. */
  stalledUntil: number;
}

export const actor = (name: string): Actor => ({ name, isDead: false, stalledUntil: 0 });

/** Something planned. As much of Node's `Timeout` as anybody uses. */
export class Planned {
  isCancelled = false;
  time: number;
  order: number;
  readonly actor: Actor;
  readonly run: () => void;
  readonly repeats: number | undefined;

  constructor(time: number, order: number, own: Actor, run: () => void, repeats?: number) {
    this.time = time;
    this.order = order;
    this.actor = own;
    this.run = run;
    this.repeats = repeats;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return false;
  }
}

/** 2026-01-01. */
const EPOCH = 1_767_225_600_000;

const realImmediate = globalThis.setImmediate;
/** Everything that was queued in this turn, promises included, has run. */
const turn = (): Promise<void> => new Promise((resolve) => realImmediate(resolve));

export class VirtualClock {
  now = 0;
  /** Who is acting. */
  current: Actor;
  /** Called with what the product throws in a timer: it would have ended the process. */
  onError: (error: unknown) => void = (error) => {
    throw error;
  };
  steps = 0;
  readonly #heap: Planned[] = [];
  #order = 0;

  constructor(world: Actor) {
    this.current = world;
  }

  /** Plans something for an actor. */
  after(ms: number, run: () => void, who = this.current, repeats?: number): Planned {
    return this.at(this.now + (Number.isFinite(ms) ? Math.max(0, ms) : 0), run, who, repeats);
  }

  /** The same, at a time. What is planned for the same time is done in the order of planning. */
  at(time: number, run: () => void, who = this.current, repeats?: number): Planned {
    const planned = new Planned(Math.max(time, this.now), this.#order++, who, run, repeats);
    this.#push(planned);
    return planned;
  }

  /** Lets time pass, up to `end`. */
  async runUntil(end: number): Promise<void> {
    for (;;) {
      const next = this.#heap[0];
      if (next === undefined || next.time > end) break;
      this.#pop();
      if (next.isCancelled || next.actor.isDead) continue;
      if (next.actor.stalledUntil > next.time) {
        next.time = next.actor.stalledUntil;
        this.#push(next);
        continue;
      }
      this.now = next.time;
      this.current = next.actor;
      this.steps++;
      try {
        next.run();
      } catch (error) {
        this.onError(error);
      }
      await turn();
      if (next.repeats !== undefined && !next.isCancelled) {
        next.time = this.now + Math.max(1, next.repeats);
        next.order = this.#order++;
        this.#push(next);
      }
    }
    this.now = end;
  }

  /** Replaces the globals. Returns what puts them back. */
  install(random: Random): () => void {
    const cancel = (planned: Planned | undefined): void => {
      if (planned instanceof Planned) planned.isCancelled = true;
    };
    type Run = (...values: unknown[]) => void;
    const replaced: Record<string, unknown> = {
      setTimeout: (run: Run, ms = 0, ...values: unknown[]) => this.after(Math.max(1, ms), () => run(...values)),
      setInterval: (run: Run, ms = 0, ...values: unknown[]) =>
        this.after(Math.max(1, ms), () => run(...values), this.current, ms),
      setImmediate: (run: Run, ...values: unknown[]) => this.after(0, () => run(...values)),
      clearTimeout: cancel,
      clearInterval: cancel,
      clearImmediate: cancel,
      performance: { now: () => this.now, timeOrigin: EPOCH },
    };
    const before = new Map<string, PropertyDescriptor>();
    for (const [name, value] of Object.entries(replaced)) {
      before.set(name, Object.getOwnPropertyDescriptor(globalThis, name) as PropertyDescriptor);
      Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    }
    const { now } = Date;
    const { random: realRandom } = Math;
    Date.now = () => EPOCH + Math.floor(this.now);
    Math.random = () => random.next();
    return () => {
      for (const [name, descriptor] of before) Object.defineProperty(globalThis, name, descriptor);
      Date.now = now;
      Math.random = realRandom;
    };
  }

  #push(planned: Planned): void {
    const heap = this.#heap;
    let at = heap.push(planned) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(planned, heap[parent] as Planned)) break;
      heap[at] = heap[parent] as Planned;
      at = parent;
    }
    heap[at] = planned;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Planned;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Planned, heap[child] as Planned)) child++;
      if (!isBefore(heap[child] as Planned, last)) break;
      heap[at] = heap[child] as Planned;
      at = child;
    }
    heap[at] = last;
  }
}

const isBefore = (a: Planned, b: Planned): boolean => a.time < b.time || (a.time === b.time && a.order < b.order);
