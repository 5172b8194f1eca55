import type { Callback, Channel, ChannelContract, Received } from "@wingbeat/client";
import { useEffect } from "react";
import { useLatest } from "./use-latest.ts";

/**
 * Calls back for each event of this name that the channel gets while the component is mounted: always the callback of
 * the last render, so it may use props and state without `useCallback`. Nothing happens while `channel` is null.
 */
export function useEvent<C extends ChannelContract, Event extends keyof C["pushes"] & string>(
  channel: Channel<C> | null,
  event: Event,
  callback: Callback<Received<C["pushes"][Event]>>,
): void {
  const latest = useLatest(callback);
  useEffect(() => {
    if (channel === null) return undefined;
    const untyped = channel as unknown as Channel;
    const ref = untyped.on(event, (payload) => latest.current(payload as Received<C["pushes"][Event]>));
    return () => untyped.off(event, ref);
  }, [channel, event, latest]);
}
