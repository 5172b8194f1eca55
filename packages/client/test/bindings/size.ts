/**
 * What a binding adds to a page that has the client and the framework, with what all bindings share: minified by esbuild
 * and gzipped.
 */
import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Plugin } from "esbuild";
import { expect, it } from "vitest";
import { SOURCES } from "../programs.ts";

const LIMIT = 2_560;
const HERE = fileURLToPath(new URL(".", import.meta.url));

/** `entry`: the file of the binding. `frameworks`: the modules of the framework that it imports. */
export function hasSize(entry: URL, ...frameworks: string[]): void {
  it("adds at most 2.5 kB to a page with all that createHooks() makes, what all bindings share included", async () => {
    const all = frameworks.map((name) => `export * from "${name}";`).join(" ");
    const page = `export { Presence, Socket } from "@wingbeat/client"; ${all}`;
    const without = await sizeOf(page, frameworks);
    const withBinding = await sizeOf(`${page} export { createHooks } from "${fileURLToPath(entry)}";`, frameworks);
    expect(withBinding).toBeGreaterThan(without + 1_500);
    expect(withBinding - without).toBeLessThanOrEqual(LIMIT);
  });
}

async function sizeOf(contents: string, frameworks: readonly string[]): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: HERE },
    alias: SOURCES,
    plugins: await Promise.all(frameworks.map(framed)),
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    outdir: "out",
    write: false,
  });
  // What it loads later, such as long polling, is the same in both.
  return outputFiles.reduce((sum, { contents: file }) => sum + gzipSync(file, { level: 9 }).length, 0);
}

/** A framework in the same bundle, as in a real page, but without its code: it would fill the window of gzip. */
async function framed(framework: string): Promise<Plugin> {
  const names = Object.keys((await import(framework)) as object).filter((name) => /^[\w$]+$/.test(name));
  const exported = names.filter((name) => name !== "default").map((name) => `${name} = framework.${name}`);
  return {
    name: framework,
    setup(bundle) {
      bundle.onResolve({ filter: new RegExp(`^${framework}$`) }, ({ path }) => ({ path, namespace: framework }));
      bundle.onLoad({ filter: /.*/, namespace: framework }, () => ({
        contents: `const { framework } = globalThis; export const ${exported.join(", ")};`,
      }));
    },
  };
}
