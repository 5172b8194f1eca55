/** What is in a tarball: what was built from the present sources, and nothing else. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "../repository.mjs";

const PAGES = new Set(["package.json", "README.md", "LICENSE", "CHANGELOG.md", "PROTOCOL.md"]);
const BUILT = /^dist\/(.+?)(\.d\.ts|\.js)(\.map)?$/;

export function contentFaults({ folder, manifest, files }) {
  const faults = [];
  const fault = (text) => faults.push(`${manifest.name}: ${text}`);
  for (const path of files) {
    const isTemplate = manifest.name === "create-wingbeat" && path.startsWith("template/");
    if (PAGES.has(path) || isTemplate) continue;
    const name = BUILT.exec(path)?.[1];
    if (name === undefined || /\.(test|test-d)$/.test(name)) fault(`packs ${path}, which users have no use for.`);
    else if (!existsSync(join(root, folder, "src", `${name}.ts`))) {
      fault(`packs ${path}, whose source is gone: npm run clean, then build.`);
    }
  }
  for (const target of exportTargets(manifest)) {
    if (!files.includes(target)) fault(`exports ${target}, which is not packed.`);
  }
  if (!files.includes("README.md")) fault("has no README.md.");
  return faults;
}

function exportTargets(manifest) {
  return Object.values(manifest.exports)
    .flatMap((target) => (typeof target === "string" ? [target] : Object.values(target)))
    .map((target) => target.replace(/^\.\//, ""));
}
