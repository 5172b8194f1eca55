/** A figure, and how it was in the last minutes. */
import { useState } from "react";
import type { PointerEvent } from "react";
import { timeOfDay } from "../format.ts";
import { buckets } from "../live/samples.ts";
import type { Metric, Sample } from "../live/samples.ts";
import { linesOf } from "./chart-path.ts";

export const PARTS = 120;
const HEIGHT = 36;

export interface ChartProps {
  readonly name: string;
  readonly unit?: string;
  readonly metric: Metric;
  readonly samples: readonly Sample[];
  /** Milliseconds that are shown. */
  readonly window: number;
  readonly format: (value: number) => string;
  readonly hint: string;
  /** From where on it is worth looking at. */
  readonly alarming?: (value: number) => boolean;
}

export function Chart({ name, unit = "", metric, samples, window, format, hint, alarming }: ChartProps) {
  const [pointed, setPointed] = useState<number | null>(null);
  const step = window / PARTS;
  // Parts begin at fixed times: the line moves to the left, and does not change its shape.
  const to = Math.ceil((samples.at(-1)?.at ?? 0) / step) * step;
  const from = to - window;
  const values = buckets(samples, metric, { from, to, parts: PARTS });
  const highest = Math.max(0, ...values.map((value) => value ?? 0));
  const now = samples.at(-1)?.values[metric] ?? null;
  const say = (value: number | null): string => (value === null ? "–" : `${format(value)}${unit}`);
  const at = pointed === null ? null : (values[pointed] ?? null);

  const point = (event: PointerEvent<SVGSVGElement>): void => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    setPointed(Math.min(PARTS - 1, Math.max(0, Math.floor(((event.clientX - left) / width) * PARTS))));
  };
  return (
    <div className="card" data-tone={now !== null && alarming?.(now) === true ? "bad" : undefined}>
      <h2 title={hint}>{name}</h2>
      <p className="card-figure">{say(now)}</p>
      <svg
        viewBox={`0 0 ${PARTS} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${name}: ${say(now)} now, ${say(highest)} at most`}
        onPointerMove={point}
        onPointerLeave={() => setPointed(null)}
      >
        {linesOf(values, highest, HEIGHT).map(({ line, area }) => (
          <g key={line.slice(0, line.indexOf(" ", 2))}>
            <path className="chart-area" d={area} />
            <path className="chart-line" d={line} />
          </g>
        ))}
        {pointed !== null && <path className="chart-cursor" d={`M${pointed + 0.5} 0V${HEIGHT}`} />}
      </svg>
      <p className="card-foot">
        {pointed === null ? `at most ${say(highest)}` : `${say(at)} at ${timeOfDay(from + (pointed + 0.5) * step)}`}
      </p>
    </div>
  );
}
