import type { Results } from "./rounds.ts";
import type { ServerName } from "./servers.ts";
import { descriptions, tests, type TestName } from "./tests.ts";

/** The display name of each server, with its version. */
export type Titles = Readonly<Record<ServerName, string>>;

// The reader's order: by what is measured, not as the tests run.
const LINES = Object.keys(descriptions) as TestName[];

/** The markdown table of a run: medians over the rounds, and the medians of the ratios of each round. */
export function table(results: Results, servers: ServerName[], titles: Titles): string {
  const peers = servers.includes("wingbeat") ? servers.filter((server) => server !== "wingbeat") : [];
  const head = [
    "test",
    "per",
    ...servers.map((server) => titles[server]),
    ...peers.map((peer) => `Wingbeat ÷ ${titles[peer]}`),
  ];
  const rows = LINES.filter((test) => results.has(test)).map((test) => {
    const values = results.get(test)!;
    return [
      `${descriptions[test]} (\`${test}\`)`,
      unit(test),
      ...servers.map((server) => figure(test, median(values.get(server)!))),
      ...peers.map((peer) => median(ratios(values.get("wingbeat")!, values.get(peer)!)).toFixed(2)),
    ];
  });
  return markdown(head, 2, rows);
}

/** A markdown table; all columns but the first `texts` are aligned to the right, as figures are. */
export function markdown(head: string[], texts: number, rows: string[][]): string {
  const rule = head.map((_, column) => (column < texts ? "---" : "---:"));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** The middle value; of an even number of values the mean of the two in the middle. */
export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[upper]! : (sorted[upper - 1]! + sorted[upper]!) / 2;
}

/** The value below which a share (0 to 1) of all values lies. */
export function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)]!;
}

/** Of each round. */
export function ratios(ours: number[], theirs: number[]): number[] {
  return ours.map((value, round) => value / theirs[round]!);
}

function unit(test: TestName): string {
  const perKind = { fan: "delivery", echo: "reply", idle: "connection", storm: "connection" };
  return perKind[tests[test].kind];
}

function figure(test: TestName, value: number): string {
  if (tests[test].kind === "idle") return `${(value / 1000).toFixed(1)} kB`;
  return `${value.toFixed(value < 100 ? 1 : 0)} µs`;
}
