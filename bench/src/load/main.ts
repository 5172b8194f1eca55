/** The load client of the message tests: its own process. */
import type { Command } from "./commands.ts";
import type { Connection } from "./connection.ts";
import { echo } from "./echo.ts";
import { fan } from "./fan.ts";
import { joinAll } from "./joining.ts";
import { obey, readArguments } from "./process.ts";

const { protocol, target } = readArguments();

let connections: Connection[] = [];
let broadcasts = 0;

obey(async (command: Command): Promise<void> => {
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
});
