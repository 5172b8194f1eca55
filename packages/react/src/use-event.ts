import type { Channel, ChannelContract, EventCallback, Received } from "@wingbeat/client";
import { useEffect } from "react";
import { useLatest } from "./use-latest.ts";

/**
 * Calls back for each event of this name that the channel gets while the component is mounted: always the callback of
 * the last render, so it may use props and state without `useCallback`. It gets what `channel.on` gives: after the payload
 * the refs, and the position of a recorded message. Nothing happens while `channel` is null.
 */
export function useEvent<C extends ChannelContract, Event extends keyof C["pushes"] & string>(
  channel: Channel<C> | null,
  event: Event,
  callback: EventCallback<Received<C["pushes"][Event]>>,
): void {
  const latest = useLatest(callback);
  useEffect(() => {
    if (channel === null) return undefined;
    const untyped = channel as unknown as Channel;
    const ref = untyped.on(event, (payload, ...more) =>
      latest.current(payload as Received<C["pushes"][Event]>, ...more),
    );
    return () => untyped.off(event, ref);
  }, [channel, event, latest]);
}
