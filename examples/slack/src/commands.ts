/** Slash commands: what is typed after `/` in a room. Each does what a button does, with the same permissions. */
import type { Command, CommandContext, CommandResult } from "./commands/command.ts";
import { memberCommands } from "./commands/members.ts";
import { roomCommands } from "./commands/rooms.ts";
import { textCommands } from "./commands/texts.ts";
import { refused } from "./refused.ts";

const COMMANDS: Readonly<Record<string, Command>> = { ...roomCommands, ...memberCommands, ...textCommands };

/** Runs a command. Refuses when there is none such, or when the user may not do it. */
export async function runCommand(context: CommandContext, name: string, args: string): Promise<CommandResult> {
  const key = name.toLowerCase();
  if (key === "help") return { text: help() };
  const command = Object.hasOwn(COMMANDS, key) ? COMMANDS[key] : undefined;
  if (command === undefined) throw refused("not_found", `/${name} is no command. /help lists them.`);
  return command.run(context, args.trim());
}

function help(): string {
  const lines = Object.entries(COMMANDS).map(([name, { usage, does }]) => `/${`${name} ${usage}`.trim()}: ${does}`);
  return [...lines, "/help: lists the commands"].join("\n");
}
