/** What is in a tarball: what was built from the present sources, and nothing else. */
import { existsSync } from "node:fs";
import { join, posix } from "node:path";
import { readJson, readText, root } from "../repository.mjs";

const PAGES = new Set(["package.json", "README.md", "LICENSE", "CHANGELOG.md", "PROTOCOL.md"]);
const BUILT = /^(?:dist|cjs)\/(.+?)(\.d\.ts|\.js)(\.map)?$/;
/** The page of the inspector, which packages/inspector builds into the server. */
const INSPECTOR = new Set(
  ["icon.svg", "index.html", "page.css", "page.js"].map((name) => `dist/inspector/page/${name}`),
);
/** Source maps lead to the sources, so these are packed as well. */
const SOURCE = /^src\/(.+)\.tsx?$/;

/** What the registry shows of a package. */
const SHOWN = ["description", "keywords", "license", "homepage", "bugs", "repository"];

export function contentFaults({ folder, manifest, files }) {
  const faults = [];
  const fault = (text) => faults.push(`${manifest.name}: ${text}`);
  for (const path of files) {
    const isTemplate = manifest.name === "create-wingbeat" && /^template(-ai-chat|-react)?\//.test(path);
    if (PAGES.has(path) || path === "cjs/package.json" || leadsToExport(path, manifest) || isTemplate) continue;
    if (manifest.name === "wingbeat" && INSPECTOR.has(path)) continue;
    const name = (BUILT.exec(path) ?? SOURCE.exec(path))?.[1];
    if (name === undefined || /\.(test|test-d)$/.test(name)) fault(`packs ${path}, which users have no use for.`);
    else if (!existsSync(join(root, folder, "src", `${name}.ts`))) {
      fault(`packs ${path}, whose source is gone: npm run clean, then build.`);
    }
  }
  for (const target of exportTargets(manifest)) {
    if (!files.includes(target)) fault(`exports ${target}, which is not packed.`);
  }
  for (const path of manifest.name === "wingbeat" ? INSPECTOR : []) {
    if (!files.includes(path)) fault(`does not pack ${path}: npm run build -w @wingbeat/inspector.`);
  }
  for (const page of ["README.md", "LICENSE"]) {
    if (!files.includes(page)) fault(`has no ${page}.`);
  }
  if (readText(join(folder, "LICENSE")) !== readText("LICENSE")) fault("its LICENSE differs from that of the root.");
  if (manifest.repository?.directory !== folder) fault(`its repository.directory must be ${folder}.`);
  for (const field of SHOWN) if (manifest[field] === undefined) fault(`its package.json has no ${field}.`);
  return [...faults, ...mapFaults({ folder, manifest, files })];
}

/** A folder for tools that do not read `exports`: named like a subpath, it says where that is. */
const leadsToExport = (path, { exports }) => path.endsWith("/package.json") && `./${posix.dirname(path)}` in exports;

/** Every source that a source map names is in the tarball. */
function mapFaults({ folder, manifest, files }) {
  return files
    .filter((path) => path.endsWith(".map"))
    .flatMap((path) => {
      const { sources } = readJson(join(folder, path));
      return sources
        .map((source) => posix.join(posix.dirname(path), source))
        .filter((source) => !files.includes(source))
        .map((source) => `${manifest.name}: ${path} names ${source}, which is not packed.`);
    });
}

function exportTargets(manifest) {
  const targetsOf = (target) => (typeof target === "string" ? [target] : Object.values(target).flatMap(targetsOf));
  return targetsOf(manifest.exports).map((target) => target.replace(/^\.\//, ""));
}
