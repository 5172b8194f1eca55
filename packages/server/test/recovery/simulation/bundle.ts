/**
 * The simulation and the product as one file, from sources: it starts at once, runs without a build, and a rule of the
 * product can be taken out of it without the product knowing.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import type { Plugin } from "esbuild";

/** One rule less: a piece of the product's source, and what stands there instead. */
export interface Mutant {
  readonly name: string;
  /** Below `packages/`. */
  readonly file: string;
  /** Occurs exactly once. */
  readonly rule: string;
  readonly instead: string;
}

const PACKAGES = resolve(import.meta.dirname, "../../../..");
const OUT = resolve(PACKAGES, "../node_modules/.cache/wingbeat-simulation");

interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, string | { readonly default: string }>>;
}

/** What the packages of the workspace export, as paths of their sources. */
function sources(): Map<string, string> {
  const found = new Map<string, string>();
  for (const folder of readdirSync(PACKAGES)) {
    const file = join(PACKAGES, folder, "package.json");
    if (!existsSync(file)) continue;
    const { name, exports = {} } = JSON.parse(readFileSync(file, "utf8")) as Manifest;
    for (const [subpath, target] of Object.entries(exports)) {
      const built = typeof target === "string" ? target : target.default;
      const source = join(PACKAGES, folder, built.replace("/dist/", "/src/").replace(/\.js$/, ".ts"));
      if (source.endsWith(".ts")) found.set(name + subpath.slice(1), source);
    }
  }
  return found;
}

/** Writes the bundle, and returns its file. Throws when the mutant's rule is not in the source, or is there twice. */
export async function bundle(mutant?: Mutant): Promise<string> {
  const own = sources();
  const target = mutant && join(PACKAGES, mutant.file);
  let isChanged = false;
  const plugin: Plugin = {
    name: "sources",
    setup(esbuild) {
      esbuild.onResolve({ filter: /^(wingbeat|@wingbeat\/)/ }, ({ path }) => {
        const source = own.get(path);
        return source === undefined ? undefined : { path: source };
      });
      if (mutant === undefined) return;
      esbuild.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        if (path !== target) return undefined;
        const text = readFileSync(path, "utf8");
        const places = text.split(mutant.rule).length - 1;
        if (places !== 1) throw new Error(`mutant "${mutant.name}": its rule is ${places} times in ${mutant.file}`);
        isChanged = true;
        return { contents: text.replace(mutant.rule, () => mutant.instead), loader: "ts" };
      });
    },
  };
  mkdirSync(OUT, { recursive: true });
  const outfile = join(OUT, `${process.pid}-${mutant?.name.replaceAll(/\W+/g, "-") ?? "product"}.mjs`);
  await build({
    entryPoints: [join(import.meta.dirname, "run.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    sourcemap: "inline",
    logLevel: "silent",
    plugins: [plugin],
  });
  if (mutant !== undefined && !isChanged) throw new Error(`mutant "${mutant.name}": ${mutant.file} is not used`);
  return outfile;
}
