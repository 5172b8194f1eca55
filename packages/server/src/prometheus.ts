/**
 * `wingbeat/prometheus`: the metrics of an endpoint, in a prom-client registry. They are derived from telemetry; labels
 * have low cardinality, whatever clients send: mount paths, channel patterns, declared events, outcomes.
 *
 * @example
 * import * as client from "prom-client";
 * client.collectDefaultMetrics(); // the process: memory, CPU, event-loop delay
 * collectMetrics(client, endpoint);
 * app.get("/metrics", async (_request, response) => response.send(await client.register.metrics()));
 */
import { checkKeys } from "./options.ts";
import { countBroadcasts, countChannels, countConnections, countHistory, countLimits } from "./prometheus/events.ts";
import { gauge } from "./prometheus/gauges.ts";
import { Instruments } from "./prometheus/instruments.ts";
import type { MeasuredEndpoint } from "./prometheus/gauges.ts";
import type { PromClient, PromRegistry } from "./prometheus/instruments.ts";

export type { MeasuredEndpoint } from "./prometheus/gauges.ts";
export type { PromClient, PromRegistry } from "./prometheus/instruments.ts";

export interface MetricsOptions {
  /** The registry for the metrics. Default: prom-client's global one. */
  readonly register?: PromRegistry;
  /** The prefix of their names; two endpoints of one process need different ones. Default `wingbeat_`. */
  readonly prefix?: string;
  /** Upper bounds of the durations' buckets, in seconds. Default: 0.5 ms to 5 s. */
  readonly durationBuckets?: readonly number[];
}

const DURATION_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/**
 * Collects metrics until the returned function is called. `client` is the module prom-client. Counters start at 0;
 * gauges (connections, channels, buffers) are read at each scrape.
 *
 * Throws `WB_OPTION`, and whatever prom-client throws when the registry already has metrics of these names.
 */
export function collectMetrics(
  client: PromClient,
  endpoint: MeasuredEndpoint,
  options: MetricsOptions = {},
): () => void {
  checkKeys("collectMetrics", options, ["register", "prefix", "durationBuckets"]);
  const { register = client.register, prefix = "wingbeat_", durationBuckets = DURATION_BUCKETS } = options;
  const instruments = new Instruments(client, register, prefix, durationBuckets);
  gauge(instruments, endpoint);
  const detach = [
    ...countConnections(instruments, endpoint),
    ...countChannels(instruments, endpoint),
    ...countBroadcasts(instruments, endpoint.pubsub),
    ...countHistory(instruments, endpoint),
    ...countLimits(instruments, endpoint),
  ];
  return () => {
    for (const stop of detach) stop();
    instruments.remove();
  };
}
