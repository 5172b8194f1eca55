import { createRequire } from "node:module";
import { cpus, release, totalmem, type } from "node:os";
import { pinning } from "./pinned.ts";
import type { Titles } from "./table.ts";

const require = createRequire(import.meta.url);

/** The names of the servers with the versions that are installed. */
export function titles(): Titles {
  return {
    wingbeat: `Wingbeat ${versionOf("wingbeat")}`,
    socketio: `Socket.IO ${versionOf("socket.io")}`,
    ws: `ws ${versionOf("ws")}`,
    phoenix: "Phoenix",
  };
}

/** One line about the machine. */
export function machine(): string {
  const processors = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return (
    `${processors[0]?.model ?? "unknown processor"}, ${processors.length} cores, ${memory} GiB, ` +
    `${type()} ${release()}, Node ${process.versions.node}`
  );
}

/** Where the processes run that are started on a core of their own. */
export function placement(): string {
  return pinning ? "server on core 0, load client on core 1" : "processes not pinned to cores";
}

/** The date, as it stands below a table. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** The version of a package that is installed. */
export function versionOf(name: string): string {
  return (require(`${name}/package.json`) as { version: string }).version;
}
