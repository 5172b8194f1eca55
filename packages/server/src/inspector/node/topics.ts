/** The topics of one node. */
import { ChannelProcess } from "../../channel/process.ts";
import type { PubSub, Subscription } from "../../pubsub.ts";
import { SocketProcess } from "../../socket/process.ts";
import { First } from "../counts/first.ts";
import type { HotTopics } from "../counts/hot-topics.ts";
import { isInternal } from "../counts/tally.ts";
import type { TopicsQuery } from "../model.ts";
import type { TopicsReport } from "../questions.ts";

/** A node names so many topics: more than are shown, because the first of one node may be the last of another. */
export const MAX_TOPICS = 500;

type Row = TopicsReport["rows"][number];
type Subscriptions = Iterable<Subscription>;

/** What is no subscriber of a topic: a connection on its id, and what nodes need among themselves. */
const isNone = ({ owner }: Subscription): boolean => owner === undefined || owner instanceof SocketProcess;

function countOf(subscriptions: Subscriptions): number {
  if (Array.isArray(subscriptions)) return isNone(subscriptions[0] as Subscription) ? 0 : 1;
  const set = subscriptions as ReadonlySet<Subscription>;
  // Those of an id come alone, unless a topic has the same name.
  const first = set.values().next();
  if (first.done === true || !isNone(first.value)) return set.size;
  let count = 0;
  for (const subscription of set) if (!isNone(subscription)) count++;
  return count;
}

export function subscribersOf(pubsub: PubSub, topic: string): number {
  let count = 0;
  for (const subscription of pubsub.subscriptionsOf(topic)) if (!isNone(subscription)) count++;
  return count;
}

/** How many topics have subscribers, and how many these are. */
export function topicTotals(pubsub: PubSub): { readonly topics: number; readonly subscriptions: number } {
  let topics = 0;
  let subscriptions = 0;
  for (const [topic, of] of pubsub.topics()) {
    if (isInternal(topic)) continue;
    const count = countOf(of);
    if (count === 0) continue;
    topics++;
    subscriptions += count;
  }
  return { topics, subscriptions };
}

export function topicsOf(
  pubsub: PubSub,
  hot: HotTopics | undefined,
  { topic: start = "", sort = "subscribers" }: TopicsQuery,
): TopicsReport {
  const now = performance.now();
  const by = sort === "rate" ? (a: Row, b: Row) => b.rate - a.rate : (a: Row, b: Row) => b.subscribers - a.subscribers;
  const first = new First<Row>(MAX_TOPICS, by);
  let total = 0;
  for (const [topic, of] of pubsub.topics()) {
    if (isInternal(topic) || !topic.startsWith(start)) continue;
    const subscribers = countOf(of);
    if (subscribers === 0) continue;
    total++;
    first.add({ topic, subscribers, rate: hot?.rate(topic, now) ?? 0 });
  }
  return { total, isCut: total > MAX_TOPICS, rows: first.list };
}

export function countsOf(pubsub: PubSub, hot: HotTopics | undefined, topics: readonly string[]): TopicsReport {
  const now = performance.now();
  const rows = topics.map((topic) => ({
    topic,
    subscribers: isInternal(topic) ? 0 : subscribersOf(pubsub, topic),
    rate: hot?.rate(topic, now) ?? 0,
  }));
  return { total: rows.length, isCut: false, rows };
}

/** The connections that have a channel on a topic. */
export function* membersOf(pubsub: PubSub, topic: string): Iterable<SocketProcess> {
  for (const { owner } of pubsub.subscriptionsOf(topic)) {
    if (owner instanceof ChannelProcess && owner.topic === topic && owner.host instanceof SocketProcess)
      yield owner.host;
  }
}

/** The connections with an id. */
export function* connectionsOf(pubsub: PubSub, id: string): Iterable<SocketProcess> {
  for (const { owner } of pubsub.subscriptionsOf(id))
    if (owner instanceof SocketProcess && owner.id === id) yield owner;
}
