// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { keepPlace } from "./list-place.ts";
import type { ListPlace } from "./list-place.ts";

/** A list in a window of 500 pixels: happy-dom lays nothing out, so the heights of its rows are what a test says. */
class FakeList {
  readonly scroller = document.createElement("div");
  readonly rows = document.createElement("div");
  readonly place: ListPlace;
  isNewest = true;
  window = 500;
  atEnd: boolean | undefined;
  resized: () => void = () => {};
  readonly #heights = new Map<Element, number>();
  #top = 0;

  constructor(heights: readonly number[]) {
    this.scroller.append(this.rows);
    document.body.append(this.scroller);
    Object.defineProperties(this.scroller, {
      scrollHeight: { get: () => this.height },
      clientHeight: { get: () => this.window },
      scrollTop: {
        get: () => this.#top,
        set: (top: number) => {
          this.#top = Math.max(0, Math.min(top, this.height - this.window));
        },
      },
    });
    this.scroller.getBoundingClientRect = () => new DOMRect(0, 100, 300, this.window);
    this.add("append", heights);
    vi.stubGlobal(
      "ResizeObserver",
      class {
        constructor(resized: () => void) {
          list.resized = resized;
        }
        observe() {}
        disconnect() {}
      },
    );
    const list = this;
    this.place = keepPlace({
      scroller: this.scroller,
      rows: this.rows,
      isNewest: () => this.isNewest,
      moved: (atEnd) => {
        this.atEnd = atEnd;
      },
    });
    this.resized();
  }

  get height(): number {
    return this.#topOf(null);
  }

  get top(): number {
    return this.#top;
  }

  get isAtBottom(): boolean {
    return this.#top === this.height - this.window;
  }

  #topOf(row: Element | null): number {
    let top = 0;
    for (const other of this.rows.children) {
      if (other === row) break;
      top += this.#heights.get(other) ?? 0;
    }
    return top;
  }

  add(where: "append" | "prepend", heights: readonly number[]): void {
    const rows = heights.map((height) => {
      const row = document.createElement("div");
      this.#heights.set(row, height);
      row.getBoundingClientRect = () => new DOMRect(0, 100 + this.#topOf(row) - this.#top, 300, this.#heights.get(row));
      return row;
    });
    this.rows[where](...rows);
  }

  resize(at: number, height: number): void {
    this.#heights.set(this.row(at), height);
  }

  row(at: number): Element {
    return this.rows.children[at] as Element;
  }

  scroll(top: number): void {
    this.scroller.scrollTop = top;
    this.scroller.dispatchEvent(new Event("scroll"));
  }

  /** How far below the top of the window a row begins. */
  seenAt(row: Element): number {
    return this.#topOf(row) - this.#top;
  }
}

const TWENTY = Array.from({ length: 20 }, (_, at) => 60 + 4 * at);
let list: FakeList;
beforeEach(() => {
  list = new FakeList(TWENTY);
});
afterEach(() => {
  list.place.stop();
  list.scroller.remove();
  vi.unstubAllGlobals();
});

it("begins at the end, and stays there when rows come and when the window gets smaller", () => {
  expect(list.isAtBottom).toBe(true);
  list.add("append", [80, 120]);
  list.place.keep();
  expect(list.isAtBottom).toBe(true);
  list.window = 350;
  list.resized();
  expect(list.isAtBottom).toBe(true);
  expect(list.atEnd).toBe(true);
});

it("stays where the user has scrolled to, until they are back at the end", () => {
  list.scroll(300);
  expect(list.atEnd).toBe(false);
  list.add("append", [80]);
  list.place.keep();
  expect(list.top).toBe(300);
  list.scroll(list.height - list.window - 10);
  expect(list.atEnd).toBe(true);
  list.add("append", [80]);
  list.place.keep();
  expect(list.isAtBottom).toBe(true);
});

it("keeps the row at the top of the screen where it is when others come above it, at the very top as well", () => {
  for (const top of [300, 0]) {
    list.scroll(top);
    const row = [...list.rows.children].find((candidate) => list.seenAt(candidate) >= 0) as Element;
    const before = list.seenAt(row);
    list.add("prepend", [44, 31, 70]);
    list.place.keep();
    expect(list.seenAt(row)).toBe(before);
  }
});

it("keeps its place when rows above turn out higher, and when rows above go and others come below", () => {
  list.scroll(500);
  const row = list.row(9);
  const before = list.seenAt(row);
  list.resize(2, 400);
  list.resized();
  expect(list.seenAt(row)).toBe(before);
  list.row(0).remove();
  list.row(0).remove();
  list.add("append", [60, 64]);
  list.place.keep();
  expect(list.seenAt(row)).toBe(before);
  expect(list.atEnd).toBe(false);
});

it("does not hold back whoever turns the wheel while rows come", () => {
  list.scroller.dispatchEvent(new WheelEvent("wheel", { deltaY: -200 }));
  list.add("append", [30]);
  const top = list.top - 200;
  list.scroll(top);
  list.resized();
  expect(list.top).toBe(top);
  expect(list.atEnd).toBe(false);
});

it("stays at the end when a scroll is told of after rows have come", () => {
  list.add("append", [90]);
  list.scroller.dispatchEvent(new Event("scroll"));
  list.resized();
  expect(list.isAtBottom).toBe(true);
  expect(list.atEnd).toBe(true);
});

it("shows a row, and says whether that is the end as well", () => {
  list.place.show(list.row(10), "middle");
  expect(list.seenAt(list.row(10))).toBe((500 - 100) / 2);
  expect(list.atEnd).toBe(false);
  list.place.show(list.row(6), "top");
  expect(list.seenAt(list.row(6))).toBe(40);
  list.place.show(list.row(19), "middle");
  expect(list.atEnd).toBe(true);
});

it("goes to the end when it is told to", () => {
  list.scroll(0);
  list.place.toEnd();
  expect(list.isAtBottom).toBe(true);
  list.add("append", [500]);
  list.place.keep();
  expect(list.isAtBottom).toBe(true);
});

it("does not run after pages that come behind the last row that is here", () => {
  list.isNewest = false;
  list.scroll(list.height);
  expect(list.atEnd).toBe(false);
  const { top } = list;
  list.add("append", [300, 300]);
  list.isNewest = true;
  list.place.keep();
  expect(list.top).toBe(top);
  expect(list.atEnd).toBe(false);
});

it("leaves the list alone when it is over", () => {
  list.place.stop();
  list.scroll(100);
  expect(list.atEnd).toBe(true);
});
