import { markdown, quantile } from "../table.ts";
import type { Outcome } from "./measure.ts";
import type { TestName } from "./orders.ts";

export interface Row {
  title: string;
  outcomes: Record<TestName, Outcome>;
}

const HEAD = [
  "adapter",
  "latency, one way",
  "99 % below",
  "messages per second",
  "CPU of the sender",
  "CPU of a receiver",
  "CPU where nobody subscribed",
];

/** The markdown table of a run. */
export function table(rows: readonly Row[]): string {
  return markdown(HEAD, 1, rows.map(cellsOf));
}

function cellsOf({ title, outcomes: { latency, load, unwanted } }: Row): string[] {
  const oneWay = (share: number): string => `${Math.round(quantile([...latency.sender.roundTrips], share) / 2)} µs`;
  const perMessage = (cpu: number, { count }: Outcome): string => `${(cpu / count).toFixed(1)} µs`;
  return [
    title,
    oneWay(0.5),
    oneWay(0.99),
    (Math.round(load.count / load.sender.duration) * 1_000).toLocaleString("en"),
    perMessage(load.sender.cpu, load),
    perMessage(load.receiver.cpu, load),
    perMessage(unwanted.receiver.cpu, unwanted),
  ];
}
