import type { Callback, Channel, ChannelContract, Received } from "@wingbeat/client";
import { whileMounted } from "./reactive.ts";

/**
 * Calls back for each event of this name that the channel gets while the component is mounted. Nothing happens while
 * `channel` returns null.
 */
export function useEvent<C extends ChannelContract, Event extends keyof C["pushes"] & string>(
  channel: () => Channel<C> | null,
  event: Event,
  callback: Callback<Received<C["pushes"][Event]>>,
): void {
  whileMounted(
    () => [channel()],
    () => {
      const now = channel() as unknown as Channel | null;
      const ref = now?.on(event, (payload) => callback(payload as Received<C["pushes"][Event]>));
      return () => now?.off(event, ref);
    },
  );
}
