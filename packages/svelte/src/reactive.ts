/**
 * What Svelte's compiler does with runes, done with functions that `svelte` exports: the package is plain JavaScript, and
 * no bundler has to compile it.
 */
import type { Store } from "@wingbeat/client/bindings";
import { onMount, untrack } from "svelte";
import { createSubscriber } from "svelte/reactivity";
import { toStore } from "svelte/store";

type Source = Pick<Store<unknown>, "subscribe">;

const subscribers = new WeakMap<Source, Map<string, () => void>>();

/**
 * Reads a value of a source, which has a name there. The effect, template or derived value that reads it runs again when
 * the source has called back and the value is another one. Subscribes once for all of them; to nothing outside of them, nor
 * on a server.
 */
export function read<Value>(source: Source, name: string, value: () => Value): Value {
  const known = subscribers.get(source) ?? new Map<string, () => void>();
  const subscribe = known.get(name) ?? subscriberOf(source, value);
  known.set(name, subscribe);
  subscribers.set(source, known);
  subscribe();
  return value();
}

function subscriberOf(source: Source, value: () => unknown): () => void {
  return createSubscriber((changed) => {
    let last = value();
    return source.subscribe(() => {
      const now = value();
      if (Object.is(now, last)) return;
      last = now;
      changed();
    });
  });
}

/** An object with the fields of a sample, each of which is read anew whenever it is used. */
export function live<Fields extends object>(
  sample: Fields,
  get: <F extends keyof Fields>(field: F) => Fields[F],
): Fields {
  const fields = Object.keys(sample) as (keyof Fields)[];
  const getters = fields.map((field) => [field, { enumerable: true, get: () => get(field) }]);
  return Object.defineProperties({}, Object.fromEntries(getters)) as Fields;
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
