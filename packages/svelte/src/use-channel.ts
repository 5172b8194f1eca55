import type { JoinFrom } from "@wingbeat/client";
import { CLOSED, paramsKey } from "@wingbeat/client/bindings";
import type { ChannelSnapshot, SharedSocket } from "@wingbeat/client/bindings";
import { untrack } from "svelte";
import { live, track, whileMounted } from "./reactive.ts";

type SomeChannel = NonNullable<ChannelSnapshot["channel"]>;
type Push = (...args: Parameters<SomeChannel["push"]>) => unknown;
type Cast = (...args: Parameters<SomeChannel["cast"]>) => boolean;

/** A topic's channel, joined while the component is mounted and shared by all components on the topic. */
export function useChannelOf(
  shared: () => SharedSocket,
  topic: () => string | null,
  params: () => unknown = () => undefined,
  from: () => JoinFrom | undefined = () => undefined,
): ChannelSnapshot & { readonly push: Push; readonly cast: Cast } {
  const key = () => paramsKey(params());
  let changed = () => {};
  const changes = {
    subscribe(listener: () => void) {
      changed = listener;
      return () => (changed = () => {});
    },
  };
  const paramsNow = () => {
    const now = params();
    return typeof now === "function" ? now() : now;
  };
  whileMounted(
    () => [shared(), topic(), key()],
    () => {
      const now = topic();
      if (now === null) return undefined;
      const hold = {
        key: key(),
        params: () => untrack(paramsNow),
        from: () => untrack(from),
        changed: () => changed(),
      };
      return shared().takeChannel(now, hold);
    },
  );
  const snapshot = live(CLOSED, () => {
    const now = topic();
    if (now === null) return CLOSED;
    track(changes);
    return shared().channelSnapshot(now, key());
  });
  return Object.assign(snapshot, {
    push: (...args: Parameters<Push>) => untrack(() => shared().push(topic(), key(), ...args)),
    cast: (...args: Parameters<Cast>) => untrack(() => shared().cast(topic(), key(), ...args)),
  });
}
