/**
 * Keeps a list at its end as long as its end is on screen, whatever grows or shrinks: its rows, the composer below it, the
 * strip above the page, the page itself. The list (react-virtuoso) does so for new rows alone.
 */

export interface ListEnd {
  /** Goes to the end, and stays there. */
  go(): void;
  /** The list is about to be scrolled to another place. */
  leave(): void;
  stop(): void;
}

export interface ListEndOptions {
  readonly scroller: HTMLElement;
  /** The list begins at its end. */
  readonly beginsThere: boolean;
  /** Nothing comes after what is here: where something does, its end is a place like any other. */
  readonly isNewest: () => boolean;
  /** Gets whether the end is on screen: often the same thing again. */
  readonly tell: (following: boolean) => void;
}

/** Pixels from the end that still count as the end. */
const NEAR = 24;
/** Milliseconds until the list has scrolled and measured. */
export const SETTLE_MS = 150;

const UP_KEYS = new Set(["ArrowUp", "PageUp", "Home"]);

/** Which way somebody wants to go; undefined for a finger, which goes both ways. */
function wayOf(event: Event): "up" | "down" | undefined {
  if (event instanceof WheelEvent) return event.deltaY < 0 ? "up" : "down";
  if (event instanceof KeyboardEvent) return UP_KEYS.has(event.key) ? "up" : "down";
  return event.type === "pointerdown" ? "down" : undefined;
}

export function keepAtEnd({ scroller, beginsThere, isNewest, tell }: ListEndOptions): ListEnd {
  let kept = beginsThere;
  // Somebody reads back. Rows that come in above may put the list at its end for a moment: it is not to stay there.
  let readsBack = false;
  let settling: ReturnType<typeof setTimeout> | undefined;
  let top = 0;
  let height = 0;
  const isThere = () => scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop <= NEAR;

  const settle = () => {
    if (kept && !isNewest()) kept = isThere();
    if (kept) scroller.scrollTop = scroller.scrollHeight;
    ({ scrollTop: top, scrollHeight: height } = scroller);
    tell(kept);
  };
  const scrolled = () => {
    if (settling !== undefined) return;
    // The list moves itself when rows turn out to be of another height than was thought; people leave the height alone.
    const isUp = scroller.scrollTop < top && scroller.scrollHeight === height;
    kept = (isThere() && !readsBack) || (kept && !isUp);
    settle();
  };
  const leave = () => {
    kept = false;
    clearTimeout(settling);
    settling = setTimeout(() => {
      settling = undefined;
      scrolled();
    }, SETTLE_MS);
  };
  const pulled = (event: Event) => {
    const way = wayOf(event);
    readsBack = way === "up";
    if (way !== "down" && scroller.scrollTop > 0) kept = false;
  };

  const observer = new ResizeObserver(settle);
  observer.observe(scroller);
  // Header, rows and footer; the box around them is as high as the list's window.
  for (const part of scroller.firstElementChild?.children ?? []) observer.observe(part, { box: "border-box" });
  const ending = new AbortController();
  const listening = { passive: true, signal: ending.signal };
  scroller.addEventListener("scroll", scrolled, listening);
  for (const name of ["wheel", "touchmove", "keydown", "pointerdown"])
    scroller.addEventListener(name, pulled, listening);
  scroller.addEventListener("touchend", scrolled, listening);
  if (!beginsThere) leave();

  return {
    go() {
      clearTimeout(settling);
      settling = undefined;
      readsBack = false;
      kept = true;
      settle();
    },
    leave,
    stop() {
      clearTimeout(settling);
      observer.disconnect();
      ending.abort();
    },
  };
}
