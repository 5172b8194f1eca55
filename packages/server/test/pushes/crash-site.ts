/** A node whose way through a numbered push can be stopped at each step. */
import { createEndpoint, defineChannel, defineSocket, ok } from "../../src/index.ts";
import type { Endpoint, HistoryStore } from "../../src/index.ts";
import type { PushStore } from "../../src/pubsub/pushes/store.ts";

/** The steps of a push, in order. Each is reached before what its name says happens. */
export const POINTS = ["claim", "claimed", "handle", "settle", "settled"] as const;
export type Point = (typeof POINTS)[number];

/** What is said when a push gets somewhere, and when it may go on. */
export type Reach = (point: Point) => void | Promise<void>;

/** A run of a handler. */
export interface Started {
  readonly topic: string;
  readonly key: string | undefined;
  readonly attempt: number;
}

/** The same store, seen by one node. */
function watched(history: HistoryStore, reach: Reach): HistoryStore {
  const inner = history.pushes as PushStore;
  const pushes: PushStore = {
    open: (...args) => inner.open(...args),
    async claim(...args) {
      await reach("claim");
      const claimed = await inner.claim(...args);
      await reach("claimed");
      return claimed;
    },
    async settle(...args) {
      await reach("settle");
      const settled = await inner.settle(...args);
      await reach("settled");
      return settled;
    },
  };
  return new Proxy(history, {
    get: (target, name) => {
      if (name === "pushes") return pushes;
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}

/** Channels `refuse:…` and `run:…`: their handlers reply with a number that no other run has. */
export async function crashSite(
  history: HistoryStore,
  reach: Reach,
  started: (start: Started) => void,
): Promise<{ readonly endpoint: Endpoint; readonly url: string }> {
  const channels = (["refuse", "run"] as const).map((unknown) =>
    defineChannel(`${unknown}:{id}`)
      .dedupe({ unknown })
      .join(() => ok())
      .handleIn("say", async (ctx) => {
        started({ topic: ctx.topic, key: ctx.idempotencyKey, attempt: ctx.attempt });
        await reach("handle");
        return ok({ run: Math.random() });
      }),
  );
  const endpoint = createEndpoint({
    sockets: { "/socket": defineSocket({ connect: () => ok(), id: () => "user:1", channels }) },
    logger: false,
    history: watched(history, reach),
  });
  const { port } = await endpoint.listen(0, "127.0.0.1");
  return { endpoint, url: `ws://127.0.0.1:${port}/socket` };
}
