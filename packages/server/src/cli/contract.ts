/** `wingbeat contract`: writes the contract of an application, compares two of them, and makes models of one. */
import { WingbeatError } from "../errors.ts";
import { CommandError } from "./command-error.ts";
import { diff } from "./contract/diff.ts";
import { models } from "./contract/models.ts";
import { write } from "./contract/write.ts";
import type { Printed } from "./printed.ts";

/** `args` are those after `contract`. Throws `CommandError`. */
export async function contract(args: readonly string[], cwd: string): Promise<Printed> {
  const [command, ...rest] = args;
  const isDiff = command === "diff";
  try {
    if (isDiff) return diff(rest, cwd);
    return await (command === "models" ? models(rest, cwd) : write(args, cwd));
  } catch (error) {
    if (error instanceof CommandError) throw isDiff ? new CommandError(error.message, 2) : error;
    if (error instanceof WingbeatError) throw new CommandError(error.message, isDiff ? 2 : 1);
    throw error;
  }
}
