/**
 * What Svelte's compiler does with runes, done with functions that `svelte` exports: the package is plain JavaScript, and
 * no bundler has to compile it.
 */
import type { Store } from "@wingbeat/client/bindings";
import { onMount, untrack } from "svelte";
import { createSubscriber } from "svelte/reactivity";
import { toStore } from "svelte/store";

type Source = Pick<Store<unknown>, "subscribe">;

const subscribers = new WeakMap<Source, () => void>();

/**
 * Has the effect, template or derived value that is running run again after each change of a source. Subscribes to the
 * source once for all of them. Nothing happens outside of them, nor on a server.
 */
export function track(source: Source): void {
  let subscribe = subscribers.get(source);
  if (subscribe === undefined) {
    subscribe = createSubscriber((changed) => source.subscribe(changed));
    subscribers.set(source, subscribe);
  }
  subscribe();
}

/** An object with the fields of a snapshot; each reads the snapshot of now. `sample` is one of them. */
export function live<Snapshot extends object>(sample: Snapshot, now: () => Snapshot): Snapshot {
  const fields = Object.keys(sample) as (keyof Snapshot)[];
  const getters = fields.map((field) => [field, { enumerable: true, get: () => now()[field] }]);
  return Object.defineProperties({}, Object.fromEntries(getters)) as Snapshot;
}

/** The snapshots of a store that belongs to a channel, as {@link live} fields; `none` while there is no channel. */
export function liveStore<Of, Snapshot extends object>(
  channel: () => Of | null,
  storeOf: (channel: Of) => Store<Snapshot>,
  none: Snapshot,
): Snapshot {
  return live(none, () => {
    const now = channel();
    if (now === null) return none;
    const store = storeOf(now);
    track(store);
    return store.snapshot;
  });
}

/**
 * While the component is mounted, runs `use`, and again whenever one of the values of a getter has become another one.
 * What `use` returned runs before that, and when the component is unmounted. Nothing happens on a server.
 */
export function whileMounted(values: () => readonly unknown[], use: () => (() => void) | undefined): void {
  onMount(() => {
    let last: readonly unknown[] | undefined;
    let end: (() => void) | undefined;
    const unsubscribe = toStore(values).subscribe((now) => {
      if (last !== undefined && now.every((value, index) => value === last?.[index])) return;
      last = now;
      end?.();
      end = untrack(use);
    });
    return () => {
      unsubscribe();
      end?.();
    };
  });
}
