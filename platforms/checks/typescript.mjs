/** The declarations of all packages, checked without skipLibCheck by each TypeScript. */
import { join } from "node:path";
import { faultOf } from "../run.mjs";

const folder = join(import.meta.dirname, "..");
const VERSIONS = ["5.0", "5.2", "5.4", "5.6", "5.8", "6.0"];
const RESOLUTIONS = [
  { module: "nodenext", moduleResolution: "nodenext", files: ["client", "typed"] },
  { module: "esnext", moduleResolution: "bundler", files: ["client", "typed"] },
  // Knows no "exports": it finds packages by "main" and "types", so the server's subpaths are not for it.
  { module: "commonjs", moduleResolution: "node", files: ["client"] },
];

export async function check() {
  const results = [];
  for (const version of VERSIONS) {
    for (const { files, ...resolution } of RESOLUTIONS) {
      const args = Object.entries({ ...OPTIONS, ...resolution }).flatMap(([name, value]) => [`--${name}`, value]);
      // TypeScript 6 wants to be told that the old way of resolving is meant, and that no tsconfig.json is.
      if (version === "6.0") args.push("--ignoreConfig", "--ignoreDeprecations", "6.0");
      const tsc = join(folder, `node_modules/typescript-${version}/bin/tsc`);
      const programs = files.map((file) => `programs/types/${file}.ts`);
      const fault = await faultOf(process.execPath, [tsc, ...args, ...programs], { cwd: folder });
      results.push({ platform: `TypeScript ${version}, moduleResolution ${resolution.moduleResolution}`, fault });
    }
  }
  return results;
}

const OPTIONS = {
  noEmit: "true",
  strict: "true",
  exactOptionalPropertyTypes: "true",
  skipLibCheck: "false",
  target: "es2022",
  lib: "es2022,dom",
  types: "node",
};
