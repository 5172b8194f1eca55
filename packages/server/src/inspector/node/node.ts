/** What one node knows of itself: its answer to each question. */
import type { Endpoint } from "../../endpoint.ts";
import { attach } from "../../telemetry/attach.ts";
import { DEFAULT_FILTER, filterOf } from "../../telemetry/filter.ts";
import type { Filter } from "../../telemetry/filter.ts";
import { Cost } from "../counts/cost.ts";
import { NO_RATES, Tally } from "../counts/tally.ts";
import { Crashes } from "../incidents/crashes.ts";
import { FrameRing } from "../incidents/frame-ring.ts";
import { Refusals } from "../incidents/refusals.ts";
import { Warnings } from "../incidents/warnings.ts";
import { MAX_ROWS } from "../model.ts";
import type { ConnectionRow, Histories, HistoryRow, InspectorAction, NodeRow, Presences } from "../model.ts";
import type { QueryFor, Question, Reports, TopicReport } from "../questions.ts";
import { versionOfWingbeat } from "../version.ts";
import { First } from "../counts/first.ts";
import { NodeConnections } from "./connections.ts";
import { ProcessUsage } from "./process-usage.ts";
import { connectionsOf, countsOf, membersOf, subscribersOf, topicsOf, topicTotals } from "./topics.ts";

/** So many of the largest topics of a presence are named. */
const MAX_LARGEST = 20;

type Answers = { readonly [Q in Question]: (query: QueryFor<Q>) => Reports[Q] };

export class Node {
  readonly name: string;
  readonly cost = new Cost();
  readonly connections: NodeConnections;
  readonly ring: FrameRing;
  /** Hides what the endpoint's logger hides. */
  readonly filter: Filter;
  readonly #endpoint: Endpoint;
  readonly #usage = new ProcessUsage(this.cost);
  readonly #crashes: Crashes;
  readonly #refusals: Refusals;
  readonly #warnings: Warnings;
  readonly #detach: readonly (() => void)[];
  /** While somebody looks. */
  #tally: Tally | undefined = undefined;
  readonly #startedAt = Date.now() - Math.round(process.uptime() * 1_000);

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
    this.name = endpoint.pubsub.nodeName;
    this.connections = new NodeConnections(this.name, endpoint);
    this.ring = new FrameRing(this.name, (process) => this.connections.keys.of(process));
    this.#crashes = new Crashes(this.name, (id, topic) => this.ring.of(id, topic));
    this.filter = filterOf(endpoint.inside().filterParameters ?? DEFAULT_FILTER);
    this.#refusals = new Refusals(this.filter);
    this.#warnings = new Warnings({ endpoint, node: this.name, filter: this.filter });
    this.#detach = [
      attach("channel.crashed", (data) => {
        if (data.endpoint === endpoint) this.cost.run(() => this.#crashes.add(data));
      }),
      attach("socket.refused", (data) => {
        if (data.endpoint === endpoint) this.cost.run(() => this.#refusals.add(data));
      }),
    ];
  }

  /** Counts from now on, if it does not already. */
  startCounting(): void {
    if (this.#tally !== undefined) return;
    this.#usage.start();
    const of = { endpoint: this.#endpoint, pubsub: this.#endpoint.pubsub };
    this.#tally = new Tally(of, this.cost, () => this.#usage.turn());
  }

  stopCounting(): void {
    this.#tally?.stop();
    this.#tally = undefined;
    this.#usage.stop();
    this.ring.clear();
  }

  stop(): void {
    this.stopCounting();
    this.#warnings.stop();
    for (const detach of this.#detach) detach();
  }

  /** Never throws for a query that was read. */
  answer<Q extends Question>(question: Q, query: QueryFor<Q>): Reports[Q] {
    return this.cost.run(() => this.#answers[question](query));
  }

  readonly #answers: Answers = {
    overview: () => ({ row: this.#row(), latency: this.#tally?.latency ?? [] }),
    doors: () => ({ refusals: this.#refusals.list(), closes: this.#tally?.closes() ?? [] }),
    connections: (query) => this.connections.list(query),
    connection: ({ node, key }) => (node === this.name ? this.connections.detail(key) : null),
    topics: (query) => topicsOf(this.#endpoint.pubsub, this.#tally?.hotTopics, query),
    counts: ({ topics }) => countsOf(this.#endpoint.pubsub, this.#tally?.hotTopics, topics),
    topic: ({ topic }) => this.#topic(topic),
    events: () => ({ rows: this.#tally?.events() ?? [] }),
    errors: () => ({ crashes: this.#crashes.list(), warnings: this.#warnings.list() }),
    pressure: () => this.connections.pressure(),
    presence: () => this.#presences(),
    history: () => this.#history(),
    cluster: () => ({ row: this.#clusterRow() }),
    act: (action) => ({ found: this.#act(action) }),
  };

  #row(): NodeRow {
    const { pubsub } = this.#endpoint;
    const isUp = pubsub.status().state === "up" && pubsub.history?.store.status().state !== "down";
    return {
      name: this.name,
      pid: process.pid,
      version: versionOfWingbeat(),
      runtime: process.version,
      startedAt: this.#startedAt,
      status: this.#endpoint.inside().isDraining() ? "draining" : isUp ? "ok" : "degraded",
      ...this.connections.totals(),
      ...topicTotals(pubsub),
      ...this.#usage.look(),
      rates: this.#tally?.rates() ?? NO_RATES,
    };
  }

  #topic(topic: string): TopicReport {
    const { pubsub } = this.#endpoint;
    const connections: ConnectionRow[] = [];
    for (const process of membersOf(pubsub, topic)) {
      const found = this.connections.find(process);
      if (found !== undefined) connections.push(this.connections.row(found));
      if (connections.length === MAX_ROWS) break;
    }
    const presences = this.#endpoint
      .inside()
      .presences.map((presence) => ({ name: presence.name, ...presence.sizeOf(topic) }))
      .filter(({ metas }) => metas > 0)
      .map(({ name, keys, metas }) => ({ name, keys, metas }));
    return {
      subscribers: subscribersOf(pubsub, topic),
      rate: this.#tally?.hotTopics.rate(topic, performance.now()) ?? 0,
      connections,
      presences,
      history: this.#historyRow(topic),
    };
  }

  #presences(): Presences {
    return {
      rows: this.#endpoint.inside().presences.map((presence) => {
        const largest = new First<{ topic: string; metas: number }>(MAX_LARGEST, (a, b) => b.metas - a.metas);
        let [topics, metas] = [0, 0];
        for (const size of presence.sizes()) {
          topics++;
          metas += size.metas;
          largest.add({ topic: size.topic, metas: size.metas });
        }
        const nodes = [
          ...presence.nodes.map((name) => ({ name, is: "up" as const })),
          ...presence.silentNodes.map((name) => ({ name, is: "down" as const })),
        ].slice(0, MAX_ROWS);
        return { name: presence.name, topics, metas, nodes, largest: largest.list };
      }),
    };
  }

  #history(): Histories {
    const { history } = this.#endpoint.pubsub;
    const none = { published: 0, failed: 0, recovered: 0, notRecovered: 0, gaps: 0, repaired: 0 };
    const rows = new First<HistoryRow>(MAX_ROWS, (a, b) => b.kept - a.kept);
    for (const { topic } of history?.followers() ?? []) {
      const row = this.#historyRow(topic);
      if (row !== null) rows.add(row);
    }
    return { store: history?.store.status() ?? null, rows: rows.list, ...(this.#tally?.history() ?? none) };
  }

  #historyRow(topic: string): HistoryRow | null {
    const look = this.#endpoint.pubsub.history?.followerOf(topic)?.look();
    return look === undefined ? null : { topic, ...look.position, kept: look.kept, nodes: [this.name] };
  }

  #clusterRow(): Reports["cluster"]["row"] {
    return {
      node: this.name,
      version: versionOfWingbeat(),
      startedAt: this.#startedAt,
      pubsub: this.#endpoint.pubsub.status(),
      lost: this.#warnings.counts("pubsub.lost").map(({ what: reason, count }) => ({ reason, count })),
      missed: this.#warnings.counts("pubsub.missed").map(({ what: from, count }) => ({ from, count })),
    };
  }

  /** Returns on how many connections it acted. */
  #act(action: InspectorAction): number {
    if (action.action === "disconnect") {
      if (action.connection.node !== this.name) return 0;
      const found = this.connections.byKey(action.connection.key);
      found?.process.disconnected();
      return found === undefined ? 0 : 1;
    }
    const found = [...connectionsOf(this.#endpoint.pubsub, action.id)];
    for (const process of found) process.disconnected();
    return found.length;
  }
}
