/** Looks at an endpoint, and at the other nodes through their own inspectors. */
import type { Endpoint } from "../endpoint.ts";
import { WingbeatError } from "../errors.ts";
import { checkDuration } from "../options.ts";
import type { Inspection, TapEnd } from "./inspection.ts";
import { merge, topicRows } from "./merge.ts";
import type { Answer, InspectorAction, QueryOf, TapBatch, TapTarget, ViewName } from "./model.ts";
import { MAX_TOPICS } from "./node/topics.ts";
import { Node } from "./node/node.ts";
import { fitting } from "./peers/mail.ts";
import type { Ask, Mail } from "./peers/mail.ts";
import { Peers } from "./peers/peers.ts";
import type { QueryFor, Question, Report, Reports, TopicsReport } from "./questions.ts";
import { Lease } from "./lease.ts";
import { Recent } from "./recent.ts";
import { NodeTaps } from "./tap/node-taps.ts";
import { ViewerTaps } from "./tap/viewer-taps.ts";

/** What {@link inspect} takes. */
export interface InspectOptions {
  /** Milliseconds that other nodes have to answer. Default 1,500. */
  readonly deadline?: number;
}

/** Defaults of the limits, as docs/reference/limits.md lists them. */
export const INSPECTOR_LIMITS = { deadline: 1_500 } as const;

/** A node counts for so many ms after somebody has looked. */
const LEASE = 30_000;
/** How often the other nodes are told that somebody looks, in ms. */
const RENEW = 10_000;
/** For so many ms an answer is given to others, too: of this node, and of all. */
const REPORT_AGE = 450;
const ANSWER_AGE = 900;

/**
 * Begins to look at an endpoint. Until somebody watches, it counts crashes, refusals and what went wrong. Throws
 * `WB_OPTION`, also for an endpoint that is looked at already: its connections and its mail have room for one.
 */
export function inspect(endpoint: Endpoint, options: InspectOptions = {}): Inspection {
  const { deadline = INSPECTOR_LIMITS.deadline } = options;
  checkDuration("inspector: deadline", deadline);
  if (endpoint.inside().mail.receive !== undefined) {
    throw new WingbeatError("WB_OPTION", "inspector: the endpoint has an inspector already: close that one first.");
  }
  return new EndpointInspection(endpoint, deadline);
}

class EndpointInspection implements Inspection {
  readonly #endpoint: Endpoint;
  readonly #node: Node;
  readonly #peers: Peers;
  readonly #nodeTaps: NodeTaps;
  readonly #viewerTaps: ViewerTaps;
  readonly #lease: Lease;
  readonly #reports = new Recent<unknown>(REPORT_AGE);
  readonly #answers = new Recent<Promise<Answer>>(ANSWER_AGE);
  #watchers = 0;
  #renewal: NodeJS.Timeout | undefined = undefined;
  #isStopped = false;

  constructor(endpoint: Endpoint, deadline: number) {
    this.#endpoint = endpoint;
    this.#node = new Node(endpoint);
    this.#peers = new Peers(endpoint.pubsub, endpoint.inside().mail, deadline, (mail) => this.#receive(mail));
    this.#nodeTaps = new NodeTaps(endpoint, this.#node, (to, mail) => this.#send(to, mail));
    this.#viewerTaps = new ViewerTaps(this.#node.name, (mail) => this.#tellAll(mail));
    this.#lease = new Lease(LEASE, {
      begin: () => {
        this.#node.startCounting();
        this.#nodeTaps.keepRing(true);
      },
      end: () => {
        this.#nodeTaps.keepRing(false);
        this.#node.stopCounting();
      },
    });
  }

  watch(): () => void {
    if (this.#isStopped) return () => {};
    this.#watchers++;
    if (this.#watchers === 1) {
      this.#renew();
      this.#renewal = setInterval(() => this.#renew(), RENEW).unref();
    }
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#watchers--;
      if (this.#watchers > 0) return;
      clearInterval(this.#renewal);
      if (!this.#isStopped) this.#lease.extend();
    };
  }

  ask<View extends ViewName>(view: View, query: QueryOf<View>): Promise<Answer<View>> {
    if (!this.#isStopped) this.#lease.extend();
    const key = `${view} ${JSON.stringify(query)}`;
    const ask = (): Promise<Answer> => this.#ask(view, query).catch(() => this.#nothing(view, query));
    return this.#answers.get(key, ask) as Promise<Answer<View>>;
  }

  tap(
    target: TapTarget,
    reveal: boolean,
    receive: (batch: TapBatch) => void,
    ended: (reason: TapEnd) => void,
  ): () => void {
    if (!this.#isStopped) return this.#viewerTaps.add(target, reveal, receive, ended);
    ended("closing");
    return () => {};
  }

  async act(action: InspectorAction): Promise<boolean> {
    if (action.action === "disconnect" && action.connection.node !== this.#node.name) {
      const { reports } = await this.#peers.ask("act", action, action.connection.node);
      return reports.some(({ data }) => data.found > 0);
    }
    const own = this.#node.answer("act", action).found > 0;
    if (action.action === "disconnect") return own;
    // Also those that are connecting: each node remembers the id for a while.
    const said = this.#peers.ask("act", action);
    this.#endpoint.disconnect(action.id);
    const { reports } = await said;
    return own || reports.some(({ data }) => data.found > 0);
  }

  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    clearInterval(this.#renewal);
    this.#viewerTaps.stop();
    this.#nodeTaps.stop();
    this.#lease.stop();
    this.#node.stop();
    this.#peers.stop();
  }

  /** Somebody looks, here. */
  #renew(): void {
    this.#lease.extend();
    this.#peers.tell({ kind: "watch", from: this.#node.name });
  }

  async #ask<View extends ViewName>(view: View, query: QueryOf<View>): Promise<Answer<View>> {
    const to = nodeIn(view, query);
    const own = to === undefined || to === this.#node.name ? [this.#ownReport(view, query as never)] : [];
    const asked = to === this.#node.name ? { reports: [], silent: [] } : await this.#askOthers(view, query, to);
    const reports = [...own, ...asked.reports] as Report<View>[];
    const data = await this.#merged(view, query, reports);
    return { view, at: Date.now(), nodes: reports.map(({ node }) => node), silent: asked.silent, data };
  }

  /** An adapter, store or transport of the application has thrown when it was looked at: this node has nothing to say. */
  #nothing<View extends ViewName>(view: View, query: QueryOf<View>): Answer<View> {
    return { view, at: Date.now(), nodes: [], silent: [this.#node.name], data: merge(view, [], query) };
  }

  #askOthers<View extends ViewName>(
    view: View,
    query: QueryOf<View>,
    to: string | undefined,
  ): ReturnType<Peers["ask"]> {
    return this.#peers.ask(view, query as never, to, this.#endpoint.nodes());
  }

  async #merged<View extends ViewName>(
    view: View,
    query: QueryOf<View>,
    reports: readonly Report<View>[],
  ): Promise<Answer<View>["data"]> {
    if (view === "topics") {
      const complete = await this.#completed(reports as readonly Report<"topics">[], query as QueryOf<"topics">);
      return this.#node.cost.run(() => merge("topics", complete, query as QueryOf<"topics">)) as Answer<View>["data"];
    }
    return this.#node.cost.run(() => merge(view, reports, query));
  }

  /** Nodes with very many topics have not named them all: they are asked for those that the others have named. */
  async #completed(
    reports: readonly Report<"topics">[],
    { sort = "subscribers" }: QueryOf<"topics">,
  ): Promise<readonly Report<"topics">[]> {
    if (reports.length < 2 || !reports.some(({ data }) => data.isCut)) return reports;
    const topics = topicRows(reports, sort).map(({ topic }) => topic);
    const own: Report<"counts"> = { node: this.#node.name, data: this.#node.answer("counts", { topics }) };
    const { reports: others } = await this.#peers.ask("counts", { topics });
    const counts = new Map([own, ...others].map(({ node, data }) => [node, data] as const));
    return reports.map(({ node, data }) => ({ node, data: withCounts(data, counts.get(node)) }));
  }

  #ownReport<Q extends Question>(question: Q, query: QueryFor<Q>): Report<Q> {
    const key = `${question} ${JSON.stringify(query)}`;
    return {
      node: this.#node.name,
      data: this.#reports.get(key, () => this.#node.answer(question, query)) as Reports[Q],
    };
  }

  #receive(mail: Mail): void {
    this.#node.cost.run(() => {
      switch (mail.kind) {
        case "ask":
          return this.#answer(mail);
        case "watch":
          return this.#lease.extend();
        case "tap":
          return this.#nodeTaps.tap(mail);
        case "untap":
          return this.#nodeTaps.untap(mail.id);
        case "frames":
          return this.#viewerTaps.received(mail);
        default:
          return undefined;
      }
    });
  }

  #answer<Q extends Question>({ id, from, question, query }: Ask<Q>): void {
    const node = this.#node.name;
    const isAction = question === "act";
    if (!isAction) this.#lease.extend();
    const data = isAction ? this.#node.answer(question, query) : this.#ownReport(question, query).data;
    this.#peers.tellOne(from, { kind: "answer", id, from: node, data: fitting(data) });
  }

  /** To the node of a viewer, which may be this one. */
  #send(to: string, mail: Mail): void {
    if (to === this.#node.name) this.#receive(mail);
    else this.#peers.tellOne(to, mail);
  }

  #tellAll(mail: Mail): void {
    this.#receive(mail);
    this.#peers.tell(mail);
  }
}

/** The only node that is asked. */
function nodeIn<View extends ViewName>(view: View, query: QueryOf<View>): string | undefined {
  return view === "connection" || view === "connections" ? (query as { readonly node?: string }).node : undefined;
}

/** The topics of a node that were named, with those that it was asked for. */
function withCounts(report: TopicsReport, counts: TopicsReport | undefined): TopicsReport {
  if (counts === undefined) return report;
  const rows = new Map([...report.rows.slice(0, MAX_TOPICS), ...counts.rows].map((row) => [row.topic, row]));
  return { ...report, rows: [...rows.values()] };
}
