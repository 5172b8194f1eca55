/** Publishes what `version.mjs` has prepared. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import semver from "semver";
import { packAll } from "../packages/pack.mjs";
import { root } from "../repository.mjs";
import { publishedPackages } from "./packages.mjs";

export function publish({ isDryRun }) {
  const packages = publishedPackages();
  const [{ manifest }] = packages;
  const faults = faultsOf(manifest.version);
  for (const fault of faults) console.error(fault);
  if (faults.length > 0 && !isDryRun) throw new Error("Nothing was published.");

  run("npm", "run", "--silent", "build");
  run("npm", "run", "--silent", "check:packages");
  const scratch = mkdtempSync(join(tmpdir(), "wingbeat-release-"));
  try {
    for (const {
      manifest: { name, version },
      tarball,
    } of packAll(packages, scratch)) {
      if (isPublished(name, version)) console.log(`${name} ${version}: the registry has it already`);
      else upload({ name, version, tarball }, isDryRun);
    }
  } finally {
    rmSync(scratch, { recursive: true });
  }
  if (isDryRun) console.log("A dry run: nothing was published.");
}

/** What speaks against publishing this commit. */
function faultsOf(version) {
  const faults = [];
  if (read("git", "status", "--porcelain") !== "") faults.push("The working tree has changes: commit them first.");
  const tags = read("git", "tag", "--points-at", "HEAD").split("\n");
  if (!tags.includes(`v${version}`)) faults.push(`This commit is not tagged v${version}.`);
  if (!readFileSync(join(root, "CHANGELOG.md"), "utf8").includes(`\n## ${version} (`)) {
    faults.push(`CHANGELOG.md has no heading for ${version}: npm run release -- version ${version}.`);
  }
  return faults;
}

/** A prerelease does not become `latest`. */
function upload({ name, version, tarball }, isDryRun) {
  const tag = semver.prerelease(version) === null ? "latest" : "next";
  console.log(`${isDryRun ? "would publish" : "publishing"} ${name} ${version} as ${tag}`);
  const provenance = process.env.GITHUB_ACTIONS === "true" && !isDryRun ? ["--provenance"] : [];
  const args = [
    "publish",
    tarball,
    "--access",
    "public",
    "--tag",
    tag,
    ...provenance,
    ...(isDryRun ? ["--dry-run"] : []),
  ];
  run("npm", ...args);
}

function isPublished(name, version) {
  try {
    return read("npm", "view", `${name}@${version}`, "version", "--silent") === version;
  } catch {
    return false;
  }
}

function run(command, ...args) {
  execFileSync(command, args, { cwd: root, stdio: "inherit" });
}

function read(command, ...args) {
  return execFileSync(command, args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
}
