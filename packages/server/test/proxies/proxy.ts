/** Real proxies with the configurations that docs/guide/deployment.md prints. */
import { once } from "node:events";
import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { freePort } from "../../../../tools/test/free-port.ts";
import { findProgram, Program, temporaryFolder } from "../pubsub/program.ts";

const DEPLOYMENT = readFileSync(new URL("../../../../docs/guide/deployment.md", import.meta.url), "utf8");

interface Kind {
  readonly program: string;
  /** The language of the block in the document. */
  readonly block: string;
  /** What stands around the block, in a folder of its own. */
  whole(block: string, folder: string): string;
  args(file: string): readonly string[];
}

const KINDS = {
  nginx: {
    program: "nginx",
    block: "nginx",
    whole: (block, folder) =>
      `daemon off;\nmaster_process off;\npid ${folder}/pid;\nerror_log stderr notice;\nevents { worker_connections 8192; }\n` +
      `http {\naccess_log off;\n${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map((name) => `${name}_temp_path ${folder}/${name};\n`)
        .join("")}${block}\n}\n`,
    args: (file) => ["-e", "stderr", "-c", file],
  },
  Caddy: {
    program: "caddy",
    block: "caddyfile",
    whole: (block) => `{\n  admin off\n  auto_https off\n}\n${block}`,
    args: (file) => ["run", "--config", file, "--adapter", "caddyfile"],
  },
  HAProxy: {
    program: "haproxy",
    block: "haproxy",
    whole: (block) => `global\n  maxconn 8000\n${block}`,
    args: (file) => ["-V", "-db", "-f", file],
  },
} satisfies Record<string, Kind>;

export type ProxyName = keyof typeof KINDS;

/** What a test says when a program is not there. In CI it must be. */
export function proxyAvailability(name: ProxyName): { readonly isMissing: boolean; readonly note: string } {
  const { program } = KINDS[name];
  const isMissing = findProgram(program) === undefined && process.env["CI"] === undefined;
  return { isMissing, note: isMissing ? ` (install Debian's ${program})` : "" };
}

/** Starts a proxy before these nodes. Gives its port. */
export async function startProxy(name: ProxyName, nodes: readonly [number, number]): Promise<number> {
  const { program, block, whole, args }: Kind = KINDS[name];
  const [folder, port] = [temporaryFolder(), await freePort()];
  onTestFinished(() => rmSync(folder, { recursive: true }));
  chmodSync(folder, 0o755);
  const text = new RegExp(`\`\`\`${block}\\n([^]*?)\`\`\``).exec(DEPLOYMENT)?.[1] ?? "";
  const config = text
    .replaceAll("127.0.0.1:4000", `127.0.0.1:${nodes[0]}`)
    .replaceAll("127.0.0.1:4001", `127.0.0.1:${nodes[1]}`)
    .replace(/^:8080 {/m, `:${port} {\n  bind 127.0.0.1`)
    .replace(/(listen|bind) :?8080/, `$1 127.0.0.1:${port}`);
  const file = join(folder, "config");
  writeFileSync(file, whole(config, folder));
  const running = new Program({
    command: findProgram(program) ?? program,
    args: args(file),
    // What they print when they are ready comes late or never: it is their port that says so.
    ready: "\0",
  });
  onTestFinished(() => running.stop("SIGKILL"));
  const ended = running.start();
  ended.catch(() => {});
  await Promise.race([ended, reachable(port)]);
  return port;
}

/** Resolves when somebody listens. */
async function reachable(port: number): Promise<void> {
  for (;;) {
    const socket = connect({ host: "127.0.0.1", port });
    const [event] = await Promise.race([
      once(socket, "connect").then(() => ["connect"]),
      once(socket, "close").then(() => ["close"]),
    ]).catch(() => ["error"]);
    socket.destroy();
    if (event === "connect") return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
