/** The views of `wingbeat top`, as tables. */
import type { Answer, DataOf, QueryOf, ViewName } from "../../inspector/model.ts";
import { CommandError } from "../command-error.ts";
import { table } from "../table.ts";
import { bytes, counted, duration, number, percent } from "./figures.ts";
import { readable, readableLines } from "./readable.ts";
import type { Ask } from "./snapshot.ts";

/** How wide a name may be. */
const NAME = 40;

interface View<Name extends ViewName> {
  readonly name: Name;
  readonly query: QueryOf<Name>;
  readonly show: (data: DataOf<Name>, now: number) => string;
}

const view = <Name extends ViewName>(
  name: Name,
  query: QueryOf<Name>,
  show: (data: DataOf<Name>, now: number) => string,
): View<Name> => ({ name, query, show });

const overview = view("overview", {}, ({ nodes, connections, channels, bufferedBytes, rates }) => {
  const sums =
    `${counted(connections, "connection")}, ${counted(channels, "channel")}, ${bytes(bufferedBytes)} buffered; ` +
    `per second: ${number(rates.connects)} connects, ${number(rates.joins)} joins, ${number(rates.messagesIn)} messages, ` +
    `${number(rates.deliveries)} deliveries, ${number(rates.crashes)} crashes`;
  const titles = [
    "NODE",
    "STATUS",
    "CONNECTIONS",
    "CHANNELS",
    "MSG/S",
    "DELIVERED/S",
    "P99",
    "LAG",
    "CPU",
    "HEAP",
    "UP",
  ];
  const rows = nodes.map((node) => [
    readable(node.name, NAME),
    node.status,
    number(node.connections),
    number(node.channels),
    number(node.rates.messagesIn),
    number(node.rates.deliveries),
    duration(node.rates.p99),
    duration(node.lag),
    percent(node.cpu),
    bytes(node.heapBytes),
    duration(Date.now() - node.startedAt),
  ]);
  return `${sums}\n\n${table(titles, rows)}`;
});

const topics = view("topics", { sort: "rate" }, ({ rows, total }) =>
  rows.length === 0
    ? "nobody has joined a topic"
    : `${number(total)} topics or more\n\n` +
      table(
        ["TOPIC", "SUBSCRIBERS", "BROADCASTS/S", "NODES"],
        rows.map(({ topic, subscribers, rate, nodes }) => [
          readable(topic, NAME),
          number(subscribers),
          number(rate),
          number(nodes.length),
        ]),
      ),
);

const events = view("events", {}, ({ rows }) =>
  rows.length === 0
    ? "no message was handled since somebody looks"
    : table(
        ["CHANNEL", "EVENT", "COUNT", "PER SECOND", "P50", "P99", "OUTCOMES"],
        rows.map(({ pattern, event, count, rate, p50, p99, outcomes }) => [
          readable(pattern, NAME),
          readable(event, NAME),
          number(count),
          number(rate),
          duration(p50),
          duration(p99),
          Object.entries(outcomes)
            .map(([outcome, times]) => `${readable(outcome, 20)} ${number(times)}`)
            .join(", "),
        ]),
      ),
);

const errors = view("errors", {}, ({ crashes, warnings }, now) => {
  const rows = [
    ...crashes.map(({ pattern, callback, event, error, count, lastAt }) => ({
      lastAt,
      cells: [
        `crash: ${callback}${event === null ? "" : ` ${readable(event, 20)}`}`,
        count,
        readable(`${pattern}: ${error}`, 80),
      ],
    })),
    ...warnings.map(({ event, what, count, lastAt, last }) => ({
      lastAt,
      cells: [readable(what === "" ? event : `${event}: ${what}`, NAME), count, readable(last, 80)],
    })),
  ].toSorted((one, other) => other.lastAt - one.lastAt);
  if (rows.length === 0) return "no crashes, no limits reached, nothing lost";
  return table(
    ["WHAT", "COUNT", "LAST", "DETAIL"],
    rows.map(({ lastAt, cells: [what, count, detail] }) => [
      String(what),
      number(Number(count)),
      `${duration(Math.max(0, now - lastAt))} ago`,
      String(detail),
    ]),
  );
});

const pressure = view("pressure", {}, ({ slow, busy }) => {
  const connections = table(
    ["CONNECTION", "NODE", "BUFFERED", "WAITING", "PAUSED"],
    slow.map(({ id, key, node, bufferedBytes, waitingBytes, paused }) => [
      readable(id ?? `#${key}`, NAME),
      readable(node, NAME),
      bytes(bufferedBytes),
      bytes(waitingBytes),
      paused ? "yes" : "",
    ]),
  );
  const channels = table(
    ["CHANNEL", "OF", "WAITING", "RUNNING"],
    busy.map(({ id, key, channel: { topic, waiting, running } }) => [
      readable(topic, NAME),
      readable(id ?? `#${key}`, NAME),
      number(waiting),
      running === null ? "" : `${running.callback} ${readable(running.event ?? "", 20)} for ${duration(running.for)}`,
    ]),
  );
  const parts = [...(slow.length === 0 ? [] : [connections]), ...(busy.length === 0 ? [] : [channels])];
  return parts.length === 0 ? "nobody is slow" : parts.join("\n\n");
});

/** In the order of their keys, from 1. */
export const VIEWS = [overview, topics, events, errors, pressure] as const;
export type TopView = (typeof VIEWS)[number];

export interface Look {
  /** Which nodes have answered, and which have not. */
  readonly from: string;
  readonly text: string;
  readonly answer: Answer;
}

/** What one of them says now, and what it is made of. Whatever the server has sent: its text is harmless. */
export async function look(ask: Ask, { name, query, show }: TopView): Promise<Look> {
  const answer = await ask(name, query as QueryOf<typeof name>);
  try {
    const text = (show as View<typeof name>["show"])(answer.data as never, answer.at);
    return { from: nodesIn(answer), text: readableLines(text), answer };
  } catch {
    throw new CommandError(`The ${name} that the server has sent cannot be read: it has another version of wingbeat.`);
  }
}

function nodesIn({ nodes, silent }: Answer): string {
  const said = silent.length === 0 ? "" : `, no answer of ${silent.map((node) => readable(node, NAME)).join(", ")}`;
  return counted(nodes.length, "node") + said;
}
