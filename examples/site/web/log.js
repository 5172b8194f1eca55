// @ts-check
import { element } from "./element.js";

const LIMIT = 200;

/** What was said, newest last: stays at the end while the reader is there, and keeps the last 200 entries. */
export class Log {
  /** @param {HTMLElement} place @param {string} emptyText shown while there is nothing else */
  constructor(place, emptyText) {
    this.place = place;
    this.empty = element("p.empty", emptyText);
    this.replace([]);
  }

  /** @param {HTMLElement} entry */
  add(entry) {
    const { place } = this;
    const isAtEnd = place.scrollHeight - place.scrollTop - place.clientHeight < 80;
    this.empty.remove();
    place.append(entry);
    if (place.childElementCount > LIMIT) place.firstElementChild?.remove();
    if (isAtEnd) place.scrollTop = place.scrollHeight;
  }

  /** @param {string} text something that happened, other than a message */
  note(text) {
    this.add(element("p.note", text));
  }

  /** @param {HTMLElement[]} entries */
  replace(entries) {
    this.place.replaceChildren(...entries);
    if (entries.length === 0) this.place.append(this.empty);
    this.place.scrollTop = this.place.scrollHeight;
  }
}
