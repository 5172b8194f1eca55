/** Processes of the app under test. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";

/** How long a server may take to print its address, in ms. */
const START = 60_000;

/** Returns what a command prints. Rejects with all of it when the command fails. */
export function runIn(cwd, command, ...args) {
  return new Promise((resolve, reject) => {
    execFile(command, args, { cwd, encoding: "utf8", maxBuffer: 1e8 }, (error, out, problem) => {
      if (error === null) resolve(out.trim());
      else reject(new Error(`${[command, ...args].join(" ")} failed:\n${out}${problem}`));
    });
  });
}

/** Starts a server on a free port. Gives its URL, and how to stop it and all that it has started. */
export async function serve(cwd, command, ...args) {
  const env = { ...process.env, PORT: "0" };
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "inherit"] });
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    process.kill(-child.pid);
    await once(child, "exit");
  };
  try {
    return { url: await announced(child), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The address that a server prints. What it prints later is read as well, or it would have to wait. */
function announced(child) {
  let printed = "";
  return new Promise((resolve, reject) => {
    const fail = (why) => reject(new Error(`the server ${why}:\n${printed}`));
    const timeout = setTimeout(() => fail("has not printed its address"), START);
    child.once("exit", () => fail("has ended"));
    child.once("error", (error) => fail(`cannot be started, ${error.message}`));
    child.stdout.on("data", (chunk) => {
      printed += chunk;
      const url = /http:\/\/localhost:\d+/.exec(printed)?.[0];
      if (url === undefined) return;
      clearTimeout(timeout);
      resolve(url);
    });
  });
}
