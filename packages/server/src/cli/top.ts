/** `wingbeat top`: the figures of an inspector in the terminal. */
import { CommandError } from "./command-error.ts";
import type { Terminal } from "./confirm.ts";
import { LiveTop } from "./top/live.ts";
import { readableJson } from "./top/readable.ts";
import { addressOf, asker, headersOf } from "./top/snapshot.ts";
import { look, VIEWS } from "./top/views.ts";

export interface TopOptions {
  /** As in HTTP: `cookie: session=…`. */
  readonly header?: readonly string[] | undefined;
  readonly view?: string | undefined;
  readonly once?: boolean | undefined;
  readonly json?: boolean | undefined;
  readonly terminal: Terminal | undefined;
}

/** Returns the text to print: nothing, when it was shown meanwhile. Throws `CommandError`. */
export async function top(args: readonly string[], options: TopOptions): Promise<string> {
  const [url, ...more] = args;
  if (url === undefined || more.length > 0) {
    throw new CommandError("top takes the address of an inspector: wingbeat top http://localhost:4000/inspector");
  }
  const { header = [], view: name = "overview", once = false, json = false, terminal } = options;
  const view = VIEWS.find((one) => one.name === name);
  if (view === undefined) {
    throw new CommandError(`There is no view "${name}": --view takes ${VIEWS.map((one) => one.name).join(", ")}.`);
  }
  const base = addressOf(url);
  const ask = asker(base, headersOf(header));
  if (once || json) {
    const { text, answer } = await look(ask, view);
    return json ? readableJson(answer) : text;
  }
  if (terminal === undefined)
    throw new CommandError("This is no terminal: --once prints one table, --json the figures.");
  await new LiveTop(ask, base, view, terminal.input, terminal.output).run();
  return "";
}
