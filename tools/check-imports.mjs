/**
 * `npm run check:imports`: checks imports against the rules of `.dependency-cruiser.cjs`. Also fails when the tool missed
 * a source file, or found no import at all: with a TypeScript that it cannot use, it silently reports success.
 */
import { cruise, format } from "dependency-cruiser";
import extractOptions from "dependency-cruiser/config-utl/extract-depcruise-options";
import extractTSConfig from "dependency-cruiser/config-utl/extract-ts-config";
import { filesBelow, root } from "./repository.mjs";

process.chdir(root);

const FOLDERS = ["packages", "examples", "conformance", "bench"];
const sources = FOLDERS.flatMap(filesBelow).filter((path) => /\.tsx?$/.test(path));

const options = await extractOptions("./.dependency-cruiser.cjs");
const tsConfig = extractTSConfig(options.tsConfig.fileName);
const { output: result } = await cruise(sources, options, {}, { tsConfig });

const seen = new Map(result.modules.map((module) => [module.source, module]));
const unseen = sources.filter((path) => !seen.has(path));
const imports = result.modules.flatMap((module) => module.dependencies);
const seesTypes = imports.some(({ dependencyTypes }) => dependencyTypes.includes("type-only"));

const report = await format(result, { outputType: "err-long" });
console.log(report.output.trim());
if (unseen.length > 0) {
  console.error(`Blind: ${unseen.length} of ${sources.length} source files were not read, e.g. ${unseen[0]}.`);
} else if (!seesTypes) {
  console.error("Blind: no type-only import was found. Is this a TypeScript that dependency-cruiser can use?");
} else {
  console.log(`${sources.length} source files read.`);
}
if (report.exitCode !== 0 || unseen.length > 0 || !seesTypes) process.exitCode = 1;
