/**
 * `npm run check:api`: the public types of all packages are those that `api/` has, one report per entry point, so that a change
 * of them is seen in review. `npm run api` writes the reports anew. Needs a build.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { CompilerState, Extractor, ExtractorConfig } from "@microsoft/api-extractor";
import { publishedPackages } from "./release/packages.mjs";
import { root } from "./repository.mjs";

const REPORTS = join(root, "api");
/** Only the report is wanted: tsc, TypeDoc and the linter say what is wrong with types and comments. */
const SILENT = { default: { logLevel: "none" } };
const COMPILER = {
  module: "nodenext",
  target: "es2023",
  lib: ["es2024", "dom"],
  types: ["node"],
  strict: true,
  skipLibCheck: true,
};

const { values } = parseArgs({ options: { write: { type: "boolean", default: false } } });
const scratch = mkdtempSync(join(tmpdir(), "wingbeat-api-"));
try {
  const folder = values.write ? REPORTS : join(scratch, "api");
  if (values.write) rmSync(REPORTS, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const one of publishedPackages()) report(one, folder);
  if (!values.write) compare(folder);
} finally {
  rmSync(scratch, { recursive: true });
}

function report({ folder, manifest }, reportFolder) {
  const entries = Object.entries(manifest.exports)
    .filter(([, target]) => target.types !== undefined)
    .map(([subpath, { types }]) => ({ name: manifest.name + subpath.slice(1), path: join(root, folder, types) }));
  let state;
  for (const { name, path } of entries) {
    const config = configOf(folder, path, reportFolder, name.replace("@", "").replaceAll("/", "-"));
    state ??= CompilerState.create(config, { additionalEntryPoints: entries.map((entry) => entry.path) });
    Extractor.invoke(config, {
      localBuild: true,
      compilerState: state,
      messageCallback: (message) => (message.handled = true),
    });
  }
}

function configOf(folder, entry, reportFolder, reportFileName) {
  return ExtractorConfig.prepare({
    configObject: {
      projectFolder: join(root, folder),
      mainEntryPointFilePath: entry,
      compiler: { overrideTsconfig: { compilerOptions: COMPILER } },
      apiReport: { enabled: true, reportFolder, reportTempFolder: join(scratch, "temp"), reportFileName },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: "lf",
      messages: {
        extractorMessageReporting: SILENT,
        tsdocMessageReporting: SILENT,
        compilerMessageReporting: SILENT,
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, folder, "package.json"),
  });
}

function compare(folder) {
  const names = new Set([...readdirSync(folder), ...readdirSync(REPORTS)]);
  const changed = [...names].filter((name) => textOf(folder, name) !== textOf(REPORTS, name)).sort();
  if (changed.length === 0) return;
  console.error(`The public types have changed: ${changed.join(", ")}.`);
  console.error("If that is intended: npm run api, look at the diff of api/, and say it in CHANGELOG.md.");
  process.exitCode = 1;
}

function textOf(folder, name) {
  try {
    return readFileSync(join(folder, name), "utf8");
  } catch {
    return undefined;
  }
}
