/** `wingbeat gen`: writes a channel, a socket or a presence, and prints the remaining manual steps. */
import { CommandError } from "./command-error.ts";
import { confirm } from "./confirm.ts";
import type { Terminal } from "./confirm.ts";
import { generateChannel } from "./gen/channel.ts";
import { generatePresence } from "./gen/presence.ts";
import type { Generated } from "./gen/generated.ts";
import { generateSocket } from "./gen/socket.ts";
import { readName } from "./name.ts";
import type { Kind, Name } from "./name.ts";
import { nearest } from "./nearest.ts";
import { dependsOn, fileThatCalls, findProject } from "./project.ts";
import type { Project } from "./project.ts";
import { writeNew } from "./write.ts";

export interface GenerateOptions {
  readonly fromChannel: string | undefined;
  readonly cwd: string;
  /** The terminal for questions. Undefined: nothing is asked. */
  readonly terminal: Terminal | undefined;
}

const KINDS: readonly Kind[] = ["channel", "socket", "presence"];

/** Returns the text to print. Throws `CommandError`. */
export async function generate(args: readonly string[], options: GenerateOptions): Promise<string> {
  const [typed, given, ...more] = args;
  const kind = readKind(typed);
  if (more.length > 0) throw new CommandError(`gen ${kind} takes one name, not ${args.length - 1}: ${usageOf(kind)}`);
  if (given === undefined && kind !== "presence") throw new CommandError(`gen ${kind} needs a name: ${usageOf(kind)}`);
  const named = given ?? "Presence";
  const name = readName(named, kind);
  const routed = options.fromChannel === undefined ? undefined : readName(options.fromChannel, "channel");
  const project = findApp(options.cwd);
  const generated = {
    channel: () => generateChannel(name, named, project),
    socket: () => generateSocket(name, routed, project),
    presence: () => generatePresence(name, project),
  }[kind]();
  writeNew(project.root, generated.files);
  const wantsSocket = kind === "channel" && (await asksForSocket(project, options.terminal));
  return textOf(wantsSocket ? withSocket(generated, name, project) : generated);
}

/** A channel without a socket cannot be joined yet. */
async function asksForSocket(project: Project, terminal: Terminal | undefined): Promise<boolean> {
  if (terminal === undefined || fileThatCalls(project, "defineSocket") !== undefined) return false;
  return confirm("No socket has it yet. Generate a UserSocket with this channel on it?", terminal);
}

/** The output for a channel with a new socket for it: advice about adding it to a socket is not needed. */
function withSocket({ files, next }: Generated, channel: Name, project: Project): Generated {
  const socket = generateSocket(readName("User", "socket"), channel, project);
  writeNew(project.root, socket.files);
  return { files: [...files, ...socket.files], next: [...socket.next, ...next.slice(1)] };
}

function textOf({ files, next }: Generated): string {
  return [files.map(({ path }) => `Wrote ${path}`).join("\n"), ...next].join("\n\n");
}

function readKind(typed: string | undefined): Kind {
  const known = KINDS.find((kind) => kind === typed);
  if (known !== undefined) return known;
  if (typed === undefined) throw new CommandError("gen needs a kind: channel, socket or presence.");
  const meant = nearest(typed, KINDS);
  const advice =
    meant === undefined ? "It generates a channel, a socket or a presence." : `Did you mean "gen ${meant}"?`;
  throw new CommandError(`gen does not know "${typed}". ${advice}`);
}

function usageOf(kind: Kind): string {
  return {
    channel: "wingbeat gen channel Room",
    socket: "wingbeat gen socket User",
    presence: "wingbeat gen presence",
  }[kind];
}

function findApp(cwd: string): Project {
  const project = findProject(cwd);
  if (project.manifest.workspaces !== undefined && !dependsOn(project, "wingbeat")) {
    throw new CommandError(
      `${project.root} is the root of workspaces: run this command in the workspace that depends on wingbeat.`,
    );
  }
  return project;
}
