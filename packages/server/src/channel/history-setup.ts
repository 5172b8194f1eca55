/** The history of an endpoint or broadcaster: which topics have one, by the channels that are declared. */
import { WingbeatError } from "../errors.ts";
import type { Pattern } from "../pattern.ts";
import { memoryHistory } from "../pubsub/history.ts";
import type { HistorySetup, HistoryStore, PubSubAdapter, TopicRule } from "../pubsub.ts";
import { OutgoingBroadcast } from "./broadcast.ts";
import { moved } from "./fastlane.ts";
import { topicRule } from "./history.ts";
import type { ChannelSpec } from "./spec.ts";

/** A channel and its topics. */
interface Declared {
  readonly pattern: Pattern;
  readonly channel: ChannelSpec;
}

/**
 * Undefined when no channel declares a history, or takes numbered pushes. `routes`: of each socket, in the order of declaration. Throws `WB_OPTION` when
 * two sockets declare different histories for the same topics, or nothing keeps them.
 */
export function historySetup(
  routes: readonly (readonly Declared[])[],
  adapter: PubSubAdapter | undefined,
  store: HistoryStore | undefined,
): HistorySetup | undefined {
  const sockets = routes.map((each) =>
    each.map(({ pattern, channel }) => ({ pattern, channel, rule: topicRule(channel) })),
  );
  const all = sockets.flat();
  const declared = all.filter(({ rule }) => rule !== undefined);
  const numbered = all.find(({ channel }) => channel.dedupe !== undefined);
  const first = declared[0] ?? numbered;
  if (first === undefined) return undefined;
  checkAgreement(declared);
  const keeper = store === undefined ? storeOf(adapter, first.pattern.source) : checked(store, adapter);
  if (numbered !== undefined) requirePushes(keeper, numbered.pattern.source);
  return {
    store: keeper,
    dispatcher: "fastlane",
    moved,
    revive: (entry) => OutgoingBroadcast.stored(entry),
    ruleOf: (topic) => {
      for (const socket of sockets) {
        const rule = socket.find(({ pattern }) => pattern.match(topic) !== undefined)?.rule;
        if (rule !== undefined) return rule;
      }
      return undefined;
    },
  };
}

function requirePushes(store: HistoryStore, pattern: string): void {
  if (store.pushes !== undefined) return;
  throw new WingbeatError(
    "WB_OPTION",
    `channel "${pattern}" declares .dedupe, and this history (${store.status().store}) does not remember pushes: pass ` +
      "redisHistory or postgresHistory to createEndpoint.",
  );
}

function storeOf(adapter: PubSubAdapter | undefined, pattern: string): HistoryStore {
  if (adapter === undefined) return memoryHistory();
  const own = adapter.history?.();
  if (own !== undefined) return own;
  const name = adapter.status?.().adapter ?? "custom";
  throw new WingbeatError(
    "WB_OPTION",
    `channel "${pattern}" declares .history or .dedupe, and the PubSub adapter "${name}" keeps nothing: pass history: ` +
      "redisHistory({ connect }) or history: postgresHistory({ connect }) to createEndpoint.",
  );
}

/** Each node would have a history of its own, or would not hear of what others store. */
function checked(store: HistoryStore, adapter: PubSubAdapter | undefined): HistoryStore {
  if (adapter === undefined && !store.fansOut && store.isLocal !== true) {
    throw new WingbeatError(
      "WB_OPTION",
      `createEndpoint: this history (${store.status().store}) leaves it to the PubSub adapter to bring entries to other nodes, ` +
        'and there is none: pass pubsub, or leave out fanOut: "adapter".',
    );
  }
  if (store.isLocal !== true || adapter === undefined || adapter.status?.().adapter === "local") return store;
  throw new WingbeatError(
    "WB_OPTION",
    "createEndpoint: memoryHistory is for a single process, and there is a PubSub adapter: leave history out, or pass " +
      "redisHistory or postgresHistory.",
  );
}

interface Ruled extends Declared {
  readonly rule: TopicRule | undefined;
}

/** The same topic must not have two histories. */
function checkAgreement(declared: readonly Ruled[]): void {
  for (const [index, one] of declared.entries()) {
    const other = declared.slice(0, index).find(({ pattern }) => pattern.source === one.pattern.source);
    if (other === undefined || sameHistory(other, one)) continue;
    throw new WingbeatError(
      "WB_OPTION",
      `two channels on "${one.pattern.source}" declare different histories: a topic has one. Make them equal.`,
    );
  }
}

function sameHistory({ channel: a }: Ruled, { channel: b }: Ruled): boolean {
  return JSON.stringify(a.history) === JSON.stringify(b.history);
}
