/** One version for all packages, and for everything in the workspace that needs them. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import semver from "semver";
import { filesBelow, root } from "../repository.mjs";
import { publishedPackages } from "./packages.mjs";

/** What `package.json` files name others in. */
const NEEDS = ["dependencies", "devDependencies", "peerDependencies"];

export function setVersion(version) {
  const packages = publishedPackages();
  const [{ manifest: any }] = packages;
  if (semver.valid(version) !== version) throw new Error(`${version} is not a version: 0.2.0, or 0.2.0-rc.1.`);
  if (!semver.gt(version, any.version)) throw new Error(`${version} is not newer than ${any.version}.`);
  const changelog = datedChangelog(readFileSync(join(root, "CHANGELOG.md"), "utf8"), version, today());

  const names = new Set(packages.map(({ manifest }) => manifest.name));
  const folders = new Set(packages.map(({ folder }) => folder));
  for (const path of filesBelow().filter((file) => /(^|\/)package\.json$/.test(file))) {
    const before = readFileSync(join(root, path), "utf8");
    const after = manifestWith(before, version, names, folders.has(path.replace(/\/package\.json$/, "")));
    if (after !== before) write(path, after);
  }
  write("CHANGELOG.md", changelog);
  execFileSync("npm", ["install", "--package-lock-only", "--no-audit", "--no-fund"], { cwd: root, stdio: "inherit" });
  console.log(`Next: git commit -am "release: ${version}" && git tag v${version}, and push both.`);
}

/** A package.json that needs this version of ours, and has it itself when it is published. */
export function manifestWith(text, version, names, isPublished) {
  const manifest = JSON.parse(text);
  if (isPublished) manifest.version = version;
  for (const needs of NEEDS.map((field) => manifest[field] ?? {})) {
    for (const name of Object.keys(needs).filter((needed) => names.has(needed) && needs[needed] !== "*")) {
      needs[name] = needs[name].startsWith("^") ? `^${version}` : version;
    }
  }
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

/** What was unreleased is of this version now. Throws when there is nothing. */
export function datedChangelog(text, version, date) {
  const heading = "## Unreleased\n";
  const [before, after] = text.split(heading);
  if (after === undefined) throw new Error(`CHANGELOG.md has no "${heading.trim()}".`);
  if (/^\s*(## |$)/.test(after)) throw new Error("CHANGELOG.md says nothing below Unreleased: what is new?");
  return `${before}${heading}\n## ${version} (${date})\n${after}`;
}

const today = () => new Date().toISOString().slice(0, 10);

function write(path, text) {
  writeFileSync(join(root, path), text);
  console.log(`wrote ${path}`);
}
