/** Makes one answer of the reports of several nodes, the own one first. */
import { merged } from "./counts/histogram.ts";
import { MAX_CRASHES, sameness } from "./incidents/crashes.ts";
import { MAX_ROWS } from "./model.ts";
import type {
  Connections,
  ConnectionsQuery,
  Crash,
  DataOf,
  Doors,
  Errors,
  Events,
  Histories,
  HistoryRow,
  Overview,
  Presences,
  Pressure,
  QueryOf,
  Rates,
  TopicDetail,
  TopicRow,
  Topics,
  ViewName,
  Warning,
} from "./model.ts";
import type { Report } from "./questions.ts";

type Mergers = {
  readonly [View in ViewName]: (reports: readonly Report<View>[], query: QueryOf<View>) => DataOf<View>;
};

const MAX_EVENTS = 500;
const MAX_SLOW = 50;

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);

/** The rows with the same key, in one. */
function joined<Row>(rows: readonly Row[], keyOf: (row: Row) => string, join: (rows: readonly Row[]) => Row): Row[] {
  const byKey = new Map<string, Row[]>();
  for (const row of rows) {
    const same = byKey.get(keyOf(row));
    if (same === undefined) byKey.set(keyOf(row), [row]);
    else same.push(row);
  }
  return [...byKey.values()].map((same) => (same.length === 1 ? (same[0] as Row) : join(same)));
}

const nodesIn = (rows: readonly { readonly nodes: readonly string[] }[]): readonly string[] => [
  ...new Set(rows.flatMap(({ nodes }) => nodes)),
];
const newest = <T extends { readonly lastAt: number }>(rows: readonly T[]): T =>
  rows.reduce((a, b) => (b.lastAt > a.lastAt ? b : a));

function overview(reports: readonly Report<"overview">[]): Overview {
  const nodes = reports.map(({ data }) => data.row);
  const latency = merged(reports.map(({ data }) => data.latency));
  const rate = (name: Exclude<keyof Rates, "p50" | "p99">): number => sum(nodes, ({ rates }) => rates[name]);
  return {
    nodes,
    connections: sum(nodes, ({ connections }) => connections),
    channels: sum(nodes, ({ channels }) => channels),
    bufferedBytes: sum(nodes, ({ bufferedBytes }) => bufferedBytes),
    rates: {
      connects: rate("connects"),
      refusals: rate("refusals"),
      closes: rate("closes"),
      joins: rate("joins"),
      messagesIn: rate("messagesIn"),
      broadcasts: rate("broadcasts"),
      deliveries: rate("deliveries"),
      crashes: rate("crashes"),
      p50: latency.quantile(0.5),
      p99: latency.quantile(0.99),
    },
  };
}

function counted<Row extends { readonly count: number; readonly lastAt: number }>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
): readonly Row[] {
  return joined(rows, keyOf, (same) => ({ ...newest(same), count: sum(same, ({ count }) => count) }))
    .sort((a, b) => b.count - a.count)
    .slice(0, MAX_ROWS);
}

function doors(reports: readonly Report<"doors">[]): Doors {
  return {
    refusals: counted(
      reports.flatMap(({ data }) => data.refusals),
      ({ stage, reason }) => `${stage}\n${reason}`,
    ),
    closes: counted(
      reports.flatMap(({ data }) => data.closes),
      ({ code, reason }) => `${code}\n${reason}`,
    ),
  };
}

const ORDERS = {
  newest: (a: Connections["rows"][number], b: Connections["rows"][number]) => b.connectedAt - a.connectedAt,
  buffered: (a: Connections["rows"][number], b: Connections["rows"][number]) => b.bufferedBytes - a.bufferedBytes,
  channels: (a: Connections["rows"][number], b: Connections["rows"][number]) => b.channels - a.channels,
} as const;

function connections(reports: readonly Report<"connections">[], { sort = "newest" }: ConnectionsQuery): Connections {
  const rows = reports.flatMap(({ data }) => data.rows).sort(ORDERS[sort]);
  return { total: sum(reports, ({ data }) => data.total), rows: rows.slice(0, MAX_ROWS) };
}

/** The topics that several nodes have named. Subscribers of topics that a node has not named are missing. */
export function topicRows(reports: readonly Report<"topics">[], sort: "subscribers" | "rate"): readonly TopicRow[] {
  const rows = reports.flatMap(({ node, data }) =>
    data.rows.filter(({ subscribers }) => subscribers > 0).map((row): TopicRow => ({ ...row, nodes: [node] })),
  );
  const join = (same: readonly TopicRow[]): TopicRow => ({
    topic: (same[0] as TopicRow).topic,
    subscribers: sum(same, ({ subscribers }) => subscribers),
    rate: Math.max(...same.map(({ rate }) => rate)),
    nodes: nodesIn(same),
  });
  return joined(rows, ({ topic }) => topic, join)
    .sort((a, b) => b[sort] - a[sort] || b.subscribers - a.subscribers || (a.topic < b.topic ? -1 : 1))
    .slice(0, MAX_ROWS);
}

function topics(reports: readonly Report<"topics">[], { sort = "subscribers" }: QueryOf<"topics">): Topics {
  const rows = topicRows(reports, sort);
  return { total: Math.max(rows.length, ...reports.map(({ data }) => data.total)), rows };
}

function topic(reports: readonly Report<"topic">[], query: QueryOf<"topic">): TopicDetail {
  const byNode = reports
    .map(({ node, data: { subscribers } }) => ({ node, subscribers }))
    .filter(({ subscribers }) => subscribers > 0);
  const histories = reports.flatMap(({ data }) => data.history ?? []);
  const presences = new Map<string, TopicDetail["presences"][number]>();
  for (const { data } of reports) {
    for (const presence of data.presences) {
      const known = presences.get(presence.name);
      if (known === undefined || presence.metas > known.metas) presences.set(presence.name, presence);
    }
  }
  return {
    topic: query.topic,
    subscribers: sum(byNode, ({ subscribers }) => subscribers),
    rate: Math.max(0, ...reports.map(({ data: { rate } }) => rate)),
    nodes: byNode.map(({ node }) => node),
    byNode,
    connections: reports.flatMap(({ data }) => data.connections).slice(0, MAX_ROWS),
    presences: [...presences.values()],
    history: histories.length === 0 ? null : joinHistory(histories),
  };
}

function events(reports: readonly Report<"events">[]): Events {
  const all = reports.flatMap(({ data }) => data.rows.map((row) => ({ ...row, histograms: [row.latency] })));
  const rows = joined(
    all,
    ({ pattern, event }) => `${pattern}\n${event}`,
    (same) => ({
      ...(same[0] as (typeof all)[number]),
      count: sum(same, ({ count }) => count),
      rate: sum(same, ({ rate }) => rate),
      histograms: same.flatMap(({ histograms }) => histograms),
      outcomes: addUp(same.map(({ outcomes }) => outcomes)),
    }),
  );
  return {
    rows: rows
      .sort((a, b) => b.count - a.count)
      .slice(0, MAX_EVENTS)
      .map(({ pattern, event, count, rate, outcomes, histograms }) => {
        const latency = merged(histograms);
        return {
          pattern,
          event,
          count,
          rate,
          outcomes,
          p50: latency.quantile(0.5) ?? 0,
          p99: latency.quantile(0.99) ?? 0,
        };
      }),
  };
}

function addUp(all: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const each of all) {
    for (const [name, count] of Object.entries(each)) counts.set(name, (counts.get(name) ?? 0) + count);
  }
  return Object.fromEntries(counts);
}

function errors(reports: readonly Report<"errors">[]): Errors {
  const seen = <Row extends Crash | Warning>(same: readonly Row[]): Row => ({
    ...newest(same),
    nodes: nodesIn(same),
    count: sum(same, ({ count }) => count),
    firstAt: Math.min(...same.map(({ firstAt }) => firstAt)),
  });
  const crashes = joined<Crash>(
    reports.flatMap(({ data }) => data.crashes),
    sameness,
    seen,
  );
  const warnings = joined<Warning>(
    reports.flatMap(({ data }) => data.warnings),
    ({ event, what }) => `${event}\n${what}`,
    seen,
  );
  const lastFirst = (a: { readonly lastAt: number }, b: { readonly lastAt: number }): number => b.lastAt - a.lastAt;
  return {
    crashes: crashes.sort(lastFirst).slice(0, MAX_CRASHES),
    warnings: warnings.sort(lastFirst).slice(0, MAX_ROWS),
  };
}

function pressure(reports: readonly Report<"pressure">[]): Pressure {
  return {
    slow: reports
      .flatMap(({ data }) => data.slow)
      .sort(ORDERS.buffered)
      .slice(0, MAX_SLOW),
    paused: reports.flatMap(({ data }) => data.paused).slice(0, MAX_SLOW),
    busy: reports
      .flatMap(({ data }) => data.busy)
      .sort((a, b) => b.channel.waiting - a.channel.waiting)
      .slice(0, MAX_SLOW),
  };
}

/** Each node sees the presences of all: the one that is looked at comes first, and others only add what it does not know. */
function presence(reports: readonly Report<"presence">[]): Presences {
  const rows = reports.flatMap(({ data }) => data.rows);
  return {
    rows: joined(
      rows,
      ({ name }) => name,
      (same) => same[0] as Presences["rows"][number],
    ),
  };
}

function joinHistory(same: readonly HistoryRow[]): HistoryRow {
  const last = same.reduce((a, b) => (b.offset > a.offset ? b : a));
  return { ...last, kept: Math.max(...same.map(({ kept }) => kept)), nodes: nodesIn(same) };
}

function history(reports: readonly Report<"history">[]): Histories {
  const all = reports.map(({ data }) => data);
  const stores = all.flatMap(({ store }) => store ?? []);
  const rows = joined(
    all.flatMap(({ rows: some }) => some),
    ({ topic: name }) => name,
    joinHistory,
  );
  return {
    store: stores.find(({ state }) => state === "down") ?? stores[0] ?? null,
    rows: rows.sort((a, b) => b.kept - a.kept || (a.topic < b.topic ? -1 : 1)).slice(0, MAX_ROWS),
    published: sum(all, ({ published }) => published),
    failed: sum(all, ({ failed }) => failed),
    recovered: sum(all, ({ recovered }) => recovered),
    notRecovered: sum(all, ({ notRecovered }) => notRecovered),
    gaps: sum(all, ({ gaps }) => gaps),
    repaired: sum(all, ({ repaired }) => repaired),
  };
}

const MERGERS: Mergers = {
  overview,
  doors,
  connections,
  connection: (reports) => reports.find(({ data }) => data !== null)?.data ?? null,
  topics,
  topic,
  events,
  errors,
  pressure,
  presence,
  history,
  cluster: (reports) => ({ rows: reports.map(({ data }) => data.row) }),
};

export function merge<View extends ViewName>(
  view: View,
  reports: readonly Report<View>[],
  query: QueryOf<View>,
): DataOf<View> {
  return MERGERS[view](reports, query);
}
