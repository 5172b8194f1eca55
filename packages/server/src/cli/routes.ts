/** `wingbeat routes`: imports a module of the application and prints the routes of its sockets. */
import { posix, relative, resolve, sep } from "node:path";
import { CommandError } from "./command-error.ts";
import { findProject } from "./project.ts";
import type { Project } from "./project.ts";
import { mountsOf } from "./routes/definitions.ts";
import type { Mount } from "./routes/definitions.ts";
import { importModule } from "./routes/import-module.ts";
import { table } from "./table.ts";

/** Returns the text to print. Throws `CommandError`. */
export async function routes(args: readonly string[], cwd: string): Promise<string> {
  const [given, ...more] = args;
  if (more.length > 0) throw new CommandError("routes takes one module: wingbeat routes src/socket.ts");
  const path = given === undefined ? declaredModule(findProject(cwd)) : resolve(cwd, given);
  const shown = relative(cwd, path).split(sep).join(posix.sep);
  const exported = await importModule(path, shown, cwd);
  const mounts = mountsOf(exported);
  if (mounts.length > 0) return table(TITLES, mounts.flatMap(rowsOf));
  const names = Object.keys(exported).join(", ") || "nothing";
  throw new CommandError(
    `${shown} exports no socket (it exports ${names}). Name the module that exports a socket from defineSocket, or the ` +
      'sockets by path: export const sockets = { "/socket": userSocket }',
  );
}

function declaredModule({ root, manifest }: Project): string {
  const declared = manifest.wingbeat?.routes;
  if (typeof declared === "string") return resolve(root, declared);
  throw new CommandError(
    "Which module? Name the one with the sockets, as in wingbeat routes src/socket.ts, or put it into package.json: " +
      '"wingbeat": { "routes": "./src/socket.ts" }',
  );
}

const TITLES = ["SOCKET", "TRANSPORTS", "TOPIC", "HANDLES", "PUSHES", "INTERCEPTS"];

/** A row for each channel. The first also has the values of the whole socket. */
function rowsOf({ name, transports, channels }: Mount): string[][] {
  const rows = channels.map(({ topic, handles, pushes, intercepts }, index) => [
    ...(index === 0 ? [name, transports.join(", ")] : ["", ""]),
    topic,
    ...[handles, pushes, intercepts].map((events) => events.join(", ")),
  ]);
  return rows.length > 0 ? rows : [[name, transports.join(", "), "(no channels)", "", "", ""]];
}
