/** Programs in processes of their own, made of this repository's sources: they can be killed, stopped and continued. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { BuildOptions } from "esbuild";

const source = (path: string, file = "index.ts"): string =>
  fileURLToPath(new URL(`../../${path}/src/${file}`, import.meta.url));

/** Published names lead to the sources, as in all tests. */
export const SOURCES: Readonly<Record<string, string>> = {
  "@wingbeat/client": source("client"),
  "@wingbeat/client/bindings": source("client", "bindings.ts"),
  "@wingbeat/client/outbox": source("client", "outbox/storages.ts"),
  "@wingbeat/client/phoenix": source("client", "phoenix.ts"),
  "@wingbeat/client/ephemeral": source("client", "ephemeral.ts"),
  "@wingbeat/protocol": source("protocol"),
  wingbeat: source("server"),
};

/** A program in one file. */
export async function bundle(contents: string, options: BuildOptions = {}): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, loader: "ts", resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
    alias: SOURCES,
    bundle: true,
    format: "cjs",
    platform: "node",
    external: ["bufferutil", "utf-8-validate"],
    logLevel: "silent",
    ...options,
    write: false,
  });
  return outputFiles?.[0]?.text ?? "";
}

/** A running program. What it prints are lines of JSON. */
export class Program<Line> {
  readonly child: ChildProcess;
  readonly #lines: Line[] = [];
  readonly #readers = new Set<() => void>();
  readonly #folder = mkdtempSync(join(tmpdir(), "wingbeat-client-"));

  constructor(code: string, args: readonly string[] = []) {
    const file = join(this.#folder, "program.cjs");
    writeFileSync(file, code);
    this.child = spawn(process.execPath, [file, ...args], { stdio: ["ignore", "pipe", "inherit"] });
    createInterface({ input: this.child.stdout as NodeJS.ReadableStream }).on("line", (line) => {
      this.#lines.push(JSON.parse(line) as Line);
      for (const read of this.#readers) read();
    });
  }

  /** All that it has printed. */
  get lines(): readonly Line[] {
    return this.#lines;
  }

  /** The first line from `start` on that is as it should be, now or when it comes. */
  line(isRight: (line: Line) => boolean, start = 0): Promise<Line> {
    return new Promise((resolve) => {
      const read = (): void => {
        const found = this.#lines.slice(start).find(isRight);
        if (found === undefined) return;
        this.#readers.delete(read);
        resolve(found);
      };
      this.#readers.add(read);
      read();
    });
  }

  async stop(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill(signal);
      await once(this.child, "close");
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** What the server prints: its port, then each push that it handles. */
export type ServerLine = { readonly port: number } | { readonly got: string };

/** `node server.cjs <port> <idle timeout in ms>`: a room that says what it was told. SIGTERM closes it in order. */
export const SERVER = `
import { createEndpoint, defineChannel, defineSocket, ok } from "wingbeat";
const print = (line: object) => process.stdout.write(JSON.stringify(line) + "\\n");
const room = defineChannel("room:{id}")
  .join(() => ok({}))
  .handleIn("say", (ctx, { id }: { id: string }) => (print({ got: id }), ok({ id })));
const socket = defineSocket({ connect: () => ok({}), channels: [room] });
const [port, timeout] = process.argv.slice(2).map(Number);
const endpoint = createEndpoint({ sockets: { "/socket": { socket, websocket: { timeout } } }, logger: false });
process.on("SIGTERM", () => void endpoint.close().then(() => process.exit()));
endpoint.listen(port, "127.0.0.1").then(({ port }) => print({ port }));
`;
