/** No file says where packages come from: that is a matter of the machine that installs them. */
import { execFileSync } from "node:child_process";
import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { filesBelow, readJson, root } from "../repository.mjs";

const WELL_KNOWN =
  /\b(registry\.[a-z0-9-]+\.[a-z]+|npm\.pkg\.[a-z.]+|[a-z0-9.-]*(artifactory|jfrog|verdaccio)[a-z0-9-]*\.[a-z.]+)\b/i;

export function registryFaults() {
  const configured = new URL(
    execFileSync("npm", ["config", "get", "registry", "--silent"], { cwd: root, encoding: "utf8" }),
  );
  const faults = [];
  for (const path of filesBelow()) {
    const bytes = readFileSync(join(root, path));
    if (!isUtf8(bytes)) continue;
    const text = bytes.toString();
    const host = text.includes(configured.host) ? configured.host : WELL_KNOWN.exec(text)?.[0];
    if (host !== undefined) faults.push(`${path}: names the registry host ${host}.`);
  }
  for (const [name, { resolved = "" }] of Object.entries(readJson("package-lock.json").packages)) {
    if (resolved.includes(":")) faults.push(`package-lock.json: ${name} has the address ${resolved}.`);
  }
  return faults;
}
