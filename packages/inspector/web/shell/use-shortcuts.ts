/** Keys for the whole page. They do nothing while somebody types. */
import { useEffect, useRef, useState } from "react";
import type { Hold } from "../live/hold.ts";
import { go } from "../route.ts";
import { STOPS } from "../views/places.tsx";

/** Milliseconds in which the letter must follow the `g`. */
const FOLLOWS = 1_500;

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest("input, textarea, select, [contenteditable], dialog") !== null;

function toSearch(): void {
  const field = document.querySelector<HTMLInputElement>("[data-search]");
  if (field !== null) field.select();
  if (field !== null) field.focus();
  else {
    go("connections");
    // The view is drawn after the address has changed.
    setTimeout(() => document.querySelector<HTMLInputElement>("[data-search]")?.focus(), 50);
  }
}

/** Whether the list of keys is open, and what opens and closes it. */
export function useShortcuts({ paused, pause }: Hold): readonly [boolean, (open: boolean) => void] {
  const [isHelping, help] = useState(false);
  const gAt = useRef(-Infinity);
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const stop = event.timeStamp - gAt.current < FOLLOWS && STOPS.find(({ key }) => key === event.key);
      gAt.current = event.key === "g" ? event.timeStamp : -Infinity;
      if (stop) go(stop.place);
      else if (event.key === "/") toSearch();
      else if (event.key === ".") pause(!paused);
      else if (event.key === "?") help(true);
      else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [paused, pause]);
  return [isHelping, help];
}
