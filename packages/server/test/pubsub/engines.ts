/** The engines between nodes, on free ports of this machine, with a password. */
import { execFileSync } from "node:child_process";
import { chownSync, existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../../../tools/test/free-port.ts";
import { findProgram, plainUser, Program, temporaryFolder } from "./program.ts";

export const PASSWORD = "correct horse";

// Milliseconds, for a machine that has much else to do.
/** To make and start an engine, or workers. */
export const START_TIME = 300_000;
/** For a message to arrive, or for an adapter to be up again after an outage. */
export const PATIENCE = 120_000;
/** For a whole test. */
export const TEST_TIME = 300_000;

/** An engine that runs, or can. */
export interface TestEngine {
  readonly port: number;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** `kill -9` */
  kill(): Promise<void>;
  /** Stops it, and removes what it has written. */
  end(): Promise<void>;
}

function testEngine(port: number, program: Program, folder?: string): TestEngine {
  const stop = (): Promise<void> => program.stop();
  return {
    port,
    start: () => program.start(),
    stop,
    kill: () => program.stop("SIGKILL"),
    async end() {
      await stop();
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** How the tests of an engine are left out where its program is missing; in CI none is. */
export interface Availability {
  readonly isMissing: boolean;
  /** For the title of the tests. */
  readonly note: string;
}

function availability(path: string | undefined, packageName: string): Availability {
  if (path !== undefined || process.env["CI"] !== undefined) return { isMissing: false, note: "" };
  return { isMissing: true, note: ` (left out: apt-get install ${packageName})` };
}

const redis = findProgram("redis-server");
const nats = findProgram("nats-server");
const postgres = findProgram("postgres", postgresFolders());

export const redisAvailability = availability(redis, "redis-server");
export const natsAvailability = availability(nats, "nats-server");
export const postgresAvailability = availability(postgres, "postgresql");

/** Debian keeps the programs of each version in a folder of its own. The newest comes first. */
function postgresFolders(): string[] {
  const root = "/usr/lib/postgresql";
  if (!existsSync(root)) return [];
  const versions = readdirSync(root).sort((a, b) => Number(b) - Number(a));
  return versions.map((version) => join(root, version, "bin"));
}

/** `extra`: further settings of redis-server. */
export async function redisEngine(extra: readonly string[] = ["--requirepass", PASSWORD]): Promise<TestEngine> {
  const port = await freePort();
  const folder = temporaryFolder();
  const settings = { port, bind: "127.0.0.1", dir: folder, save: "", appendonly: "no" };
  const program = new Program({
    command: redis ?? "redis-server",
    args: [...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]), ...extra],
    ready: "Ready to accept connections",
  });
  return testEngine(port, program, folder);
}

/** User `wingbeat`. */
export async function natsEngine(): Promise<TestEngine> {
  const port = await freePort();
  const program = new Program({
    command: nats ?? "nats-server",
    args: ["-a", "127.0.0.1", "-p", String(port), "--user", "wingbeat", "--pass", PASSWORD],
    ready: "Server is ready",
  });
  return testEngine(port, program);
}

/** User `wingbeat`, database `postgres`. `extra`: further settings, as `name=value`. */
export async function postgresEngine(extra: readonly string[] = []): Promise<TestEngine> {
  const port = await freePort();
  const command = postgres ?? "postgres";
  const folder = temporaryFolder();
  const user = plainUser();
  const passwords = join(folder, "password");
  const data = join(folder, "data");
  writeFileSync(passwords, PASSWORD);
  if (user !== undefined) for (const path of [folder, passwords]) chownSync(path, user.uid, user.gid);
  execFileSync(
    command.replace(/postgres$/, "initdb"),
    [
      "-D",
      data,
      "-U",
      "wingbeat",
      "-A",
      "scram-sha-256",
      "--pwfile",
      passwords,
      "-E",
      "UTF8",
      "--locale=C",
      "--no-sync",
    ],
    { stdio: "pipe", ...user },
  );
  return postgresAt(folder, port, extra);
}

/** A standby of the server on another port, which has all that is there now. It is made, and not started. */
export async function postgresStandby(of: number): Promise<TestEngine> {
  const port = await freePort();
  const folder = temporaryFolder();
  const user = plainUser();
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const program = (postgres ?? "postgres").replace(/postgres$/, "pg_basebackup");
  const from = `host=127.0.0.1 port=${of} user=wingbeat password='${PASSWORD}'`;
  execFileSync(program, ["-d", from, "-D", join(folder, "data"), "-R", "--no-sync", "-c", "fast"], {
    stdio: "pipe",
    ...user,
  });
  return postgresAt(folder, port, []);
}

function postgresAt(folder: string, port: number, extra: readonly string[]): TestEngine {
  const user = plainUser();
  const settings = { port, listen_addresses: "127.0.0.1", unix_socket_directories: "", fsync: "off" };
  const program = new Program({
    command: postgres ?? "postgres",
    args: [
      "-D",
      join(folder, "data"),
      ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
      ...extra.flatMap((setting) => ["-c", setting]),
    ],
    ready: "ready to accept",
    // A fast shutdown: it does not wait for its clients.
    signal: "SIGINT",
    ...(user === undefined ? {} : { user }),
  });
  return testEngine(port, program, folder);
}
