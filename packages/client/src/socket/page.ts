/** The lifecycle of the page around a socket: hidden pages reconnect slowly, and pages that are left disconnect. */

/**
 * Calls back with the name of what happens to the page: `pagehide` (it is being left, possibly for the back-forward
 * cache), `pageshow` (perhaps from that cache), and others when it may be visible again, or the network is back. Returns
 * a function that stops this. Does nothing where there is no page.
 */
export function watchPage(callback: (event: Event) => void): () => void {
  if (typeof window === "undefined" || typeof document === "undefined") return () => {};
  const sources: readonly (readonly [EventTarget, string])[] = [
    [window, "pagehide"],
    [window, "pageshow"],
    [window, "online"],
    [document, "visibilitychange"],
    // The page was frozen: Chrome does not always fire visibilitychange afterwards.
    [document, "resume"],
  ];
  for (const [target, event] of sources) target.addEventListener(event, callback);
  return () => {
    for (const [target, event] of sources) target.removeEventListener(event, callback);
  };
}

export const isHidden = (): boolean => globalThis.document?.visibilityState === "hidden";
