/** Imports a module of the application, TypeScript included. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { CommandError } from "../command-error.ts";

/** `shown` is the path as the user typed it. Throws `CommandError`. */
export async function importModule(path: string, shown: string, cwd: string): Promise<Record<string, unknown>> {
  if (!existsSync(path))
    throw new CommandError(`${shown} does not exist. Name a module, e.g. wingbeat routes src/socket.ts`);
  if (/\.[cm]?tsx?$/.test(path)) await registerTypeScript(shown, cwd);
  try {
    const exported = (await import(pathToFileURL(path).href)) as Record<string, unknown>;
    // A CommonJS module's exports are its default export, and not always available by name.
    return { ...(exported["default"] as object | undefined), ...exported };
  } catch (error) {
    throw new CommandError(`${shown} threw when it was imported.\n\n${traceOf(error)}`);
  }
}

/** Lets Node import TypeScript with the application's own tsx, as `node --import tsx` does. */
async function registerTypeScript(shown: string, cwd: string): Promise<void> {
  let tsx: string;
  try {
    tsx = createRequire(join(cwd, "package.json")).resolve("tsx");
  } catch {
    throw new CommandError(
      `${shown} is TypeScript, which Node cannot import without tsx: npm install --save-dev tsx, or name the compiled ` +
        "module, e.g. wingbeat routes dist/socket.js",
    );
  }
  await import(pathToFileURL(tsx).href);
}

function traceOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
