import { useEffect, useLayoutEffect, useRef } from "react";
import { focusOrigin } from "../parts/focus-origin.ts";

/** Gives the focus back to what had it before something was opened, when it was in there until the end. */
export function useFocusBack(isOpen: boolean): void {
  const origin = useRef<HTMLElement | null>(null);
  // Before what is opened takes the focus.
  useLayoutEffect(() => {
    if (isOpen) origin.current = focusOrigin();
  }, [isOpen]);
  useEffect(() => {
    if (!isOpen && document.activeElement === document.body) origin.current?.focus();
  }, [isOpen]);
}
