import type { Channel, ChannelContract } from "@wingbeat/client";
import { NO_VALUES, ephemeralOf } from "@wingbeat/client/bindings";
import type { EphemeralResult } from "@wingbeat/client/bindings";
import type { EphemeralEvents, EphemeralOptions } from "@wingbeat/client/ephemeral";
import { useCallback, useEffect, useMemo, useRef, useSyncExternalStore } from "react";

/**
 * A value of one's own that everybody on the channel's topic sees at once and that nobody keeps, such as who is typing, and
 * those of the others: where the server declares `.ephemeral`. Components share it; `options` are those of the first one.
 * Empty while `channel` is null.
 */
export function useEphemeral<Contract extends ChannelContract, Event extends EphemeralEvents<Contract>>(
  channel: Channel<Contract> | null,
  event: Event,
  options?: EphemeralOptions,
): EphemeralResult<Contract, Event> {
  const store = channel === null ? undefined : ephemeralOf(channel as unknown as Channel, event, options);
  const subscribe = useCallback((changed: () => void) => store?.subscribe(changed) ?? (() => {}), [store]);
  const values = useSyncExternalStore(
    subscribe,
    () => store?.snapshot ?? NO_VALUES,
    () => NO_VALUES,
  );
  const isSet = useRef(false);
  useEffect(
    () => () => {
      if (isSet.current) store?.clear();
      isSet.current = false;
    },
    [store],
  );
  const set = useCallback(
    (value: unknown) => {
      isSet.current = true;
      store?.set(value);
    },
    [store],
  );
  const clear = useCallback(() => store?.clear(), [store]);
  return useMemo(() => ({ values, set, clear }), [values, set, clear]) as EphemeralResult<Contract, Event>;
}
