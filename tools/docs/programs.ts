/** Runs code blocks of documents as the programs that they are, each in a process of its own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../test/free-port.ts";
import { folderOf } from "./compile.ts";

export interface Program {
  /** All that it has printed so far. */
  output(): string;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  kill(signal?: NodeJS.Signals): void;
}

/** Starts a file that a document's blocks were written to. `page` is the host that a page would come from. */
export function start(document: string, file: string, page = "", env: NodeJS.ProcessEnv = {}): Program {
  const preload = new URL("page-globals.mjs", import.meta.url).href;
  const child = spawn(process.execPath, ["--import", "tsx", "--import", preload, file], {
    cwd: folderOf(document),
    env: { ...process.env, PAGE_HOST: page, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += String(chunk)));
  return {
    output: () => output,
    ended: once(child, "exit").then(([code, signal]) => (code ?? signal) as number | string),
    kill: (signal = "SIGKILL") => child.kill(signal),
  };
}

/**
 * Starts a server of a document on a free port, instead of the port 4000 that is printed, or by the variable PORT. Ready when
 * it listens.
 */
export async function serve(document: string, file: string): Promise<Program & { readonly port: number }> {
  const port = await freePort();
  const path = join(folderOf(document), file);
  const printed = readFileSync(path, "utf8");
  writeFileSync(path, printed.replace("listen(4000", `listen(${port}`).replace("port: 4000", `port: ${port}`));
  const program = start(document, file, "", { PORT: String(port) });
  let code: number | string | undefined;
  void program.ended.then((ended) => (code = ended));
  while (!(await answers(port))) {
    if (code !== undefined) throw new Error(`${document}: ${file} ended with ${code}:\n${program.output()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { ...program, port };
}

const answers = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/`).then(
    () => true,
    () => false,
  );
