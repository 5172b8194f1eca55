import type { Channel, ChannelContract } from "@wingbeat/client";
import { NO_VALUES, ephemeralOf } from "@wingbeat/client/bindings";
import type { EphemeralResult } from "@wingbeat/client/bindings";
import type { EphemeralEvents, EphemeralOptions } from "@wingbeat/client/ephemeral";
import { untrack } from "svelte";
import { read, whileMounted } from "./reactive.ts";

/**
 * A value of one's own that everybody on the channel's topic sees at once and that nobody keeps, such as who is typing, and
 * those of the others: where the server declares `.ephemeral`. Components share it; `options` are those of the first one.
 * Empty while `channel` returns null.
 */
export function useEphemeral<Contract extends ChannelContract, Event extends EphemeralEvents<Contract>>(
  channel: () => Channel<Contract> | null,
  event: Event,
  options?: EphemeralOptions,
): EphemeralResult<Contract, Event> {
  const current = () => {
    const now = channel() as unknown as Channel | null;
    return now === null ? undefined : ephemeralOf(now, event, options);
  };
  let isSet = false;
  whileMounted(
    () => [current()],
    () => {
      const store = untrack(current);
      return () => {
        if (isSet) store?.clear();
        isSet = false;
      };
    },
  );
  const result = {
    get values() {
      const store = current();
      return store === undefined ? NO_VALUES : read(store, "values", () => store.snapshot);
    },
    set: (value: unknown) => {
      isSet = true;
      untrack(current)?.set(value);
    },
    clear: () => untrack(current)?.clear(),
  };
  return result as EphemeralResult<Contract, Event>;
}
