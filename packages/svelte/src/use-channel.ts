import type { JoinFrom } from "@wingbeat/client";
import { CLOSED, paramsKey } from "@wingbeat/client/bindings";
import type { ChannelSnapshot, SharedSocket } from "@wingbeat/client/bindings";
import { untrack } from "svelte";
import { live, read, whileMounted } from "./reactive.ts";

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
  const paramsNow = () => {
    const now = params();
    return typeof now === "function" ? now() : now;
  };
  const listeners = new Set<() => void>();
  const changed = () => {
    for (const listener of [...listeners]) listener();
  };
  whileMounted(
    () => [shared(), topic(), key()],
    () => {
      changed();
      const now = topic();
      if (now === null) return undefined;
      const hold = { key: key(), params: () => untrack(paramsNow), from: () => untrack(from), changed };
      return shared().takeChannel(now, hold);
    },
  );

  const source = {
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  // What reads a field depends on the topic, but not on all that the params are made of.
  const snapshot = () => {
    const now = topic();
    return now === null ? CLOSED : shared().channelSnapshot(now, untrack(key));
  };
  const result = live(CLOSED, (field) => read(source, field, () => snapshot()[field]));
  return Object.assign(result, {
    push: (...args: Parameters<Push>) => untrack(() => shared().push(topic(), key(), ...args)),
    cast: (...args: Parameters<Cast>) => untrack(() => shared().cast(topic(), key(), ...args)),
  });
}
