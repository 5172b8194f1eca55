/** The packages that are published, those first that others need. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { readJson, root } from "../repository.mjs";

/** Each with its `folder` and `manifest`. */
export function publishedPackages() {
  const packages = readdirSync(join(root, "packages"))
    .map((name) => join("packages", name))
    .filter((folder) => existsSync(join(root, folder, "package.json")))
    .map((folder) => ({ folder, manifest: readJson(join(folder, "package.json")) }))
    .filter(({ manifest }) => manifest.private !== true);
  return inOrder(packages);
}

/** So that whatever is published can be installed at once. */
export function inOrder(packages) {
  const ordered = [];
  const add = (one) => {
    if (ordered.includes(one)) return;
    const { dependencies, peerDependencies } = one.manifest;
    const needed = Object.keys({ ...dependencies, ...peerDependencies });
    for (const other of packages) if (needed.includes(other.manifest.name)) add(other);
    ordered.push(one);
  };
  for (const one of packages) add(one);
  return ordered;
}
