import { PushError } from "@wingbeat/client";
import type { JoinFrom } from "@wingbeat/client";
import { isAnswered, paramsKey } from "@wingbeat/client/bindings";
import type { SharedSocket } from "@wingbeat/client/bindings";
import { useChannelOf } from "./use-channel.ts";

/** For how long a topic is kept after the answer, in ms, until the component that waited for it is mounted. */
const KEPT_FOR = 5_000;

/** As `useChannelOf`, for a component that renders only with a reply. */
export function useSuspenseChannelOf(
  shared: SharedSocket,
  topic: string,
  params?: unknown,
  from?: JoinFrom,
): ReturnType<typeof useChannelOf> {
  const room = useChannelOf(shared, topic, params, from);
  if (room.reply !== undefined) return room;
  if (isAnswered(room)) throw room.error ?? new PushError("closed", { topic, event: "phx_join" });
  // React renders the fallback then, and the component in the page.
  if (typeof window === "undefined") throw new Error(`"${topic}" is joined in the page only, not on a server`);
  throw firstAnswer(shared, topic, params, from);
}

const waits = /* @__PURE__ */ new WeakMap<SharedSocket, Map<string, Promise<void>>>();

/**
 * Joins for components that are not mounted yet: React keeps nothing of them but this promise, which resolves when the
 * join is answered, either way. One for all that wait for the same.
 */
function firstAnswer(shared: SharedSocket, topic: string, params: unknown, from?: JoinFrom): Promise<void> {
  const waiting = waits.get(shared) ?? new Map<string, Promise<void>>();
  waits.set(shared, waiting);
  const key = paramsKey(params);
  const name = JSON.stringify([topic, key]);
  let wait = waiting.get(name);
  if (wait !== undefined) return wait;
  wait = new Promise((resolve) => {
    // Not while React renders: components that are told of it must not be.
    queueMicrotask(() => {
      const disconnect = shared.connect();
      const look = () => {
        if (waiting.get(name) !== wait || !isAnswered(shared.channelSnapshot(topic, key))) return;
        waiting.delete(name);
        resolve();
        setTimeout(() => {
          release();
          disconnect();
        }, KEPT_FOR);
      };
      const current = () => (typeof params === "function" ? (params as () => unknown)() : params);
      const release = shared.takeChannel(topic, { key, params: current, from: () => from, changed: look });
      look();
    });
  });
  waiting.set(name, wait);
  return wait;
}
