/** Checks the commands of a document's `sh` blocks: each program, script and path that they name must be there. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "./documents.ts";
import type { Block } from "./documents.ts";
import { isTutorial } from "./tutorial.ts";

/** Programs that every machine of a reader has, or that the text around the block installs. */
const PROGRAMS = new Set(["cd", "curl", "export", "git", "openssl", "pnpm", "yarn"]);
const NPM_COMMANDS = new Set(["ci", "install", "create"]);
/** Tools that are fetched by npx when they are needed. */
const FETCHED = new Set(["drizzle-kit"]);

interface Manifest {
  readonly name?: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>>;
}

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as Manifest;

/** The folder of a workspace, by its name or its path. */
function workspace(name: string): string | undefined {
  if (existsSync(join(root, name, "package.json"))) return name;
  const folders = ["packages", "examples"].flatMap((group) =>
    readdirSync(join(root, group)).map((entry) => `${group}/${entry}`),
  );
  return [...folders, "bench", "conformance"].find(
    (folder) => existsSync(join(root, folder, "package.json")) && manifestOf(folder).name === name,
  );
}

/** Documents of an application: commands are typed in its folder. */
const APPLICATIONS = ["packages/create-wingbeat/template", "examples/ai-chat"];
/** The tutorial builds this application. */
const TUTORIAL = "examples/chat";

/** Files that are laid over the template: what the app can do is in the template's package.json. */
const OVERLAY = "packages/create-wingbeat/template-react/";

/** What readers make: an app, and a clone of this repository. */
const FOLDERS: Readonly<Record<string, string>> = { "my-app": "packages/create-wingbeat/template", wingbeat: "" };

/** Says what is wrong with the commands of a block. */
export function faultsOf({ document, line, text }: Block): string[] {
  const application = document.startsWith(OVERLAY)
    ? APPLICATIONS[0]
    : APPLICATIONS.find((application) => document.startsWith(`${application}/`));
  let folder = application ?? (isTutorial(document) ? TUTORIAL : "");
  const faults: string[] = [];
  text.split("\n").forEach((printed, offset) => {
    const run = printed.replace(/(^|\s)#.*$/, "").replace(/^[A-Z_]+=\$\((.*)\)$/, "$1");
    for (const command of run.split("&&")) {
      const words = command
        .trim()
        .split(/\s+/)
        .filter((word) => word !== "" && !/^[A-Z_]+=/.test(word));
      if (words[0] === "cd") folder = FOLDERS[words[1] ?? ""] ?? words[1] ?? "";
      const fault = faultOf(words, folder);
      if (fault) faults.push(`${document}:${line + offset}: ${command.trim()}: ${fault}`);
    }
  });
  return faults;
}

function faultOf([program, ...args]: string[], folder: string): string | undefined {
  if (program === undefined || PROGRAMS.has(program)) {
    return program === "cd" && folder !== "" && !existsSync(join(root, folder)) ? `${folder} is not there` : undefined;
  }
  if (program === "npm") return npmFault(args, folder);
  if (program === "npx") return npxFault(args);
  if (program === "node" && args[0] === "-e") return undefined;
  if (program === "node") return existsSync(sourceOf(args[0])) ? undefined : `${args[0]} is not there`;
  return `"${program}" is not a command that is known here`;
}

function npmFault(args: string[], folder: string): string | undefined {
  const flag = args.indexOf("-w");
  const place = flag === -1 ? folder : workspace(args[flag + 1] ?? "");
  if (place === undefined) return `there is no workspace ${args[flag + 1]}`;
  const [command = "", name = ""] = args;
  if (NPM_COMMANDS.has(command)) return undefined;
  const script = command === "run" ? name : command;
  return manifestOf(place).scripts?.[script] === undefined ? `there is no script ${script}` : undefined;
}

function npxFault([printed = "", ...args]: string[]): string | undefined {
  const tool = printed.replace(/@[\d.]+$/, "");
  const ours = manifestOf("packages/server").bin ?? {};
  if (!(tool in ours) && !FETCHED.has(tool) && !existsSync(join(root, "node_modules/.bin", tool))) {
    return `there is no command ${tool}`;
  }
  const missing = args.filter((arg) => /^(examples|packages)\//.test(arg) && !existsSync(join(root, arg)));
  return missing.length === 0 ? undefined : `${missing.join(", ")} is not there`;
}

/** A compiled file, by its source. */
const sourceOf = (path = ""): string => join(root, path.replace("/dist/", "/src/").replace(/\.js$/, ".ts"));
