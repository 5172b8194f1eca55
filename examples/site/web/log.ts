import { element } from "./element.ts";

const LIMIT = 200;

/** What was said, newest last: stays at the end while the reader is there, and keeps the last 200 entries. */
export class Log {
  readonly #place: HTMLElement;
  readonly #empty: HTMLElement;
  #isAtEnd = true;

  /** `emptyText` is shown while there is nothing else. */
  constructor(place: HTMLElement, emptyText: string) {
    this.#place = place;
    this.#empty = element("p.empty", emptyText);
    this.replace([]);
    place.addEventListener("scroll", () => {
      this.#isAtEnd = place.scrollHeight - place.scrollTop - place.clientHeight < 80;
    });
    // A phone's keyboard, or the side that is opened, takes room away.
    new ResizeObserver(() => this.#isAtEnd && this.#scrollToEnd()).observe(place);
  }

  add(entry: HTMLElement): void {
    const place = this.#place;
    this.#empty.remove();
    place.append(entry);
    if (place.childElementCount > LIMIT) place.firstElementChild?.remove();
    if (this.#isAtEnd) this.#scrollToEnd();
  }

  /** Something that happened, other than a message. */
  note(text: string): void {
    this.add(element("p.note", text));
  }

  replace(entries: readonly HTMLElement[]): void {
    this.#place.replaceChildren(...entries);
    if (entries.length === 0) this.#place.append(this.#empty);
    this.#scrollToEnd();
  }

  #scrollToEnd(): void {
    this.#place.scrollTop = this.#place.scrollHeight;
  }
}
