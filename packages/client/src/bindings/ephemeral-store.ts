/** Ephemeral values of a channel, as snapshots: one for each event, for all components that use it. */
import type { Channel } from "../channel.ts";
import { ephemeral } from "../ephemeral.ts";
import type { Ephemeral, EphemeralOptions } from "../ephemeral.ts";
import { onePer } from "./one-per.ts";
import type { Store } from "./store.ts";

type Values = ReadonlyMap<string | number, unknown>;

export const NO_VALUES: Values = /* @__PURE__ */ new Map();

/** The values of the others, and the own one. */
export interface EphemeralStore extends Store<Values> {
  set(value: unknown): void;
  clear(): void;
}

const all = /* @__PURE__ */ onePer("ephemerals", (_channel: Channel) => new Map<string, EphemeralStore>());

/** The ephemeral value of a channel and event; always the same object. `options` are those of the first call. */
export function ephemeralOf(channel: Channel, event: string, options?: EphemeralOptions): EphemeralStore {
  const stores = all(channel);
  let store = stores.get(event);
  if (store === undefined) stores.set(event, (store = storeOf(ephemeral(channel, event, options))));
  return store;
}

function storeOf(values: Ephemeral<string | number, unknown, unknown>): EphemeralStore {
  return {
    get snapshot() {
      return values.values;
    },
    subscribe: (changed) => values.onChange(changed),
    set: (value) => values.set(value),
    clear: () => values.clear(),
  };
}
