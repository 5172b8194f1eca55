/** The project that a command is run in: where its sources are, and how they import each other. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, resolve } from "node:path";
import { CommandError } from "./command-error.ts";

interface Manifest {
  readonly name?: unknown;
  readonly version?: unknown;
  readonly workspaces?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly wingbeat?: { readonly routes?: unknown };
}

export interface Project {
  /** The folder of its package.json. */
  readonly root: string;
  readonly manifest: Manifest;
}

/** A file to be written, by its path below the root, with `/` between folders. */
export interface NewFile {
  readonly path: string;
  readonly text: string;
}

/** The project that a folder belongs to. Throws `CommandError` when it belongs to none. */
export function findProject(cwd: string): Project {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const path = join(folder, "package.json");
    if (existsSync(path)) return { root: folder, manifest: readManifest(path) };
    if (folder === dirname(folder)) {
      throw new CommandError(
        `There is no package.json in ${cwd} or above it. Change to your project's folder, or create one: npm create wingbeat my-app`,
      );
    }
  }
}

function readManifest(path: string): Manifest {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Manifest;
  } catch (error) {
    throw new CommandError(`${path} cannot be read: ${(error as Error).message}`);
  }
}

export function dependsOn({ manifest }: Project, name: string): boolean {
  return manifest.dependencies?.[name] !== undefined || manifest.devDependencies?.[name] !== undefined;
}

/** The folder for channels, below the root: `src/channels`, or `channels` in a project without `src`. */
export function channelsFolder({ root }: Project): string {
  return existsSync(join(root, "src")) ? "src/channels" : "channels";
}

/** The import path from one file of a project to another: both below the root, the imported one without extension. */
export function importPath(project: Project, from: string, to: string): string {
  const path = posix.relative(posix.dirname(from), to);
  return (path.startsWith(".") ? path : `./${path}`) + importEnding(project);
}

/** `.ts` when the project's compiler allows it, otherwise the `.js` of the output. */
function importEnding({ root }: Project): string {
  const path = join(root, "tsconfig.json");
  const config = existsSync(path) ? readFileSync(path, "utf8") : "";
  return /"(rewriteRelativeImportExtensions|allowImportingTsExtensions)"\s*:\s*true/.test(config) ? ".ts" : ".js";
}

const SKIPPED = /^(node_modules|dist|build|coverage)$|^\./;
const SOURCE = /(?<!\.d|\.test|\.spec)\.[cm]?[jt]s$/;

/** The first source file, below the root, that calls a function: `defineSocket`, `createEndpoint`. */
export function fileThatCalls(project: Project, name: string): string | undefined {
  const call = new RegExp(`\\b${name}\\(`);
  for (const { path, text } of sources(project.root)) if (call.test(text)) return path;
  return undefined;
}

/** The source files below a folder, those of the folder itself first, each by its path with `/` between folders. */
function* sources(root: string, folder = ""): Generator<{ readonly path: string; readonly text: string }> {
  const entries = readdirSync(join(root, folder), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = posix.join(folder, entry.name);
    if (entry.isFile() && SOURCE.test(entry.name)) yield { path, text: readFileSync(join(root, path), "utf8") };
  }
  for (const entry of entries) {
    if (entry.isDirectory() && !SKIPPED.test(entry.name)) yield* sources(root, posix.join(folder, entry.name));
  }
}

/** The options of the endpoint: where sockets are mounted. */
export interface EndpointFile {
  readonly path: string;
  readonly isThere: boolean;
  /** The paths of the sockets that it mounts. */
  readonly mounts: readonly string[];
  /** Whether `createEndpoint` is called in another file, which takes the options from this one. */
  readonly isApart: boolean;
}

const SOCKETS = /\bsockets\s*[:=]\s*\{([^}]*)\}/;
const MOUNT = /["'`](\/[^"'`]*)["'`]\s*:/g;

/** The file with the endpoint's options, or the usual place for one. */
export function endpointFile(project: Project): EndpointFile {
  const creates = fileThatCalls(project, "createEndpoint");
  for (const { path, text } of sources(project.root)) {
    const sockets = SOCKETS.exec(text)?.[1];
    if (sockets === undefined) continue;
    const mounts = [...sockets.matchAll(MOUNT)].map(([, mount = ""]) => mount);
    return { path, isThere: true, mounts, isApart: creates !== undefined && path !== creates };
  }
  const usual = posix.join(channelsFolder(project), "../server.ts");
  return { path: creates ?? usual, isThere: creates !== undefined, mounts: [], isApart: false };
}
