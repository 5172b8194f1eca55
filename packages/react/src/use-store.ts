import type { Store } from "@wingbeat/client/bindings";
import { useCallback, useSyncExternalStore } from "react";

/** The snapshot of a store; `none` without one, and on a server. */
export function useStore<Snapshot>(store: Store<Snapshot> | null, none: Snapshot): Snapshot {
  const subscribe = useCallback((changed: () => void) => store?.subscribe(changed) ?? (() => {}), [store]);
  return useSyncExternalStore(
    subscribe,
    () => (store === null ? none : store.snapshot),
    () => none,
  );
}
