/** What the page remembers of the overview, for its charts: one sample a second, an hour at most. */
import type { Answer } from "../contract.ts";

export interface Sample {
  readonly at: number;
  readonly values: Readonly<Record<Metric, number | null>>;
}

export const METRICS = [
  "connections",
  "channels",
  "messagesIn",
  "broadcasts",
  "deliveries",
  "p99",
  "lag",
  "cpu",
  "bufferedBytes",
  "connects",
  "refusals",
  "closes",
  "joins",
  "crashes",
] as const;
export type Metric = (typeof METRICS)[number];

const MAX_SAMPLES = 3_600;

export function sampleOf({ at, data }: Answer<"overview">): Sample {
  const highest = (values: readonly number[]): number | null => (values.length === 0 ? null : Math.max(...values));
  const { rates, connections, channels, bufferedBytes, nodes } = data;
  return {
    at,
    values: {
      ...rates,
      connections,
      channels,
      bufferedBytes,
      lag: highest(nodes.map(({ lag }) => lag)),
      cpu: highest(nodes.map(({ cpu }) => cpu)),
    },
  };
}

/** The samples with one more; one of the same time is replaced. */
export function withSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const last = samples.at(-1);
  if (last !== undefined && sample.at <= last.at) return samples;
  return [...samples.slice(samples.length >= MAX_SAMPLES ? 1 : 0), sample];
}

/** The highest value of each of so many equal parts of the time from `from` to `to`; null where nothing is known. */
export function buckets(
  samples: readonly Sample[],
  metric: Metric,
  { from, to, parts }: { readonly from: number; readonly to: number; readonly parts: number },
): (number | null)[] {
  const found = Array.from<number | null>({ length: parts }).fill(null);
  for (const { at, values } of samples) {
    const value = values[metric];
    const part = Math.floor(((at - from) / (to - from)) * parts);
    if (value === null || part < 0 || at > to) continue;
    const index = Math.min(part, parts - 1);
    found[index] = Math.max(found[index] ?? value, value);
  }
  return found;
}
