import { useEffect, useRef, useState } from "react";
import type { FocusEvent } from "react";

/** Milliseconds in which a menu that closes, or a dialog, gives the focus back to its button. */
const GIVEN_BACK = 100;

/**
 * The toolbar of a message is made when it is wanted: thirty of them at once would be slow. With the keyboard that is when
 * the message itself has the focus; on the way through its links and reactions it would be eight more stops each time.
 * It stays while something of it is open, and until that has given the focus back to it.
 */
export function useOver() {
  const [hovered, setHovered] = useState(false);
  const [focused, setFocused] = useState(false);
  const [menuOpen, setOpen] = useState(false);
  const [closing, setClosing] = useState(false);
  const row = useRef<HTMLElement>(null);
  const usesKeys = useRef(false);

  useEffect(() => {
    if (!menuOpen) return undefined;
    const uses = ({ type }: Event) => {
      usesKeys.current = type === "keydown";
    };
    for (const type of ["keydown", "pointerdown"]) document.addEventListener(type, uses, true);
    return () => {
      for (const type of ["keydown", "pointerdown"]) document.removeEventListener(type, uses, true);
    };
  }, [menuOpen]);
  useEffect(() => {
    if (!closing || menuOpen) return undefined;
    const timer = setTimeout(() => {
      setClosing(false);
      // For React the pointer was in the menu, and so in the message; with the menu it has left without an event.
      setHovered(row.current?.matches(":hover") === true);
      // Where a pointer goes from here is its own affair.
      if (usesKeys.current && row.current?.contains(document.activeElement)) setFocused(true);
    }, GIVEN_BACK);
    return () => clearTimeout(timer);
  }, [closing, menuOpen]);

  const over = {
    ref: row,
    onPointerEnter: () => setHovered(true),
    onPointerLeave: () => setHovered(false),
    onFocus: (event: FocusEvent) => {
      if (event.target === event.currentTarget) setFocused(true);
    },
    onBlur: (event: FocusEvent) => {
      if (!event.currentTarget.contains(event.relatedTarget)) setFocused(false);
    },
  };
  const setMenuOpen = (open: boolean) => {
    setOpen(open);
    if (!open) setClosing(true);
  };
  return { over, isOver: hovered || focused || menuOpen || closing, setMenuOpen };
}
