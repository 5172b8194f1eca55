/** `npm ci` starts without warnings on the oldest Node that we support, with every npm. */
import semver from "semver";
import { readJson } from "../repository.mjs";

export function lockfileFaults() {
  const { engines, allowScripts = {} } = readJson("package.json");
  const oldest = semver.minVersion(engines.node);
  const faults = [];
  for (const [path, locked] of Object.entries(readJson("package-lock.json").packages)) {
    const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    const range = locked.engines?.node;
    if (range !== undefined && !locked.optional && !semver.satisfies(oldest, range)) {
      faults.push(`package-lock.json: ${path} needs Node ${range}, but ${oldest} is supported: pin it in "overrides".`);
    }
    if (locked.hasInstallScript && !locked.optional && !(name in allowScripts)) {
      faults.push(`package.json: ${name} has an install script: allow or deny it in "allowScripts".`);
    }
  }
  return faults;
}
