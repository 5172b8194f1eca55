import { useState } from "react";
import { Badge } from "../parts/badge.tsx";
import { Chart } from "../parts/chart.tsx";
import type { ChartProps } from "../parts/chart.tsx";
import { ClientText } from "../parts/client-text.tsx";
import { Panel } from "../parts/panel.tsx";
import { Table } from "../parts/table.tsx";
import type { Column } from "../parts/table.tsx";
import { ViewFrame } from "../parts/view-frame.tsx";
import type { Answer, NodeRow } from "../contract.ts";
import { bytes, count, duration, percent, rate, short, span } from "../format.ts";
import { useOverview } from "../live/overview.tsx";
import { hrefOf } from "../route.ts";
import { concernsOf } from "./concerns.ts";

const WINDOWS = [
  { name: "2 min", ms: 120_000 },
  { name: "10 min", ms: 600_000 },
  { name: "1 h", ms: 3_600_000 },
] as const;

type Card = Omit<ChartProps, "samples" | "window">;

const CARDS: readonly Card[] = [
  { name: "Connections", metric: "connections", format: short, hint: "Clients that are connected now" },
  { name: "Channels", metric: "channels", format: short, hint: "Joined channels of all connections" },
  {
    name: "Messages in",
    metric: "messagesIn",
    format: rate,
    unit: "/s",
    hint: "Messages of clients that were handled",
  },
  {
    name: "Broadcasts",
    metric: "broadcasts",
    format: rate,
    unit: "/s",
    hint: "Broadcasts to topics with subscribers, counted on each node",
  },
  {
    name: "Deliveries",
    metric: "deliveries",
    format: rate,
    unit: "/s",
    hint: "To how many subscribers these broadcasts went",
  },
  { name: "Handling, p99", metric: "p99", format: duration, hint: "99 % of messages were handled faster than this" },
  { name: "Connects", metric: "connects", format: rate, unit: "/s", hint: "Connections that were accepted" },
  { name: "Closes", metric: "closes", format: rate, unit: "/s", hint: "Connections that have ended" },
  { name: "Refusals", metric: "refusals", format: rate, unit: "/s", hint: "Clients that could not connect" },
  { name: "Joins", metric: "joins", format: rate, unit: "/s", hint: "Channels that were joined" },
  {
    name: "Crashes",
    metric: "crashes",
    format: rate,
    unit: "/s",
    hint: "Callbacks that threw: see Errors",
    alarming: (value) => value > 0,
  },
  { name: "Buffered", metric: "bufferedBytes", format: bytes, hint: "Bytes that wait for clients to read them" },
  {
    name: "Loop delay, worst",
    metric: "lag",
    format: duration,
    hint: "p99 of the event loop's delay on the slowest node",
    alarming: (value) => value > 100,
  },
  {
    name: "CPU, busiest",
    metric: "cpu",
    format: percent,
    hint: "Of one core, on the busiest node",
    alarming: (value) => value > 0.9,
  },
];

const columnsOf = (now: number): readonly Column<NodeRow>[] => [
  { name: "Node", is: "name", cell: ({ name }) => <ClientText text={name} /> },
  { name: "State", cell: ({ status }) => <Badge tone={status === "ok" ? "good" : "warn"}>{status}</Badge> },
  { name: "Up", is: "figure", hide: "large", cell: ({ startedAt }) => span(now - startedAt) },
  {
    name: "Version",
    hide: "medium",
    cell: ({ version, runtime, pid }) => <span title={`process ${pid}, Node ${runtime}`}>{version}</span>,
  },
  {
    name: "Connections",
    is: "figure",
    cell: ({ connections }) => <a href={hrefOf("connections")}>{count(connections)}</a>,
  },
  { name: "Channels", is: "figure", hide: "small", cell: ({ channels }) => count(channels) },
  { name: "Topics", is: "figure", hide: "large", cell: ({ topics }) => count(topics) },
  {
    name: "In/s",
    is: "figure",
    hide: "small",
    hint: "Messages of clients per second",
    cell: ({ rates }) => rate(rates.messagesIn),
  },
  {
    name: "Out/s",
    is: "figure",
    hide: "large",
    hint: "Deliveries of broadcasts per second",
    cell: ({ rates }) => rate(rates.deliveries),
  },
  { name: "p99", is: "figure", hide: "small", cell: ({ rates }) => (rates.p99 === null ? "–" : duration(rates.p99)) },
  {
    name: "Delay",
    is: "figure",
    hide: "small",
    hint: "p99 of the event loop's delay",
    cell: ({ lag }) => duration(lag),
  },
  { name: "CPU", is: "figure", cell: ({ cpu }) => percent(cpu) },
  {
    name: "Heap",
    is: "figure",
    hide: "large",
    hint: "Of the whole process: RSS in the title",
    cell: ({ heapBytes, rssBytes }) => <span title={`RSS ${bytes(rssBytes)}`}>{bytes(heapBytes)}</span>,
  },
  {
    name: "Inspector",
    is: "figure",
    hide: "large",
    hint: "The share of a core that this inspector uses",
    cell: ({ inspectorCpu }) => percent(inspectorCpu),
  },
];

export function OverviewView() {
  const { live, samples } = useOverview();
  const [window, setWindow] = useState<number>(WINDOWS[0].ms);
  return (
    <ViewFrame
      title="Overview"
      lead="Is it us, since when, and which node?"
      live={live}
      tools={
        <fieldset className="choice">
          <legend>Charts</legend>
          {WINDOWS.map(({ name, ms }) => (
            <button key={ms} type="button" aria-pressed={window === ms} onClick={() => setWindow(ms)}>
              {name}
            </button>
          ))}
        </fieldset>
      }
    >
      {(answer) => (
        <>
          <Concerns answer={answer} />
          <div className="cards">
            {CARDS.map((card) => (
              <Chart key={card.name} {...card} samples={samples} window={window} />
            ))}
          </div>
          <Panel title="Nodes" note="Rates are of the last ten seconds. The charts begin when this page was opened.">
            <Table
              label="Nodes"
              columns={columnsOf(answer.at)}
              rows={answer.data.nodes}
              keyOf={({ name }) => name}
              toneOf={({ status }) => (status === "ok" ? undefined : "warn")}
              empty="No node has answered. Are they running, and connected to each other? Cluster says what is known."
            />
          </Panel>
        </>
      )}
    </ViewFrame>
  );
}

function Concerns({ answer }: { readonly answer: Answer<"overview"> }) {
  const concerns = concernsOf(answer);
  if (concerns.length === 0) return <p className="calm">Nothing needs attention now.</p>;
  return (
    <ul className="concerns" aria-label="Needs attention">
      {concerns.map(({ text, place }) => (
        <li key={text}>
          {text} <a href={hrefOf(place)}>{place === "overview" ? "See below" : `Open ${place}`}</a>
        </li>
      ))}
    </ul>
  );
}
