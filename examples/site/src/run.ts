/** A site as a program: its port from the environment, one line when it is there, a clean end. */
/* oxlint-disable no-console, node/no-process-env -- this is the program; nothing else here prints or reads the environment */
import { connectShared } from "./shared.ts";
import type { Shared, SharedOptions } from "./shared.ts";
import { startSite } from "./site.ts";
import type { Site, SiteOptions } from "./site.ts";

/** In production, the inspector wants to be told who may look. */
const isInspected = process.env["NODE_ENV"] !== "production";

type Examples = Pick<SiteOptions, "examples" | "home">;

/**
 * Serves on `PORT` (default 4000) of `HOST` (default 127.0.0.1) until SIGINT or SIGTERM. Examples that are a function
 * get what several processes share: all those that are given the same `REDIS_URL` are one. Says so and exits with 1 when
 * the port is no port or taken, or when Redis cannot be reached.
 */
export async function run(title: string, examples: Examples | ((shared: Shared) => Examples)): Promise<void> {
  const port = readPort(process.env["PORT"]);
  const host = process.env["HOST"] ?? "127.0.0.1";
  let shared: Shared;
  let site: Site;
  try {
    shared = await connectShared(typeof examples === "function" ? fromEnvironment() : {});
    const parts = typeof examples === "function" ? examples(shared) : examples;
    const { pubsub, secret } = shared;
    const secretKeyBase = pubsub === undefined ? undefined : secret;
    site = await startSite({ ...parts, port, host, pubsub, secretKeyBase, inspected: isInspected });
  } catch (error) {
    fail(reasonFor(error as NodeJS.ErrnoException, port));
  }
  const stop = (): void => void site.close().then(() => shared.close());
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop);
  console.log(`${title}: http://localhost:${site.port} (open it in two windows; Ctrl+C stops it)`);
}

function fromEnvironment(): SharedOptions {
  return { redisUrl: process.env["REDIS_URL"] || undefined, secret: process.env["SECRET_KEY_BASE"] || undefined };
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
