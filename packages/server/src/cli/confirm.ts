/** Asks the user at a terminal. */
import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import type { Readable, Writable } from "node:stream";

/** Where questions are asked and answered. */
export interface Terminal {
  readonly input: Readable;
  readonly output: Writable;
}

/** Asks for yes or no. Return means yes, Ctrl-C and Ctrl-D mean no. */
export async function confirm(question: string, { input, output }: Terminal): Promise<boolean> {
  const lines = createInterface({ input, output });
  const given = await Promise.race([lines.question(`${question} [Y/n] `), once(lines, "close")]);
  lines.close();
  if (typeof given === "string") return /^(y(es)?)?$/i.test(given.trim());
  output.write("\n");
  return false;
}
