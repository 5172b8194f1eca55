/** Imports the module with the sockets: the one that the user names, or the one that package.json names. */
import { posix, relative, resolve, sep } from "node:path";
import { CommandError } from "../command-error.ts";
import { findProject } from "../project.ts";
import type { Project } from "../project.ts";
import { socketsOf } from "./definitions.ts";
import type { SocketLike } from "./definitions.ts";
import { importModule } from "./import-module.ts";

/** `command` is for messages. Throws `CommandError`. */
export async function importSockets(
  given: string | undefined,
  cwd: string,
  command: string,
): Promise<{ readonly path: string; readonly sockets: ReadonlyMap<string, SocketLike> }> {
  const path = given === undefined ? declaredModule(findProject(cwd), command) : resolve(cwd, given);
  const shown = relative(cwd, path).split(sep).join(posix.sep);
  const exported = await importModule(path, shown, cwd);
  const sockets = socketsOf(exported);
  if (sockets.size > 0) return { path, sockets };
  const names = Object.keys(exported).join(", ") || "nothing";
  throw new CommandError(
    `${shown} exports no socket (it exports ${names}). Name the module that exports a socket from defineSocket, or the ` +
      'sockets by path: export const sockets = { "/socket": userSocket }',
  );
}

function declaredModule({ root, manifest }: Project, command: string): string {
  const declared = manifest.wingbeat?.routes;
  if (typeof declared === "string") return resolve(root, declared);
  throw new CommandError(
    `Which module? Name the one with the sockets, as in wingbeat ${command} src/socket.ts, or put it into package.json: ` +
      '"wingbeat": { "routes": "./src/socket.ts" }',
  );
}
