/** `wingbeat routes`: imports a module of the application and prints the routes of its sockets. */
import { CommandError } from "./command-error.ts";
import { mountsOf } from "./routes/definitions.ts";
import type { Mount } from "./routes/definitions.ts";
import { importSockets } from "./routes/import-sockets.ts";
import { table } from "./table.ts";

/** Returns the text to print. Throws `CommandError`. */
export async function routes(args: readonly string[], cwd: string): Promise<string> {
  const [given, ...more] = args;
  if (more.length > 0) throw new CommandError("routes takes one module: wingbeat routes src/socket.ts");
  const { sockets } = await importSockets(given, cwd, "routes");
  return table(TITLES, mountsOf(sockets).flatMap(rowsOf));
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
