/**
 * `npm run release -- version 0.2.0` prepares a release: sets the version of all packages and of everything in the workspace
 * that needs them, and dates the changelog. Commit what it changed, and tag the commit v0.2.0.
 *
 * `npm run release -- publish` publishes the packages of that commit, as the release workflow does. A version that the
 * registry has already is skipped, so that a run that failed halfway can be repeated. `--dry-run` does all of it but the upload.
 */
import { parseArgs } from "node:util";
import { publish } from "./release/publish.mjs";
import { setVersion } from "./release/version.mjs";

const USAGE = "Usage: npm run release -- version <version> | publish [--dry-run]";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { "dry-run": { type: "boolean", default: false } },
});
const [command, version] = positionals;
try {
  if (command === "version" && version !== undefined) setVersion(version);
  else if (command === "publish" && version === undefined) publish({ isDryRun: values["dry-run"] });
  else throw new Error(USAGE);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
