/** Asks for a view again and again, for one viewer. */
import type { Inspection } from "./inspection.ts";
import type { Answer, QueryOf, ViewName } from "./model.ts";
import { EVERY } from "./queries.ts";

export class Feed<View extends ViewName> {
  readonly #inspection: Inspection;
  readonly #view: View;
  readonly #every: number;
  readonly #receive: (answer: Answer<View>) => void;
  #query: QueryOf<View>;
  #timer: NodeJS.Timeout | undefined = undefined;
  #stopWatching: (() => void) | undefined = undefined;
  /** Counts the questions: an answer to an earlier one is not wanted any more. */
  #asked = 0;

  constructor(
    inspection: Inspection,
    view: View,
    query: QueryOf<View>,
    every: number = EVERY.default,
    receive: (answer: Answer<View>) => void,
  ) {
    this.#inspection = inspection;
    this.#view = view;
    this.#query = query;
    this.#every = every;
    this.#receive = receive;
  }

  start(): void {
    this.#stopWatching = this.#inspection.watch();
    this.#ask();
  }

  /** Asks something else, at once. */
  change(query: QueryOf<View>): void {
    this.#query = query;
    if (this.#stopWatching !== undefined) this.#ask();
  }

  stop(): void {
    this.#asked++;
    clearTimeout(this.#timer);
    this.#stopWatching?.();
    this.#stopWatching = undefined;
  }

  #ask(): void {
    clearTimeout(this.#timer);
    const asked = ++this.#asked;
    void this.#inspection.ask(this.#view, this.#query).then((answer) => {
      if (asked !== this.#asked) return;
      this.#timer = setTimeout(() => this.#ask(), this.#every);
      this.#receive(answer);
    });
  }
}
