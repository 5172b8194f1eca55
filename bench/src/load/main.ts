// The load client: its own process, driven over IPC. Arguments: protocol name, host, port, path ("" for the usual one).
import type { Command, Outcome } from "./commands.ts";
import { readCount, type Connection, type Target } from "./connection.ts";
import { echo } from "./echo.ts";
import { fan } from "./fan.ts";
import { joinAll } from "./joining.ts";
import { protocols, type ProtocolName } from "./protocols.ts";

const [name, host, port, path] = process.argv.slice(2) as [ProtocolName, string, string, string];
const protocol = protocols[name];
const target: Target = { host, port: Number(port), path: path === "" ? protocol.path : path };

// A message that is lost makes a test wait for ever.
const STALL_MS = 10_000;

let connections: Connection[] = [];
let broadcasts = 0;

async function run(command: Command): Promise<void> {
  switch (command.command) {
    case "join":
      connections.push(...(await joinAll(target, protocol, command)));
      return;
    case "fan":
      await fan(connections, protocol, broadcasts, command);
      broadcasts += command.messages;
      return;
    case "echo":
      return echo(connections, protocol, command);
    case "drop":
      for (const connection of connections) connection.drop();
      connections = [];
  }
}

function answer(outcome: Outcome, afterwards?: () => void): void {
  process.send!(outcome, undefined, undefined, afterwards);
}

process.on("message", (command: Command) => {
  const watch = watchForStall(command.command);
  void run(command).then(() => {
    clearInterval(watch);
    answer({ done: true });
  });
});

function watchForStall(name: string): NodeJS.Timeout {
  let before = readCount();
  return setInterval(() => {
    if (readCount() === before) throw new Error(`"${name}" never ends: nothing was received for ${STALL_MS / 1000} s`);
    before = readCount();
  }, STALL_MS);
}

// Whatever goes wrong, in a socket's callback or in a command, makes the whole run worthless.
process.on("uncaughtException", (error) => answer({ failure: error.message }, () => process.exit(1)));
process.on("disconnect", () => process.exit());
