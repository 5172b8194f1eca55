import { computed, getCurrentInstance, onMounted, shallowRef, toValue, watch } from "vue";
import type { ComputedRef, MaybeRefOrGetter, Ref, ShallowRef } from "vue";
import type { Store } from "@wingbeat/client/bindings";

/** Whether a component is rendered on a server now: nothing is ever unmounted there. */
export const isOnServer = (): boolean => typeof window === "undefined";

/** Whether the component in setup takes over HTML that a server has rendered. */
export const isHydrating = (): boolean => Boolean(getCurrentInstance()?.vnode.el);

/**
 * Calls back with the value of `source`, now and after each change, until the component is unmounted. What the callback
 * returns ends what it has begun. On a server it does nothing, and in HTML of a server it begins after the first
 * rendering, which must give the same HTML.
 */
export function whileInPage<Value>(
  source: () => Value,
  begin: (value: Value) => (() => void) | null | undefined,
): void {
  const start = () =>
    watch(
      source,
      (value, _, onCleanup) => {
        onCleanup(begin(value) ?? (() => {}));
      },
      // At once, so that what is read after a change belongs to the new value.
      { immediate: true, flush: "sync" },
    );
  if (isOnServer()) return;
  if (isHydrating()) onMounted(start);
  else start();
}

/** A ref of the snapshots of a source's store; `none` without a source. */
export function useStore<Source extends object, Snapshot>(
  source: MaybeRefOrGetter<Source | null>,
  storeOf: (source: Source) => Store<Snapshot>,
  none: Snapshot,
): Readonly<ShallowRef<Snapshot>> {
  const snapshot = shallowRef(none);
  whileInPage(
    () => toValue(source),
    (now) => {
      const store = now && storeOf(now);
      const read = () => void (snapshot.value = store ? store.snapshot : none);
      read();
      return store?.subscribe(read);
    },
  );
  return snapshot;
}

/** A ref for each field of a ref's object. */
export function refsOf<Fields extends object>(
  source: Readonly<Ref<Fields>>,
): { readonly [Name in keyof Fields]: ComputedRef<Fields[Name]> } {
  const names = Object.keys(source.value) as (keyof Fields)[];
  return Object.fromEntries(names.map((name) => [name, computed(() => source.value[name])])) as never;
}
