/** What this process uses: CPU, memory, and how late its event loop is. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { IntervalHistogram } from "node:perf_hooks";
import type { Cost } from "../counts/cost.ts";

/** Milliseconds between two looks at the event loop. */
const RESOLUTION = 20;
/** A share is of so many ms at least: several may ask. */
const LEAST_TIME = 500;

export interface Usage {
  readonly heapBytes: number;
  readonly rssBytes: number;
  readonly cpu: number;
  readonly lag: number;
  readonly inspectorCpu: number;
}

export class ProcessUsage {
  readonly #cost: Cost;
  #delay: IntervalHistogram | undefined = undefined;
  #lag = 0;
  #at = performance.now();
  #cpu = process.cpuUsage();
  #spent: number;
  #shares = { cpu: 0, inspectorCpu: 0 };

  constructor(cost: Cost) {
    this.#cost = cost;
    this.#spent = cost.spent;
  }

  start(): void {
    this.#delay ??= monitorEventLoopDelay({ resolution: RESOLUTION });
    this.#delay.enable();
    this.#lag = 0;
    this.#at = performance.now();
    this.#cpu = process.cpuUsage();
    this.#spent = this.#cost.spent;
  }

  /** Ten seconds are over. */
  turn(): void {
    this.#lag = this.#lagNow();
    this.#delay?.reset();
  }

  stop(): void {
    this.#delay?.disable();
    this.#delay?.reset();
  }

  look(): Usage {
    this.#share();
    const { heapUsed, rss } = process.memoryUsage();
    return { heapBytes: heapUsed, rssBytes: rss, ...this.#shares, lag: Math.max(this.#lag, this.#lagNow()) };
  }

  #lagNow(): number {
    const delay = this.#delay;
    if (delay === undefined || delay.count === 0) return 0;
    return Math.max(0, delay.percentile(99) / 1e6 - RESOLUTION);
  }

  #share(): void {
    const time = performance.now() - this.#at;
    if (time < LEAST_TIME) return;
    const { user, system } = process.cpuUsage(this.#cpu);
    const cpu = (user + system) / 1_000 / time;
    // Its time is taken by the clock: on a busy machine a part of it is that of other processes.
    this.#shares = { cpu, inspectorCpu: Math.min(cpu, (this.#cost.spent - this.#spent) / time) };
    this.#at += time;
    this.#cpu = process.cpuUsage();
    this.#spent = this.#cost.spent;
  }
}
