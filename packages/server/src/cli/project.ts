/** The project that a command is run in: where its sources are, and how they import each other. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, resolve } from "node:path";
import { CommandError } from "./command-error.ts";

interface Manifest {
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
export function fileThatCalls({ root }: Project, name: string, folder = ""): string | undefined {
  const entries = readdirSync(join(root, folder), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  const call = new RegExp(`\\b${name}\\(`);
  for (const entry of entries) {
    const path = posix.join(folder, entry.name);
    if (entry.isFile() && SOURCE.test(entry.name) && call.test(readFileSync(join(root, path), "utf8"))) return path;
  }
  for (const entry of entries) {
    if (!entry.isDirectory() || SKIPPED.test(entry.name)) continue;
    const found = fileThatCalls({ root, manifest: {} }, name, posix.join(folder, entry.name));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The file that creates the endpoint, or the usual place for one. */
export function endpointFile(project: Project): { readonly path: string; readonly isThere: boolean } {
  const found = fileThatCalls(project, "createEndpoint");
  return { path: found ?? posix.join(channelsFolder(project), "../server.ts"), isThere: found !== undefined };
}
