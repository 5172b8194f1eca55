/** What runs on each node of these tests: a room with presence and broadcasts, and a channel that shows what the node knows. */
import { createEndpoint, defineChannel, definePresence, defineSocket, ok } from "../../src/index.ts";
import type { AdapterStatus, Endpoint, PubSubAdapter } from "../../src/index.ts";
import { attach } from "../../src/telemetry/attach.ts";

/** Milliseconds, but for `maxSilentPeriods`. What is told to other nodes is told as soon as by default. */
export const PERIODS = { broadcastPeriod: 250, deltaPeriod: 200, maxSilentPeriods: 1, downPeriod: 5_000 };

/** Of an adapter. The queue is small, so that a test can fill it. */
export const ADAPTER = { heartbeat: 500, maxQueuedBytes: 65_536 };

/** What a node is asked to broadcast. */
export interface Flood {
  readonly count: number;
  /** Characters in each. */
  readonly size: number;
}

/** What one says in a room: everybody counts what they have said there. */
export interface Said {
  readonly from: string;
  readonly n: number;
}

/** What a node knows. */
export interface Insight {
  /** Of everybody in a room: user and ref, sorted. */
  readonly refs: readonly string[];
  readonly nodes: readonly string[];
  readonly pubsub: AdapterStatus;
  /** Messages that telemetry was told of. */
  readonly told: { readonly lost: number; readonly missed: number };
  /** Of the missed ones, by the node that sent them. */
  readonly missedOf: Readonly<Record<string, number>>;
}

export type State = Readonly<Record<string, { readonly metas: readonly { readonly phx_ref: string }[] }>>;

/** User and ref of all metas, in no order. */
export function refsOf(state: State): string[] {
  return Object.entries(state).flatMap(([user, { metas }]) => metas.map(({ phx_ref }) => `${user} ${phx_ref}`));
}

/** Starts a node. Gives its endpoint, not listening yet. */
export function appOn(pubsub: PubSubAdapter): Endpoint {
  const presence = definePresence<{ n?: number }>(PERIODS);
  const told = { lost: 0, missed: 0 };
  attach("pubsub.lost", ({ count }) => void (told.lost += count));
  const missedOf: Record<string, number> = {};
  attach("pubsub.missed", ({ count, from }) => {
    told.missed += count;
    missedOf[from] = (missedOf[from] ?? 0) + count;
  });

  const room = defineChannel("room:{id}")
    .assigns<{ said?: number }>()
    .join((ctx, params) => {
      presence.track(ctx, (params as { user: string }).user, {});
      presence.pushState(ctx);
      return ok();
    })
    .handleIn("say", (ctx, payload) => {
      const { from, count, size } = payload as Flood & { from: string };
      for (let n = 0; n < count; n++) {
        ctx.assign({ said: (ctx.assigns.said ?? 0) + 1 });
        ctx.broadcast("said", { from, n: ctx.assigns.said, text: "x".repeat(size) });
      }
      return ok({ said: ctx.assigns.said });
    })
    .handleIn("update", (ctx, payload) => {
      presence.update(ctx, (payload as { user: string }).user, ({ n = 0 }) => ({ n: n + 1 }));
      return ok();
    });

  const node = defineChannel("node")
    .join(() => ok({ name: endpoint.pubsub.nodeName, pid: process.pid }))
    .handleIn("look", (_ctx, payload) => {
      const refs = refsOf(presence.list(endpoint, (payload as { topic: string }).topic)).sort();
      const insight: Insight = { refs, nodes: endpoint.nodes(), pubsub: endpoint.pubsub.status(), told, missedOf };
      return ok(insight);
    });

  const endpoint: Endpoint = createEndpoint({
    sockets: { "/socket": defineSocket({ connect: () => ok(), channels: [room, node] }) },
    presence: [presence],
    pubsub,
    logger: false,
  });
  return endpoint;
}
