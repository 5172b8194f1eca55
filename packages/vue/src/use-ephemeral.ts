import type { Channel, ChannelContract } from "@wingbeat/client";
import { NO_VALUES, ephemeralOf } from "@wingbeat/client/bindings";
import type { EphemeralResult, EphemeralStore } from "@wingbeat/client/bindings";
import type { EphemeralEvents, EphemeralOptions } from "@wingbeat/client/ephemeral";
import { shallowRef, toValue } from "vue";
import type { MaybeRefOrGetter, ShallowRef } from "vue";
import { whileInPage } from "./in-page.ts";

/** What `useEphemeral` returns: see `EphemeralResult`. */
export interface EphemeralRefs<Contract extends ChannelContract, Event extends string> extends Omit<
  EphemeralResult<Contract, Event>,
  "values"
> {
  readonly values: Readonly<ShallowRef<EphemeralResult<Contract, Event>["values"]>>;
}

/**
 * A value of one's own that everybody on the channel's topic sees at once and that nobody keeps, such as who is typing, and
 * those of the others: where the server declares `.ephemeral`. Components share it; `options` are those of the first one.
 * Empty while `channel` is null.
 */
export function useEphemeral<Contract extends ChannelContract, Event extends EphemeralEvents<Contract>>(
  channel: MaybeRefOrGetter<Channel<Contract> | null>,
  event: Event,
  options?: EphemeralOptions,
): EphemeralRefs<Contract, Event> {
  const values = shallowRef(NO_VALUES);
  let store: EphemeralStore | null = null;
  let isSet = false;
  const clear = () => store?.clear();
  whileInPage(
    () => toValue(channel) as unknown as Channel | null,
    (now) => {
      store = now && ephemeralOf(now, event, options);
      const read = () => void (values.value = store ? store.snapshot : NO_VALUES);
      read();
      const unsubscribe = store?.subscribe(read);
      return () => {
        unsubscribe?.();
        if (isSet) clear();
        isSet = false;
      };
    },
  );
  const set = (value: unknown) => {
    isSet = true;
    store?.set(value);
  };
  return { values, set, clear } as unknown as EphemeralRefs<Contract, Event>;
}
