/** The contract of the application: from its sockets, or from a file that was written before. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { contractOf } from "../../contract.ts";
import type { AsyncApiDocument, ContractOptions, OpenPart, ToJsonSchema } from "../../contract.ts";
import { findProject } from "../project.ts";
import { importSockets } from "../routes/import-sockets.ts";
import type { SocketLike } from "../../contract.ts";
import { readJson } from "./arguments.ts";

export interface Loaded {
  readonly document: AsyncApiDocument;
  readonly open: readonly OpenPart[];
  /** The folder of the application's package.json. */
  readonly root: string;
}

/** Throws `CommandError` and `WingbeatError`. */
export async function load(given: string | undefined, cwd: string, options: ContractOptions): Promise<Loaded> {
  if (given?.endsWith(".json") === true) {
    return { document: readJson(given, cwd) as AsyncApiDocument, open: [], root: findProject(cwd).root };
  }
  const { path, sockets } = await importSockets(given, cwd, "contract");
  const { root, manifest } = findProject(dirname(path));
  const defaults = {
    ...(typeof manifest.name === "string" ? { title: manifest.name } : {}),
    ...(typeof manifest.version === "string" ? { version: manifest.version } : {}),
    ...(await converterOf(root)),
  };
  // The module has another copy of this package, perhaps: what is read of it is plain data.
  const found = Object.fromEntries(sockets) as Readonly<Record<string, unknown>> as Readonly<
    Record<string, SocketLike>
  >;
  return { ...contractOf(found, { ...defaults, ...options }), root };
}

/** The package of the application that converts schemas of valibot, if it has it. */
async function converterOf(root: string): Promise<{ readonly toJsonSchema?: ToJsonSchema }> {
  const valibot = await importOf<{ readonly toStandardJsonSchema: (schema: unknown) => StandardJson }>(
    "@valibot/to-json-schema",
    root,
  );
  if (valibot === undefined) return {};
  return {
    toJsonSchema: (schema, direction) =>
      schema["~standard"].vendor === "valibot"
        ? valibot.toStandardJsonSchema(schema)["~standard"].jsonSchema[direction]({ target: "draft-07" })
        : undefined,
  };
}

interface StandardJson {
  readonly "~standard": {
    readonly jsonSchema: Readonly<
      Record<"input" | "output", (options: { readonly target: "draft-07" }) => ReturnType<ToJsonSchema>>
    >;
  };
}

/** A package of the application. Undefined: it does not have it. */
export async function importOf<Module>(name: string, root: string): Promise<Module | undefined> {
  let path: string;
  try {
    path = createRequire(join(root, "package.json")).resolve(name);
  } catch {
    return undefined;
  }
  const imported = (await import(pathToFileURL(path).href)) as { readonly default?: object };
  // What a CommonJS module exports is its default export, and not always available by name.
  return { ...imported.default, ...imported } as Module;
}
