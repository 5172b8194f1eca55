/** A PostgreSQL server of a test file's own: as `DATABASE_TEST_URL` says, or started here, from the program of this machine. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../../tools/test/free-port.ts";

export interface PostgresServer {
  /** Of a database that is always there. */
  readonly url: string;
  stop(): Promise<void>;
}

export async function postgresServer(): Promise<PostgresServer> {
  const given = process.env["DATABASE_TEST_URL"];
  return given === undefined || given === "" ? startPostgres() : { url: given, stop: async () => {} };
}

/** Debian keeps the programs of each version in a folder of its own. */
function binaries(): string {
  const root = "/usr/lib/postgresql";
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  const found = versions
    .map((version) => join(root, version, "bin"))
    .find((path) => existsSync(join(path, "postgres")));
  if (found === undefined) {
    throw new Error('no PostgreSQL: "apt-get install postgresql" gets it, or name a server in DATABASE_TEST_URL');
  }
  return found;
}

async function startPostgres(): Promise<PostgresServer> {
  const programs = binaries();
  const folder = mkdtempSync(join(tmpdir(), "slack-postgres-"));
  const user = plainUser();
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const data = join(folder, "data");
  const settings = ["-D", data, "-U", "slack", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"];
  execFileSync(join(programs, "initdb"), settings, { stdio: "pipe", ...user });
  const port = await freePort();
  const options = { port, listen_addresses: "127.0.0.1", unix_socket_directories: "", fsync: "off" };
  const args = Object.entries(options).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const child = spawn(join(programs, "postgres"), ["-D", data, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    ...user,
  });
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  await new Promise<void>((resolve, reject) => {
    let printed = "";
    child.stderr.on("data", (chunk: Buffer) => {
      printed += String(chunk);
      if (printed.includes("ready to accept connections")) resolve();
    });
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`postgres ended:\n${printed}`)));
  });
  return {
    url: `postgres://slack@127.0.0.1:${port}/postgres`,
    async stop() {
      process.off("exit", kill);
      const ended = once(child, "exit");
      child.kill("SIGINT"); // without waiting for its clients
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL refuses to run as root. */
function plainUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string): number => {
    for (const name of ["postgres", "nobody"]) {
      try {
        return Number(execFileSync("id", [flag, name], { stdio: ["ignore", "pipe", "ignore"] }));
      } catch {
        continue; // there is no such user
      }
    }
    throw new Error("there is neither a user postgres nor nobody");
  };
  return { uid: id("-u"), gid: id("-g") };
}
