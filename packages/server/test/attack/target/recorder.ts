/** What the target writes down about itself: process warnings, telemetry, memory, and the log that it would write. */
import { Telemetry } from "../../../src/index.ts";
import type { LoggerOptions, LogLevel, StructuredSink } from "../../../src/index.ts";
import { inspect } from "node:util";
import { LogWatch } from "../log-watch.ts";

export interface TargetFigures {
  readonly closes: Readonly<Record<string, number>>;
  /** Crashed channels, by pattern. */
  readonly crashes: Readonly<Record<string, number>>;
  /** Other events that are told at a limit, by name. */
  readonly limits: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
  /** Of the structured log, which stays in the target. */
  readonly log: Pick<LogWatch, "bytes" | "lines" | "longestLine" | "forged">;
  readonly memory: MemoryFigures;
  readonly connections: number;
  readonly subscriptions: number;
  /** TCP connections that are open, the two that listen included. */
  readonly sockets: number;
}

/** Bytes: used heap and what buffers hold outside of it, and what the process has of the system. */
export interface MemoryFigures {
  readonly settled: number;
  readonly peak: number;
  readonly peakRss: number;
}

const LIMITS = ["socket.slow_consumer", "socket.rate_limited", "socket.paused", "channel.too_many"] as const;

export class Recorder {
  readonly #closes: Record<string, number> = {};
  readonly #crashes: Record<string, number> = {};
  readonly #limits: Record<string, number> = {};
  readonly #warnings: string[] = [];
  readonly #log = new LogWatch();
  #peak = 0;
  #peakRss = 0;

  constructor() {
    const count = (into: Record<string, number>, key: string | number): void => void (into[key] = (into[key] ?? 0) + 1);
    process.on("warning", ({ name, message }) => this.#warnings.push(`${name}: ${message}`));
    Telemetry.attach("socket.closed", ({ code }) => count(this.#closes, code));
    Telemetry.attach("channel.crashed", ({ pattern }) => count(this.#crashes, pattern));
    for (const event of LIMITS) Telemetry.attach(event, () => count(this.#limits, event));
    setInterval(() => this.#measure(), 20).unref();
  }

  /** The default logger, as an application sets it: on the console, which the campaign reads, or structured. */
  logger(level: LogLevel, isStructured: boolean): LoggerOptions {
    if (!isStructured) return { level };
    const write = (fields: object, line: string): void => {
      this.#log.line(line);
      this.#log.bytes += line.length + inspect(fields, { depth: 10, maxStringLength: Infinity }).length;
    };
    return { level, structured: { debug: write, info: write, warn: write, error: write } satisfies StructuredSink };
  }

  /** Begins a new measure of the most memory. */
  async rest(): Promise<number> {
    const settled = await this.#settled();
    this.#peak = settled;
    this.#peakRss = process.memoryUsage.rss();
    return settled;
  }

  /** What is held now, garbage not counted. */
  held(): number {
    globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  }

  async figures(endpoint: {
    connections: number;
    pubsub: { size: { subscriptions: number } };
  }): Promise<TargetFigures> {
    this.#measure();
    const { bytes, lines, longestLine, forged } = this.#log;
    const [peak, peakRss] = [this.#peak, this.#peakRss];
    return {
      closes: this.#closes,
      crashes: this.#crashes,
      limits: this.#limits,
      warnings: this.#warnings,
      log: { bytes, lines, longestLine, forged },
      memory: { settled: await this.#settled(), peak, peakRss },
      connections: endpoint.connections,
      subscriptions: endpoint.pubsub.size.subscriptions,
      sockets: process.getActiveResourcesInfo().filter((name) => name.startsWith("TCP")).length,
    };
  }

  #measure(): void {
    const { heapUsed, external, rss } = process.memoryUsage();
    this.#peak = Math.max(this.#peak, heapUsed + external);
    this.#peakRss = Math.max(this.#peakRss, rss);
  }

  /** After a collection; some turns between two of them let finalizers run. */
  async #settled(): Promise<number> {
    for (let round = 0; round < 3; round++) {
      this.held();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return this.held();
  }
}
