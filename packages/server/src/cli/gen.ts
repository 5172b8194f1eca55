/** `wingbeat gen`: writes a channel, a socket or a presence, and says what is left to do by hand. */
import { CommandError } from "./command-error.ts";
import { generateChannel } from "./gen/channel.ts";
import { generatePresence } from "./gen/presence.ts";
import type { Generated } from "./gen/generated.ts";
import { generateSocket } from "./gen/socket.ts";
import { readName } from "./name.ts";
import type { Kind } from "./name.ts";
import { nearest } from "./nearest.ts";
import { dependsOn, findProject } from "./project.ts";
import type { Project } from "./project.ts";
import { writeNew } from "./write.ts";

export interface GenerateOptions {
  readonly fromChannel: string | undefined;
  readonly cwd: string;
}

const KINDS: readonly Kind[] = ["channel", "socket", "presence"];

/** Gives the text to print. Throws `CommandError`. */
export function generate(args: readonly string[], options: GenerateOptions): string {
  const [typed, name, ...more] = args;
  const kind = readKind(typed);
  if (more.length > 0)
    throw new CommandError(`gen ${kind} takes one name, and got ${args.length - 1}: ${usageOf(kind)}`);
  if (name === undefined && kind !== "presence") throw new CommandError(`gen ${kind} needs a name: ${usageOf(kind)}`);
  const { files, next } = make(kind, name ?? "Presence", options);
  return [...files.map(({ path }) => `Wrote ${path}`), "", next].join("\n");
}

function readKind(typed: string | undefined): Kind {
  const known = KINDS.find((kind) => kind === typed);
  if (known !== undefined) return known;
  if (typed === undefined) throw new CommandError("gen needs to know what: channel, socket or presence.");
  const meant = nearest(typed, KINDS);
  const advice = meant === undefined ? "It makes a channel, a socket or a presence." : `Did you mean "gen ${meant}"?`;
  throw new CommandError(`gen cannot make a "${typed}". ${advice}`);
}

function usageOf(kind: Kind): string {
  return {
    channel: "wingbeat gen channel Room",
    socket: "wingbeat gen socket User",
    presence: "wingbeat gen presence",
  }[kind];
}

function make(kind: Kind, typed: string, { fromChannel, cwd }: GenerateOptions): Generated {
  const name = readName(typed, kind);
  const routed = fromChannel === undefined ? undefined : readName(fromChannel, "channel");
  const project = findApp(cwd);
  const generated = {
    channel: () => generateChannel(name, typed, project),
    socket: () => generateSocket(name, routed, project),
    presence: () => generatePresence(name, project),
  }[kind]();
  writeNew(project.root, generated.files);
  return generated;
}

function findApp(cwd: string): Project {
  const project = findProject(cwd);
  if (project.manifest.workspaces !== undefined && !dependsOn(project, "wingbeat")) {
    throw new CommandError(`${project.root} is the root of workspaces: run this in the one that depends on wingbeat.`);
  }
  return project;
}
