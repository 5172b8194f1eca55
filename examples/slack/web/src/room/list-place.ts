/**
 * Keeps the place of whoever reads a list, whatever comes, goes, grows or shrinks: at its end they stay at its end, and
 * elsewhere the row at the top of the screen stays where it is. Browsers do the latter themselves (scroll anchoring), but
 * not all of them, and none at the very top, where older messages come in.
 */

export interface ListPlace {
  /** For after each change of the rows, before it is painted. */
  keep(): void;
  /** Goes to the end, and stays there if nothing comes after it. */
  toEnd(): void;
  /** Goes to a row: in the middle of the screen, or at its top with a little of what is before it. */
  show(row: Element, where: "top" | "middle"): void;
  stop(): void;
}

export interface ListPlaceOptions {
  readonly scroller: HTMLElement;
  /** Its children are the rows. In the scroller, with whatever else scrolls. */
  readonly rows: HTMLElement;
  /** Nothing comes after what is here: where something does, the end of the list is a place like any other. */
  readonly isNewest: () => boolean;
  /** The list has been scrolled, or has changed: says whether its end is on screen. Often the same thing again. */
  readonly moved: (atEnd: boolean) => void;
}

/** Pixels from the end that still count as the end. */
const NEAR = 24;
/** Pixels above a row that is shown at the top. */
const ABOVE = 40;

const UP_KEYS = new Set(["ArrowUp", "PageUp", "Home"]);

/** Whether somebody wants to go up, or may want to: a finger goes both ways. */
function isUpwards(event: Event): boolean {
  if (event instanceof WheelEvent) return event.deltaY < 0;
  return !(event instanceof KeyboardEvent) || UP_KEYS.has(event.key);
}

/** Begins at the end. */
export function keepPlace({ scroller, rows, isNewest, moved }: ListPlaceOptions): ListPlace {
  let atEnd = true;
  /** The row at the top of the screen, and how far below the top it ends. */
  let anchor: { readonly row: Element; readonly bottom: number } | undefined;
  let top = 0;
  let height = 0;

  const bottomOf = (row: Element) => row.getBoundingClientRect().bottom - scroller.getBoundingClientRect().top;
  const isAtBottom = () => scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop <= NEAR;

  const remember = () => {
    ({ scrollTop: top, scrollHeight: height } = scroller);
    const row = firstThat(rows.children, (candidate) => bottomOf(candidate) > 0);
    anchor = row && { row, bottom: bottomOf(row) };
    moved(atEnd);
  };
  const keep = () => {
    atEnd &&= isNewest();
    if (atEnd) {
      scroller.scrollTop = scroller.scrollHeight;
    } else if (anchor?.row.isConnected === true) {
      const by = Math.round(bottomOf(anchor.row) - anchor.bottom);
      if (by !== 0) scroller.scrollTop += by;
    }
    remember();
  };
  const scrolled = () => {
    // What grows at the end is scrolled to later in the same frame: people leave the height alone.
    const isUp = scroller.scrollTop < top && scroller.scrollHeight === height;
    if (isAtBottom()) atEnd = isNewest();
    else if (isUp) atEnd = false;
    remember();
  };
  const pulled = (event: Event) => {
    if (isUpwards(event) && scroller.scrollTop > 0) atEnd = false;
  };

  const observer = new ResizeObserver(keep);
  observer.observe(scroller);
  for (const part of scroller.children) observer.observe(part);
  const ending = new AbortController();
  const listening = { passive: true, signal: ending.signal };
  for (const name of ["scroll", "touchend"]) scroller.addEventListener(name, scrolled, listening);
  for (const name of ["wheel", "touchmove", "keydown"]) scroller.addEventListener(name, pulled, listening);

  return {
    keep,
    toEnd() {
      scroller.scrollTop = scroller.scrollHeight;
      atEnd = isNewest();
      remember();
    },
    show(row, where) {
      const { height: rowHeight } = row.getBoundingClientRect();
      const free = where === "middle" ? (scroller.clientHeight - rowHeight) / 2 : ABOVE;
      scroller.scrollTop += bottomOf(row) - rowHeight - Math.max(0, free);
      atEnd = isAtBottom() && isNewest();
      remember();
    },
    stop() {
      observer.disconnect();
      ending.abort();
    },
  };
}

/** The first of the elements for which it is true, where it is true for all after one for which it is. */
function firstThat(elements: HTMLCollection, isTrue: (element: Element) => boolean): Element | undefined {
  let from = 0;
  let to = elements.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (isTrue(elements[middle] as Element)) to = middle;
    else from = middle + 1;
  }
  return elements[from];
}
