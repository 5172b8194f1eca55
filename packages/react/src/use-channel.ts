import type { JoinFrom } from "@wingbeat/client";
import { useCallback, useMemo, useSyncExternalStore } from "react";
import { CLOSED, JOINING, paramsKey } from "@wingbeat/client/bindings";
import type { ChannelSnapshot, SharedSocket } from "@wingbeat/client/bindings";
import { useLatest } from "./use-latest.ts";

type SomeChannel = NonNullable<ChannelSnapshot["channel"]>;
type Push = (...args: Parameters<SomeChannel["push"]>) => unknown;
type Cast = (...args: Parameters<SomeChannel["cast"]>) => boolean;

/** A topic's channel, joined while the component is mounted and shared by all components on the topic. */
export function useChannelOf(
  shared: SharedSocket,
  topic: string | null,
  params?: unknown,
  from?: JoinFrom,
): ChannelSnapshot & { readonly push: Push; readonly cast: Cast } {
  const key = paramsKey(params);
  const latest = useLatest(params);
  const latestFrom = useLatest(from);
  const subscribe = useCallback(
    (changed: () => void) => {
      if (topic === null) return () => {};
      const current = () => (typeof latest.current === "function" ? latest.current() : latest.current);
      return shared.takeChannel(topic, { key, params: current, from: () => latestFrom.current, changed });
    },
    [shared, topic, key, latest, latestFrom],
  );
  const snapshot = useSyncExternalStore(
    subscribe,
    () => (topic === null ? CLOSED : shared.channelSnapshot(topic, key)),
    () => (topic === null ? CLOSED : JOINING),
  );
  const push = useCallback<Push>((...args) => shared.push(topic, key, ...args), [shared, topic, key]);
  const cast = useCallback<Cast>((...args) => shared.cast(topic, key, ...args), [shared, topic, key]);
  return useMemo(() => ({ ...snapshot, push, cast }), [snapshot, push, cast]);
}
