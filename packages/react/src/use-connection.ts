import { useCallback, useSyncExternalStore } from "react";
import type { ConnectionStatus, SharedSocket } from "@wingbeat/client/bindings";

const NONE = () => null;

/** Why the server has refused the client; null while it has not. */
export function useRefusalOf(shared: SharedSocket): { readonly reason: unknown } | null {
  const subscribe = useCallback((changed: () => void) => shared.subscribe(changed), [shared]);
  return useSyncExternalStore(subscribe, () => shared.refusal ?? null, NONE);
}

/** The state of a socket's connection, kept up to date. In server-side rendering it is `connecting`. */
export function useConnectionOf(shared: SharedSocket): ConnectionStatus {
  const subscribe = useCallback((changed: () => void) => shared.subscribe(changed), [shared]);
  return useSyncExternalStore(
    subscribe,
    () => shared.status,
    () => "connecting",
  );
}
