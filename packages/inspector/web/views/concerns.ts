/** What in the overview needs somebody's attention, and where to look next. */
import type { Answer } from "../contract.ts";
import { duration, percent, rate } from "../format.ts";
import type { Place } from "../route.ts";

export interface Concern {
  readonly text: string;
  readonly place: Place;
}

export function concernsOf({ data: { nodes, rates } }: Answer<"overview">): Concern[] {
  const concerns: Concern[] = [];
  const say = (place: Place, text: string): void => void concerns.push({ place, text });
  for (const { name, status, lag, cpu } of nodes) {
    if (status === "degraded")
      say("cluster", `${name} is degraded: it does not reach the other nodes, or its history.`);
    if (status === "draining") say("overview", `${name} is draining: it takes no more connections.`);
    if (lag > 100) say("pressure", `The event loop of ${name} is delayed by ${duration(lag)}.`);
    if (cpu > 0.9) say("events", `${name} uses ${percent(cpu)} of a core.`);
  }
  if (rates.crashes > 0) say("errors", `Channels crash: ${rate(rates.crashes)} per second.`);
  if (rates.refusals > 1) say("doors", `Clients cannot connect: ${rate(rates.refusals)} per second.`);
  const versions = new Set(nodes.map(({ version }) => version));
  if (versions.size > 1) say("cluster", `The nodes run different versions: ${[...versions].join(", ")}.`);
  return concerns;
}
