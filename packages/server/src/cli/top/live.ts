/** `wingbeat top` on a terminal: a screen that is drawn again every two seconds, until somebody presses q. */
import type { Readable, Writable } from "node:stream";
import { CommandError } from "../command-error.ts";
import type { Ask } from "./snapshot.ts";
import { look, VIEWS } from "./views.ts";
import type { TopView } from "./views.ts";

/** How often it is drawn, in ms. */
const EVERY = 2_000;
/** Another screen, without a cursor; and back. */
const ENTER = "\u001b[?1049h\u001b[?25l";
const LEAVE = "\u001b[?25h\u001b[?1049l";
const CLEAR = "\u001b[H\u001b[J";
const CTRL_C = "\u0003";

/** Of a terminal, what is not a stream. */
interface Screen {
  readonly columns?: number;
  readonly rows?: number;
}
interface Keys {
  setRawMode?(isRaw: boolean): unknown;
}

export class LiveTop {
  readonly #ask: Ask;
  readonly #base: URL;
  readonly #input: Readable & Keys;
  readonly #output: Writable & Screen;
  #view: TopView;
  #timer: NodeJS.Timeout | undefined = undefined;
  /** Counts what was asked: an earlier answer is not shown any more. */
  #asked = 0;
  #quit: () => void = () => {};

  constructor(ask: Ask, base: URL, view: TopView, input: Readable, output: Writable) {
    this.#ask = ask;
    this.#base = base;
    this.#view = view;
    this.#input = input;
    this.#output = output;
  }

  /** Resolves when somebody wants to quit. Rejects with a `CommandError` if the first answer does not come. */
  async run(): Promise<void> {
    // The first one says whether there is an inspector: its error is printed, and not drawn.
    const first = await look(this.#ask, this.#view);
    const ended = new Promise<void>((resolve) => (this.#quit = resolve));
    const stop = (): void => this.#quit();
    this.#output.write(ENTER);
    this.#input.setRawMode?.(true);
    this.#input.on("data", this.#pressed).on("end", stop).resume();
    process.once("SIGTERM", stop).once("SIGHUP", stop);
    try {
      this.#draw(first.text, first.from);
      this.#timer = setTimeout(() => void this.#look(), EVERY);
      await ended;
    } finally {
      this.#asked++;
      clearTimeout(this.#timer);
      process.off("SIGTERM", stop).off("SIGHUP", stop);
      this.#input.off("data", this.#pressed).off("end", stop).pause();
      this.#input.setRawMode?.(false);
      this.#output.write(LEAVE);
    }
  }

  readonly #pressed = (keys: Buffer | string): void => {
    for (const key of String(keys)) {
      if (key === "q" || key === CTRL_C) return this.#quit();
      const view = VIEWS[Number(key) - 1];
      if (view !== undefined) {
        this.#view = view;
        void this.#look();
      }
    }
  };

  async #look(): Promise<void> {
    clearTimeout(this.#timer);
    const asked = ++this.#asked;
    let text: string;
    let from: string | undefined;
    try {
      ({ text, from } = await look(this.#ask, this.#view));
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      text = error.message;
    }
    if (asked !== this.#asked) return;
    this.#draw(text, from);
    this.#timer = setTimeout(() => void this.#look(), EVERY);
  }

  #draw(text: string, from = ""): void {
    // Some terminals do not know their size, and say 0.
    const columns = this.#output.columns || 120;
    const rows = this.#output.rows || 40;
    const tabs = VIEWS.map((view, index) =>
      view === this.#view ? `[${index + 1} ${view.name}]` : ` ${index + 1} ${view.name} `,
    );
    const lines = [`wingbeat top ${this.#base.href}  ${from}`, `${tabs.join(" ")}   q quit`, "", ...text.split("\n")];
    const fitting = lines.slice(0, rows - 1).map((line) => line.slice(0, columns));
    this.#output.write(CLEAR + fitting.join("\n"));
  }
}
