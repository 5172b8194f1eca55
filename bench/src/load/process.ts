/** What makes a process a load client: its arguments, and the commands that come over IPC. */
import type { Outcome } from "./commands.ts";
import { traffic, type Target } from "./connection.ts";
import type { Protocol } from "./protocol.ts";
import { protocols, type ProtocolName } from "./protocols.ts";

// A lost message would make a test wait forever.
const STALL_MS = 10_000;

/** The server to drive. Arguments of the process: protocol name, host, port, path ("" for the usual one). */
export function readArguments(): { name: ProtocolName; protocol: Protocol; target: Target } {
  const [name, host, port, path] = process.argv.slice(2) as [ProtocolName, string, string, string];
  const protocol = protocols[name];
  return { name, protocol, target: { host, port: Number(port), path: path === "" ? protocol.path : path } };
}

/** Runs commands one at a time, and answers each. */
export function obey<Command, Result>(run: (command: Command) => Promise<Result>): void {
  const answer = (outcome: Outcome<Result>, afterwards?: () => void): void => {
    process.send!(outcome, undefined, undefined, afterwards);
  };
  process.on("message", (command: Command) => {
    const watch = watchForStall(command);
    void run(command).then((result) => {
      clearInterval(watch);
      answer({ result });
    });
  });
  // Any error, in a socket's callback or in a command, invalidates the whole run.
  process.on("uncaughtException", (error) => answer({ failure: error.message }, () => process.exit(1)));
  process.on("disconnect", () => process.exit());
}

function watchForStall(command: unknown): NodeJS.Timeout {
  let before = traffic().reads;
  return setInterval(() => {
    const { reads } = traffic();
    if (reads === before) {
      throw new Error(`nothing was received for ${STALL_MS / 1000} s: ${JSON.stringify(command)} never ends`);
    }
    before = reads;
  }, STALL_MS);
}
