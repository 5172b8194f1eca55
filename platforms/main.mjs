/**
 * `npm run platforms [-- <check> …]`: packs the packages, installs them beside the tools of this folder, starts a server
 * and runs the checks against it. Exits with 1 when one fails.
 */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packAll } from "../tools/packages/pack.mjs";
import { readJson, root } from "../tools/repository.mjs";
import { startServer } from "./server.mjs";

const here = import.meta.dirname;
const CHECKS = ["node", "typescript", "jest", "vitest", "react-native", "two-copies", "next", "nuxt", "sveltekit"];

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !CHECKS.includes(name));
if (unknown.length > 0) throw new Error(`No check is called ${unknown.join(", ")}: there are ${CHECKS.join(", ")}.`);

installTools();
installPackages();
const server = await startServer();
let failures = 0;
try {
  for (const name of asked.length > 0 ? asked : CHECKS) {
    const { check } = await import(`./checks/${name}.mjs`);
    for (const { platform, fault } of await check(server)) {
      console.log(`${fault === undefined ? "ok  " : "FAIL"} ${name}: ${platform}`);
      if (fault === undefined) continue;
      failures++;
      console.error(fault.trim().replaceAll(/^/gm, "       "));
    }
  }
} finally {
  await server.stop();
}
if (failures > 0) process.exitCode = 1;

/**
 * The tools of package-lock.json, unless they are there. Not with `npm ci`: it wants every optional package in the lock,
 * also one that the registry does not have.
 */
function installTools() {
  const lock = readFileSync(join(here, "package-lock.json"));
  const mark = join(here, "node_modules/.installed-lock");
  if (existsSync(mark) && readFileSync(mark).equals(lock)) return;
  execFileSync("npm", ["install", "--no-save"], { cwd: here, stdio: "inherit" });
  writeFileSync(mark, lock);
}

/** Our packages as npm would install them; what they depend on is found in the root's node_modules. */
function installPackages() {
  const packages = ["protocol", "client", "react", "svelte", "vue", "server"].map((name) => {
    const folder = join("packages", name);
    return { folder, manifest: readJson(join(folder, "package.json")) };
  });
  const scratch = mkdtempSync(join(tmpdir(), "wingbeat-platforms-"));
  try {
    for (const { manifest, tarball } of packAll(packages, scratch)) {
      const target = join(here, "node_modules", manifest.name);
      rmSync(target, { recursive: true, force: true });
      mkdirSync(target, { recursive: true });
      execFileSync("tar", ["-xzf", tarball, "-C", target, "--strip-components=1"]);
    }
    for (const name of ["@types/node", "@types/react", "csstype", "undici-types", "@standard-schema/spec"]) {
      cpSync(join(root, "node_modules", name), join(here, "node_modules", name), { recursive: true });
    }
  } finally {
    rmSync(scratch, { recursive: true });
  }
}
