import { useSyncExternalStore } from "react";

/** The same width as in the style sheets. */
const NARROW = "(max-width: 719.98px)";

function subscribe(changed: () => void): () => void {
  const query = window.matchMedia(NARROW);
  query.addEventListener("change", changed);
  return () => query.removeEventListener("change", changed);
}

/** Is this a phone's width? Then the sidebar is a drawer. */
export const useNarrow = (): boolean => useSyncExternalStore(subscribe, () => window.matchMedia(NARROW).matches);
