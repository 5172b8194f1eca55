/**
 * `examples/ai-chat` is a template of create-wingbeat too. npm packs only what is in the folder of a package, so it is copied there
 * before the package is packed, and before tests.
 */
import { cpSync, renameSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { root } from "../repository.mjs";

const EXAMPLE = join(root, "examples/ai-chat");
const TEMPLATE = join(root, "packages/create-wingbeat/template-ai-chat");
/** What running the example leaves behind, and the tests that need this repository. */
const SKIPPED = new Set(["node_modules", "dist", "data", "package-lock.json", join("test", "browser")]);

export function copyTemplate() {
  rmSync(TEMPLATE, { recursive: true, force: true });
  cpSync(EXAMPLE, TEMPLATE, { recursive: true, filter: (path) => !SKIPPED.has(relative(EXAMPLE, path)) });
  // npm would obey it, and leave it out.
  renameSync(join(TEMPLATE, ".gitignore"), join(TEMPLATE, "_gitignore"));
}
