/**
 * The judge: reads what happened, and says what should not have. It knows nothing of the server but what positions mean:
 * offsets grow by one with each entry of a log, and an epoch is `<log>.<generation>`.
 */
import { Logs } from "./checker/logs.ts";
import { Publications } from "./checker/publications.ts";
import { Run } from "./checker/run.ts";
import type { Violation } from "./checker/violation.ts";
import type { Line } from "./history.ts";

export type { Kind, Violation } from "./checker/violation.ts";

export interface Figures {
  readonly published: number;
  readonly delivered: number;
  readonly runs: number;
  /** Rejoins after which nothing was missing. */
  readonly recovered: number;
  /** Reports, by reason. */
  readonly reports: Readonly<Record<string, number>>;
}

export interface Verdict {
  readonly violations: readonly Violation[];
  readonly figures: Figures;
}

/** `lines` in the order of time. */
export function check(lines: readonly Line[]): Verdict {
  const violations: Violation[] = [];
  const tell = (violation: Violation): void => void violations.push(violation);

  const publications = new Publications(lines);
  const logs = new Logs(tell);
  const topicOf = topicsOfRuns(lines);
  for (const line of lines) logs.learn(line, topicOf);
  publications.judge(lines, logs, tell);

  const runs = new Map<string, Run>();
  const size = lines.find((line) => line.op === "rule")?.size ?? Infinity;
  const known = { logs, publications, size, faults: lines.filter((line) => line.op === "fault"), tell };
  for (const line of lines) {
    if (!("run" in line)) continue;
    const run = runs.get(line.run) ?? new Run(line.run, topicOf.get(line.run) as string, known);
    runs.set(line.run, run);
    run.see(line);
  }
  return { violations, figures: figuresOf(lines, runs.size) };
}

function topicsOfRuns(lines: readonly Line[]): Map<string, string> {
  return new Map(lines.flatMap((line) => (line.op === "join" ? [[line.run, line.topic] as const] : [])));
}

function figuresOf(lines: readonly Line[], runs: number): Figures {
  const reports: Record<string, number> = {};
  const figures = { published: 0, delivered: 0, recovered: 0 };
  for (const line of lines) {
    if (line.op === "publish" && line.phase === "ok") figures.published++;
    else if (line.op === "deliver") figures.delivered++;
    else if (line.op === "join" && line.recovered === true) figures.recovered++;
    else if (line.op === "report") reports[line.reason] = (reports[line.reason] ?? 0) + 1;
  }
  return { ...figures, runs, reports };
}
