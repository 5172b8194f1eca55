/** Creates counters, gauges and histograms with prom-client. */

interface MetricConfig {
  name: string;
  help: string;
  labelNames?: string[];
  registers?: never[];
}

export interface PromCounter {
  inc(labels: Record<string, string>, value?: number): void;
  reset(): void;
}

export interface PromHistogram {
  observe(labels: Record<string, string>, value: number): void;
}

export interface PromGauge {
  set(value: number): void;
}

export interface PromRegistry {
  removeSingleMetric(name: string): void;
}

/** The part of the module prom-client (version 15) that is used. */
export interface PromClient {
  readonly register: PromRegistry;
  readonly Counter: new (config: MetricConfig) => PromCounter;
  readonly Gauge: new (config: MetricConfig & { collect?: () => void }) => PromGauge;
  readonly Histogram: new (config: MetricConfig & { buckets?: number[] }) => PromHistogram;
}

export class Instruments {
  readonly #client: PromClient;
  readonly #register: PromRegistry;
  readonly #prefix: string;
  readonly #durationBuckets: readonly number[];
  readonly #names: string[] = [];

  constructor(client: PromClient, register: PromRegistry, prefix: string, durationBuckets: readonly number[]) {
    this.#client = client;
    this.#register = register;
    this.#prefix = prefix;
    this.#durationBuckets = durationBuckets;
  }

  counter(name: string, help: string, labelNames: string[] = []): PromCounter {
    return new this.#client.Counter(this.#config(name, help, labelNames));
  }

  /** Of durations, in seconds. */
  durations(name: string, help: string, labelNames: string[]): PromHistogram {
    return this.histogram(name, help, [...this.#durationBuckets], labelNames);
  }

  histogram(name: string, help: string, buckets: number[], labelNames: string[] = []): PromHistogram {
    return new this.#client.Histogram({ ...this.#config(name, help, labelNames), buckets });
  }

  /** `collect` is called before each scrape. */
  gauge(name: string, help: string, collect?: () => void): PromGauge {
    return new this.#client.Gauge({ ...this.#config(name, help, []), ...(collect === undefined ? {} : { collect }) });
  }

  remove(): void {
    for (const name of this.#names) this.#register.removeSingleMetric(name);
  }

  #config(name: string, help: string, labelNames: string[]): MetricConfig {
    const fullName = this.#prefix + name;
    this.#names.push(fullName);
    return { name: fullName, help, labelNames, registers: [this.#register as never] };
  }
}
