import { useEffect, useRef } from "react";
import type { RefObject } from "react";

/**
 * Scrolls the list around an element as little as is needed to see it, when it is wanted. Nothing else is scrolled, as
 * scrollIntoView() would: on a phone the sidebar is beside the page.
 */
export function useInSight<Shown extends HTMLElement>(isWanted: boolean): RefObject<Shown | null> {
  const shown = useRef<Shown>(null);
  useEffect(() => {
    const list = shown.current?.closest(".sidebar-scroll");
    if (!isWanted || !shown.current || !list) return;
    const [inner, outer] = [shown.current.getBoundingClientRect(), list.getBoundingClientRect()];
    if (inner.top < outer.top) list.scrollTop -= outer.top - inner.top;
    else if (inner.bottom > outer.bottom) list.scrollTop += inner.bottom - outer.bottom;
  }, [isWanted]);
  return shown;
}
