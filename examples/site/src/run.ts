/** A site as a program: its port from the environment, one line when it is there, a clean end. */
/* oxlint-disable no-console, node/no-process-env -- this is the program; nothing else here prints or reads the environment */
import { startSite } from "./site.ts";
import type { Site, SiteOptions } from "./site.ts";

/**
 * Serves on `PORT` (default 4000) of `HOST` (default 127.0.0.1) until SIGINT or SIGTERM. Says so and exits with 1 when
 * the port is no port or taken.
 */
export async function run(title: string, options: Pick<SiteOptions, "examples" | "home">): Promise<void> {
  const port = readPort(process.env["PORT"]);
  const host = process.env["HOST"] ?? "127.0.0.1";
  let site: Site;
  try {
    site = await startSite({ ...options, port, host });
  } catch (error) {
    fail(reasonFor(error as NodeJS.ErrnoException, port));
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void site.close());
  console.log(`${title}: http://localhost:${site.port} (open it in two windows; Ctrl+C stops it)`);
}

function readPort(value: string | undefined): number {
  const port = value === undefined || value === "" ? 4000 : Number(value);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    fail(`PORT must be a number from 0 to 65535, not "${value}".`);
  return port;
}

function reasonFor(error: NodeJS.ErrnoException, port: number): string {
  if (error.code === "EADDRINUSE") return `Port ${port} is taken. Pick another one: PORT=${port + 1} npm start`;
  if (error.code === "EACCES") return `Port ${port} needs more rights. Pick one above 1023: PORT=4000 npm start`;
  return error.message;
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
