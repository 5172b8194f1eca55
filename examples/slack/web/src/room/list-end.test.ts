// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { keepAtEnd, SETTLE_MS } from "./list-end.ts";

/** A list of `height` pixels in a window of 500. */
class FakeList {
  readonly scroller = document.createElement("div");
  readonly told: boolean[] = [];
  isNewest = true;
  height = 2_000;
  window = 500;
  #top = 0;
  resized: () => void = () => {};

  constructor() {
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
  }

  begin(beginsThere: boolean) {
    const isNewest = () => this.isNewest;
    const end = keepAtEnd({ scroller: this.scroller, beginsThere, isNewest, tell: (is) => this.told.push(is) });
    this.resized();
    return end;
  }

  get isAtEnd(): boolean {
    return this.#top === this.height - this.window;
  }

  get following(): boolean | undefined {
    return this.told.at(-1);
  }

  scroll(top: number): void {
    this.scroller.scrollTop = top;
    this.scroller.dispatchEvent(new Event("scroll"));
  }

  grow(by: number): void {
    this.height += by;
    this.resized();
  }
}

let list: FakeList;
beforeEach(() => {
  vi.useFakeTimers();
  list = new FakeList();
  vi.stubGlobal(
    "ResizeObserver",
    class {
      constructor(resized: () => void) {
        list.resized = resized;
      }
      observe() {}
      disconnect() {
        list.resized = () => {};
      }
    },
  );
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it("stays at the end when rows come and when the window gets smaller", () => {
  list.begin(true);
  expect(list.isAtEnd).toBe(true);
  list.grow(300);
  expect(list.isAtEnd).toBe(true);
  list.window = 350;
  list.resized();
  expect(list.isAtEnd).toBe(true);
  expect(list.following).toBe(true);
});

it("stays where the user has scrolled to, until they are back at the end", () => {
  list.begin(true);
  list.scroll(1_000);
  expect(list.following).toBe(false);
  list.grow(100);
  expect(list.scroller.scrollTop).toBe(1_000);
  list.scroll(1_590);
  expect(list.following).toBe(true);
  list.grow(100);
  expect(list.isAtEnd).toBe(true);
});

it("does not hold back whoever turns the wheel while rows are measured", () => {
  list.begin(true);
  list.scroller.dispatchEvent(new WheelEvent("wheel", { deltaY: -200 }));
  list.height += 30;
  list.scroll(1_300);
  expect(list.scroller.scrollTop).toBe(1_300);
  expect(list.following).toBe(false);
});

it("is not led away by the list's own corrections", () => {
  list.begin(true);
  list.height += 60;
  list.scroll(1_400);
  expect(list.isAtEnd).toBe(true);
  expect(list.following).toBe(true);
});

it("begins at another place, and says later whether that is the end as well", () => {
  list.begin(false);
  list.scroll(700);
  list.grow(100);
  expect(list.scroller.scrollTop).toBe(700);
  list.scroll(1_600);
  expect(list.following).toBe(false);
  vi.advanceTimersByTime(SETTLE_MS);
  expect(list.following).toBe(true);
});

it("goes to the end when it is told to", () => {
  const end = list.begin(false);
  end.go();
  expect(list.isAtEnd).toBe(true);
  list.grow(500);
  expect(list.isAtEnd).toBe(true);
});

it("does not run after pages that come behind the last row that is here", () => {
  list.isNewest = false;
  list.begin(true);
  list.scroll(1_500);
  list.grow(900);
  expect(list.scroller.scrollTop).toBe(1_500);
  expect(list.following).toBe(false);
});

it("leaves the list alone when it is over", () => {
  const end = list.begin(false);
  const count = list.told.length;
  end.stop();
  list.scroll(100);
  vi.advanceTimersByTime(SETTLE_MS);
  expect(list.told.length).toBe(count);
});
