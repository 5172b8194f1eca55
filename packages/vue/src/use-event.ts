import type { Callback, Channel, ChannelContract, Received } from "@wingbeat/client";
import { toValue } from "vue";
import type { MaybeRefOrGetter } from "vue";
import { whileInPage } from "./in-page.ts";

/**
 * Calls back for each event of this name that the channel gets while the component is there. Nothing happens while
 * `channel` is null.
 */
export function useEvent<C extends ChannelContract, Event extends keyof C["pushes"] & string>(
  channel: MaybeRefOrGetter<Channel<C> | null>,
  event: Event,
  callback: Callback<Received<C["pushes"][Event]>>,
): void {
  whileInPage(
    () => toValue(channel) as unknown as Channel | null,
    (now) => now?.on(event, (payload) => callback(payload as Received<C["pushes"][Event]>)),
  );
}
