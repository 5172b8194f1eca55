import { markdown, median } from "../table.ts";
import type { Load } from "./loads.ts";
import type { Measured } from "./measure.ts";

/** The results of a load: of each round, with one worker and with two. */
export interface Row {
  load: Load;
  one: Measured[];
  two: Measured[];
}

const HEAD = [
  "load",
  "per",
  "1 worker, per second",
  "2 workers, per second",
  "gain",
  "CPU, 1 worker",
  "CPU, 2 workers",
  "CPU of the load client",
  "gain possible here",
];

/** The markdown table of a run: medians over the rounds. */
export function table(rows: readonly Row[], cores: number): string {
  const cells = rows.map(({ load, one, two }) => {
    const of = (figures: Measured[], name: keyof Measured): number => median(figures.map((figure) => figure[name]));
    const gains = two.map((figure, round) => figure.perSecond / one[round]!.perSecond);
    const loadCpu = median([...one, ...two].map((figure) => figure.loadCpu));
    return [
      load.title,
      load.per,
      perSecond(of(one, "perSecond")),
      perSecond(of(two, "perSecond")),
      `× ${median(gains).toFixed(2)}`,
      time(of(one, "serverCpu")),
      time(of(two, "serverCpu")),
      time(loadCpu),
      `× ${possibleGain(of(one, "serverCpu"), loadCpu, cores).toFixed(2)}`,
    ];
  });
  return markdown(HEAD, 2, cells);
}

/**
 * The most that a second worker can gain if it costs nothing: the load client uses the same cores. With one worker, the
 * slower of the two sets the pace; with two, all work is shared by all cores.
 */
export function possibleGain(serverCpu: number, loadCpu: number, cores: number): number {
  const withOne = Math.max(serverCpu, loadCpu, (serverCpu + loadCpu) / cores);
  const withTwo = Math.max(serverCpu / 2, loadCpu, (serverCpu + loadCpu) / cores);
  return withOne / withTwo;
}

function perSecond(value: number): string {
  return (Math.round(value / 100) * 100).toLocaleString("en");
}

function time(microseconds: number): string {
  return `${microseconds.toFixed(microseconds < 100 ? 1 : 0)} µs`;
}
