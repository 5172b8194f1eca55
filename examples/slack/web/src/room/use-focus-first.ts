import { useEffect } from "react";
import type { RefObject } from "react";
import { isTouch } from "./is-touch.ts";

/** Whoever has come for the room can write at once. On glass that would bring up a keyboard that nobody wants yet. */
export function useFocusFirst(area: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    if (!isTouch() && hasLedHere(document.activeElement)) area.current?.focus();
  }, [area]);
}

/** Nothing is in use; or a link, or a button of the sidebar: dialogs and lists that were opened there give it back. */
const hasLedHere = (focused: Element | null): boolean =>
  focused === null || focused === document.body || focused.matches("a, .sidebar button");
