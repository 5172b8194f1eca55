/** What nodes ask each other: the views, with what is needed to merge them, and what only the nodes need. */
import type { EventTally } from "./counts/tally.ts";
import type { Sparse } from "./counts/histogram.ts";
import type {
  Cluster,
  ConnectionDetail,
  ConnectionRow,
  Connections,
  Doors,
  Errors,
  Histories,
  HistoryRow,
  InspectorAction,
  NodeRow,
  Presences,
  Pressure,
  TopicDetail,
  Views,
} from "./model.ts";

/** What one node answers to each question. */
export interface Reports {
  readonly overview: { readonly row: NodeRow; readonly latency: Sparse };
  readonly doors: Doors;
  readonly connections: Connections;
  readonly connection: ConnectionDetail | null;
  readonly topics: TopicsReport;
  /** Of topics that others have named. */
  readonly counts: TopicsReport;
  readonly topic: TopicReport;
  readonly events: { readonly rows: readonly EventTally[] };
  readonly errors: Errors;
  readonly pressure: Pressure;
  readonly presence: Presences;
  readonly history: Histories;
  readonly cluster: { readonly row: Cluster["rows"][number] };
  /** Does something. How many connections there were to act on. */
  readonly act: { readonly found: number };
}

export interface TopicsReport {
  readonly total: number;
  /** Some topics of the node are missing. */
  readonly isCut: boolean;
  readonly rows: readonly { readonly topic: string; readonly subscribers: number; readonly rate: number }[];
}

export interface TopicReport {
  readonly subscribers: number;
  readonly rate: number;
  readonly connections: readonly ConnectionRow[];
  readonly presences: TopicDetail["presences"];
  readonly history: HistoryRow | null;
}

export type Question = keyof Reports;

type OwnQueries = {
  readonly counts: { readonly topics: readonly string[] };
  readonly act: InspectorAction;
};

export type QueryFor<Q extends Question> = Q extends keyof Views
  ? Views[Q]["query"]
  : Q extends keyof OwnQueries
    ? OwnQueries[Q]
    : never;

/** What a node has answered. */
export interface Report<Q extends Question = Question> {
  readonly node: string;
  readonly data: Reports[Q];
}
